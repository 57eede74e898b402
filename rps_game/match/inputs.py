"""What enters a match: the computer's commitment, and what was recognized in each frame."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from rps_game.gestures import Gesture


@dataclass(frozen=True)
class Commitment:
    """The computer's move, and the secret that keeps its seal from being guessed.

    Example:
        >>> commitment = Commitment(Gesture.ROCK, "00ff")
        >>> commitment.seal[:12]
        'dcbbd3d195ad'
        >>> opens_commitment(Gesture.ROCK, "00ff", commitment.seal)
        True
    """

    move: Gesture
    nonce: str

    def __post_init__(self) -> None:
        if not self.move.is_move:
            raise ValueError(f"{self.move.value!r} is not a move")

    @property
    def seal(self) -> str:
        """What is shown before the window opens."""
        return commitment_digest(self.move, self.nonce)


@dataclass(frozen=True)
class Observation:
    """A moment of the source.

    Attributes:
        time: In seconds of the source.
        hands: What each player's hand shows (from class name to probability), left to right;
            empty when there is no new frame.
    """

    time: float
    hands: tuple[Mapping[str, float], ...] = ()


def commitment_digest(move: Gesture, nonce: str) -> str:
    """The seal of a move: SHA-256 of ``"<move>:<nonce>"`` in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(f"{move.value}:{nonce}".encode()).hexdigest()


def opens_commitment(move: Gesture, nonce: str, seal: str) -> bool:
    """Whether a seal shown before a round belongs to the move and nonce shown after it."""
    return commitment_digest(move, nonce) == seal.strip().lower()

"""The inputs of a match: the computer's commitment, and what was recognized in each frame."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from rps_game.gestures import Gesture


@dataclass(frozen=True)
class Commitment:
    """The computer's move, and the secret that keeps its seal from being guessed.

    Attributes:
        move: The move.
        nonce: The secret, in hexadecimal digits.

    Raises:
        ValueError: If ``move`` is ``NONE``.

    Examples:
        >>> commitment = Commitment(Gesture.ROCK, "00ff")
        >>> commitment.seal[:12]
        'dcbbd3d195ad'
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
    """What was recognized at one moment of the source.

    Attributes:
        time: In seconds of the source.
        hands: For each player, left to right, the probability of each class by its name; empty if
            there is no new frame.

    Examples:
        >>> seen = Observation(2.5, ({"rock": 0.9, "paper": 0.1},))
        >>> seen.hands[0]["rock"]
        0.9
    """

    time: float
    hands: tuple[Mapping[str, float], ...] = ()


def commitment_digest(move: Gesture, nonce: str) -> str:
    """The seal of a move: SHA-256 of ``"<move>:<nonce>"`` in UTF-8, as 64 hexadecimal digits.

    Examples:
        >>> commitment_digest(Gesture.ROCK, "00ff")[:12]
        'dcbbd3d195ad'
    """
    return hashlib.sha256(f"{move.value}:{nonce}".encode()).hexdigest()


def opens_commitment(move: Gesture, nonce: str, seal: str) -> bool:
    """Whether a seal shown before a round matches the move and nonce shown after it.

    Examples:
        >>> seal = commitment_digest(Gesture.ROCK, "00ff")
        >>> opens_commitment(Gesture.ROCK, "00ff", seal)
        True
        >>> opens_commitment(Gesture.PAPER, "00ff", seal)
        False
    """
    return commitment_digest(move, nonce) == seal.strip().lower()

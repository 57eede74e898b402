"""What is agreed before a match, and what comes into it from outside.

Values only; match.py says what follows from them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rps_game.events import seal_of
from rps_game.gestures import Gesture

BEATS = ("rock", "paper", "scissors", "shoot")


class Phase(StrEnum):
    """Where in a match we are."""

    READY = "ready"
    COUNTDOWN = "countdown"
    WINDOW = "window"
    REVEAL = "reveal"
    REPEAT = "repeat"
    OVER = "over"


@dataclass(frozen=True)
class Timing:
    """The lengths of a round's parts in seconds.

    Attributes:
        countdown: From "rock" to "shoot".
        settle: From "shoot" to the opening of the window, while the hand is still moving.
        window: How long frames are read.
        pause: From the end of the window to the next round's "rock".
    """

    countdown: float = 1.8
    settle: float = 0.25
    window: float = 0.75
    pause: float = 2.6

    def __post_init__(self) -> None:
        if min(self.countdown, self.settle, self.pause) < 0 or self.window <= 0:
            raise ValueError("times cannot be negative, and the window must be open for a while")

    @property
    def round(self) -> float:
        """Seconds from one round's "rock" to the next one's."""
        return self.countdown + self.settle + self.window + self.pause


LIVE = Timing()
"""A pace that people can follow."""

RECORDED = Timing(countdown=0.4, settle=0.0, window=0.4, pause=0.2)
"""A round every second, each read in the middle of its second: for a film of one hand a second."""


@dataclass(frozen=True)
class Rules:
    """What is agreed before a match.

    Attributes:
        best_of: The first side with more than half of this many rounds wins; draws do not count.
        timing: The pace.
        confidence: The mean probability from which a move counts as seen, 0 to 1.
        patience: The match is given up after this many rounds in a row without a move.
    """

    best_of: int = 3
    timing: Timing = LIVE
    confidence: float = 0.6
    patience: int = 10

    def __post_init__(self) -> None:
        if self.best_of < 1 or self.patience < 1:
            raise ValueError("best_of and patience must be at least 1")
        if not 0 <= self.confidence <= 1:
            raise ValueError("confidence must be between 0 and 1")

    @property
    def needed(self) -> int:
        """How many rounds win the match."""
        return self.best_of // 2 + 1


@dataclass(frozen=True)
class Commitment:
    """The computer's move and the secret that keeps its seal from being guessed."""

    move: Gesture
    nonce: str

    def __post_init__(self) -> None:
        if not self.move.is_move:
            raise ValueError(f"{self.move.value!r} is not a move")

    @property
    def seal(self) -> str:
        """What is shown before the window opens."""
        return seal_of(self.move, self.nonce)


@dataclass(frozen=True)
class Observation:
    """A moment of the source.

    ``probabilities`` (class name to probability) is None when there is nothing new to see.
    """

    time: float
    probabilities: Mapping[str, float] | None = None

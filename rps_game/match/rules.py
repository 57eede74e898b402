"""The settings of a match: values only; the rules that use them are in machine.py."""

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """The ways to play.

    Attributes:
        CLASSIC: The first side to win the majority of a number of rounds wins the match.
        SURVIVAL: The match against the computer lasts until the first lost round; what counts is
            how many rounds were won before it.
        TIMED: Whoever wins more rounds in a fixed time wins the match.
    """

    CLASSIC = "classic"
    SURVIVAL = "survival"
    TIMED = "timed"


@dataclass(frozen=True)
class Timing:
    """The lengths of a round's phases in seconds.

    Attributes:
        countdown: From "rock" to "shoot".
        settle: From "shoot" to the opening of the window, while the hand is still moving.
        window: How long frames are classified.
        pause: From the end of the window to the next round's "rock".
        watch: How long before "shoot" frames are checked for a move shown too early; 0 for never.
        min_pause: A result is shown for at least this long, and then until the hand has left or
            the pause is over; None to show it for the whole pause.

    Raises:
        ValueError: If a length is negative, or the window is empty.

    Examples:
        >>> Timing(countdown=1.5, settle=0.25, window=0.75, pause=2.5).round
        5.0
    """

    countdown: float = 1.8
    settle: float = 0.25
    window: float = 0.75
    pause: float = 2.6
    watch: float = 0.0
    min_pause: float | None = None

    def __post_init__(self) -> None:
        shortest = min(self.countdown, self.settle, self.pause, self.watch, self.min_pause or 0)
        if shortest < 0 or self.window <= 0:
            raise ValueError("times must not be negative, and the window must be longer than 0")

    @property
    def round(self) -> float:
        """Seconds from one round's "rock" to the next one's."""
        return self.countdown + self.settle + self.window + self.pause


LIVE = Timing(watch=0.5, min_pause=1.4)
"""A pace that people can follow."""

LIVE_TIMED = Timing(watch=0.5, pause=1.4, min_pause=0.7)
"""The same with shorter pauses, for matches against the clock."""

RECORDED = Timing(countdown=0.4, settle=0.0, window=0.4, pause=0.2)
"""A round every second with the window in the middle: for videos that show one hand per second."""


@dataclass(frozen=True)
class Rules:
    """The settings of a match.

    Attributes:
        best_of: The first side to win more than half of this many rounds wins a classic match;
            draws do not count.
        timing: The pace.
        confidence: The mean probability that a move needs to count, 0 to 1.
        patience: The match is given up after this many attempts in a row without a move.
        lenience: In how many attempts at a round a move that comes too early is rejected; in later
            attempts it counts, since the computer has made its choice long before.
        two_players: Whether two people play each other, one in each half of the frame.
        mode: The way to play.
        duration: The length of a timed match in seconds, from the first "rock"; a round that has
            begun by then is played to its end, and counts.

    Raises:
        ValueError: If a value is out of range, or two people are to play survival.

    Examples:
        >>> Rules(best_of=5).needed
        3
    """

    best_of: int = 3
    timing: Timing = LIVE
    confidence: float = 0.6
    patience: int = 10
    lenience: int = 2
    two_players: bool = False
    mode: Mode = Mode.CLASSIC
    duration: float = 60.0

    def __post_init__(self) -> None:
        if self.best_of < 1 or self.patience < 1:
            raise ValueError("best_of and patience must be at least 1")
        if not 0 <= self.confidence <= 1:
            raise ValueError("confidence must be between 0 and 1")
        if self.duration <= 0:
            raise ValueError("a timed match must last longer than 0 seconds")
        if self.two_players and self.mode is Mode.SURVIVAL:
            raise ValueError("survival is played against the computer")

    @property
    def needed(self) -> int:
        """How many rounds win a classic match."""
        return self.best_of // 2 + 1

"""What is agreed before a match, and what comes into it from outside.

Values only; match.py says what follows from them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """The lengths of a round's parts in seconds.

    Attributes:
        countdown: From "rock" to "shoot".
        settle: From "shoot" to the opening of the window, while the hand is still moving.
        window: How long frames are read.
        pause: From the end of the window to the next round's "rock".
        watch: How long before "shoot" the hand is watched for a move shown too early; 0: never.
        glance: A result is shown at least this long, and then until the hand has left or the
            pause is over; None: always the whole pause.
    """

    countdown: float = 1.8
    settle: float = 0.25
    window: float = 0.75
    pause: float = 2.6
    watch: float = 0.0
    glance: float | None = None

    def __post_init__(self) -> None:
        shortest = min(self.countdown, self.settle, self.pause, self.watch, self.glance or 0)
        if shortest < 0 or self.window <= 0:
            raise ValueError("times cannot be negative, and the window must be open for a while")

    @property
    def round(self) -> float:
        """Seconds from one round's "rock" to the next one's."""
        return self.countdown + self.settle + self.window + self.pause


LIVE = Timing(watch=0.5, glance=1.4)
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
        lenience: A round is repeated this often because a move came too early; after that the
            move counts, since the computer has chosen long before.
        two_players: Two people play each other, one in each half of the picture.
    """

    best_of: int = 3
    timing: Timing = LIVE
    confidence: float = 0.6
    patience: int = 10
    lenience: int = 2
    two_players: bool = False

    def __post_init__(self) -> None:
        if self.best_of < 1 or self.patience < 1:
            raise ValueError("best_of and patience must be at least 1")
        if not 0 <= self.confidence <= 1:
            raise ValueError("confidence must be between 0 and 1")

    @property
    def needed(self) -> int:
        """How many rounds win the match."""
        return self.best_of // 2 + 1

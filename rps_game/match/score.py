"""Decided rounds and the score they add up to.

The two sides are left and right, as on the screen. Against the computer, the player is on the
left and the computer on the right.
"""

from dataclasses import dataclass
from datetime import date

from rps_game.gestures import Gesture, Outcome, judge


@dataclass(frozen=True)
class Score:
    """Rounds won by each side; draws count for neither.

    Examples:
        >>> Score(left=2, right=1).winner
        <Outcome.WIN: 'win'>
    """

    left: int = 0
    right: int = 0
    draws: int = 0

    @property
    def winner(self) -> Outcome:
        """Whether the left side is ahead, behind or level."""
        if self.left == self.right:
            return Outcome.DRAW
        return Outcome.WIN if self.left > self.right else Outcome.LOSE


@dataclass(frozen=True)
class Record:
    """What a player achieved in a survival or timed match.

    Attributes:
        won: How many rounds were won.
        name: The player's name; empty if there is none.
        day: When; None if that is unknown.
    """

    won: int
    name: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Round:
    """The moves of a decided round.

    Examples:
        >>> Round(Gesture.PAPER, Gesture.ROCK).outcome
        <Outcome.WIN: 'win'>
    """

    left: Gesture
    right: Gesture

    @property
    def outcome(self) -> Outcome:
        """How it ended, from the left side's point of view."""
        return judge(self.left, self.right)

"""Rounds played and the score they add up to."""

from dataclasses import dataclass

from rps_game.gestures import Gesture, Outcome, judge


@dataclass(frozen=True)
class Score:
    """Rounds won by each side; draws count for nobody."""

    player: int = 0
    computer: int = 0
    draws: int = 0

    @property
    def winner(self) -> Outcome:
        """Who is ahead, as the player sees it."""
        if self.player == self.computer:
            return Outcome.DRAW
        return Outcome.WIN if self.player > self.computer else Outcome.LOSE


@dataclass(frozen=True)
class Round:
    """A decided round; between two people ``player`` is the left and ``computer`` the right one."""

    player: Gesture
    computer: Gesture

    @property
    def outcome(self) -> Outcome:
        """How it ended for the player."""
        return judge(self.player, self.computer)

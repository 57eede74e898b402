"""Where a match stands: values only; machine.py says how one follows from another."""

from dataclasses import dataclass, field
from enum import StrEnum

from rps_game.gestures import Outcome
from rps_game.match.events import Ending, Event, Reason, Side
from rps_game.match.inputs import Commitment, Observation
from rps_game.match.rules import Rules
from rps_game.match.score import Round, Score
from rps_game.match.triggers import HandTrigger


class Phase(StrEnum):
    """Where in a match we are."""

    READY = "ready"
    COUNTDOWN = "countdown"
    WINDOW = "window"
    REVEAL = "reveal"
    REPEAT = "repeat"
    OVER = "over"


@dataclass(frozen=True)
class State:
    """Everything about a match in progress.

    Attributes:
        since: When the phase began, in seconds of the source.
        commitment: The computer's move; set from the countdown to the end of the pause. None
            when two people play.
        early: The frames seen so far before "shoot", where moves come too early.
        votes: The frames seen so far in this window.
        rounds: The rounds decided so far, draws included.
        reason: In the REPEAT phase, why, and with two players ``side`` says whose hand it was.
        confidences: In the REVEAL phase, how sure the reading of every hand was.
        ending: In the OVER phase, how the match ended.
        signs: What the player tells without a keyboard: a fist held up, a hand that left.
    """

    rules: Rules = field(default_factory=Rules)
    phase: Phase = Phase.READY
    since: float = 0.0
    attempt: int = 1
    commitment: Commitment | None = None
    early: tuple[Observation, ...] = ()
    votes: tuple[Observation, ...] = ()
    rounds: tuple[Round, ...] = ()
    reason: Reason | None = None
    side: Side | None = None
    confidences: tuple[float, ...] = ()
    ending: Ending | None = None
    signs: HandTrigger = field(default_factory=HandTrigger)

    @property
    def score(self) -> Score:
        """Rounds won so far."""
        outcomes = [played.outcome for played in self.rounds]
        return Score(*(outcomes.count(kind) for kind in (Outcome.WIN, Outcome.LOSE, Outcome.DRAW)))

    @property
    def decided(self) -> bool:
        """Whether one side has the majority."""
        score = self.score
        return max(score.player, score.computer) >= self.rules.needed

    @property
    def round(self) -> int:
        """The number of the round being played or shown, from 1."""
        shown = self.phase in (Phase.REVEAL, Phase.OVER) and self.rounds
        return len(self.rounds) if shown else len(self.rounds) + 1

    @property
    def untouched(self) -> bool:
        """Whether nothing has been played yet, not even in vain."""
        return self.phase is Phase.READY and not self.rounds and self.attempt == 1

    @property
    def shoot(self) -> float:
        """When "shoot" is called; meaningful during the countdown."""
        return self.since + self.rules.timing.countdown


Step = tuple[State, tuple[Event, ...]]
"""A new state, and what happened on the way to it."""

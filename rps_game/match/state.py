"""The state of a match: values only; the transitions are in machine.py."""

from dataclasses import dataclass, field
from enum import StrEnum

from rps_game.gestures import Outcome
from rps_game.match.events import Ending, Event, Reason, Side
from rps_game.match.inputs import Commitment, Observation
from rps_game.match.rules import Mode, Rules
from rps_game.match.score import Round, Score
from rps_game.match.triggers import HandTrigger


class Phase(StrEnum):
    """The phases of a match."""

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
        rules: The settings of the match.
        phase: The current phase.
        since: When the phase began, in seconds of the source.
        started: When the first round began; None before it.
        attempt: How many times the current round has been tried, this time included.
        commitment: The computer's move, from the countdown to the end of the pause; None
            otherwise, and when two people play.
        early: Observations shortly before "shoot", when no move should be visible yet.
        votes: Observations in the current window.
        rounds: The rounds decided so far, draws included.
        reason: In the REPEAT phase, why the round is repeated.
        side: In the REPEAT phase when two people play, whose hand was the reason.
        confidences: In the REVEAL phase, the confidence with which each hand was recognized.
        ending: How the match ended; None while it is being played.
        trigger: The progress of a signal given without a keyboard: a raised fist, or a hand that
            has left.

    Examples:
        >>> from rps_game.gestures import Gesture
        >>> state = State(Rules(best_of=1), rounds=(Round(Gesture.PAPER, Gesture.ROCK),))
        >>> state.score, state.decided
        (Score(left=1, right=0, draws=0), True)
    """

    rules: Rules = field(default_factory=Rules)
    phase: Phase = Phase.READY
    since: float = 0.0
    started: float | None = None
    attempt: int = 1
    commitment: Commitment | None = None
    early: tuple[Observation, ...] = ()
    votes: tuple[Observation, ...] = ()
    rounds: tuple[Round, ...] = ()
    reason: Reason | None = None
    side: Side | None = None
    confidences: tuple[float, ...] = ()
    ending: Ending | None = None
    trigger: HandTrigger = field(default_factory=HandTrigger)

    @property
    def score(self) -> Score:
        """Rounds won so far."""
        outcomes = [played.outcome for played in self.rounds]
        return Score(
            left=outcomes.count(Outcome.WIN),
            right=outcomes.count(Outcome.LOSE),
            draws=outcomes.count(Outcome.DRAW),
        )

    @property
    def decided(self) -> bool:
        """Whether the match has been played to its end.

        That is when one side has the majority, in survival when a round was lost, and in a timed
        match when its time is over.
        """
        score = self.score
        match self.rules.mode:
            case Mode.SURVIVAL:
                return score.right > 0
            case Mode.TIMED:
                return self.ending is Ending.DECIDED
            case _:
                return max(score.left, score.right) >= self.rules.needed

    @property
    def winner(self) -> Side | None:
        """Who has won the match; in survival nobody, and nobody in a drawn timed match."""
        if not self.decided or self.rules.mode is Mode.SURVIVAL:
            return None
        return {Outcome.WIN: Side.LEFT, Outcome.LOSE: Side.RIGHT}.get(self.score.winner)

    @property
    def deadline(self) -> float | None:
        """When the time of a timed match is over; None in other matches, and before the start."""
        if self.rules.mode is not Mode.TIMED or self.started is None:
            return None
        return self.started + self.rules.duration

    def is_expired(self, time: float) -> bool:
        """Whether the time of a timed match is over."""
        return self.deadline is not None and time >= self.deadline

    @property
    def round(self) -> int:
        """The number of the round being played or shown, from 1."""
        shown = self.phase in (Phase.REVEAL, Phase.OVER) and self.rounds
        return len(self.rounds) if shown else len(self.rounds) + 1

    @property
    def untouched(self) -> bool:
        """Whether no round has been attempted yet."""
        return self.phase is Phase.READY and not self.rounds and self.attempt == 1

    @property
    def shoot(self) -> float:
        """When "shoot" is called; meaningful during the countdown."""
        return self.since + self.rules.timing.countdown


Step = tuple[State, tuple[Event, ...]]
"""A new state, and the events that led to it."""

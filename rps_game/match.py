"""The rules of a match as a pure state machine.

No pictures, no clock, no randomness: the time and the class probabilities of each frame come in
as an ``Observation``, the computer's move as a ``Commitment`` made before the countdown of its
round. Out come a new state and the events that happened on the way.

A round is a countdown ("rock, paper, scissors, shoot"), a moment for the hand to settle, a window
whose frames are averaged, and a pause in which the result is shown. Phases begin at scheduled
times, not at the time of the frame that reached them, so rounds do not drift with the frame rate.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from rps_game.events import (
    Ending,
    Event,
    MatchOver,
    MoveSeen,
    Reason,
    Repeated,
    Result,
    Reveal,
    RoundStarted,
    Score,
)
from rps_game.gestures import Gesture, Outcome, judge
from rps_game.rules import Commitment, Observation, Phase, Rules

# A round that follows another starts on schedule if the frame that noticed is no later than
# this; after a longer stall (a suspended laptop) it starts afresh instead of catching up.
_CATCH_UP = 0.25


@dataclass(frozen=True)
class Round:
    """A decided round."""

    player: Gesture
    computer: Gesture

    @property
    def outcome(self) -> Outcome:
        """How it ended for the player."""
        return judge(self.player, self.computer)


@dataclass(frozen=True)
class State:
    """Everything about a match in progress.

    Attributes:
        since: When the phase began, in seconds of the source.
        commitment: The computer's move; set from the countdown to the end of the pause.
        votes: The probabilities of the frames seen so far in this window.
        rounds: The rounds decided so far, draws included.
        reason: In the REPEAT phase, why.
        confidence: In the REVEAL phase, how sure the reading was.
        ending: In the OVER phase, how the match ended.
    """

    rules: Rules = field(default_factory=Rules)
    phase: Phase = Phase.READY
    since: float = 0.0
    attempt: int = 1
    commitment: Commitment | None = None
    votes: tuple[Mapping[str, float], ...] = ()
    rounds: tuple[Round, ...] = ()
    reason: Reason | None = None
    confidence: float = 0.0
    ending: Ending | None = None

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


def begin_round(state: State, commitment: Commitment, time: float) -> Step:
    """Start the countdown of the next round with the computer's move already sealed.

    Raises:
        ValueError: If the match is not waiting for a round.
    """
    if state.phase is not Phase.READY:
        raise ValueError(f"no round can begin in phase {state.phase.value}")
    start = state.since if time - state.since <= _CATCH_UP else time
    state = replace(state, phase=Phase.COUNTDOWN, since=start, commitment=commitment, votes=())
    return state, (RoundStarted(start, state.round, state.attempt, commitment.seal),)


def advance(state: State, observation: Observation) -> Step:
    """Bring the match to the time of an observation, counting its probabilities if it is time."""
    events: list[Event] = []
    while True:
        due = _due(state)
        if due is None or observation.time < due:
            break
        state, happened = _next_phase(state, due)
        events.extend(happened)
    if state.phase is Phase.WINDOW and observation.probabilities is not None:
        state = replace(state, votes=(*state.votes, observation.probabilities))
    return state, tuple(events)


def skip_pause(state: State, time: float) -> State:
    """End the pause after a round now, because the player asked for it."""
    if state.phase in (Phase.REVEAL, Phase.REPEAT) and state.ending is None:
        return replace(state, phase=Phase.READY, since=time, commitment=None)
    return replace(state, phase=Phase.OVER, since=time) if state.ending else state


def stop(state: State, time: float, ending: Ending) -> Step:
    """End a match before it is decided; one that has ended already stays as it is."""
    if state.ending is not None:
        return state, ()
    state = replace(state, phase=Phase.OVER, since=time, commitment=None, ending=ending)
    return state, (_match_over(state, time, ending),)


def beat(state: State, time: float) -> tuple[int, float]:
    """Which of ``rules.BEATS`` is being called, and how far through it we are (0 to 1).

    Before the countdown it is beat 0 at 0; from "shoot" on it is the last beat.
    """
    length = state.rules.timing.countdown / 3
    elapsed = time - state.since
    if state.phase is Phase.READY:
        return 0, 0.0
    if state.phase is not Phase.COUNTDOWN or time >= state.shoot or length == 0:
        return 3, 1.0
    index = max(0, min(2, int(elapsed / length)))
    return index, min(1.0, max(0.0, elapsed / length - index))


def mean_vote(votes: tuple[Mapping[str, float], ...]) -> dict[str, float]:
    """The mean probability of each class over a window; empty when no frame was seen."""
    if not votes:
        return {}
    return {label: sum(vote[label] for vote in votes) / len(votes) for label in votes[0]}


def _due(state: State) -> float | None:
    """When the current phase ends, or None when it lasts until something else happens."""
    timing = state.rules.timing
    match state.phase:
        case Phase.COUNTDOWN:
            return state.since + timing.countdown + timing.settle
        case Phase.WINDOW:
            return state.since + timing.window
        case Phase.REVEAL | Phase.REPEAT:
            return state.since + timing.pause
        case _:
            return None


def _next_phase(state: State, now: float) -> Step:
    match state.phase:
        case Phase.COUNTDOWN:
            return replace(state, phase=Phase.WINDOW, since=now), ()
        case Phase.WINDOW:
            return _close_window(state, now)
        case _:
            return skip_pause(state, now), ()


def _close_window(state: State, now: float) -> Step:
    """Read the window: a move and its result, or the round again."""
    mean = mean_vote(state.votes)
    label = max(mean, key=mean.__getitem__, default=None)
    if label is None:
        return _repeat(state, now, Reason.NO_FRAMES, None, None)
    gesture, confidence = Gesture(label), mean[label]
    if confidence < state.rules.confidence:
        return _repeat(state, now, Reason.UNSURE, gesture, confidence)
    if not gesture.is_move:
        return _repeat(state, now, Reason.NO_HAND, gesture, confidence)
    return _decide(state, now, gesture, mean)


def _decide(state: State, now: float, gesture: Gesture, mean: Mapping[str, float]) -> Step:
    commitment = _commitment(state)
    number = state.round
    seen = MoveSeen(now, number, gesture, mean[gesture], mean, state.since, now, len(state.votes))
    played = Round(gesture, commitment.move)
    state = replace(
        state,
        phase=Phase.REVEAL,
        since=now,
        attempt=1,
        rounds=(*state.rounds, played),
        confidence=mean[gesture],
    )
    events: list[Event] = [
        seen,
        Reveal(now, number, commitment.move, commitment.nonce),
        Result(now, number, played.outcome, played.player, played.computer, state.score),
    ]
    if state.decided:
        state = replace(state, ending=Ending.DECIDED)
        events.append(_match_over(state, now, Ending.DECIDED))
    return state, tuple(events)


def _repeat(
    state: State, now: float, reason: Reason, gesture: Gesture | None, confidence: float | None
) -> Step:
    commitment = _commitment(state)
    repeated = Repeated(
        now,
        state.round,
        state.attempt,
        reason,
        gesture,
        confidence,
        state.since,
        now,
        len(state.votes),
        commitment.move,
        commitment.nonce,
    )
    if state.attempt >= state.rules.patience:
        state, events = stop(state, now, Ending.NOTHING_SEEN)
        return state, (repeated, *events)
    state = replace(state, phase=Phase.REPEAT, since=now, attempt=state.attempt + 1, reason=reason)
    return state, (repeated,)


def _match_over(state: State, now: float, ending: Ending) -> MatchOver:
    winner = None
    if state.decided:
        winner = "player" if state.score.winner is Outcome.WIN else "computer"
    return MatchOver(now, state.decided, ending, winner, len(state.rounds), state.score)


def _commitment(state: State) -> Commitment:
    if state.commitment is None:
        raise ValueError("a window cannot close before the computer has chosen")
    return state.commitment

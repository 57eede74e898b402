"""The rules of a match as a pure state machine.

No pictures, no clock, no randomness: the time and the class probabilities of each frame come in
as an ``Observation``, the computer's move as a ``Commitment`` made before the countdown of its
round. Out come a new state and the events that happened on the way. How a window of frames is
read is in reading.py, what a fist held up or a hand that left means in signs.py.

A round is a countdown ("rock, paper, scissors, shoot"), a moment for the hand to settle, a window
whose frames are averaged, and a pause in which the result is shown. Phases begin at scheduled
times, not at the time of the frame that reached them, so rounds do not drift with the frame rate.
"""

from dataclasses import replace

from rps_game.match.events import Ending, Event, RoundStarted
from rps_game.match.inputs import Commitment, Observation
from rps_game.match.round_end import close_window, give_up
from rps_game.match.state import Phase, State, Step
from rps_game.match.triggers import HandTrigger

# A round that follows another starts on schedule if the frame that noticed is no later than
# this; after a longer stall (a suspended laptop) it starts afresh instead of catching up.
_CATCH_UP = 0.25

# A hand may open this long before "shoot" and still be in time.
_TOLERANCE = 0.15


def begin_round(state: State, commitment: Commitment | None, time: float) -> Step:
    """Start the countdown of the next round with the computer's move already sealed.

    Args:
        state: A match that waits for a round.
        commitment: The computer's move; None when two people play.
        time: Now.

    Raises:
        ValueError: If the match is not waiting for a round, or the computer has not chosen.
    """
    if state.phase is not Phase.READY:
        raise ValueError(f"no round can begin in phase {state.phase.value}")
    if (commitment is None) is not state.rules.two_players:
        raise ValueError("the computer chooses before a round, and only where it plays")
    start = state.since if time - state.since <= _CATCH_UP else time
    state = replace(
        state, phase=Phase.COUNTDOWN, since=start, commitment=commitment, early=(), votes=()
    )
    seal = commitment.seal if commitment else None
    return state, (RoundStarted(start, state.round, state.attempt, seal),)


def advance(state: State, observation: Observation) -> Step:
    """Bring the match to the time of an observation, counting its probabilities if it is time."""
    events: list[Event] = []
    while True:
        due = _due(state)
        if due is None or observation.time < due:
            break
        state, happened = _next_phase(state, due)
        events.extend(happened)
    if observation.probabilities is not None:
        state = _look(state, observation)
    return state, tuple(events)


def watching(state: State, time: float) -> bool:
    """Whether what a hand shows now can make a difference to a match that is being played."""
    match state.phase:
        case Phase.WINDOW:
            return True
        case Phase.COUNTDOWN:
            return state.shoot - state.rules.timing.watch <= time < state.shoot - _TOLERANCE
        case Phase.REVEAL | Phase.REPEAT:
            return state.rules.timing.glance is not None
        case _:
            return False


def skip_pause(state: State, time: float) -> State:
    """End the pause after a round now, because the player asked for it."""
    if state.ending is not None:
        return replace(state, phase=Phase.OVER, since=time, signs=HandTrigger(armed=False))
    if state.phase in (Phase.REVEAL, Phase.REPEAT):
        return replace(state, phase=Phase.READY, since=time, commitment=None, signs=HandTrigger())
    return state


def stop(state: State, time: float, ending: Ending) -> Step:
    """End a match before it is decided; one that has ended already stays as it is."""
    if state.ending is not None:
        return state, ()
    return give_up(state, time, ending)


def beat(state: State, time: float) -> tuple[int, float]:
    """Which beat (rock, paper, scissors, shoot: 0 to 3) is called, and how far it is (0 to 1).

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
            return close_window(state, now)
        case _:
            return skip_pause(state, now), ()


def _look(state: State, seen: Observation) -> State:
    """Take account of what the hands show, as it matters in this phase."""
    now, timing = seen.time, state.rules.timing
    match state.phase:
        case Phase.WINDOW:
            return replace(state, votes=(*state.votes, seen))
        case Phase.COUNTDOWN if watching(state, now):
            return replace(state, early=(*state.early, seen))
        case Phase.REVEAL | Phase.REPEAT if timing.glance is not None:
            signs = state.signs.after_round(seen)
            if signs.gone(now) and now - state.since >= timing.glance:
                return skip_pause(state, now)
            return replace(state, signs=signs)
        case Phase.READY | Phase.OVER:
            return replace(state, signs=state.signs.before_match(seen))
        case _:
            return state

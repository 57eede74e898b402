"""The rules of a match as a pure state machine.

No images, no clock, no randomness: the time and the class probabilities of each frame come in as
an ``Observation``, the computer's move as a ``Commitment`` made before the countdown of its round.
The result is a new state and the events that occurred. How a window of frames becomes a move is
decided in voting.py; raised fists and absent hands are detected in triggers.py.

A round is a countdown ("rock, paper, scissors, shoot"), a moment for the hand to settle, a window
whose frames are averaged, and a pause in which the result is shown. Phases begin at scheduled
times, not at the time of the frame that reached them, so rounds do not drift with the frame rate.
"""

from dataclasses import replace

from rps_game.match.events import Ending, Event, RoundStarted
from rps_game.match.inputs import Commitment, Observation
from rps_game.match.round_end import call_time, close_window, give_up
from rps_game.match.state import Phase, State, Step
from rps_game.match.triggers import HandTrigger

# A round starts on schedule if the next frame comes no later than this many seconds after it was
# due; after a longer stall (a suspended laptop) it starts with the frame instead of catching up.
_CATCH_UP = 0.25

# An open hand is not too early if it appears no more than this many seconds before "shoot".
_TOLERANCE = 0.15


def begin_round(state: State, commitment: Commitment | None, time: float) -> Step:
    """Start the countdown of the next round with the computer's move already sealed.

    Args:
        state: A match that is ready for a round.
        commitment: The computer's move; None when two people play.
        time: The current time, in seconds of the source.

    Raises:
        ValueError: If the match is not ready for a round, if the commitment is missing, or if
            there is one although two people play.

    Examples:
        >>> from rps_game.gestures import Gesture
        >>> state, (started,) = begin_round(State(), Commitment(Gesture.ROCK, "00ff"), time=0.0)
        >>> state.phase, started.seal[:8]
        (<Phase.COUNTDOWN: 'countdown'>, 'dcbbd3d1')
    """
    if state.phase is not Phase.READY:
        raise ValueError(f"no round can begin in phase {state.phase.value}")
    if (commitment is None) is not state.rules.two_players:
        raise ValueError("a commitment is needed against the computer, and only then")
    start = state.since if time - state.since <= _CATCH_UP else time
    state = replace(
        state,
        phase=Phase.COUNTDOWN,
        since=start,
        started=start if state.started is None else state.started,
        commitment=commitment,
        early=(),
        votes=(),
    )
    seal = commitment.seal if commitment else None
    return state, (RoundStarted(start, state.round, state.attempt, seal),)


def advance(state: State, observation: Observation) -> Step:
    """Advance the match to the time of an observation, and use it if the phase needs frames.

    Args:
        state: The match so far.
        observation: The time, and what was recognized in a new frame, if there is one.

    Returns:
        The new state and the events that occurred, in order of time.

    Examples:
        >>> from rps_game.gestures import Gesture
        >>> state, _ = begin_round(State(), Commitment(Gesture.ROCK, "00ff"), time=0.0)
        >>> state, _ = advance(state, Observation(2.1))
        >>> state.phase
        <Phase.WINDOW: 'window'>
        >>> state, _ = advance(state, Observation(2.5, ({"paper": 0.9, "none": 0.1},)))
        >>> state, events = advance(state, Observation(2.9))
        >>> [event.kind for event in events], state.score
        (['move_seen', 'reveal', 'result'], Score(left=1, right=0, draws=0))
    """
    events: list[Event] = []
    while True:
        due = _due(state)
        if due is None or observation.time < due:
            break
        state, happened = _next_phase(state, due)
        events.extend(happened)
    if observation.hands:
        state = _observe(state, observation)
    return state, tuple(events)


def watching(state: State, time: float) -> bool:
    """Whether a frame at this time can affect a match that is being played.

    Examples:
        >>> watching(State(), 0.0), watching(State(phase=Phase.WINDOW), 0.5)
        (False, True)
    """
    match state.phase:
        case Phase.WINDOW:
            return True
        case Phase.COUNTDOWN:
            return state.shoot - state.rules.timing.watch <= time < state.shoot - _TOLERANCE
        case Phase.REVEAL | Phase.REPEAT:
            return state.rules.timing.min_pause is not None
        case _:
            return False


def skip_pause(state: State, time: float) -> State:
    """End the pause after a round: the match is ready for the next round, or over.

    Before and during a round the state is returned unchanged.

    Examples:
        >>> skip_pause(State(phase=Phase.REPEAT), 4.0).phase
        <Phase.READY: 'ready'>
    """
    if state.ending is not None:
        return replace(state, phase=Phase.OVER, since=time, trigger=HandTrigger(armed=False))
    if state.phase in (Phase.REVEAL, Phase.REPEAT):
        return replace(state, phase=Phase.READY, since=time, commitment=None, trigger=HandTrigger())
    return state


def stop(state: State, time: float, ending: Ending) -> Step:
    """End a match before it is decided; one that has already ended is returned unchanged.

    Examples:
        >>> state, (over,) = stop(State(), 1.0, Ending.QUIT)
        >>> state.phase, over.complete
        (<Phase.OVER: 'over'>, False)
    """
    if state.ending is not None:
        return state, ()
    return give_up(state, time, ending)


def beat(state: State, time: float) -> tuple[int, float]:
    """Which beat (rock, paper, scissors, shoot: 0 to 3) is being called, and its progress (0 to 1).

    Before the countdown this is the start of beat 0; from "shoot" on, the end of the last beat.

    Examples:
        >>> state = State(phase=Phase.COUNTDOWN)
        >>> beat(state, 0.75)  # a countdown takes 1.8 s
        (1, 0.25)
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
    """When the current phase ends, or None when it lasts until something else happens.

    Outside rounds the end of a timed match is due too.
    """
    timing, deadline = state.rules.timing, state.deadline
    if state.ending is not None:
        deadline = None
    match state.phase:
        case Phase.COUNTDOWN:
            return state.since + timing.countdown + timing.settle
        case Phase.WINDOW:
            return state.since + timing.window
        case Phase.REVEAL | Phase.REPEAT:
            end = state.since + timing.pause
            return end if deadline is None else min(end, deadline)
        case Phase.READY:
            return deadline
        case _:
            return None


def _next_phase(state: State, now: float) -> Step:
    match state.phase:
        case Phase.COUNTDOWN:
            return replace(state, phase=Phase.WINDOW, since=now), ()
        case Phase.WINDOW:
            return close_window(state, now)
        case _ if state.ending is None and state.is_expired(now):
            return call_time(state, now)
        case _:
            return skip_pause(state, now), ()


def _observe(state: State, seen: Observation) -> State:
    """Use what the hands show if the phase needs it."""
    now, timing = seen.time, state.rules.timing
    match state.phase:
        case Phase.WINDOW:
            return replace(state, votes=(*state.votes, seen))
        case Phase.COUNTDOWN if watching(state, now):
            return replace(state, early=(*state.early, seen))
        case Phase.REVEAL | Phase.REPEAT if timing.min_pause is not None:
            trigger = state.trigger.watch_for_absence(seen)
            if trigger.is_absent(now) and now - state.since >= timing.min_pause:
                return skip_pause(state, now)
            return replace(state, trigger=trigger)
        case Phase.READY | Phase.OVER:
            return replace(state, trigger=state.trigger.watch_for_fist(seen))
        case _:
            return state

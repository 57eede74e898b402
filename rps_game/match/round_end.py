"""What follows when a window closes: a result, a repeated round, or the end of the match.

How the frames of a window become a move is decided in voting.py.
"""

from collections.abc import Sequence
from dataclasses import replace

from rps_game.gestures import Gesture
from rps_game.match.events import (
    Ending,
    Event,
    MatchOver,
    MoveSeen,
    Reason,
    Repeated,
    Result,
    Reveal,
    Side,
)
from rps_game.match.score import Round
from rps_game.match.state import Phase, State, Step
from rps_game.match.triggers import HandTrigger
from rps_game.match.voting import WindowResult, tally_window


def close_window(state: State, now: float) -> Step:
    """Evaluate the window that ends now: either the round is decided, or it is repeated.

    Examples:
        >>> from rps_game.match.inputs import Commitment
        >>> state = State(phase=Phase.WINDOW, commitment=Commitment(Gesture.ROCK, "00ff"))
        >>> state, (repeated,) = close_window(state, 0.75)
        >>> repeated.reason, state.attempt
        (<Reason.NO_FRAMES: 'no_frames'>, 2)
    """
    results = [_tally_hand(state, now, hand) for hand in range(1 + state.rules.two_players)]
    for hand, result in enumerate(results):
        if result.reason is not None:
            return _repeat(state, now, result, result.reason, _side(state, hand))
    return _decide(state, now, results)


def _tally_hand(state: State, now: float, hand: int) -> WindowResult:
    votes, early = (
        [(seen.time, seen.hands[hand]) for seen in observations if hand < len(seen.hands)]
        for observations in (state.votes, state.early)
    )
    strict = state.attempt <= state.rules.lenience
    middle = (state.since + now) / 2
    return tally_window(votes, early if strict else (), middle, state.rules.confidence)


def _side(state: State, hand: int) -> Side | None:
    return tuple(Side)[hand] if state.rules.two_players else None


def _decide(state: State, now: float, results: Sequence[WindowResult]) -> Step:
    number, commitment = state.round, state.commitment
    moves, events = [], list[Event]()
    for hand, result in enumerate(results):
        gesture = result.gesture or Gesture.NONE
        moves.append(gesture)
        events.append(
            MoveSeen(
                time=now,
                round=number,
                gesture=gesture,
                confidence=result.confidence or 0.0,
                probabilities=result.probabilities,
                start=state.since,
                end=now,
                frames=len(state.votes),
                side=_side(state, hand),
            )
        )
    if commitment is not None:
        moves.append(commitment.move)
        events.append(Reveal(time=now, round=number, move=commitment.move, nonce=commitment.nonce))
    played = Round(*moves)
    state = replace(
        state,
        phase=Phase.REVEAL,
        since=now,
        attempt=1,
        rounds=(*state.rounds, played),
        confidences=tuple(result.confidence or 0.0 for result in results),
        trigger=HandTrigger(),
    )
    events.append(
        Result(
            time=now,
            round=number,
            outcome=played.outcome,
            left=played.left,
            right=played.right,
            score=state.score,
        )
    )
    if state.decided or state.is_expired(now):
        state = replace(state, ending=Ending.DECIDED)
        events.append(_match_over(state, now, Ending.DECIDED))
    return state, tuple(events)


def _repeat(
    state: State, now: float, result: WindowResult, reason: Reason, side: Side | None
) -> Step:
    commitment = state.commitment
    repeated = Repeated(
        time=now,
        round=state.round,
        attempt=state.attempt,
        reason=reason,
        gesture=result.gesture,
        confidence=result.confidence,
        start=state.since,
        end=now,
        frames=len(state.votes),
        move=commitment.move if commitment else None,
        nonce=commitment.nonce if commitment else None,
        side=side,
    )
    if state.attempt >= state.rules.patience:
        state, events = give_up(state, now, Ending.NOTHING_SEEN)
        return state, (repeated, *events)
    if state.is_expired(now):
        state, events = give_up(state, now, Ending.DECIDED)
        return state, (repeated, *events)
    state = replace(
        state,
        phase=Phase.REPEAT,
        since=now,
        attempt=state.attempt + 1,
        reason=reason,
        side=side,
        trigger=HandTrigger(),
    )
    return state, (repeated,)


def call_time(state: State, now: float) -> Step:
    """End a timed match between two rounds; a result that is being shown stays for its pause.

    Examples:
        >>> state, (over,) = call_time(State(phase=Phase.REVEAL), 60.0)
        >>> state.phase, over.ending
        (<Phase.REVEAL: 'reveal'>, <Ending.DECIDED: 'decided'>)
    """
    if state.phase is not Phase.REVEAL:
        return give_up(state, now, Ending.DECIDED)
    over = replace(state, ending=Ending.DECIDED)
    return over, (_match_over(over, now, Ending.DECIDED),)


def give_up(state: State, now: float, ending: Ending) -> Step:
    """End a match now, whatever its score.

    Examples:
        >>> state, (over,) = give_up(State(), 1.0, Ending.QUIT)
        >>> state.ending, over.winner
        (<Ending.QUIT: 'quit'>, None)
    """
    over = replace(
        state,
        phase=Phase.OVER,
        since=now,
        commitment=None,
        ending=ending,
        trigger=HandTrigger(armed=False),
    )
    return over, (_match_over(over, now, ending),)


def _match_over(state: State, now: float, ending: Ending) -> MatchOver:
    return MatchOver(
        time=now,
        complete=state.decided,
        ending=ending,
        winner=state.winner,
        rounds=len(state.rounds),
        score=state.score,
        mode=state.rules.mode,
    )

"""What follows when a window closes: a result, the round once more, or the end of the match.

How the frames of a window are read is in reading.py.
"""

from collections.abc import Sequence
from dataclasses import replace

from rps_game.gestures import Gesture, Outcome
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
    """Read the window: a move and its result, or the round again."""
    readings = [_read_hand(state, now, hand) for hand in range(1 + state.rules.two_players)]
    for hand, reading in enumerate(readings):
        if reading.reason is not None:
            return _repeat(state, now, reading, reading.reason, _side(state, hand))
    return _decide(state, now, readings)


def _read_hand(state: State, now: float, hand: int) -> WindowResult:
    votes, early = (
        [(seen.time, seen.hands[hand]) for seen in frames if hand < len(seen.hands)]
        for frames in (state.votes, state.early)
    )
    strict = state.attempt <= state.rules.lenience
    middle = (state.since + now) / 2
    return tally_window(votes, early if strict else (), middle, state.rules.confidence)


def _side(state: State, hand: int) -> Side | None:
    return tuple(Side)[hand] if state.rules.two_players else None


def _decide(state: State, now: float, readings: Sequence[WindowResult]) -> Step:
    opened, number, frames = state.since, state.round, len(state.votes)
    moves, events = [], list[Event]()
    for hand, reading in enumerate(readings):
        gesture, confidence = reading.gesture or Gesture.NONE, reading.confidence or 0.0
        moves.append(gesture)
        events.append(
            MoveSeen(
                now,
                number,
                gesture,
                confidence,
                reading.probabilities,
                opened,
                now,
                frames,
                _side(state, hand),
            )
        )
    if state.commitment is not None:
        moves.append(state.commitment.move)
        events.append(Reveal(now, number, state.commitment.move, state.commitment.nonce))
    played = Round(moves[0], moves[1])
    state = replace(
        state,
        phase=Phase.REVEAL,
        since=now,
        attempt=1,
        rounds=(*state.rounds, played),
        confidences=tuple(reading.confidence or 0.0 for reading in readings),
        signs=HandTrigger(),
    )
    events.append(Result(now, number, played.outcome, moves[0], moves[1], state.score))
    if state.decided:
        state = replace(state, ending=Ending.DECIDED)
        events.append(_match_over(state, now, Ending.DECIDED))
    return state, tuple(events)


def _repeat(
    state: State, now: float, reading: WindowResult, reason: Reason, side: Side | None
) -> Step:
    commitment = state.commitment
    repeated = Repeated(
        now,
        state.round,
        state.attempt,
        reason,
        reading.gesture,
        reading.confidence,
        state.since,
        now,
        len(state.votes),
        commitment.move if commitment else None,
        commitment.nonce if commitment else None,
        side,
    )
    if state.attempt >= state.rules.patience:
        state, events = give_up(state, now, Ending.NOTHING_SEEN)
        return state, (repeated, *events)
    state = replace(
        state,
        phase=Phase.REPEAT,
        since=now,
        attempt=state.attempt + 1,
        reason=reason,
        side=side,
        signs=HandTrigger(),
    )
    return state, (repeated,)


def give_up(state: State, now: float, ending: Ending) -> Step:
    """End a match that is not decided."""
    over = replace(
        state,
        phase=Phase.OVER,
        since=now,
        commitment=None,
        ending=ending,
        signs=HandTrigger(armed=False),
    )
    return over, (_match_over(over, now, ending),)


def _match_over(state: State, now: float, ending: Ending) -> MatchOver:
    winner = None
    if state.decided:
        winner = "player" if state.score.winner is Outcome.WIN else "computer"
    return MatchOver(now, state.decided, ending, winner, len(state.rounds), state.score)

"""What follows when a window closes: a result, a repeated round, the end of the match."""

from itertools import cycle, product

import pytest

from rps_game.gestures import MOVES, Gesture
from rps_game.match import State, advance, begin_round
from rps_game.match.events import Ending, Reason, Side
from rps_game.match.inputs import Commitment, Observation, commitment_digest, opens_commitment
from rps_game.match.rules import RECORDED, Rules
from rps_game.match.score import Score
from rps_game.match.state import Phase
from rps_game.match.voting import mean_vote

LABELS = [gesture.value for gesture in Gesture]


def surely(gesture, p=0.97):
    return {label: p if label == gesture else (1 - p) / 3 for label in LABELS}


def play(rules, shown, choices):
    """Play rounds at the recorded pace, 20 frames per second: the last state and all events."""
    state, log, choices = State(rules), [], cycle(choices)
    for number, gesture in enumerate(shown):
        time = number / 20
        if state.phase is Phase.READY:
            state, events = begin_round(state, Commitment(next(choices), "n"), time)
            log.extend(events)
        state, events = advance(state, Observation(time, (surely(gesture),)))
        log.extend(events)
    return state, log


@pytest.mark.parametrize(("best_of", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (7, 4)])
def test_ends_exactly_at_the_majority(best_of, needed):
    # A draw, then wins for the player until it is over.
    choices = [Gesture.ROCK] + [Gesture.SCISSORS] * 50
    state, log = play(Rules(best_of=best_of, timing=RECORDED), ["rock"] * 200, choices)
    assert [event.kind for event in log].count("result") == needed + 1
    assert log[-1].kind == "match_over"
    assert (log[-1].complete, log[-1].winner) == (True, Side.LEFT)
    assert state.score == Score(left=needed, right=0, draws=1)
    assert state.phase is Phase.OVER


def test_the_events_of_a_lost_match():
    choices = [Gesture.ROCK] + [Gesture.PAPER] * 50
    _, (*log, over) = play(Rules(best_of=3, timing=RECORDED), ["rock"] * 100, choices)
    kinds = "round_started", "move_seen", "reveal", "result"
    assert [(event.round, event.kind) for event in log] == list(product((1, 2, 3), kinds))
    assert all(event.side is None for event in log if event.kind == "move_seen")
    assert (over.complete, over.ending, over.winner) == (True, Ending.DECIDED, Side.RIGHT)
    assert (over.rounds, over.score) == (3, Score(left=0, right=2, draws=1))


@pytest.mark.parametrize(
    ("frames", "reason", "gesture"),
    [
        ([], Reason.NO_FRAMES, None),
        ([surely("none")] * 3, Reason.NO_HAND, Gesture.NONE),
        ([surely("rock", 0.5)] * 3, Reason.UNSURE, Gesture.ROCK),
        ([surely("rock"), surely("paper")], Reason.UNSURE, Gesture.ROCK),
    ],
)
def test_rounds_are_repeated(frames, reason, gesture):
    state, _ = begin_round(State(Rules(timing=RECORDED)), Commitment(Gesture.ROCK, "nonce"), 0.0)
    for number, seen in enumerate(frames):
        state, _ = advance(state, Observation(0.4 + 0.01 * number, (seen,)))
    state, (repeated,) = advance(state, Observation(0.85))
    assert repeated.kind == "repeated"
    assert (repeated.reason, repeated.gesture) == (reason, gesture)
    assert opens_commitment(repeated.move, repeated.nonce, commitment_digest(Gesture.ROCK, "nonce"))
    assert (repeated.round, repeated.attempt) == (1, 1)
    assert (repeated.start, repeated.end) == pytest.approx((0.4, 0.8))
    assert repeated.frames == len(frames)
    assert repeated.confidence == (max(mean_vote(frames).values()) if frames else None)
    assert (state.phase, state.reason, state.side) == (Phase.REPEAT, reason, None)
    assert state.rounds == ()
    state, _ = advance(state, Observation(1.0))
    assert (state.phase, state.round, state.attempt) == (Phase.READY, 1, 2)


def test_gives_up_when_no_move_is_ever_seen():
    state, log = play(Rules(timing=RECORDED, patience=3), ["none"] * 200, MOVES)
    assert [event.kind for event in log].count("repeated") == 3
    assert (log[-1].ending, log[-1].complete) == (Ending.NOTHING_SEEN, False)
    assert log[-1].winner is None
    assert state.phase is Phase.OVER


def test_patience_is_for_rounds_in_a_row():
    # Nothing in two rounds, then a move, again and again: never three in a row.
    shown = ["none" if n % 60 < 40 else "rock" for n in range(600)]
    rules = Rules(best_of=99, timing=RECORDED, patience=3)
    state, log = play(rules, shown, [Gesture.PAPER])
    attempts = [event.attempt for event in log if event.kind == "round_started"]
    assert attempts[:7] == [1, 2, 3, 1, 2, 3, 1]
    assert state.ending is None


def play_two(left, right):
    """One window with two hands."""
    state, started = begin_round(State(Rules(timing=RECORDED, two_players=True)), None, 0.0)
    assert started[0].seal is None
    for number in range(4):
        seen = Observation(0.4 + number / 10, (surely(left), surely(right)))
        state, _ = advance(state, seen)
    return advance(state, Observation(0.85))


def test_two_players():
    state, (one, two, result) = play_two("paper", "rock")
    assert (one.side, one.gesture, two.side, two.gesture) == ("left", "paper", "right", "rock")
    assert (result.outcome, result.left, result.right) == ("win", "paper", "rock")
    assert state.confidences == pytest.approx((0.97, 0.97))


def test_which_of_two_players_has_to_show_again():
    state, (again,) = play_two("paper", "none")
    assert (again.reason, again.side, state.side) == (Reason.NO_HAND, Side.RIGHT, Side.RIGHT)
    assert play_two("none", "none")[0].side is Side.LEFT

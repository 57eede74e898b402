"""The state machine: what must hold for any sequence of frames, and the exact times."""

import json
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rps_game.gestures import MOVES, Gesture
from rps_game.match import (
    State,
    advance,
    beat,
    begin_round,
    mean_vote,
    skip_pause,
    stop,
    watching,
)
from rps_game.match.events import Ending, Reason, Side, to_json
from rps_game.match.inputs import Commitment, Observation, commitment_digest, opens_commitment
from rps_game.match.rules import LIVE, RECORDED, Rules, Timing
from rps_game.match.score import Score
from rps_game.match.state import Phase
from rps_game.match.triggers import HandTrigger

LABELS = [gesture.value for gesture in Gesture]
TIMINGS = st.sampled_from([LIVE, RECORDED, Timing(0, 0, 0.1, 0)])


def surely(gesture, p=0.97):
    """Probabilities that leave little doubt."""
    return {label: p if label == gesture else (1 - p) / 3 for label in LABELS}


@st.composite
def probabilities(draw):
    weights = draw(st.lists(st.floats(0.01, 1), min_size=4, max_size=4))
    if draw(st.booleans()):
        weights[draw(st.integers(0, 3))] += 20
    return {label: weight / sum(weights) for label, weight in zip(LABELS, weights, strict=True)}


# In most frames something is seen; the second hand is there only for matches of two.
hands = st.tuples(st.none() | probabilities(), st.none() | probabilities())
ticks = st.lists(st.tuples(st.floats(0.01, 1.5), hands), min_size=20, max_size=200)
moves = st.lists(st.sampled_from(MOVES), min_size=200, max_size=200)


def run(rules, frames, choices):
    """Play frames through the machine; yields (state, events) after every step."""
    state, time = State(rules), 0.0
    choices = iter(choices)
    for number, (gap, seen) in enumerate(frames):
        time += gap
        one, two = seen if isinstance(seen, tuple) else (seen, None)
        if state.phase is Phase.READY:
            commitment = None if rules.two_players else Commitment(next(choices), f"n{number}")
            state, events = begin_round(state, commitment, time)
            yield state, events
        both = one is not None and two is not None and rules.two_players
        state, events = advance(state, Observation(time, one, two if both else None))
        yield state, events


# No deadline: on a busy machine a slow example says nothing about the rules.
@settings(deadline=None)
@given(st.integers(1, 7), TIMINGS, st.booleans(), ticks, moves)
def test_holds_for_any_frames(best_of, timing, two_players, frames, choices):
    rules = Rules(best_of=best_of, timing=timing, two_players=two_players)
    score, log = State().score, []
    for state, events in run(rules, frames, choices):
        now = state.score
        assert now.player >= score.player
        assert now.computer >= score.computer
        assert now.draws >= score.draws
        assert now.player + now.computer + now.draws <= score.player + score.computer + (
            score.draws + 1
        )
        assert max(now.player, now.computer) <= rules.needed
        score = now
        log.extend(events)
        decided = max(now.player, now.computer) == rules.needed
        ended = [event for event in log if event.kind == "match_over"]
        assert len(ended) == (1 if state.ending else 0)
        assert (state.ending is Ending.DECIDED) == decided
    times = [event.time for event in log]
    assert times == sorted(times)
    # A round ends in a result or a repeat before the next one starts, and its seal is opened.
    expected, seal = ["round_started"], ""
    for event in log:
        assert event.kind in expected
        match event.kind:
            case "round_started":
                seal, expected = event.seal, ["move_seen", "repeated"]
                assert (seal is None) == two_players
                assert event.attempt <= rules.patience
            case "move_seen":
                assert event.gesture.is_move
                assert event.confidence >= rules.confidence
                expected = ["move_seen" if event.side is Side.LEFT else "result"]
                if not two_players:
                    expected = ["reveal"]
            case "reveal":
                assert opens_commitment(event.move, event.nonce, seal)
                expected = ["result"]
            case "repeated":
                if two_players:
                    assert (event.move, event.side in Side) == (None, True)
                else:
                    assert opens_commitment(event.move, event.nonce, seal)
                if event.reason is Reason.TOO_EARLY:
                    assert event.attempt <= rules.lenience
                expected = ["round_started", "match_over"]
            case "result":
                expected = ["round_started", "match_over"]
            case "match_over":
                expected = []


@settings(deadline=None, max_examples=50)
@given(TIMINGS, ticks, ticks, moves)
def test_seals_do_not_depend_on_frames(timing, frames, others, choices):
    others = [(gap, seen) for (gap, _), (_, seen) in zip(frames, others, strict=False)]

    def first_seal(with_frames):
        for _, events in run(Rules(timing=timing), with_frames, choices):
            for event in events:
                if event.kind in ("round_started", "reveal", "repeated"):
                    yield getattr(event, "seal", None) or event.move

    # The first round meets the same seal and opens it to the same move, whatever was seen.
    one, two = list(first_seal(frames))[:2], list(first_seal(others))[:2]
    shared = min(len(one), len(two))
    assert one[:shared] == two[:shared]


@pytest.mark.parametrize(("best_of", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (7, 4)])
def test_ends_exactly_at_the_majority(best_of, needed):
    rules = Rules(best_of=best_of, timing=RECORDED)
    film = [(0.05, surely("rock"))] * 1000
    # A draw, then wins for the player until it is over.
    choices = [Gesture.ROCK] + [Gesture.SCISSORS] * 50
    steps = list(run(rules, film, choices))
    state, log = steps[-1][0], [event for _, events in steps for event in events]
    assert [event.kind for event in log].count("result") == needed + 1
    assert log[-1].kind == "match_over"
    assert log[-1].complete
    assert log[-1].winner == "player"
    assert state.score.player == needed
    assert state.score.draws == 1
    assert state.phase is Phase.OVER


def play_window(frames, rules=None, move=Gesture.ROCK):
    """One round of the recorded pace: frames of its window in, the closing events out."""
    state = State(rules or Rules(timing=RECORDED))
    state, _ = begin_round(state, Commitment(move, "nonce"), 0.0)
    for number, seen in enumerate(frames):
        state, events = advance(state, Observation(0.4 + 0.01 * number, seen))
        assert not events
    return advance(state, Observation(0.85))


def test_a_round_keeps_its_times():
    state, started = begin_round(State(Rules(timing=RECORDED)), Commitment(MOVES[0], "n"), 0.1)
    assert started[0].time == 0.0
    events = []
    # Frames outside the window say something else and must not count.
    for number in range(100):
        shown = "paper" if 0.4 <= number / 100 < 0.8 else "scissors"
        state, happened = advance(state, Observation(number / 100, surely(shown)))
        events.extend(happened)
    seen, reveal, result = events
    assert (seen.kind, reveal.kind, result.kind) == ("move_seen", "reveal", "result")
    assert seen.gesture is Gesture.PAPER
    assert (seen.start, seen.end) == pytest.approx((0.4, 0.8))
    assert seen.frames == 40
    assert seen.time == reveal.time == result.time == pytest.approx(0.8)
    assert state.phase is Phase.REVEAL
    state, _ = advance(state, Observation(1.04))
    state, started = begin_round(state, Commitment(MOVES[1], "n"), 1.04)
    assert started[0].time == pytest.approx(1.0)


def test_a_long_stall_does_not_hurry_the_next_round():
    state, _ = play_window([surely("rock")])
    state, _ = advance(state, Observation(60.0))
    state, started = begin_round(state, Commitment(MOVES[0], "n"), 60.0)
    assert started[0].time == 60.0


@pytest.mark.parametrize(
    ("frames", "reason", "gesture"),
    [
        ([], Reason.NO_FRAMES, None),
        ([None, None], Reason.NO_FRAMES, None),
        ([surely("none")] * 3, Reason.NO_HAND, Gesture.NONE),
        ([surely("rock", 0.5)] * 3, Reason.UNSURE, Gesture.ROCK),
        ([surely("rock"), surely("paper")], Reason.UNSURE, Gesture.ROCK),
    ],
)
def test_rounds_are_repeated(frames, reason, gesture):
    state, events = play_window(frames)
    (repeated,) = events
    assert repeated.kind == "repeated"
    assert (repeated.reason, repeated.gesture) == (reason, gesture)
    assert opens_commitment(repeated.move, repeated.nonce, commitment_digest(Gesture.ROCK, "nonce"))
    assert (repeated.round, repeated.attempt) == (1, 1)
    assert (repeated.start, repeated.end) == pytest.approx((0.4, 0.8))
    seen = [frame for frame in frames if frame is not None]
    assert repeated.frames == len(seen)
    likeliest = max(mean_vote(tuple(seen)).values()) if seen else None
    assert repeated.confidence == (pytest.approx(likeliest) if seen else None)
    assert state.phase is Phase.REPEAT
    assert state.rounds == ()
    state, _ = advance(state, Observation(1.0))
    assert (state.phase, state.round, state.attempt) == (Phase.READY, 1, 2)


def test_the_mean_decides_not_the_majority_of_frames():
    votes = [surely("rock", 0.34)] * 3 + [surely("paper", 0.99)] * 2
    rules = Rules(timing=RECORDED, confidence=0.4)
    _, events = play_window(votes, rules)
    assert events[0].gesture is Gesture.PAPER
    assert events[0].confidence == pytest.approx((3 * 0.22 + 2 * 0.99) / 5)
    assert sum(mean_vote(tuple(votes)).values()) == pytest.approx(1)


def test_gives_up_when_nothing_is_ever_seen():
    rules = Rules(timing=RECORDED, patience=3)
    steps = list(run(rules, [(0.05, surely("none"))] * 200, [MOVES[0]] * 99))
    state, log = steps[-1][0], [event for _, events in steps for event in events]
    assert [event.kind for event in log].count("repeated") == 3
    assert log[-1].ending is Ending.NOTHING_SEEN
    assert not log[-1].complete
    assert log[-1].winner is None
    assert state.phase is Phase.OVER


def test_stop_ends_a_match_once():
    state, _ = begin_round(State(), Commitment(MOVES[0], "n"), 0.0)
    state, events = stop(state, 1.0, Ending.QUIT)
    assert (events[0].complete, events[0].ending) == (False, Ending.QUIT)
    assert (events[0].time, state.since, state.commitment) == (1.0, 1.0, None)
    again, events = stop(state, 2.0, Ending.SOURCE_ENDED)
    assert (again, events) == (state, ())
    assert advance(state, Observation(99.0, surely("rock"))) == (state, ())


def test_a_lost_match_is_told_whole():
    rules = Rules(best_of=3, timing=RECORDED)
    choices = [Gesture.ROCK] + [Gesture.PAPER] * 50
    steps = list(run(rules, [(0.05, surely("rock"))] * 200, choices))
    *log, over = [event for _, events in steps for event in events]
    kinds = "round_started", "move_seen", "reveal", "result"
    assert [(event.round, event.kind) for event in log] == list(product((1, 2, 3), kinds))
    assert all(event.side is None for event in log if event.kind == "move_seen")
    assert (over.complete, over.ending, over.winner) == (True, Ending.DECIDED, "computer")
    assert (over.rounds, over.score) == (3, Score(player=0, computer=2, draws=1))


@pytest.mark.parametrize("votes", [(), (Observation(0.5, surely("rock")),)])
def test_a_round_leaves_nothing_behind(votes):
    window = State(Rules(timing=RECORDED), Phase.WINDOW, 0.4)
    sealed = Commitment(MOVES[0], "n")
    window = replace(
        window, commitment=sealed, votes=votes, early=votes, signs=HandTrigger(since=0.1)
    )
    shown, _ = advance(window, Observation(0.85))
    assert shown.signs == HandTrigger()
    ready = skip_pause(replace(shown, signs=HandTrigger(since=0.1)), 0.9)
    assert (ready.since, ready.commitment, ready.signs) == (0.9, None, HandTrigger())
    begun, _ = begin_round(ready, sealed, 0.9)
    assert (begun.votes, begun.early) == ((), ())
    over = skip_pause(replace(shown, signs=HandTrigger(since=0.1), ending=Ending.DECIDED), 0.9)
    assert (over.since, over.signs) == (0.9, HandTrigger(armed=False))


def test_hands_have_a_moment_to_settle_after_shoot():
    timing = Timing(countdown=1, settle=0.5, window=1, pause=1)
    state, _ = begin_round(State(Rules(timing=timing)), Commitment(MOVES[0], "n"), 0.0)
    assert advance(state, Observation(1.4))[0].phase is Phase.COUNTDOWN
    assert advance(state, Observation(1.6))[0].phase is Phase.WINDOW


def test_skip_pause_only_skips_pauses():
    counting, _ = begin_round(State(), Commitment(MOVES[0], "n"), 0.0)
    assert skip_pause(counting, 0.5) == counting
    revealed, _ = play_window([surely("rock")])
    assert skip_pause(revealed, 0.9).phase is Phase.READY
    over = replace(revealed, ending=Ending.DECIDED)
    assert skip_pause(over, 0.9).phase is Phase.OVER


def test_beats():
    state, _ = begin_round(State(), Commitment(MOVES[0], "n"), 10.0)
    called = [beat(state, 10.0 + offset)[0] for offset in (0, 0.59, 0.61, 1.25, 1.79, 1.81, 2.0)]
    assert called == [0, 0, 1, 2, 2, 3, 3]
    assert beat(state, 10.3) == (0, pytest.approx(0.5))
    assert beat(state, 11.5) == (2, pytest.approx(0.5))
    assert beat(state, 9.0) == (0, 0.0)
    assert beat(state, state.shoot) == beat(state, 20.0) == (3, 1.0)
    assert beat(State(), 5.0) == (0, 0.0)


def test_a_round_cannot_begin_twice_or_with_no_move():
    state, _ = begin_round(State(), Commitment(MOVES[0], "n"), 0.0)
    with pytest.raises(ValueError, match="no round can begin"):
        begin_round(state, Commitment(MOVES[0], "n"), 0.0)
    with pytest.raises(ValueError, match="not a move"):
        Commitment(Gesture.NONE, "n")


@pytest.mark.parametrize(
    "wrong", [{"best_of": 0}, {"confidence": 1.1}, {"confidence": -0.1}, {"patience": 0}]
)
def test_impossible_rules(wrong):
    with pytest.raises(ValueError, match="must be"):
        Rules(**wrong)


def test_impossible_times():
    with pytest.raises(ValueError, match="times"):
        Timing(window=0)


def test_seals():
    # sha256 of the text "rock:00ff", so that anybody can check with sha256sum.
    seal = "dcbbd3d195ad2782e79017f42a0d5071ae444da5502dec27768a437471c24c5b"
    assert len(commitment_digest(Gesture.ROCK, "00ff")) == 64
    assert opens_commitment(
        Gesture.ROCK, "00ff", commitment_digest(Gesture.ROCK, "00ff").upper() + "\n"
    )
    assert not opens_commitment(Gesture.PAPER, "00ff", commitment_digest(Gesture.ROCK, "00ff"))
    assert not opens_commitment(Gesture.ROCK, "00fe", commitment_digest(Gesture.ROCK, "00ff"))
    assert commitment_digest(Gesture.ROCK, "00ff") == seal


def test_events_as_json():
    _, events = play_window([surely("paper")] * 4)
    seen, reveal, result = (json.loads(to_json(event)) for event in events)
    assert seen == {
        "event": "move_seen",
        "time": 0.8,
        "round": 1,
        "gesture": "paper",
        "confidence": 0.97,
        "probabilities": {"rock": 0.01, "paper": 0.97, "scissors": 0.01, "none": 0.01},
        "start": 0.4,
        "end": 0.8,
        "frames": 4,
    }
    assert (reveal["move"], reveal["nonce"]) == ("rock", "nonce")
    assert result["score"] == {"player": 1, "computer": 0, "draws": 0}
    assert result["outcome"] == "win"
    assert "\n" not in to_json(events[0])


LIVELY = Timing(countdown=1.0, settle=0.0, window=1.0, pause=1.0, watch=0.5)


def play_hand(*parts, timing=LIVELY, attempt=1):
    """One round: ``parts`` are (gesture, from, to); what happens when the window closes."""
    state = replace(State(Rules(timing=timing)), attempt=attempt)
    state, _ = begin_round(state, Commitment(Gesture.ROCK, "nonce"), 0.0)
    for gesture, begin, end in parts:
        for number in range(round(begin * 20), round(end * 20)):
            state, _ = advance(state, Observation(number / 20 + 0.001, surely(gesture)))
    return advance(state, Observation(2.01))


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        # Open well before "shoot", and the same afterwards.
        ([("paper", 0.4, 2)], Reason.TOO_EARLY),
        ([("rock", 0, 0.5), ("scissors", 0.5, 2)], Reason.TOO_EARLY),
        # A fist before is what everybody shakes; a hand that opens just in time is in time.
        ([("rock", 0, 2)], None),
        ([("rock", 0, 0.85), ("paper", 0.85, 2)], None),
        ([("rock", 0, 1), ("paper", 1, 2)], None),
        # Something else shown before, then changed in time: nobody was hurt.
        ([("paper", 0, 0.95), ("scissors", 0.95, 2)], None),
        # The fist opens, or the hand comes up, in the middle of the window.
        ([("rock", 0, 1.5), ("scissors", 1.5, 2)], Reason.TOO_LATE),
        ([("none", 0, 1.5), ("rock", 1.5, 2)], Reason.TOO_LATE),
        ([("none", 0, 1.4), ("paper", 1.4, 2)], Reason.TOO_LATE),
        # One move after another, and a hand that leaves.
        ([("paper", 1, 1.5), ("scissors", 1.5, 2)], Reason.CHANGED),
        ([("paper", 1, 1.5), ("rock", 1.5, 2)], Reason.CHANGED),
        ([("rock", 1, 1.5), ("none", 1.5, 2)], Reason.CHANGED),
        # A frame or two that say something else are no change.
        ([("paper", 1, 1.7), ("rock", 1.7, 1.8), ("paper", 1.8, 2)], None),
        ([("none", 0, 2)], Reason.NO_HAND),
    ],
)
def test_why_a_round_is_repeated(parts, reason):
    state, events = play_hand(*parts)
    assert (state.phase is Phase.REVEAL) == (reason is None)
    assert state.reason is reason
    if reason is not None:
        assert events[0].reason is reason


def test_moves_that_come_too_early_count_in_the_end():
    early = [("paper", 0.4, 2)]
    assert play_hand(*early, attempt=2)[0].reason is Reason.TOO_EARLY
    assert play_hand(*early, attempt=3)[0].phase is Phase.REVEAL
    # In recordings hands have no rhythm: nothing is looked at before "shoot".
    assert play_hand(*early, timing=replace(LIVELY, watch=0))[0].phase is Phase.REVEAL


def test_what_is_worth_looking_at():
    state, _ = begin_round(State(Rules(timing=LIVELY)), Commitment(MOVES[0], "n"), 0.0)
    looked = [n / 20 for n in range(20) if watching(state, n / 20)]
    assert (looked[0], looked[-1]) == (0.5, 0.8)
    assert watching(replace(state, phase=Phase.WINDOW), 1.1)
    assert not watching(replace(state, phase=Phase.REVEAL), 2.1)
    glancing = Rules(timing=replace(LIVELY, glance=0.1))
    assert watching(replace(state, phase=Phase.REVEAL, rules=glancing), 2.1)
    assert not watching(State(), 0)


def shown(state, gesture, begin, end):
    """Let a hand be seen for a while, ten times a second."""
    for number in range(round(begin * 10), round(end * 10)):
        state, _ = advance(state, Observation(number / 10, surely(gesture)))
    return state


def test_the_next_round_comes_when_the_hand_has_left():
    timing = Timing(countdown=1, settle=0, window=1, pause=5, glance=1.0)
    revealed = replace(State(Rules(timing=timing)), phase=Phase.REVEAL, since=2.0)
    # It stays: the whole pause passes.
    assert shown(revealed, "paper", 2, 6.9).phase is Phase.REVEAL
    assert shown(revealed, "paper", 2, 7.1).phase is Phase.READY
    # It leaves at once: the result is shown for a moment all the same.
    assert shown(revealed, "none", 2, 2.9).phase is Phase.REVEAL
    ready = shown(revealed, "none", 2, 3.1)
    assert (ready.phase, ready.since) == (Phase.READY, 3.0)
    # It leaves later, and once only for a single frame.
    late = shown(shown(shown(revealed, "paper", 2, 4), "none", 4, 4.1), "paper", 4.1, 4.5)
    assert late.phase is Phase.REVEAL
    assert shown(late, "none", 4.5, 4.7).phase is Phase.REVEAL
    assert shown(late, "none", 4.5, 5.0).phase is Phase.READY
    # A model that does not know of empty pictures cannot see it leave.
    blind = revealed
    for number in range(20, 40):
        blind, _ = advance(blind, Observation(number / 10, {"rock": 0.4, "paper": 0.6}))
    assert blind.phase is Phase.REVEAL
    # Without a glance the rhythm is kept.
    steady = replace(revealed, rules=Rules(timing=replace(timing, glance=None)))
    assert shown(steady, "none", 2, 6.9).phase is Phase.REVEAL


def test_a_fist_held_up_is_a_sign():
    state = shown(State(), "rock", 0, 0.6)
    assert state.signs.fist(0.5) == pytest.approx(0.5)
    state = shown(state, "rock", 0.6, 1.1)
    assert state.signs.fist(1.0) == 1.0
    assert shown(state, "paper", 1.1, 1.2).signs.fist(1.1) == 0.0
    assert shown(State(), "none", 0, 2).signs.fist(2.0) == 0.0
    later = shown(State(), "rock", 3, 3.6)
    assert (later.signs.fist(3.25), later.signs.fist(2.0)) == (pytest.approx(0.25), 0.0)


def test_the_last_fist_of_a_match_does_not_start_the_next():
    over, _ = stop(State(), 0.0, Ending.QUIT)
    over = shown(over, "rock", 0, 3)
    assert over.signs.fist(3.0) == 0.0
    over = shown(shown(over, "none", 3, 3.2), "rock", 3.2, 4.3)
    assert over.signs.fist(4.2) == 1.0


def test_both_of_two_players_hold_up_their_fists():
    def both(state, left, right):
        for number in range(12):
            seen = Observation(number / 10, surely(left), surely(right))
            state, _ = advance(state, seen)
        return state.signs.fist(1.1)

    rules = Rules(two_players=True)
    assert both(State(rules), "rock", "rock") == 1.0
    assert both(State(rules), "rock", "paper") == 0.0
    assert both(State(rules), "none", "rock") == 0.0


def play_two(left, right):
    """One window with two hands."""
    state, started = begin_round(State(Rules(timing=RECORDED, two_players=True)), None, 0.0)
    assert started[0].seal is None
    for number in range(4):
        seen = Observation(0.4 + number / 10, surely(left), surely(right))
        state, _ = advance(state, seen)
    return advance(state, Observation(0.85))


def test_two_players():
    state, (one, two, result) = play_two("paper", "rock")
    assert (one.side, one.gesture, two.side, two.gesture) == ("left", "paper", "right", "rock")
    assert result.outcome == "win"
    assert state.confidences == pytest.approx((0.97, 0.97))
    assert json.loads(to_json(result, two_players=True)) == {
        "event": "result",
        "time": 0.8,
        "round": 1,
        "outcome": "left",
        "left": "paper",
        "right": "rock",
        "score": {"left": 1, "right": 0, "draws": 0},
    }
    assert json.loads(to_json(two, two_players=True))["side"] == "right"
    assert "side" not in to_json(two)


def test_who_of_two_has_to_show_again():
    state, (again,) = play_two("paper", "none")
    assert (again.reason, again.side, state.side) == (Reason.NO_HAND, Side.RIGHT, Side.RIGHT)
    told = json.loads(to_json(again, two_players=True))
    assert told["side"] == "right"
    assert not {"move", "nonce", "seal"} & set(told)
    assert play_two("none", "none")[0].side is Side.LEFT


def test_the_computer_plays_with_one_player_only():
    with pytest.raises(ValueError, match="chooses before"):
        begin_round(State(), None, 0.0)
    with pytest.raises(ValueError, match="only where it plays"):
        begin_round(State(Rules(two_players=True)), Commitment(MOVES[0], "n"), 0.0)


def test_patience_is_for_rounds_in_a_row():
    # Twice nothing, then a move, again and again: never three in a row.
    film = [(0.05, surely("none" if n % 60 < 40 else "rock")) for n in range(600)]
    rules = Rules(best_of=99, timing=RECORDED, patience=3)
    steps = list(run(rules, film, [MOVES[1]] * 99))
    log = [event for _, events in steps for event in events]
    attempts = [event.attempt for event in log if event.kind == "round_started"]
    assert attempts[:7] == [1, 2, 3, 1, 2, 3, 1]
    assert steps[-1][0].ending is None

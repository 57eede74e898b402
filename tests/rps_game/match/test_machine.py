"""The state machine: what must hold for any sequence of frames, and the exact times."""

import random
from dataclasses import replace
from itertools import cycle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rps_game.gestures import MOVES, Gesture
from rps_game.match import State, advance, beat, begin_round, skip_pause, stop, watching
from rps_game.match.events import Ending, Reason, Side
from rps_game.match.inputs import Commitment, Observation, opens_commitment
from rps_game.match.rules import LIVE, RECORDED, Mode, Rules, Timing
from rps_game.match.state import Phase
from rps_game.match.triggers import HandTrigger

LABELS = [gesture.value for gesture in Gesture]
TIMINGS = st.sampled_from([LIVE, RECORDED, Timing(0, 0, 0.1, 0)])
ROCK = Commitment(Gesture.ROCK, "nonce")


def surely(gesture, p=0.97):
    """Probabilities of a hand that clearly shows a gesture."""
    return {label: p if label == gesture else (1 - p) / 3 for label in LABELS}


# Clear hands, hands at and below the minimum confidence, and a frame with nothing recognizable.
HANDS = [surely(label, p) for p in (0.97, 0.6, 0.45) for label in LABELS]
HANDS.append(dict.fromkeys(LABELS, 0.25))
GAPS = 0.04, 0.1, 0.01, 0.3, 1.5  # seconds between frames


def scenes(data):
    """Scenes of several frames with the same hands, at different paces; some show nothing new."""
    frames = []
    for count, gap, left, right in zip(*(data[offset::4] for offset in range(4)), strict=True):
        hands = HANDS[left % len(HANDS)], HANDS[right % len(HANDS)]
        frame = GAPS[gap % len(GAPS)], hands if left % 7 < 6 else ()
        frames += [frame] * (count % 16 + 1)
    return frames


# Uniform bytes explore more, hypothesis's own ones shrink well.
ticks = st.one_of(
    st.binary(min_size=20, max_size=160).map(lambda data: data[: len(data) // 4 * 4]),
    st.integers(0).map(lambda seed: random.Random(seed).randbytes(160)),
).map(scenes)
moves = st.lists(st.sampled_from(MOVES), min_size=1, max_size=9)


def run(rules, frames, choices):
    """Play frames through the machine; yields (state, events) after every step."""
    state, time, choices = State(rules), 0.0, cycle(choices)
    for number, (gap, hands) in enumerate(frames):
        time += gap
        if state.phase is Phase.READY:
            commitment = None if rules.two_players else Commitment(next(choices), f"n{number}")
            state, events = begin_round(state, commitment, time)
            yield state, events
        seen = Observation(time, hands if rules.two_players else hands[:1])
        state, events = advance(state, seen)
        yield state, events


@settings(deadline=None)  # on a busy machine a slow example says nothing about the rules
@given(st.integers(1, 7), TIMINGS, st.booleans(), ticks, moves)
def test_holds_for_any_frames(best_of, timing, two_players, frames, choices):
    rules = Rules(best_of=best_of, timing=timing, two_players=two_players)
    score, log = State().score, []
    for state, events in run(rules, frames, choices):
        now = state.score
        grown = now.left - score.left, now.right - score.right, now.draws - score.draws
        assert min(grown) >= 0
        assert sum(grown) <= 1
        assert max(now.left, now.right) <= rules.needed
        score = now
        log.extend(events)
        decided = max(now.left, now.right) == rules.needed
        assert (state.ending is Ending.DECIDED) == decided
        ended = [event for event in log if event.kind == "match_over"]
        assert len(ended) == (1 if state.ending else 0)
    times = [event.time for event in log]
    assert times == sorted(times)
    check_order(log, rules)


def check_order(log, rules):
    """A round ends in a result or a repeat before the next one starts, and its seal is opened."""
    expected, seal = ["round_started"], ""
    for event in log:
        assert event.kind in expected
        match event.kind:
            case "round_started":
                seal, expected = event.seal, ["move_seen", "repeated"]
                assert (seal is None) == rules.two_players
                assert event.attempt <= rules.patience
            case "move_seen":
                assert event.gesture.is_move
                assert event.confidence >= rules.confidence
                expected = ["move_seen" if event.side is Side.LEFT else "result"]
                if not rules.two_players:
                    expected = ["reveal"]
            case "reveal":
                assert opens_commitment(event.move, event.nonce, seal)
                expected = ["result"]
            case "repeated":
                if rules.two_players:
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
    others = [(gap, hands) for (gap, _), (_, hands) in zip(frames, others, strict=False)]

    def first_seal(with_frames):
        for _, events in run(Rules(timing=timing), with_frames, choices):
            for event in events:
                if event.kind in ("round_started", "reveal", "repeated"):
                    yield getattr(event, "seal", None) or event.move

    # The first round has the same seal and opens it to the same move, whatever the frames show.
    one, two = list(first_seal(frames))[:2], list(first_seal(others))[:2]
    shared = min(len(one), len(two))
    assert one[:shared] == two[:shared]


def play_window(hands):
    """One round at the recorded pace with hands in its window: the state after it."""
    state, _ = begin_round(State(Rules(timing=RECORDED)), ROCK, 0.0)
    for number, hand in enumerate(hands):
        state, events = advance(state, Observation(0.4 + 0.01 * number, (hand,)))
        assert not events
    return advance(state, Observation(0.85))[0]


def test_a_round_keeps_its_times():
    state, started = begin_round(State(Rules(timing=RECORDED)), ROCK, 0.1)
    assert started[0].time == 0.0
    events = []
    # Frames outside the window show something else and must not count.
    for number in range(100):
        shown = "paper" if 0.4 <= number / 100 < 0.8 else "scissors"
        state, happened = advance(state, Observation(number / 100, (surely(shown),)))
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


def test_the_next_round_does_not_catch_up_after_a_long_stall():
    state = play_window([surely("rock")])
    state, _ = advance(state, Observation(60.0))
    state, started = begin_round(state, ROCK, 60.0)
    assert started[0].time == 60.0


@pytest.mark.parametrize(("late", "caught_up"), [(0.25, True), (0.3, False)])
def test_how_late_a_round_may_start_on_schedule(late, caught_up):
    _, (started,) = begin_round(State(since=2.0), ROCK, 2.0 + late)
    assert started.time == (2.0 if caught_up else 2.0 + late)


def test_stop_ends_a_match_once():
    state, _ = begin_round(State(), ROCK, 0.0)
    state, events = stop(state, 1.0, Ending.QUIT)
    assert (events[0].complete, events[0].ending) == (False, Ending.QUIT)
    assert (events[0].time, state.since, state.commitment) == (1.0, 1.0, None)
    again, events = stop(state, 2.0, Ending.SOURCE_ENDED)
    assert (again, events) == (state, ())
    assert advance(state, Observation(99.0, (surely("rock"),))) == (state, ())


@pytest.mark.parametrize("votes", [(), (Observation(0.5, (surely("rock"),)),)])
def test_rounds_do_not_affect_each_other(votes):
    signal = HandTrigger(since=0.1)
    window = State(Rules(timing=RECORDED), Phase.WINDOW, 0.4)
    window = replace(window, commitment=ROCK, votes=votes, early=votes, trigger=signal)
    shown, _ = advance(window, Observation(0.85))
    assert shown.trigger == HandTrigger()
    ready = skip_pause(replace(shown, trigger=signal), 0.9)
    assert (ready.since, ready.commitment, ready.trigger) == (0.9, None, HandTrigger())
    begun, _ = begin_round(ready, ROCK, 0.9)
    assert (begun.votes, begun.early) == ((), ())
    over = skip_pause(replace(shown, trigger=signal, ending=Ending.DECIDED), 0.9)
    assert (over.since, over.trigger) == (0.9, HandTrigger(armed=False))


def test_hands_have_a_moment_to_settle_after_shoot():
    timing = Timing(countdown=1, settle=0.5, window=1, pause=1)
    state, _ = begin_round(State(Rules(timing=timing)), ROCK, 0.0)
    assert advance(state, Observation(1.4))[0].phase is Phase.COUNTDOWN
    assert advance(state, Observation(1.6))[0].phase is Phase.WINDOW


def test_skip_pause_only_skips_pauses():
    counting, _ = begin_round(State(), ROCK, 0.0)
    assert skip_pause(counting, 0.5) == counting
    revealed = play_window([surely("rock")])
    assert skip_pause(revealed, 0.9).phase is Phase.READY
    over = replace(revealed, ending=Ending.DECIDED)
    assert skip_pause(over, 0.9).phase is Phase.OVER


def test_beats():
    state, _ = begin_round(State(), ROCK, 10.0)
    called = [beat(state, 10.0 + offset)[0] for offset in (0, 0.59, 0.61, 1.25, 1.79, 1.81, 2.0)]
    assert called == [0, 0, 1, 2, 2, 3, 3]
    assert beat(state, 10.3) == (0, pytest.approx(0.5))
    assert beat(state, 11.5) == (2, pytest.approx(0.5))
    assert beat(state, 9.0) == (0, 0.0)
    assert beat(state, state.shoot) == beat(state, 20.0) == (3, 1.0)
    assert beat(State(), 5.0) == (0, 0.0)


def test_a_round_cannot_begin_twice():
    state, _ = begin_round(State(), ROCK, 0.0)
    with pytest.raises(ValueError, match="no round can begin"):
        begin_round(state, ROCK, 0.0)


def test_only_matches_against_the_computer_need_its_move():
    with pytest.raises(ValueError, match="needed against the computer"):
        begin_round(State(), None, 0.0)
    with pytest.raises(ValueError, match="and only then"):
        begin_round(State(Rules(two_players=True)), ROCK, 0.0)


WATCHED = Timing(countdown=1.0, settle=0.0, window=1.0, pause=1.0, watch=0.5)


@pytest.mark.parametrize(
    ("attempt", "watch", "opened", "reason"),
    [
        (1, 0.5, 0.4, Reason.TOO_EARLY),
        (2, 0.5, 0.4, Reason.TOO_EARLY),
        (3, 0.5, 0.4, None),  # counts in the end
        (1, 0.5, 0.85, None),  # just in time
        (1, 0.0, 0.4, None),  # in recordings nothing before "shoot" is classified
    ],
)
def test_moves_that_come_too_early(attempt, watch, opened, reason):
    timing = replace(WATCHED, watch=watch)
    state = replace(State(Rules(timing=timing)), attempt=attempt)
    state, _ = begin_round(state, ROCK, 0.0)
    for number in range(40):
        time = number / 20 + 0.001
        shown = surely("paper" if time > opened else "rock")
        state, _ = advance(state, Observation(time, (shown,)))
    state, _ = advance(state, Observation(2.01))
    assert (state.phase, state.reason) == (Phase.REPEAT if reason else Phase.REVEAL, reason)


def test_when_frames_are_watched():
    state, _ = begin_round(State(Rules(timing=WATCHED)), ROCK, 0.0)
    watched = [n / 20 for n in range(20) if watching(state, n / 20)]
    assert (watched[0], watched[-1]) == (0.5, 0.8)
    assert watching(replace(state, phase=Phase.WINDOW), 1.1)
    assert not watching(replace(state, phase=Phase.REVEAL), 2.1)
    shortened = Rules(timing=replace(WATCHED, min_pause=0.1))
    assert watching(replace(state, phase=Phase.REVEAL, rules=shortened), 2.1)
    assert not watching(State(), 0)


def shown(state, gesture, begin, end):
    """Show a hand for a while, ten frames per second."""
    for number in range(round(begin * 10), round(end * 10)):
        state, _ = advance(state, Observation(number / 10, (surely(gesture),)))
    return state


def test_the_next_round_comes_when_the_hand_has_left():
    timing = Timing(countdown=1, settle=0, window=1, pause=5, min_pause=1.0)
    revealed = replace(State(Rules(timing=timing)), phase=Phase.REVEAL, since=2.0)
    # The hand stays: the whole pause passes.
    assert shown(revealed, "paper", 2, 6.9).phase is Phase.REVEAL
    assert shown(revealed, "paper", 2, 7.1).phase is Phase.READY
    # It leaves immediately: the result is still shown for a moment.
    assert shown(revealed, "none", 2, 2.9).phase is Phase.REVEAL
    ready = shown(revealed, "none", 2, 3.1)
    assert (ready.phase, ready.since) == (Phase.READY, 3.0)
    # It leaves later, and once for a single frame only.
    late = shown(shown(shown(revealed, "paper", 2, 4), "none", 4, 4.1), "paper", 4.1, 4.5)
    assert late.phase is Phase.REVEAL
    assert shown(late, "none", 4.5, 4.7).phase is Phase.REVEAL
    assert shown(late, "none", 4.5, 5.0).phase is Phase.READY
    # A model without the class "none" cannot see it leave.
    blind = revealed
    for number in range(20, 40):
        blind, _ = advance(blind, Observation(number / 10, ({"rock": 0.4, "paper": 0.6},)))
    assert blind.phase is Phase.REVEAL
    # Without a minimum pause the full pause is kept.
    steady = replace(revealed, rules=Rules(timing=replace(timing, min_pause=None)))
    assert shown(steady, "none", 2, 6.9).phase is Phase.REVEAL


def test_fists_count_before_a_match_and_after_it():
    assert shown(State(), "rock", 0, 1.1).trigger.fist_progress(1.0) == 1.0
    # The last fist of a match does not start the next one.
    over, _ = stop(State(), 0.0, Ending.QUIT)
    over = shown(over, "rock", 0, 3)
    assert over.trigger.fist_progress(3.0) == 0.0
    over = shown(shown(over, "none", 3, 3.2), "rock", 3.2, 4.3)
    assert over.trigger.fist_progress(4.2) == 1.0


TIMED = Rules(mode=Mode.TIMED, duration=3.0, timing=RECORDED)
SURVIVAL = Rules(mode=Mode.SURVIVAL, timing=RECORDED)


def play_moves(state, moves, first=0):
    """Play a round a second against a computer that always plays rock, until the match ends."""
    happened = []
    for second, move in enumerate(moves, first):
        if state.phase is not Phase.READY or state.ending is not None:
            break
        state, events = begin_round(state, ROCK, second)
        happened += events
        for moment in (0.5, 0.9, 1.02):
            hands = (surely(move),) if moment == 0.5 and move else ()
            state, events = advance(state, Observation(second + moment, hands))
            happened += events
    return state, happened


def endings(events):
    return [event for event in events if event.kind == "match_over"]


def test_survival_ends_with_the_first_loss():
    state, events = play_moves(State(SURVIVAL), ["paper", "rock", "paper", "scissors", "paper"])
    (over,) = endings(events)
    assert (over.complete, over.winner, over.mode) == (True, None, Mode.SURVIVAL)
    assert (over.score.left, over.score.draws, over.rounds) == (2, 1, 4)
    assert state.phase is Phase.OVER


def test_survival_goes_on_as_long_as_nothing_is_lost():
    state, events = play_moves(State(SURVIVAL), ["paper"] * 50)
    assert endings(events) == []
    assert state.score.left == 50


def test_survival_is_not_for_two():
    with pytest.raises(ValueError, match="against the computer"):
        Rules(mode=Mode.SURVIVAL, two_players=True)


@pytest.mark.parametrize(
    ("moves", "winner"),
    [
        (["paper", "scissors", "paper"], Side.LEFT),
        (["rock", "scissors", "rock"], Side.RIGHT),
        (["paper", "rock", "scissors"], None),
        ([None, "rock", None], None),
    ],
)
def test_a_timed_match_ends_when_its_time_is_over(moves, winner):
    state, events = play_moves(State(TIMED), [*moves, "paper", "paper"])
    (over,) = endings(events)
    assert (over.complete, over.ending, over.winner) == (True, Ending.DECIDED, winner)
    assert over.time == pytest.approx(3.0)
    assert over.rounds == len([move for move in moves if move])
    assert state.phase is Phase.OVER


def test_a_round_that_has_begun_in_time_counts():
    rules = replace(TIMED, duration=2.1)
    _, events = play_moves(State(rules), ["paper", "paper", "paper", "paper"])
    (over,) = endings(events)
    assert (over.score.left, over.time) == (3, pytest.approx(2.8))
    _, events = play_moves(State(rules), ["paper", "paper", None, "paper"])
    (over,) = endings(events)
    assert (over.score.left, over.time) == (2, pytest.approx(2.8))


def test_the_clock_starts_with_the_first_round():
    state = State(TIMED)
    state, events = advance(state, Observation(100.0))
    assert (events, state.deadline) == ((), None)
    state, _ = begin_round(state, ROCK, 100.0)
    assert state.deadline == 103.0
    assert not state.is_expired(102.9)


def test_the_result_stays_when_the_time_is_over():
    rules = replace(TIMED, duration=0.9)
    state, _ = begin_round(State(rules), ROCK, 0.0)
    state, _ = advance(state, Observation(0.5, (surely("paper"),)))
    state, _ = advance(state, Observation(0.85))
    state, (over,) = advance(state, Observation(0.95))
    assert (over.time, state.phase, over.winner) == (0.9, Phase.REVEAL, Side.LEFT)
    state, events = advance(state, Observation(1.0))
    assert (events, state.phase) == ((), Phase.OVER)


def test_a_timed_match_that_was_stopped_has_no_winner():
    state, _ = play_moves(State(TIMED), ["paper"])
    _, (over,) = stop(state, 1.5, Ending.QUIT)
    assert (over.complete, over.winner) == (False, None)


def test_nothing_seen_ends_a_timed_match_too():
    _, events = play_moves(State(replace(TIMED, patience=2)), [None] * 3)
    (over,) = endings(events)
    assert (over.ending, over.complete) == (Ending.NOTHING_SEEN, False)

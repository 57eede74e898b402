"""The animated player keeps time, and plays independently of the computer."""

import threading
import time
from dataclasses import replace

import cv2
import numpy as np
import pytest

from rps_game.gestures import MOVES, Gesture
from rps_game.hands import draw_hand
from rps_game.match import State, advance, begin_round
from rps_game.match.inputs import Commitment, Observation
from rps_game.match.rules import Rules, Timing
from rps_game.match.state import Phase
from rps_game.sources.demo import DemoSource

SHORT = Timing(countdown=0.6, settle=0.2, window=0.3, pause=0.2)


def rough_hand(gesture, look, size, openness):
    """A hand drawn small and enlarged: its details do not matter here."""
    return cv2.resize(draw_hand(gesture, look, 64, openness), (size, size))


def demo(*args, **options):
    return DemoSource(*args, draw=rough_hand, **options)


def play(seed, computer, rounds=2):
    """Frames by phase for every round, and the moves shown."""
    source = demo(seed, fps=10)
    state = State(Rules(best_of=99, timing=SHORT))
    seen = []
    while len(state.rounds) < rounds:
        source.follow(state)
        frame = source.read()
        if state.phase is Phase.READY:
            state, _ = begin_round(state, Commitment(computer, "n"), frame.time)
            seen.append({})
        state, _ = advance(state, Observation(frame.time, ({"rock": 1.0, "paper": 0.0},)))
        seen[-1].setdefault(state.phase, []).append(frame.image)
    return seen, source.shown


@pytest.fixture(scope="module")
def match():
    return play(5, Gesture.ROCK)


def test_frames_come_on_their_own_time():
    source = demo(1, fps=25)
    found = [source.read() for _ in range(3)]
    assert [frame.time for frame in found] == pytest.approx([0, 0.04, 0.08])
    assert found[0].image.shape == (480, 640, 3)
    assert found[0].image.dtype == np.uint8


def test_it_shakes_then_holds_still(match):
    for phases in match[0]:
        counting, window = phases[Phase.COUNTDOWN], phases[Phase.WINDOW]
        assert (counting[1] != counting[2]).any()
        assert all((image == window[0]).all() for image in window)


def test_rounds_look_different(match):
    first, second = (phases[Phase.WINDOW][0].astype(int) for phases in match[0])
    assert np.abs(first - second).mean() > 10


def test_the_move_is_open_by_the_window(match):
    seen, shown = match
    number = next(n for n, move in enumerate(shown) if move is not Gesture.ROCK)
    fist, hand = seen[number][Phase.COUNTDOWN][0], seen[number][Phase.WINDOW][0]
    assert np.abs(fist.astype(int) - hand).mean() > 1


def test_seeds(match):
    again = play(5, Gesture.ROCK)
    assert again[1] == match[1]
    assert (again[0][1][Phase.WINDOW][0] == match[0][1][Phase.WINDOW][0]).all()
    other = play(6, Gesture.ROCK, rounds=1)
    assert (other[0][0][Phase.WINDOW][0] != match[0][0][Phase.WINDOW][0]).any()


def test_it_does_not_know_the_computers_move(match):
    other = play(5, Gesture.SCISSORS)
    assert other[1] == match[1]
    for one, two in zip(match[0], other[0], strict=True):
        assert (one[Phase.WINDOW][0] == two[Phase.WINDOW][0]).all()


def test_it_shows_every_move(monkeypatch):
    wall = np.zeros((640, 640, 3), np.float32)
    monkeypatch.setattr("rps_game.sources.demo.background", lambda rng, size: wall)
    shown = set()
    for seed in range(7):
        source = demo(seed)
        state, _ = begin_round(State(), Commitment(Gesture.ROCK, "n"), 0.0)
        source.follow(state)
        source.follow(state)  # the same round again is still one move
        assert len(source.shown) == 1
        shown.update(source.shown)
    assert shown == set(MOVES)


def test_two_players_are_side_by_side():
    source = demo(3, players=2)
    state, _ = begin_round(State(Rules(two_players=True)), None, 0.0)
    source.follow(state)
    image = source.read().image
    assert image.shape == (480, 1280, 3)
    assert len(source.shown) == 2
    assert np.abs(image[:, :640].astype(int) - image[:, 640:]).mean() > 10


def paused(source, state):
    """Follow a match through a pause that is long enough for all drawing."""
    source.follow(replace(state, phase=Phase.REVEAL))
    for thread in threading.enumerate():
        if thread.name == "demo":
            thread.join()


def test_the_next_hands_are_drawn_during_the_pause():
    threads = []

    def watched_hand(*args):
        threads.append(threading.current_thread().name)
        return rough_hand(*args)

    source = DemoSource(4, draw=watched_hand)
    state, _ = begin_round(State(), Commitment(Gesture.ROCK, "n"), 0.0)
    for attempt in (1, 2):
        paused(source, state)
        threads.clear()
        source.follow(replace(state, attempt=attempt))
        source.read()
        assert threads == []
        assert len(source.shown) == attempt


def test_the_last_players_hand_does_not_return_between_two_rounds():
    source = demo(4)
    state, _ = begin_round(State(), Commitment(Gesture.ROCK, "n"), 0.0)
    source.follow(state)
    last = source.read().image
    paused(source, state)
    source.follow(replace(state, phase=Phase.READY, attempt=2))
    waiting = source.read().image
    assert np.abs(waiting.astype(int) - last).mean() > 10
    assert len(source.shown) == 1
    source.follow(replace(state, attempt=2, since=source.read().time))
    assert (source.read().image == waiting).mean() > 0.5  # the same player, who shakes a fist
    assert len(source.shown) == 2


def test_a_drawing_that_fails_is_reported():
    def broken(gesture, look, size, openness):
        if threading.current_thread().name == "demo":
            raise MemoryError("too large")
        return rough_hand(gesture, look, size, openness)

    source = DemoSource(4, draw=broken)
    state, _ = begin_round(State(), Commitment(Gesture.ROCK, "n"), 0.0)
    with pytest.raises(MemoryError, match="too large"):
        source.follow(state)


def wait_for(source, different_from):
    """The first frame that is another one; the hand is drawn in the background."""
    for _ in range(500):
        image = source.read().image
        if not (image == different_from).all():
            return image
        time.sleep(0.01)
    pytest.fail("nothing has changed")


def test_it_imitates_moves_when_asked():
    source = demo(7)
    resting = source.read().image
    source.imitate(Gesture.PAPER)
    paper = wait_for(source, resting)
    assert (source.read().image == paper).all()  # held still
    source.imitate(Gesture.ROCK)
    rock = wait_for(source, paper)
    assert (source.read().image == rock).all()
    source.imitate(None)
    assert (source.read().image == resting).all()


def test_imitations_change_no_later_move():
    def shown(imitates):
        source = demo(8, fps=10)
        if imitates:
            resting = source.read().image
            source.imitate(Gesture.PAPER)
            wait_for(source, resting)
            source.imitate(None)
        state, _ = begin_round(State(), Commitment(Gesture.ROCK, "n"), 0.0)
        source.follow(state)
        return source.shown

    assert shown(imitates=True) == shown(imitates=False)


def test_two_players_imitate():
    source = demo(9, players=2)
    resting = source.read().image
    source.imitate(Gesture.PAPER)
    changed = wait_for(source, resting) != resting
    assert changed[:, :640].any()
    assert changed[:, 640:].any()

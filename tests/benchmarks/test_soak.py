"""The soak test: what it counts, and that it really plays the game."""

import math
import sys
import time

import numpy as np
import pytest

from benchmarks.soak.demo import DemoScreen, soak_demo
from benchmarks.soak.live import Trace, slope, soak
from rps_game.game.effects import Effects
from rps_game.ui.cards import predraw_hands
from rps_game.ui.display import Key


def test_frames_are_counted_once_and_gaps_are_drops():
    trace = Trace(10)
    for number, latency in ((7, 0.010), (8, 0.020), (8, 0.9), (11, 0.030), (12, 0.040)):
        trace.record(number, latency)
    assert (trace.made, trace.shown) == (6, 4)
    p50, p95, _, most = trace.percentiles()
    assert (p50, most) == (pytest.approx(25), pytest.approx(40))
    assert p50 < p95 < most


def test_no_frames_shown():
    trace = Trace(10)
    assert (trace.made, trace.shown) == (0, 0)
    assert math.isnan(trace.percentiles()[0])


def test_slope_of_a_line():
    assert slope([(0, 100.0), (1, 102.0), (2, 104.0)]) == pytest.approx(2)
    assert slope([(0, 100.0)]) == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_rounds_are_played():
    predraw_hands()
    soaked = soak(0.1, 5, size="640x480", window=False, seed=0, effects=Effects())
    assert soaked.shown > 0
    assert soaked.made == soaked.shown + soaked.dropped
    assert soaked.rounds >= 1
    assert soaked.threads == 1


def test_the_demo_is_played():
    predraw_hands()
    soaked = soak_demo(0.1, 1, window=None, seed=0, effects=Effects(celebrate=True))
    assert soaked.frames > 30
    assert soaked.p50_ms <= soaked.p95_ms <= soaked.max_ms
    assert (soaked.max_ms > 50) is (soaked.hitches > 0)


def test_the_demo_plays_match_after_match():
    screen = DemoScreen(None, warm_up=0, seconds=60)
    image = np.zeros((4, 4, 3), np.uint8)
    assert screen.show(image) is Key.NONE
    screen.over = time.monotonic() - 7
    assert [screen.show(image) for _ in range(2)] == [Key.NEXT, Key.NONE]
    assert len(screen.intervals) == 2
    screen.seconds = 0
    assert screen.show(image) is Key.QUIT

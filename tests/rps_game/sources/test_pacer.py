"""Recordings at their natural speed."""

import pytest

from rps_game.sources.pacer import Pacer


class Clock:
    """Time that passes only while somebody sleeps or works."""

    def __init__(self):
        self.now = 100.0
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pacer(clock):
    return Pacer(clock, clock.sleep)


def test_moments_are_as_far_apart_as_in_the_recording(clock, pacer):
    for moment in (7.0, 7.25, 8.0):
        pacer.wait_until(moment)
    assert clock.slept == [0.0, 0.25, 0.75]


def test_the_time_that_work_takes_is_not_slept(clock, pacer):
    pacer.wait_until(0.0)
    clock.now += 0.1
    pacer.wait_until(0.25)
    clock.now += 0.4  # late, but it catches up
    pacer.wait_until(0.5)
    pacer.wait_until(1.0)
    assert clock.slept == pytest.approx([0.0, 0.15, 0.0, 0.35])


def test_a_long_delay_moves_the_schedule(clock, pacer):
    pacer.wait_until(0.0)
    clock.now += 9.0
    pacer.wait_until(0.25)
    pacer.wait_until(0.5)
    assert clock.slept == pytest.approx([0.0, 0.0, 0.25])


def test_after_standing_still_time_continues(clock, pacer):
    pacer.wait_until(0.125)
    pacer.stand_still(0.125, 0.25)
    pacer.wait_until(0.25)
    assert clock.slept == [0.0, 0.25, 0.125]


def test_work_while_standing_still_shortens_the_pause(clock, pacer):
    pacer.wait_until(0.125)
    clock.now += 0.1
    pacer.stand_still(0.125, 0.25)
    clock.now += 0.2
    pacer.stand_still(0.125, 0.25)
    assert clock.slept == pytest.approx([0.0, 0.15, 0.05])


def test_it_can_stand_still_from_the_start(clock, pacer):
    pacer.stand_still(0.125, 0.25)
    pacer.stand_still(0.125, 0.25)
    assert clock.slept == [0.0, 0.25]

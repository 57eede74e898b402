"""The winning hand comes down on the losing one."""

from itertools import product

import numpy as np
import pytest

from rps_game.gestures import MOVES, Gesture
from rps_game.match import Round
from rps_game.ui.canvas import Canvas
from rps_game.ui.celebration.clash import IMPACT, clash

SIZE = 480, 640
WINS = [(winner, loser) for winner, loser in product(MOVES, MOVES) if winner.beats(loser)]
NAMES = [f"{winner} on {loser}" for winner, loser in WINS]


def screen(played, seconds):
    canvas = Canvas(np.zeros((*SIZE, 3), np.uint8))
    clash(canvas, 0.66, (320, 211), played, seconds)
    return canvas.pixels.astype(int)


def blue(pixels):
    """How much of each row is the player's sleeve."""
    return ((pixels[..., 2] > 120) & (pixels[..., 2] > pixels[..., 0] + 60)).sum(axis=1)


def orange(pixels):
    """How much of each row is the computer's sleeve."""
    return ((pixels[..., 0] > 120) & (pixels[..., 0] > pixels[..., 2] + 110)).sum(axis=1)


@pytest.mark.parametrize(("winner", "loser"), WINS, ids=NAMES)
def test_the_winner_comes_from_above(winner, loser):
    late = IMPACT + 1
    assert blue(screen(Round(winner, loser), late))[:150].sum() > 500
    assert orange(screen(Round(winner, loser), late))[300:].sum() > 500
    # The same round, won by the other side.
    assert orange(screen(Round(loser, winner), late))[:150].sum() > 500
    assert blue(screen(Round(loser, winner), late))[300:].sum() > 500


@pytest.mark.parametrize(("winner", "loser"), WINS, ids=NAMES)
def test_the_hands_are_apart_before_they_meet(winner, loser):
    def rows(seconds):
        return screen(Round(winner, loser), seconds).any(axis=(1, 2))

    waiting = rows(0.0)
    top = int(np.argmax(waiting[60:])) + 60  # of the losing hand
    assert not waiting[max(60, top - 20) : top].any()
    assert rows(IMPACT + 1)[:480].all()  # an arm above, an arm below, and no gap


def test_the_winner_only_comes_closer_until_they_meet():
    def lowest(seconds):
        above = screen(Round(Gesture.ROCK, Gesture.SCISSORS), seconds)[:120]
        return np.flatnonzero(above.any(axis=(1, 2))).max(initial=-1)

    found = [lowest(seconds) for seconds in (0.3, 0.4, 0.5, 0.58)]
    assert found == sorted(found)
    assert found[0] < found[-1]


def test_scissors_cut_paper_in_two():
    def gap(seconds):
        below = screen(Round(Gesture.SCISSORS, Gesture.PAPER), seconds)[335]  # below the scissors
        return np.diff(np.flatnonzero(below.any(axis=1))).max()

    assert gap(IMPACT - 0.2) == 1
    assert gap(IMPACT + 1) > 5


def test_rock_blunts_scissors():
    def top_of_loser(seconds):
        pixels = screen(Round(Gesture.ROCK, Gesture.SCISSORS), seconds)
        grey = (pixels[..., 2] >= pixels[..., 0]) & (pixels.min(axis=2) > 100)  # no skin
        return 100 + int(np.argmax(grey[100:].sum(axis=1) > 4))  # below the other's sleeve

    assert top_of_loser(IMPACT + 1) > top_of_loser(0.0) + 30

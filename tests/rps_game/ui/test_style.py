"""Small marks: distinct shapes, and pips that count."""

from itertools import combinations

import numpy as np
import pytest

from rps_game.gestures import Outcome
from rps_game.ui.canvas import Canvas
from rps_game.ui.style import (
    INK,
    MUTED,
    OUTCOME_COLOURS,
    PLAYER,
    bar,
    mark,
    mark_hand,
    pips,
    pips_width,
)


def blank(width=80, height=80):
    return Canvas(np.zeros((height, width, 3), np.uint8))


def test_marks_differ_in_shape(mask_of):
    masks = []
    for outcome in Outcome:
        canvas = blank()
        mark(canvas, (40, 40), 30, outcome)
        masks.append(mask_of(canvas.pixels, OUTCOME_COLOURS[outcome]))
    for one, two in combinations(masks, 2):
        assert (one != two).mean() > 0.05


def test_a_pip_for_every_round_needed(mask_of):
    for align, at in (("left", 0), ("right", 200)):
        canvas = blank(200, 40)
        pips(canvas, 1.0, (at, 20), won=2, needed=3, colour=PLAYER, align=align)
        step = 32 if align == "left" else -32
        centres = [canvas.pixels[20, at + step // 32 * 12 + number * step] for number in range(3)]
        assert [tuple(centre) == PLAYER for centre in centres] == [True, True, False]
        assert mask_of(canvas.pixels, MUTED).any()
        columns = np.nonzero(canvas.pixels.any(axis=(0, 2)))[0]
        assert abs(columns[-1] - columns[0] + 1 - pips_width(1.0, 3)) <= 2


def test_many_rounds_are_a_number(written):
    pips(blank(200, 40), 1.0, (0, 20), won=7, needed=50, colour=PLAYER, align="left")
    assert [text.words for text in written] == ["7 / 50"]


def test_bars_fill_from_the_left(mask_of):
    filled = []
    for share in (0.0, 0.5, 1.0):
        canvas = blank(100, 20)
        bar(canvas, (0, 5, 100, 10), share, PLAYER)
        filled.append(mask_of(canvas.pixels, PLAYER)[10].sum())
    assert filled[0] == 0
    assert abs(filled[1] - 50) <= 3
    assert filled[2] >= 96


def test_a_hand_has_a_frame_and_a_skeleton(mask_of):
    canvas = blank(200, 200)
    points = np.full((21, 2), 150.0)  # the wrist; the middle finger is a line to the left
    points[9:13, 0] = 130, 110, 90, 70
    mark_hand(canvas, 1.0, (50, 60, 100, 100), points, PLAYER)
    frame, bones = mask_of(canvas.pixels, PLAYER), mask_of(canvas.pixels, INK)
    rows, columns = np.nonzero(frame)
    assert (columns.min(), columns.max()) == pytest.approx((36, 164), abs=1)
    assert (rows.min(), rows.max()) == pytest.approx((46, 174), abs=1)
    assert not frame[47:50, 37:40].any(), "its corners are round"
    assert bones[150, 80:140].all()
    assert frame[150, 70], "fingertips are dots"
    assert not bones[:140].any()

import numpy as np
import pytest

from rps_game.recognition.views import HandLocation
from training.augmentation.targets import close_up_targets, finder_targets


def hand(x, y, width=40.0, height=30.0, angle=0.5):
    return HandLocation(x, y, width, height, angle)


def test_landmarks_are_fractions_and_the_unknown_ones_do_not_count():
    points = np.arange(42.0).reshape(21, 2)
    labels = np.array([2, -1, 3])
    targets, weights = close_up_targets(labels, [points, points, None], size=100)
    assert targets["logits"].tolist() == [2, -1, 3]
    assert targets["landmarks"][0] == pytest.approx(np.arange(42) / 100)
    assert targets["landmarks"][2].tolist() == [0] * 42
    # Their means over the batch are 1.
    assert weights["logits"].tolist() == [1.5, 0, 1.5]
    assert weights["landmarks"].tolist() == [1.5, 1.5, 0]
    assert {each.dtype for each in weights.values()} == {np.dtype(np.float32)}


def test_the_heat_is_greatest_in_the_cell_of_the_hands_middle():
    targets, _ = finder_targets([[hand(37, 83)]], [True], 160)
    heat = targets["heat"][0, ..., 0]
    assert heat.shape == (20, 20)
    assert np.unravel_index(heat.argmax(), heat.shape) == (10, 4)
    assert (heat == 1).sum() == 1
    # A large hand is hot in more cells.
    larger, _ = finder_targets([[hand(37, 83, 120, 90)]], [True], 160)
    assert larger["heat"].sum() > 2 * heat.sum()


def test_every_cell_near_the_hand_says_where_it_is():
    where = hand(37, 83)
    targets, _ = finder_targets([[where]], [True], 160)
    maps = targets["maps"][0]
    rows, columns = np.nonzero(maps[..., -1])
    assert len(rows) > 1
    for row, column in zip(rows, columns, strict=True):
        x, y, width, height, sine, cosine, weight = maps[row, column]
        assert ((column + 0.5 + x) * 8, (row + 0.5 + y) * 8) == pytest.approx((37, 83), abs=1e-3)
        assert np.exp([width, height]) * 160 == pytest.approx([40, 30], rel=1e-4)
        assert np.arctan2(sine, cosine) == pytest.approx(0.5, abs=1e-4)
        assert weight == targets["heat"][0, row, column, 0] >= 0.3


def test_the_nearer_of_two_hands_counts():
    hands = [hand(40, 80), hand(120, 80, angle=-1.0)]
    targets, weights = finder_targets([hands], [True], 160)
    assert np.arcsin(targets["maps"][0, 10, [5, 15], 4]) == pytest.approx([0.5, -1.0], abs=1e-4)
    # Sums over the cells are divided by two peaks.
    assert weights["heat"].tolist() == [0.5]
    total = targets["maps"][..., -1].sum()
    assert weights["maps"] * total == pytest.approx([1])


def test_where_hands_are_unknown_the_heat_does_not_count():
    targets, weights = finder_targets([[hand(50, 50)], [], []], [True, True, False], 96)
    assert weights["heat"].tolist() == [3, 3, 0]
    assert not targets["heat"][1:].any()


def test_a_middle_outside_of_the_image_is_in_its_nearest_cell():
    targets, _ = finder_targets([[hand(-9, 200)]], [True], 160)
    assert targets["heat"][0, 19, 0, 0] == 1


def test_without_examples_there_are_targets_of_the_same_kind():
    for targets, weights in (
        close_up_targets(np.zeros(0, np.int64), [], 64),
        finder_targets([], [], 64),
    ):
        assert targets.keys() == weights.keys()
        assert {len(each) for each in (*targets.values(), *weights.values())} == {0}

"""The metric of the finder, against overlaps that are known."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")

from rps_game.recognition.views import HandLocation  # noqa: E402
from training.augmentation.targets import finder_targets  # noqa: E402
from training.models.finder import is_found  # noqa: E402
from training.models.networks import build_network  # noqa: E402

SIZE = 160
LEFT, RIGHT = HandLocation(40, 80, 40, 60, 0.3), HandLocation(120, 80, 50, 40, -1.0)


def answers(hands):
    """What a network that finds exactly these hands, one in each image, returns."""
    targets, _ = finder_targets([[hand] for hand in hands], [True] * len(hands), SIZE)
    heat = np.clip(targets["heat"], 1e-6, 1 - 1e-3)
    return {
        "heat": np.log(heat / (1 - heat)).astype(np.float32),
        "maps": targets["maps"][..., :6],
    }


def test_a_hand_is_found_if_its_box_overlaps_by_half():
    # Of equal boxes that are off by a third of a side, half of both is common.
    found = [HandLocation(40 + off, 80, 40, 60, 0.0) for off in (0, 12.8, 13.9)]
    found += [HandLocation(40, 80, 40, 60 * factor, 0.0) for factor in (1.9, 2.1)]
    truth, _ = finder_targets([[LEFT]] * 5, [True] * 5, SIZE)
    expected = [True, True, False, True, False]
    assert is_found(truth, answers(found)).numpy().tolist() == expected


def test_any_of_the_hands_will_do():
    truth, _ = finder_targets([[LEFT, RIGHT], [LEFT], []], [True] * 3, SIZE)
    assert is_found(truth, answers([RIGHT] * 3)).numpy().tolist() == [True, False, False]


def test_images_without_known_hands_and_those_of_no_weight_do_not_count(
    small_pyramid, tiny_hand_recipe
):
    model = build_network(tiny_hand_recipe("finder"), None)
    truth, _ = finder_targets([[LEFT], [LEFT], [LEFT], []], [True] * 4, SIZE)
    weights = {"maps": np.array([3, 1, 0, 1], np.float32)}
    model.compute_metrics(None, truth, answers([LEFT, RIGHT, LEFT, LEFT]), weights)
    assert float(model.hand_found.result()) == pytest.approx(0.75)

import dataclasses
from itertools import groupby

import numpy as np
import pytest

from training.evaluation.metrics import score
from training.evaluation.proportions import Proportion
from training.exporting.int8_cost import Int8Cost, check_int8, prediction_times
from training.exporting.parity import ExportRefusedError
from training.recipes.recipe import GESTURES_AND_NONE


def cost(before, after):
    """Scores with this many of 1000 predictions correct; source b are the last ten images."""

    def scores(right):
        answers = np.array([0] * right + [1] * (1000 - right))
        rows = np.eye(4)[answers]
        return score(GESTURES_AND_NONE, np.zeros(1000, np.int64), rows, ["a"] * 990 + ["b"] * 10)

    return Int8Cost(scores(before), scores(after), 0.5)


def test_accuracy_drop_limit_is_half_a_point():
    assert cost(900, 895).accuracy_drop == pytest.approx(0.005)
    check_int8(cost(900, 895))
    with pytest.raises(ExportRefusedError, match=r"loses 0\.60 points"):
        check_int8(cost(900, 894))
    assert cost(900, 910).accuracy_drop < 0


def test_accuracy_drop_of_a_small_source_counts():
    found = cost(996, 993)
    assert found.accuracy_drop == pytest.approx((0.6 - 0.3) / 2)
    assert not found.holds


def test_hands_found_elsewhere_count():
    found = dataclasses.replace(cost(900, 900), same_hand=Proportion(950, 1000))
    check_int8(found)
    assert "the same hand found in 95.0% of the moves" in str(found)
    with pytest.raises(ExportRefusedError, match=r"in only 94\.9% of 1000"):
        check_int8(dataclasses.replace(found, same_hand=Proportion(949, 1000)))


class Clock:
    """Advances when a model predicts."""

    def __init__(self):
        self.now = 0.0
        self.calls = []

    def model(self, name):
        clock = self

        class Model:
            size = 4

            def probabilities(self, images):
                assert [image.shape for image in images] == [(4, 4, 3)]
                clock.calls.append(name)
                # Occasionally something takes very long.
                interrupted = len(clock.calls) % 7 == 0
                clock.now += 9 if interrupted else {"slow": 0.5, "fast": 0.25}[name]

        return Model()


def test_models_take_turns_in_blocks_and_the_median_counts():
    clock = Clock()
    times = prediction_times(["slow", "fast"], 3, load=clock.model, clock=lambda: clock.now)
    assert times == (0.5, 0.25)
    assert [(name, len(list(turn))) for name, turn in groupby(clock.calls)] == [
        ("slow", 20),
        ("fast", 20),
    ] * 3


def test_real_models_take_time(tiny_model):
    assert np.all(np.array(prediction_times([tiny_model, tiny_model], rounds=1)) > 0)

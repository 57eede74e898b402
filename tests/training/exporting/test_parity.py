from itertools import groupby

import numpy as np

import training.exporting.parity
from training.exporting.parity import prediction_times


class Clock:
    """Moves on when a model is asked."""

    def __init__(self):
        self.now = 0.0
        self.asked = []

    def thread_time(self):
        return self.now


def test_models_take_turns_in_blocks_and_the_median_counts(monkeypatch):
    clock = Clock()

    class Model:
        size = 4

        def __init__(self, name):
            self.name = name

        def probabilities(self, images):
            assert [image.shape for image in images] == [(4, 4, 3)]
            clock.asked.append(self.name)
            # Now and then something takes very long.
            clock.now += 9 if len(clock.asked) % 7 == 0 else {"slow": 0.5, "fast": 0.25}[self.name]

    monkeypatch.setattr(training.exporting.parity, "Classifier", Model)
    monkeypatch.setattr(training.exporting.parity, "time", clock)
    assert prediction_times(["slow", "fast"], rounds=3) == (0.5, 0.25)
    assert [(name, len(list(turn))) for name, turn in groupby(clock.asked)] == [
        ("slow", 20),
        ("fast", 20),
    ] * 3


def test_real_models_take_time(tiny_model):
    assert np.all(np.array(prediction_times([tiny_model, tiny_model], rounds=1)) > 0)

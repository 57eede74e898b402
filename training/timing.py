"""How long models take for one picture, as the game asks them: one thread that does not spin."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rps_game.classifier import Classifier

BLOCK = 20
"""Pictures in a row: in a game the model stays in the caches, as it would not by single turns."""


def prediction_times(models: Sequence[Path], rounds: int = 15) -> tuple[float, ...]:
    """Median processor seconds of a prediction, by model.

    The models take turns in blocks, so that what else the machine does falls on all alike; and
    only the thread's own processor time counts, not its waiting.

    Args:
        models: ONNX files that the game can play with.
        rounds: blocks of each model.

    Raises:
        ModelError: a file is no such model.
    """
    classifiers = [Classifier(path) for path in models]
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (c.size, c.size, 3), np.uint8) for c in classifiers]
    times: list[list[float]] = [[] for _ in models]
    for _ in range(rounds):
        for classifier, picture, its_times in zip(classifiers, pictures, times, strict=True):
            for _ in range(BLOCK):
                began = time.thread_time()
                classifier.probabilities([picture])
                its_times.append(time.thread_time() - began)
    return tuple(statistics.median(its_times) for its_times in times)

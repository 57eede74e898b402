import os
import signal
from dataclasses import replace
from functools import partial
from multiprocessing import active_children

import cv2
import numpy as np
import pytest

from rps_game.gestures import Gesture
from training.augmentation.annotations import AnnotatedImage, marked_by_landmarks
from training.augmentation.close_up_sampler import CloseUpSampler
from training.augmentation.cutouts import locate_arm
from training.augmentation.frame_sampler import FrameSampler
from training.augmentation.image_pools import ImagePools
from training.augmentation.sampler import ExampleSampler
from training.console.errors import TrainingError
from training.fitting.batch_maker import BatchError, BatchMaker, default_processes
from training.recipes.catalogue import get_recipe

SAMPLERS = {"game": ExampleSampler, "finder": FrameSampler, "close-up": CloseUpSampler}


@pytest.fixture(scope="module")
def pools():
    """A photograph and a cut-out hand of every class, whose landmarks are known, and a wall."""
    rng = np.random.default_rng(0)
    hands = (marked_by_landmarks(rng.uniform(10, 50, (21, 2))),)
    rgba = rng.integers(0, 255, (60, 60, 4), np.uint8)
    rgba[..., 3] = cv2.rectangle(np.zeros((60, 60), np.uint8), (20, 10), (40, 60), 255, -1)
    cut = AnnotatedImage(locate_arm(rgba), hands, complete=True)
    photograph = AnnotatedImage(rng.integers(0, 255, (60, 80, 3), np.uint8), hands, complete=True)
    photos, cuts = ({each.value: {"s": [it]} for each in Gesture} for it in (photograph, cut))
    wall = AnnotatedImage(rng.integers(0, 255, (60, 60, 3), np.uint8), complete=True)
    return ImagePools(photos, cuts, cuts, cuts, cuts, cuts, {}, {"s": [wall]})


def make_sampler(pools, name="game", **named):
    recipe = replace(get_recipe(name), image_size=64, batch_size=4)
    return SAMPLERS[name](pools, recipe, 7, **named)


def flat(batch):
    return [
        each for part in batch for each in (part.values() if isinstance(part, dict) else [part])
    ]


def assert_same(found, expected):
    for one, other in zip(flat(found), flat(expected), strict=True):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)


@pytest.mark.parametrize("name", SAMPLERS)
def test_any_number_of_processes_makes_the_same_batches(pools, name):
    sampler = make_sampler(pools, name)
    for processes in (0, 1, 2):
        with BatchMaker(sampler, processes) as maker:
            # In any order, as in a resumed run.
            for step in (3, 0, 5):
                assert_same(maker.batch(step), sampler.batch(step))
            assert_same(maker.batch(3, slice(2, 4)), sampler.batch(3, slice(2, 4)))
    assert not active_children()


def test_processes_share_the_images(pools):
    with BatchMaker(make_sampler(pools), 1) as maker:
        (photograph,) = maker.sampler.pools.photos["rock"]["s"]
        assert not photograph.image.flags.writeable
        assert not photograph.image.flags.owndata


@pytest.mark.parametrize("processes", [0, 1])
def test_an_error_is_one_line_and_replaces_that_of_tensorflow(pools, processes):
    sampler = make_sampler(pools, camera=partial(int, "no camera"))
    line = r"the batch of step 6 cannot be made: \w+Error in sampler.py, line \d+: [^\n]+$"

    def train():
        with BatchMaker(sampler, processes) as maker:
            with pytest.raises(BatchError, match=line):
                maker.batch(6)
            raise RuntimeError("TensorFlow's\nmany\nlines")

    with pytest.raises(BatchError, match=line):
        train()
    assert not active_children()


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_other_errors_are_not_replaced(pools, error):
    with pytest.raises(error), BatchMaker(make_sampler(pools), 1):
        raise error


def test_a_process_that_was_killed_is_noticed(pools):
    with BatchMaker(make_sampler(pools), 1) as maker:
        maker.batch(0)
        (process,) = active_children()
        os.kill(process.pid, signal.SIGTERM)
        for _ in range(2):  # none waits for it, however many ask
            with pytest.raises(TrainingError, match="has died, .* --resume, .* --data-workers"):
                maker.batch(1)


@pytest.mark.parametrize(
    ("gpus", "processors", "expected"), [(0, 2, 0), (0, 4, 0), (0, 16, 16), (1, 2, 2), (8, 96, 96)]
)
def test_the_default_number_of_processes(gpus, processors, expected):
    assert default_processes(gpus, processors) == expected
    assert default_processes(1) >= 1

from dataclasses import dataclass

import numpy as np
import pytest

from training.data.shared import Shared


@dataclass(frozen=True)
class Hand:
    name: str
    pixels: np.ndarray


def test_a_value_is_the_same_with_arrays_in_one_block():
    pixels = np.arange(35, dtype=np.uint8).reshape(5, 7)
    value = {
        "hand": Hand("rock", pixels),
        "same": pixels,
        "turned": pixels.T,
        "strided": pixels[:, ::-1],
        "empty": np.empty((0, 3)),
        "points": np.linspace(0, 1, 42).reshape(21, 2),
    }
    loaded = Shared(value).load()
    assert loaded["hand"].name == "rock"
    assert loaded["same"] is loaded["hand"].pixels
    arrays = {name: each for name, each in value.items() if name != "hand"}
    for name, array in arrays.items():
        assert np.array_equal(loaded[name], array)
        assert (loaded[name].dtype, loaded[name].shape) == (array.dtype, array.shape)
    assert loaded["points"].ctypes.data % 64 == 0


def test_loading_copies_nothing_and_nothing_can_be_changed():
    shared = Shared(np.zeros(1000))
    one, other = shared.load(), shared.load()
    assert np.shares_memory(one, other)
    with pytest.raises(ValueError, match="read-only"):
        one[0] = 1

"""Shares a value with other processes without copying its arrays to each of them."""

from __future__ import annotations

import multiprocessing
import pickle  # noqa: TID251, within memory, between processes of one program
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

Value = TypeVar("Value")

_ALIGNMENT = 64
"""Of arrays in shared memory, in bytes: as wide as the widest vector registers."""


class Shared(Generic[Value]):
    """A picklable value whose arrays are in shared memory.

    It can be passed to processes as they are started. The memory is anonymous: it is freed when the
    last process that uses it has ended, however that happens.

    Examples:
        >>> array = Shared({"zeros": np.zeros(3)}).load()["zeros"]
        >>> array.tolist(), array.flags.writeable
        ([0.0, 0.0, 0.0], False)
    """

    def __init__(self, value: Value) -> None:
        arrays: list[pickle.PickleBuffer] = []
        objects = pickle.dumps(value, protocol=5, buffer_callback=arrays.append)
        parts = [memoryview(objects), *(array.raw() for array in arrays)]
        self._sizes = np.array([len(part) for part in parts])
        padded = -(-self._sizes // _ALIGNMENT) * _ALIGNMENT
        self._starts = np.cumsum(padded) - padded
        # In memory, or in a temporary file if the system allows too little memory to be shared.
        self._block = multiprocessing.get_context("spawn").RawArray("B", int(padded.sum()))
        for part, place in zip(parts, self._places(), strict=True):
            place[:] = part

    def load(self) -> Value:
        """The value, whose arrays cannot be written to."""
        objects, *arrays = (place.data.toreadonly() for place in self._places())
        value: Value = pickle.loads(objects, buffers=arrays)  # noqa: S301, from `__init__`
        return value

    def _places(self) -> Iterator[npt.NDArray[Any]]:
        """The bytes of the pickled objects, and of each array in them."""
        memory = np.frombuffer(self._block, np.uint8)
        for start, size in zip(self._starts, self._sizes, strict=True):
            yield memory[start : start + size]

"""Adds up the sounds that play at the same time."""

from collections.abc import Generator
from queue import Empty, SimpleQueue

import numpy as np
import numpy.typing as npt

from rps_game.sound.synthesis import Samples

Pieces = npt.NDArray[np.int16]
"""Samples as a device plays them: int16 ``[N]``."""


class Mixer:
    """Takes sounds from one thread, and gives another thread their sum piece by piece.

    Examples:
        >>> mixer = Mixer()
        >>> mixer.add(np.array([0.5, 0.5], np.float32))
        >>> mixer.take(3).tolist()
        [16384, 16384, 0]
    """

    def __init__(self) -> None:
        self._added: SimpleQueue[Samples] = SimpleQueue()
        self._playing: list[Samples] = []  # what remains of each sound

    def add(self, samples: Samples) -> None:
        """Let a sound begin with the next piece."""
        self._added.put(samples)

    def take(self, count: int) -> Pieces:
        """The next ``count`` samples, which are silence where no sound plays."""
        try:
            while True:
                self._playing.append(self._added.get_nowait())
        except Empty:
            pass
        mix = np.zeros(count, np.float32)
        for samples in self._playing:
            piece = samples[:count]
            mix[: len(piece)] += piece
        self._playing = [samples[count:] for samples in self._playing if len(samples) > count]
        return np.round(np.clip(mix, -1, 1 - 2**-15) * 2**15).astype(np.int16)

    def stream(self) -> Generator[Pieces, int, None]:
        """Yield as many samples as are sent; the first piece is empty."""
        count = 0
        while True:
            count = yield self.take(count)

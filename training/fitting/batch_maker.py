"""Makes the batches of a sampler, in this process or in several others.

The processes share only the sampler's images.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from rps_game.cli.prefetch import usable_processors
from training.augmentation.sampler import ALL, Sampler
from training.console.errors import TrainingError, first_line
from training.data.processes import Processes

_THREADS = 2
"""How many batches are made at a time without other processes."""

_FEW = 4
"""Up to this many processors, training without a GPU uses all of them itself."""

_DIED = (
    "a process that makes batches has died, perhaps for lack of memory: continue the run with "
    "--resume, and with a smaller number of --data-workers"
)


class BatchError(TrainingError):
    """A batch could not be made."""

    exit_code = 1


class BatchMaker:
    """Makes rows of the batches of a sampler.

    It is a context manager: leaving it ends the processes, and an error that TensorFlow made of an
    error of `batch` becomes that error again.

    Args:
        sampler: if there are processes, its images are copied into memory that they share.
        processes: how many make batches; 0 for this one.

    Attributes:
        sampler: the same, with the shared images if there are processes.
        parallel: how many threads should call `batch` at a time.
    """

    def __init__(self, sampler: Sampler, processes: int = 0) -> None:
        self._processes = Processes(_Work(sampler), processes, _DIED)
        self.sampler = self._processes.work.sampler
        # No process is idle, even while the next batch in order takes longer than others.
        self.parallel = 2 * processes or _THREADS
        self._error: TrainingError | None = None

    def batch(self, step: int, rows: slice = ALL) -> tuple[Any, ...]:
        """Rows of the batch of a step, as `Sampler.batch` makes them; may be called by any thread.

        Raises:
            BatchError: it cannot be made.
            ProcessDiedError: the process that made it has died.
        """
        try:
            batch: tuple[Any, ...] = self._processes(step, rows)
        except TrainingError as error:
            self._error = self._error or error
            raise
        return batch

    def __enter__(self) -> BatchMaker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        failed = self._error  # the end of the processes is an error for requests under way
        self._processes.__exit__(kind, error, trace)
        if failed is not None and isinstance(error, Exception):
            raise failed from None


def default_processes(gpus: int, processors: int | None = None) -> int:
    """How many processes should make batches; 0 for none.

    A GPU needs all images that the processors can make. Without one, training needs the processors
    itself: only if there are many does it need more images than threads can make.

    Args:
        gpus: how many there are.
        processors: how many this process may use; None to ask the system.

    Examples:
        >>> default_processes(gpus=0, processors=2), default_processes(gpus=1, processors=8)
        (0, 8)
    """
    if processors is None:
        processors = usable_processors()
    return processors if gpus or processors > _FEW else 0


@dataclass(frozen=True)
class _Work:
    """Makes batches, in whatever process."""

    sampler: Sampler

    def __call__(self, step: int, rows: slice) -> tuple[Any, ...]:
        try:
            return self.sampler.batch(step, rows)
        except TrainingError:  # whose line says all
            raise
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            raise BatchError(
                f"the batch of step {step} cannot be made: {type(error).__name__} in "
                f"{Path(where.filename).name}, line {where.lineno}: {first_line(error)}"
            ) from error

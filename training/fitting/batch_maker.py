"""Makes the batches of a sampler, in this process or in several others.

Threads share one Python interpreter, so together they make few more images than one alone. The
processes share only the sampler's images. They do not import TensorFlow.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Any

import cv2

from rps_game.cli.prefetch import usable_processors
from training.augmentation.sampler import ALL, Sampler
from training.console.errors import TrainingError, first_line
from training.data.shared import Shared

_THREADS = 2
"""How many batches are made at a time without other processes."""

_FEW = 4
"""Up to so many processors, training without a GPU uses all of them itself."""


class BatchError(TrainingError):
    """A batch could not be made."""

    exit_code = 1


class BatchMaker:
    """Makes rows of the batches of a sampler.

    It is a context manager: leaving it ends the processes, and an error that TensorFlow made of a
    `BatchError` becomes that error again.

    Args:
        sampler: if there are processes, its images are copied into memory that they share.
        processes: how many make batches; 0 for this one.

    Attributes:
        sampler: the same, with the shared images if there are processes.
        parallel: how many threads should call `batch` at a time.
    """

    def __init__(self, sampler: Sampler, processes: int = 0) -> None:
        self.sampler = sampler
        # No process is idle, even while the next batch in order takes longer than others.
        self.parallel = 2 * processes or _THREADS
        self._processes: list[BaseProcess] = []
        self._idle: SimpleQueue[Connection] = SimpleQueue()
        self._error: BatchError | None = None
        if processes:
            shared = Shared(sampler)
            self.sampler = shared.load()
            with _interrupts_blocked():
                for _ in range(processes):
                    self._start(shared)

    def _start(self, shared: Shared[Sampler]) -> None:
        # Not forked: the locks that threads of TensorFlow hold at that moment would stay locked.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, shared), daemon=True)
        process.start()
        # The process now has the only handle of its end, so that its death closes the connection.
        theirs.close()
        self._processes.append(process)
        self._idle.put(ours)

    def batch(self, step: int, rows: slice = ALL) -> tuple[Any, ...]:
        """Rows of the batch of a step, as `Sampler.batch` makes them; may be called by any thread.

        Raises:
            BatchError: it cannot be made, or the process that made it has died.
        """
        try:
            return self._request(step, rows) if self._processes else _make(self.sampler, step, rows)
        except BatchError as error:
            self._error = self._error or error
            raise

    def _request(self, step: int, rows: slice) -> tuple[Any, ...]:
        connection = self._idle.get()
        try:
            connection.send((step, rows))
            answer: tuple[Any, ...] | BatchError = connection.recv()
        except (EOFError, OSError):
            raise BatchError(
                "a process that makes batches has died, perhaps for lack of memory: continue the "
                "run with --resume, and with a smaller number of --data-workers"
            ) from None
        finally:
            # Even if its process has died: other threads that wait for it must not wait forever.
            self._idle.put(connection)
        if isinstance(answer, BatchError):
            raise answer
        return answer

    def __enter__(self) -> BatchMaker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        failed = self._error  # the end of the processes is an error for requests under way
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()
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


def _serve(connection: Connection, shared: Shared[Sampler]) -> None:
    """Make the requested batches until the other end of the connection closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    sampler = shared.load()
    with suppress(EOFError, OSError):  # training has ended
        while True:
            request = connection.recv()
            try:
                answer: object = _make(sampler, *request)
            except BatchError as error:
                answer = error
            connection.send(answer)


def _make(sampler: Sampler, step: int, rows: slice) -> tuple[Any, ...]:
    try:
        return sampler.batch(step, rows)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        raise BatchError(
            f"the batch of step {step} cannot be made: {type(error).__name__} in "
            f"{Path(where.filename).name}, line {where.lineno}: {first_line(error)}"
        ) from error


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Makes processes that are started meanwhile ignore Ctrl-C from the beginning."""
    if sys.platform == "win32":
        yield
        return
    # Its start, otherwise with the first process, would unblock the signal again.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

"""Calls a function in several processes, which do not import TensorFlow.

Threads share one Python interpreter: together they make few more images than one of them alone.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Generic, TypeVar

import cv2

from training.console.errors import TrainingError
from training.data.shared import Shared

Work = TypeVar("Work", bound=Callable[..., Any])


class ProcessDiedError(TrainingError):
    """A process has ended before its work."""

    exit_code = 1


class Processes(Generic[Work]):
    """Processes that call the same function; without any, this process does.

    It is a context manager: leaving it ends the processes.

    Args:
        work: the function, which can be pickled. If there are processes, its arrays are copied into
            memory that they share.
        count: how many processes there are; 0 for none.
        died: what a `ProcessDiedError` says: what has happened, and what to do.

    Attributes:
        work: the same, with the shared arrays if there are processes.

    Examples:
        >>> with Processes(divmod, 0, died="a process has died") as processes:
        ...     processes(7, 2)
        (3, 1)
    """

    def __init__(self, work: Work, count: int, died: str) -> None:
        self.work = work
        self._died = died
        self._processes: list[BaseProcess] = []
        self._idle: SimpleQueue[Connection] = SimpleQueue()
        if count:
            shared = Shared(work)
            self.work = shared.load()
            with _interrupts_blocked():
                for _ in range(count):
                    self._start(shared)

    def _start(self, shared: Shared[Work]) -> None:
        # Not forked: the locks that threads of TensorFlow hold at that moment would stay locked.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, shared), daemon=True)
        process.start()
        # The process now has the only handle of its end, so that its death closes the connection.
        theirs.close()
        self._processes.append(process)
        self._idle.put(ours)

    def __call__(self, *words: Any) -> Any:
        """What the function returns; may be called by several threads at a time.

        Raises:
            ProcessDiedError: the process that called it has died.
            Exception: whatever the function raises.
        """
        if not self._processes:
            return self.work(*words)
        connection = self._idle.get()
        try:
            connection.send(words)
            result, error = connection.recv()
        except (EOFError, OSError):
            raise ProcessDiedError(self._died) from None
        finally:
            # Even if its process has died: other threads that wait for it must not wait forever.
            self._idle.put(connection)
        if error is not None:
            raise error
        return result

    def __enter__(self) -> Processes[Work]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()


def _serve(connection: Connection, shared: Shared[Callable[..., Any]]) -> None:
    """Call the function whenever asked to, until the other end of the connection closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    work = shared.load()
    with suppress(EOFError, OSError):  # nobody needs the results any more
        while True:
            words = connection.recv()
            answer: tuple[Any, Exception | None]
            try:
                answer = work(*words), None
            except Exception as error:
                if not isinstance(error, TrainingError):  # whose line says all
                    error.add_note(f"In another process:\n{traceback.format_exc()}")
                answer = None, error
            connection.send(answer)


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

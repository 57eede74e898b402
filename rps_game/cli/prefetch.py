"""An ordered map that computes results ahead of their use, in threads and up to a limit.

`concurrent.futures` is not used because its threads cannot be abandoned: one that waits for a line
of standard input would keep the program from ending after Ctrl-C. Importing it also takes longer
than classifying an image.
"""

import os
import threading
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeAlias, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_POLL = 0.2  # seconds; on Windows Ctrl-C is only noticed between two waits
_SHUTDOWN = 1.0  # seconds that threads have to finish what they are working on


@dataclass(frozen=True)
class _Failure:
    error: BaseException


# An item, and a queue for its one result.
_Job: TypeAlias = tuple[T, SimpleQueue[R | _Failure]]


def prefetch_map(
    function: Callable[[T], R], items: Iterable[T], threads: int, ahead: int
) -> Generator[tuple[T, R], None, None]:
    """Apply a function to items in threads while the caller uses earlier results.

    A separate thread draws the items, so that finished results never wait for a slow item.

    Args:
        function: Called in several threads at once.
        items: May be endless.
        threads: How many items are processed at once.
        ahead: How many items at most are drawn before their results are used.

    Yields:
        Items with their results, in order. An exception from ``function`` or ``items`` is raised
        when its turn comes. Close the iterator to stop early.

    Examples:
        >>> list(prefetch_map(len, ["rock", "paper"], threads=2, ahead=8))
        [('rock', 4), ('paper', 5)]
    """
    room = threading.Semaphore(ahead)
    stopped = threading.Event()
    jobs: SimpleQueue[_Job[T, R] | None] = SimpleQueue()
    turns: SimpleQueue[_Job[T, R] | _Failure | None] = SimpleQueue()

    def draw_items() -> None:
        end: _Failure | None = None
        remaining = iter(items)
        try:
            while room.acquire() and not stopped.is_set():
                job: _Job[T, R] = next(remaining), SimpleQueue()
                jobs.put(job)
                turns.put(job)
        except StopIteration:
            pass
        except BaseException as error:  # raised again where the results are used
            end = _Failure(error)
        turns.put(end)

    def process_jobs() -> None:
        while (job := jobs.get()) is not None and not stopped.is_set():
            item, result = job
            try:
                result.put(function(item))
            except BaseException as error:
                result.put(_Failure(error))

    drawer = threading.Thread(target=draw_items, name="prefetch items", daemon=True)
    workers = [
        threading.Thread(target=process_jobs, name="prefetch worker", daemon=True)
        for _ in range(threads)
    ]
    for thread in (*workers, drawer):
        thread.start()
    try:
        while (turn := _get(turns)) is not None:
            if isinstance(turn, _Failure):
                raise turn.error
            item, queue = turn
            result = _get(queue)
            if isinstance(result, _Failure):
                raise result.error
            room.release()
            yield item, result
    finally:
        stopped.set()
        room.release()
        for _ in workers:
            jobs.put(None)
        # Python must not exit while a worker is inside OpenCV. The thread that draws items may
        # wait forever, and can be abandoned.
        deadline = time.monotonic() + _SHUTDOWN
        for worker in workers:
            worker.join(max(0.0, deadline - time.monotonic()))


def _get(queue: SimpleQueue[T]) -> T:
    """Wait for an entry such that Ctrl-C can interrupt."""
    while True:
        try:
            return queue.get(timeout=_POLL)
        except Empty:
            continue


def usable_processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

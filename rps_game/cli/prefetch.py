"""Work done ahead by threads: a map that keeps the order and never looks too far ahead.

`concurrent.futures` is not used because its threads cannot be left behind: one that waits for a
line of standard input would keep Ctrl-C from ending the program. Loading it also takes longer than
classifying a picture.
"""

import threading
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeAlias, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_POLL = 0.2  # seconds; on Windows only a wait that ends lets Ctrl-C through
_FAREWELL = 1.0  # seconds that threads have to finish what they are at


@dataclass(frozen=True)
class _Failure:
    error: BaseException


# An item, and a queue for the one answer.
_Job: TypeAlias = tuple[T, SimpleQueue[R | _Failure]]


def prefetch_map(
    work: Callable[[T], R], items: Iterable[T], threads: int, ahead: int
) -> Generator[tuple[T, R], None, None]:
    """Apply a function to items by threads, while what is done already is being used.

    Items are taken in a thread too, so that results never wait for an item that is slow to come.

    Args:
        work: Called in several threads at once.
        items: May be endless.
        threads: How many items are worked on at once.
        ahead: How many items at most are taken of which the result is not.

    Yields:
        Items with their results, in order. An exception of ``work`` or ``items`` is raised when
        its turn has come. Close the iterator to stop early.
    """
    room = threading.Semaphore(ahead)
    stopped = threading.Event()
    jobs: SimpleQueue[_Job[T, R] | None] = SimpleQueue()
    turns: SimpleQueue[_Job[T, R] | _Failure | None] = SimpleQueue()

    def take() -> None:
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

    def do() -> None:
        while (job := jobs.get()) is not None and not stopped.is_set():
            item, answer = job
            try:
                answer.put(work(item))
            except BaseException as error:
                answer.put(_Failure(error))

    workers = [threading.Thread(target=do, name="work ahead", daemon=True) for _ in range(threads)]
    for thread in (*workers, threading.Thread(target=take, name="items ahead", daemon=True)):
        thread.start()
    try:
        while (turn := _patiently(turns)) is not None:
            if isinstance(turn, _Failure):
                raise turn.error
            item, answer = turn
            result = _patiently(answer)
            if isinstance(result, _Failure):
                raise result.error
            room.release()
            yield item, result
    finally:
        stopped.set()
        room.release()
        for _ in workers:
            jobs.put(None)
        # Python must not end while one is in OpenCV. The one that takes items may wait for ever,
        # and can be left behind.
        deadline = time.monotonic() + _FAREWELL
        for worker in workers:
            worker.join(max(0.0, deadline - time.monotonic()))


def _patiently(waited_for: SimpleQueue[T]) -> T:
    while True:
        try:
            return waited_for.get(timeout=_POLL)
        except Empty:
            continue

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from rps_game.cli.prefetch import prefetch_map


def test_order_does_not_depend_on_how_long_items_take() -> None:
    def work(number: int) -> int:
        time.sleep(0.02 if number % 4 == 0 else 0)
        return 10 * number

    results = list(prefetch_map(work, range(30), threads=4, ahead=7))
    assert results == [(number, 10 * number) for number in range(30)]


def test_the_requested_number_of_threads_works_at_once() -> None:
    meeting = threading.Barrier(3)
    assert len(list(prefetch_map(lambda _: meeting.wait(10), range(6), threads=3, ahead=6))) == 6


def test_no_more_items_are_drawn_than_allowed(
    wait_until: Callable[[Callable[[], bool]], None],
) -> None:
    drawn = []
    results = prefetch_map(str, map(drawn.append, itertools.count()), threads=2, ahead=5)
    with closing(results):
        for _ in range(3):
            next(results)
        wait_until(lambda: len(drawn) >= 3 + 5)
        time.sleep(0.1)  # in which the thread would continue if nothing stopped it
        assert len(drawn) == 3 + 5


def test_a_result_does_not_wait_for_the_next_item() -> None:
    more = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        more.wait(10)
        yield 2

    results = prefetch_map(str, items(), threads=1, ahead=9)
    assert next(results) == (1, "1")
    assert not more.is_set()
    more.set()
    assert list(results) == [(2, "2")]


def test_errors_are_raised_when_their_turn_comes() -> None:
    def work(number: int) -> int:
        if number == 0:
            time.sleep(0.05)
        return 6 // (2 - number)

    results = prefetch_map(work, range(9), threads=3, ahead=9)
    assert [next(results), next(results)] == [(0, 3), (1, 6)]
    with pytest.raises(ZeroDivisionError):
        next(results)

    def items() -> Iterator[int]:
        yield 1
        raise OSError("no more")

    results = prefetch_map(str, items(), threads=2, ahead=9)
    assert next(results) == (1, "1")
    with pytest.raises(OSError, match="no more"):
        next(results)


def names() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("prefetch")]


def test_closing_lets_threads_finish_their_item(
    wait_until: Callable[[Callable[[], bool]], None],
) -> None:
    done = []

    def work(number: int) -> None:
        time.sleep(0.05 if number else 0)
        done.append(number)

    results = prefetch_map(work, itertools.count(), threads=2, ahead=20)
    next(results)
    results.close()
    finished = len(done)
    assert finished < 10
    time.sleep(0.15)
    assert len(done) == finished
    wait_until(lambda: not names())


def test_closing_does_not_wait_for_items_that_never_come() -> None:
    never = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        never.wait()

    results = prefetch_map(str, items(), threads=2, ahead=2)
    next(results)
    results.close()
    assert names() == ["prefetch items"]
    never.set()

"""A lost source is opened again in the background."""

import threading
import time

import pytest

from rps_game.game.cameras.reopening import Reopening
from rps_game.sources.base import SourceError


class Source:
    closed = False

    def close(self):
        self.closed = True


def taken(reopening):
    for _ in range(1000):
        source = reopening.take()
        if source is not None:
            return source
        time.sleep(0.01)
    raise AssertionError("it was never opened")


def test_it_tries_until_it_succeeds():
    source, left = Source(), [SourceError("no"), SourceError("no")]

    def reopen():
        if left:
            raise left.pop()
        return source

    reopening = Reopening(reopen, pause=0.01)
    assert taken(reopening) is source
    assert reopening.failures == 2
    assert reopening.take() is None
    reopening.stop()
    assert not source.closed  # it belongs to whoever took it


def test_it_tries_at_once_when_asked():
    tries = []

    def reopen():
        tries.append(len(tries))
        if len(tries) < 2:
            raise SourceError("no")
        return Source()

    reopening = Reopening(reopen, pause=600)
    while not reopening.failures:
        time.sleep(0.01)
    reopening.try_now()
    assert taken(reopening)
    assert tries == [0, 1]


def test_a_source_that_nobody_takes_is_closed():
    source, begun, go_on = Source(), threading.Event(), threading.Event()

    def reopen():
        begun.set()
        assert go_on.wait(20)
        return source

    reopening = Reopening(reopen)
    assert begun.wait(20)
    reopening.stop()
    go_on.set()
    for _ in range(500):
        if source.closed:
            break
        time.sleep(0.01)
    assert source.closed
    assert reopening.take() is None


def test_an_unexpected_error_is_not_lost():
    def reopen():
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        taken(Reopening(reopen))

"""Requests to shut down: signals become an exception as soon as this is safe."""

import os
import signal

import pytest

from rps_game.cli.signals import Interrupted, ShutdownRequests

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


def test_a_request_waits_for_the_end_of_deferring_blocks():
    requests, order = ShutdownRequests(), []

    def work():
        with requests.deferred():
            with requests.deferred():
                requests.request(143)
                order.append("requested")
            order.append("complete")

    with pytest.raises(Interrupted) as raised:
        work()
    assert raised.value.status == 143
    assert order == ["requested", "complete"]
    requests.request(130)  # once more, during the clean-up
    with requests.deferred():
        pass


def test_outside_such_blocks_it_is_immediate():
    requests = ShutdownRequests()
    with pytest.raises(Interrupted) as raised:
        requests.request(129)
    assert raised.value.status == 129
    assert isinstance(raised.value, KeyboardInterrupt)


@posix
def test_a_signal_is_a_request():
    requests = ShutdownRequests()
    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with pytest.raises(Interrupted) as raised, requests.listening():
            signal.raise_signal(signal.SIGTERM)
        assert raised.value.status == 143
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)


@posix
def test_handlers_are_restored_and_nohup_is_respected():
    before = signal.getsignal(signal.SIGTERM)
    kept = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ShutdownRequests().listening():
            assert signal.getsignal(signal.SIGTERM) is not before
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) is before
    finally:
        signal.signal(signal.SIGHUP, kept)

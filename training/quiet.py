"""Keeps TensorFlow's chatter off a command's stderr."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def quiet_tensorflow() -> None:
    """Import TensorFlow without its start-up messages; call it before anything else imports it.

    Errors still show. Who sets TF_CPP_MIN_LOG_LEVEL below 3 gets all messages.
    """
    for name in ("tensorflow", "tf2onnx", "absl"):
        logging.getLogger(name).setLevel(logging.ERROR)
    if os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3") != "3":
        return
    # Lines written before its log is set up heed no setting, so stderr itself is turned away.
    with _stderr_away():
        import tensorflow  # noqa: F401


@contextmanager
def _stderr_away() -> Iterator[None]:
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123, a device and no path
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)

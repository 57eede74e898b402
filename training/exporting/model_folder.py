"""Replaces the files of a model folder, all of them or none."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from training.models.contract import (
    FINDER_INT8_NAME,
    FINDER_ONNX_NAME,
    FINDER_SAVED_MODEL_NAME,
    INT8_NAME,
    ONNX_NAME,
    SAVED_MODEL_NAME,
)

MODEL_NAMES = (
    FINDER_SAVED_MODEL_NAME,
    FINDER_ONNX_NAME,
    FINDER_INT8_NAME,
    SAVED_MODEL_NAME,
    ONNX_NAME,
    INT8_NAME,
)
"""All that an export may write. What it does not write belongs to another model, and is removed."""


@contextmanager
def replacing(out: Path) -> Iterator[Path]:
    """Yield a new folder for files of `MODEL_NAMES`; they are moved into `out` if nothing fails.

    Args:
        out: the model folder; created if missing. Its other files stay.

    Raises:
        OSError: the files cannot be moved; `out` is unchanged.
    """
    out.mkdir(parents=True, exist_ok=True)
    # Inside the folder, so that moving into place is a rename on the same file system.
    with tempfile.TemporaryDirectory(prefix=".export-", dir=out) as name:
        yield Path(name)
        _move_into_place(Path(name), out, MODEL_NAMES)


def _move_into_place(fresh: Path, out: Path, names: Sequence[str]) -> None:
    """Replace entries of `out` by those of `fresh`; the previous ones are removed with `fresh`."""
    previous = {name: fresh / f"previous-{name}" for name in names if (out / name).exists()}
    try:
        for name in names:
            if name in previous:
                (out / name).rename(previous[name])
            if (fresh / name).exists():
                (fresh / name).rename(out / name)
    except BaseException:  # also Ctrl-C, after which the previous files would be removed
        for name in names:
            kept = previous.get(name)
            if kept is not None and not kept.exists():
                continue  # it was not moved yet
            if (out / name).exists():
                (out / name).rename(fresh / f"failed-{name}")
            if kept is not None:
                kept.rename(out / name)
        raise

"""Logs a run for TensorBoard.

The names are those of Keras' own callback: loss and metrics of every epoch are `epoch_...`, in the
curves `train`, `validation` and `test`; learning rate, momentum and loss of every step are
`batch_...`, in `train`. TensorFlow writes logs without TensorBoard, which is needed only to view
them.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import tensorflow as tf

from training.fitting.run_folder import Row

_CURVES = {"val_": "validation", "test_": "test"}
"""By the beginning of a metric's name; all others belong to `train`."""


class TensorBoardLog:
    """Writes the log of a run; replaces an old one.

    Args:
        folder: of the log alone; it is emptied.
        history: a row for each epoch so far.
        steps: a row for each step so far.
    """

    def __init__(
        self, folder: Path, history: Sequence[Row] = (), steps: Sequence[Row] = ()
    ) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self._folder = folder
        self._writers: dict[str, tf.summary.SummaryWriter] = {}
        for epoch in history:
            self._write_epoch(epoch)
        self._write_steps(steps)
        self._flush()

    def add(self, epoch: Row, steps: Sequence[Row]) -> None:
        """Log an epoch and its steps."""
        self._write_steps(steps)
        self._write_epoch(epoch)
        self._flush()

    def _write_epoch(self, row: Row) -> None:
        for name, value in row.items():
            beginning = next((each for each in _CURVES if name.startswith(each)), "")
            curve = _CURVES.get(beginning, "train")
            if name != "epoch":
                self._write(curve, f"epoch_{name.removeprefix(beginning)}", value, row["epoch"])

    def _write_steps(self, rows: Sequence[Row]) -> None:
        for row in rows:
            for name, value in row.items():
                if name != "step":
                    self._write("train", f"batch_{name}", value, row["step"])

    def _write(self, curve: str, name: str, value: float, step: float) -> None:
        if curve not in self._writers:
            writer = tf.summary.create_file_writer(str(self._folder / curve))
            self._writers[curve] = writer
        metadata = tf.compat.v1.SummaryMetadata(
            plugin_data={"plugin_name": "scalars"},
            data_class="DATA_CLASS_SCALAR",
        )
        # `tf.summary.scalar` would need TensorBoard.
        with self._writers[curve].as_default(step=int(step)):
            tf.summary.write(name, tf.constant(value, tf.float32), metadata=metadata)

    def _flush(self) -> None:
        for writer in self._writers.values():
            writer.flush()

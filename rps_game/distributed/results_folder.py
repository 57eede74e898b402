"""The folder of results: Parquet files, complete or absent, on a disk or in an object store."""

import hashlib
import io
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from fsspec.implementations.local import LocalFileSystem

from rps_game.cli.results import Result
from rps_game.distributed.inputs import InputError, check_protocol, is_address, stored_paths
from rps_game.json_text import to_json_text
from rps_game.recognition.files import reason

_BOX = pa.struct([(name, pa.int32()) for name in ("left", "top", "width", "height")])
_ORIGIN = "_rps_batch.json"  # Parquet readers skip files whose names begin with an underscore


class FolderError(ValueError):
    """A folder that cannot hold the results; the message says why in one line."""


class ResultsFolder:
    """A folder of Parquet files, each with the results of a few hundred images.

    Columns: ``path``, ``path_bytes`` (if the path is not UTF-8; then ``path`` has U+FFFD for what
    cannot be decoded), ``gesture``, ``confidence``, ``probabilities`` (by label), ``box`` (in
    pixels; null if the model does not find hands), ``warning`` and ``error``. A row has either a
    gesture or an error.

    Examples:
        >>> folder = ResultsFolder("results", ["rock", "paper"])
        >>> folder.create("model 1")
        >>> folder.write([Result("/hand.png", None, "an empty file")])
        >>> list(folder.finished())
        ['/hand.png']
    """

    def __init__(self, address: str, labels: Sequence[str]) -> None:
        """Name the folder, which need not exist.

        Args:
            address: A path, or an address that fsspec opens.
            labels: The labels of the model, in its order.

        Raises:
            FolderError: If fsspec cannot open the address.
        """
        try:
            if is_address(address):
                check_protocol(address)
            self._files, self._root = fsspec.core.url_to_fs(address)
        except InputError as error:
            raise FolderError(str(error)) from error
        except Exception as error:  # each protocol's library has its own errors
            raise FolderError(f"{address} cannot be opened: {reason(error)}") from error
        self._address = address
        probabilities = pa.struct([(label, pa.float64()) for label in labels])
        self._schema = pa.schema(
            [
                pa.field("path", pa.string(), nullable=False),
                pa.field("path_bytes", pa.binary()),
                pa.field("gesture", pa.string()),
                pa.field("confidence", pa.float64()),
                pa.field("probabilities", probabilities),
                pa.field("box", _BOX),
                pa.field("warning", pa.string()),
                pa.field("error", pa.string()),
            ]
        )

    def create(self, model: str) -> None:
        """Create the folder, or check that it holds results of the same model.

        Args:
            model: Identifies the model.

        Raises:
            FolderError: If it holds something else, or cannot be written.
        """
        origin = {"model": model, "labels": self._schema.field("probabilities").type.names}
        try:
            if self._files.exists(self._path(_ORIGIN)):
                if json.loads(self._files.cat_file(self._path(_ORIGIN))) != origin:
                    raise FolderError(
                        f"{self._address} has results of another model: name another folder"
                    )
            elif self._parquet_files():
                raise FolderError(f"{self._address} has other Parquet files: name another folder")
            else:
                self._files.makedirs(self._root, exist_ok=True)
                self._write(_ORIGIN, to_json_text(origin).encode())
        except FolderError:
            raise
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise FolderError(f"{self._path(_ORIGIN)} is damaged: name another folder") from error
        except Exception as error:  # as above
            raise FolderError(f"{self._address} cannot be written: {reason(error)}") from error

    def is_created(self) -> bool:
        """Whether `create` was called, and this machine has the same folder under this name."""
        return bool(self._files.exists(self._path(_ORIGIN)))

    def finished(self) -> Iterator[str]:
        """The paths of all results so far.

        Raises:
            FolderError: If a file cannot be read.
        """
        for file in self._parquet_files():
            try:
                with self._files.open(file, "rb") as stream:
                    table = pq.read_table(stream, columns=["path", "path_bytes"])
            except (OSError, pa.ArrowException) as error:
                raise FolderError(f"{file} cannot be read: remove it, and run again") from error
            yield from stored_paths(table)

    def write(self, results: Sequence[Result]) -> None:
        """Write results as a new file.

        Its name depends on their paths only: the same images, classified again because their
        worker was killed, replace the first results instead of adding to them.

        Raises:
            OSError: If it cannot be written.
        """
        table = pa.Table.from_pylist([_row(result) for result in results], self._schema)
        data = io.BytesIO()
        pq.write_table(table, data, compression="zstd")
        paths = b"\0".join(os.fsencode(result.path) for result in results)
        self._write(f"{hashlib.sha256(paths).hexdigest()[:32]}.parquet", data.getvalue())

    def _parquet_files(self) -> list[str]:
        if not self._files.isdir(self._root):
            return []
        names: list[str] = sorted(self._files.ls(self._root, detail=False))
        return [name for name in names if name.endswith(".parquet")]

    def _write(self, name: str, data: bytes) -> None:
        """Write a file that is never seen incomplete, as object stores do anyway."""
        path = self._path(name)
        if not isinstance(self._files, LocalFileSystem):
            self._files.pipe_file(path, data)
            return
        unfinished = Path(f"{path}.{os.getpid()}.part")
        try:
            unfinished.write_bytes(data)
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"


def _row(result: Result) -> dict[str, object]:
    exact = os.fsencode(result.path)
    text = exact.decode(errors="replace")
    prediction = result.prediction
    row: dict[str, object] = {
        "path": text,
        "path_bytes": None if text.encode() == exact else exact,
        "warning": result.warning or None,
        "error": result.error or None,
    }
    if prediction is not None:
        row |= {
            "gesture": prediction.gesture.value,
            "confidence": prediction.confidence,
            "probabilities": dict(prediction.probabilities),
            "box": prediction.box and prediction.box._asdict(),
        }
    return row

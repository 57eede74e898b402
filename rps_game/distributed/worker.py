"""What each worker process does: it loads the model once, then classifies one block after another.

Libraries are imported late, because the limits on what OpenCV decodes must be set first.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import closing

import pyarrow as pa

from rps_game import __version__
from rps_game.cli.command import import_errors_explained, one_line
from rps_game.cli.prefetch import prefetch_map
from rps_game.cli.results import Result
from rps_game.distributed.results_folder import ResultsFolder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rps_game.arrays import Image
    from rps_game.recognition.classifier import Classifier
    from rps_game.recognition.images import ImageError
    from rps_game.recognition.networks.prepared import PreparedImage

_READERS = 8  # threads; a file in an object store takes longer to fetch than to classify
_READ_AHEAD = 16  # files, of which each may be tens of megabytes


class WorkerError(RuntimeError):
    """A machine that cannot do the work; the message says why in one line."""


class Worker:
    """Classifies blocks of paths and writes the results.

    Examples:
        >>> labels = ["rock", "paper", "scissors", "none"]
        >>> ResultsFolder("results", labels).create("model 1")
        >>> worker = Worker(None, "results", labels)
        >>> worker(pa.table({"path": [b"hand.jpg", b"notes.txt"]})).to_pylist()
        [{'readable': True}, {'readable': False}]
    """

    def __init__(
        self, model: str | None, folder: str, labels: Sequence[str], version: str = __version__
    ) -> None:
        """Load the model, on one processor.

        Args:
            model: The model file; the included one by default.
            folder: The folder of results, which exists.
            labels: The labels of the model where the job was started.
            version: The version of this package there.

        Raises:
            WorkerError: If this machine differs from that one.
        """
        with import_errors_explained():
            from rps_game.recognition.classifier import Classifier
        if version != __version__:
            raise WorkerError(
                f"a machine of the cluster has version {__version__} of rps-game, but the one that "
                f"starts the job has {version}: install the same version"
            )
        self._classifier = Classifier(model)
        if self._classifier.labels != tuple(labels):
            raise WorkerError("a machine of the cluster has another model: install the same one")
        self._folder = ResultsFolder(folder, labels)
        if not self._folder.is_created():
            raise WorkerError(
                f"a machine of the cluster does not have {folder}: --out must be in a file system "
                "that all of them share, or in an object store"
            )

    def __call__(self, block: pa.Table) -> pa.Table:
        """Classify the images whose paths are in the column ``path``, as bytes.

        Returns:
            For each of them, whether it could be read.

        Raises:
            WorkerError: If the results cannot be written.
        """
        results = classify(self._classifier, list(map(os.fsdecode, block["path"].to_pylist())))
        try:
            self._folder.write(results)
        except OSError as error:
            raise WorkerError(f"the results cannot be written: {error}") from error
        return pa.table({"readable": [result.prediction is not None for result in results]})


def classify(classifier: Classifier, paths: Sequence[str]) -> list[Result]:
    """Classify files, in order, while threads read the next ones.

    Args:
        classifier: The model.
        paths: Files and addresses.

    Examples:
        >>> from rps_game import Classifier
        >>> [result.error for result in classify(Classifier(), ["hand.jpg", "notes.txt"])]
        ['', 'not an image that OpenCV reads']
    """
    from rps_game.recognition.images import ImageError

    errors: dict[int, str] = {}
    warnings: dict[int, str] = {}

    def images() -> Iterator[Image | PreparedImage]:
        with closing(prefetch_map(_fetch, paths, _READERS, _READ_AHEAD)) as files:
            for index, (_, data) in enumerate(files):
                notes: list[str] = []
                try:
                    if isinstance(data, ImageError):
                        raise data
                    image = classifier.prepare_bytes(data, notes.append)
                except ImageError as error:
                    errors[index] = error.reason
                    continue
                warnings[index] = "; ".join(notes)
                yield image

    predictions = iter(classifier.classify_batch(images()))
    return [
        Result(path, None, errors[index])
        if index in errors
        else Result(path, next(predictions), warning=warnings[index])
        for index, path in enumerate(paths)
    ]


def _fetch(path: str) -> bytes | ImageError:
    """The content of a file, or why it cannot be read."""
    import fsspec

    from rps_game.distributed.inputs import is_address
    from rps_game.recognition.files import FileError, read_limited, reason
    from rps_game.recognition.images import MAX_BYTES, ImageError, read_bytes

    try:
        if not is_address(path):
            return read_bytes(path)
        with fsspec.open(path, "rb") as stream:
            return read_limited(stream, MAX_BYTES)
    except ImageError as error:
        return error
    except FileNotFoundError:  # fsspec's has only the path as its message
        return ImageError(reason(OSError(errno.ENOENT, os.strerror(errno.ENOENT))))
    except (FileError, OSError) as error:
        return ImageError(reason(error))
    except Exception as error:  # each protocol's library has its own errors
        return ImageError(f"cannot be read: {one_line(str(error)) or type(error).__name__}")

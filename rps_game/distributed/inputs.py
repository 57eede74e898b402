"""Lists images: files, folders, patterns, addresses that fsspec opens, and lists of them all."""

import glob
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from rps_game.cli.path_list import PathListError, read_paths
from rps_game.recognition.files import natural_key, reason
from rps_game.recognition.formats.signatures import has_image_suffix
from rps_game.recognition.images import find_files
from rps_game.recognition.pixels import ignore

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_ROWS = 65_536  # of a Parquet list, read at once


class InputError(ValueError):
    """Something that cannot be listed; the message says why in one line."""


def is_address(path: str) -> bool:
    """Whether fsspec opens this, rather than the system.

    Examples:
        >>> is_address("s3://bucket/hand.jpg"), is_address("C:/hand.jpg")
        (True, False)
    """
    return _ADDRESS.match(path) is not None


def find_images(paths: Iterable[str], skipped: Callable[[str], None] = ignore) -> Iterator[str]:
    """List every image to classify.

    Local paths become absolute: workers and later runs may have another working directory.

    Args:
        paths: Files, folders and patterns (``*``, ``?``, ``[...]`` and ``**``); or addresses of
            files, folders and patterns (``*`` and ``**``).
        skipped: Called with each file in a folder that is not an image.

    Yields:
        Absolute paths and addresses. A single file is listed even if it does not exist.

    Raises:
        InputError: If a pattern matches nothing, or an address cannot be listed.

    Examples:
        >>> [Path(path).name for path in find_images(["*.jpg"])]
        ['hand.jpg']
    """
    for path in paths:
        if is_address(path):
            yield from _find_remote(path, skipped)
        else:
            yield from map(_absolute, find_files(_matches(path), skipped))


def read_list(source: str) -> Iterator[str]:
    """Read a list of image files.

    Args:
        source: A text file with one path or address per line, ``-`` for standard input, or a
            Parquet file (``.parquet``) with a column ``path``, such as a result of this program.

    Yields:
        Absolute paths and addresses, without checking that they exist.

    Raises:
        InputError: If it cannot be read or is not such a list.

    Examples:
        >>> _ = Path("list.txt").write_text("memory://bucket/hand.jpg")
        >>> list(read_list("list.txt"))
        ['memory://bucket/hand.jpg']
    """
    try:
        for path in _lines(source):
            if is_address(path):
                check_protocol(path)
                yield path
            elif path:
                yield _absolute(path)
    except PathListError as error:
        raise InputError(f"{source} is not a list of paths in UTF-8, one per line") from error
    except pa.ArrowException as error:
        raise InputError(f"{source} is not a Parquet file with a column 'path' of texts") from error
    except OSError as error:
        raise InputError(f"the list {source} cannot be read: {reason(error)}") from error


def stored_paths(table: pa.Table | pa.RecordBatch) -> Iterator[str]:
    r"""The paths in a table, exactly, even if they are not UTF-8; null ones are omitted.

    Examples:
        >>> list(stored_paths(pa.table({"path": ["a.png", "?"], "path_bytes": [None, b"\xff"]})))
        ['a.png', '\udcff']
    """
    texts = table.column("path").to_pylist()
    names = table.schema.names
    exact = table.column("path_bytes").to_pylist() if "path_bytes" in names else [None] * len(texts)
    for text, data in zip(texts, exact, strict=True):
        if data is not None:
            yield os.fsdecode(data)
        elif text is not None:
            yield text


def check_protocol(address: str) -> None:
    """Check that fsspec knows a protocol and that what it needs is installed.

    Raises:
        InputError: If not; the message says what to install.

    Examples:
        >>> check_protocol("memory://hand.jpg")
    """
    for part in address.split("::"):
        if is_address(part):
            _filesystem_class(part.partition("://")[0])


@cache
def _filesystem_class(protocol: str) -> None:
    try:
        fsspec.get_filesystem_class(protocol)
    except (ImportError, ValueError) as error:
        raise InputError(f"{protocol}:// cannot be opened: {error}") from error


def _absolute(path: str) -> str:
    # An empty path must stay an error; it would become the working directory.
    return os.path.abspath(path) if path else path  # noqa: PTH100 - resolve() would follow links


def _matches(path: str) -> list[str]:
    """The matches of a pattern, or the path itself if it is no pattern, or exists."""
    if not glob.has_magic(path) or os.path.lexists(path):
        return [path]
    found = glob.glob(path, recursive=True)  # noqa: PTH207 - Path changes how names are written
    if not found:
        raise InputError(f"no file matches {path}")
    return sorted(found, key=natural_key)


def _find_remote(address: str, skipped: Callable[[str], None]) -> Iterator[str]:
    check_protocol(address)
    if "*" not in address and has_image_suffix(address.partition("::")[0]):
        yield address
        return
    try:
        filesystem, root = fsspec.core.url_to_fs(address)
        files = _remote_files(filesystem, root)
    except Exception as error:  # each protocol's library has its own errors
        raise InputError(f"{address} cannot be listed: {reason(error)}") from error
    if files is None:
        yield address
        return
    if not files:
        raise InputError(f"there are no files in {address}, or none that match it")
    _, separator, container = address.partition("::")
    for file in sorted(files, key=natural_key):
        listed = f"{filesystem.unstrip_protocol(file)}{separator}{container}"
        if "*" in root or has_image_suffix(file):
            yield listed
        else:
            skipped(listed)


def _remote_files(filesystem: Any, root: str) -> list[str] | None:
    """The files that a pattern matches, or that are in a folder; None if it is a file."""
    if "*" in root:
        entries = filesystem.glob(root, detail=True).items()
        files = [name for name, entry in entries if entry["type"] == "file"]
    elif filesystem.isdir(root):
        files = filesystem.find(root)
    else:
        return None
    named = len(root.partition("*")[0].rstrip("/"))
    return [file for file in files if "/." not in file[named:]]  # no hidden ones


def _lines(source: str) -> Iterator[str]:
    if source == "-":
        if sys.stdin is None:
            raise InputError("standard input is closed: there are no paths to read")
        yield from read_paths(sys.stdin.buffer)
        return
    if is_address(source):
        check_protocol(source)
    with fsspec.open(source, "rb") if is_address(source) else Path(source).open("rb") as stream:
        if not source.endswith(".parquet"):
            yield from read_paths(stream)
            return
        file = pq.ParquetFile(stream)
        names = [name for name in ("path", "path_bytes") if name in file.schema_arrow.names]
        if "path" not in names or not _is_text(file.schema_arrow.field("path").type):
            raise pa.ArrowInvalid("no column 'path' of texts")
        for batch in file.iter_batches(_ROWS, columns=names):
            yield from stored_paths(batch)


def _is_text(kind: pa.DataType) -> bool:
    """Whether the values of a column are texts; a column of nulls alone has its own type."""
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return str(kind) in ("string", "large_string", "string_view", "null")

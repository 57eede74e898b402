"""Files that are written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Write a file under another name first, so that `path` never holds half of it.

    Args:
        path: the file; its folder is created, and an old file is replaced.

    Yields:
        The path to write to, in the same folder. It becomes `path` if the block ends without
        an exception.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder) / "runs" / "note.txt"
        ...     with written_whole(path) as partial:
        ...         _ = partial.write_text("done")
        ...     print(path.read_text(), path.exists(), partial.exists())
        done True False
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"partial-{path.name}")
    yield partial
    partial.replace(path)

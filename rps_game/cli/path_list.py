"""Lists of paths on standard input, as programs on different systems write them.

Line endings may be those of Windows, and the list may start with a byte order mark; PowerShell
writes UTF-16. ``find -print0`` ends each path with a null character, so that names may contain line
breaks.
"""

import codecs
import locale
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import BinaryIO

_BLOCK = 65_536  # bytes read at once
_WIDE = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class PathListError(ValueError):
    """Standard input is not a list of paths; the message says why in one line."""


def read_paths(stream: BinaryIO, null: bool = False) -> Iterator[str]:
    r"""Yield the paths of a list as soon as each is complete, without empty ones.

    Args:
        stream: Standard input, in binary mode.
        null: Whether each path ends with a null character instead of a line break.

    Raises:
        PathListError: If the stream cannot be read, or lines contain null characters.

    Examples:
        >>> import io
        >>> list(read_paths(io.BytesIO(b"\xef\xbb\xbfrock.png\r\npaper.png")))
        ['rock.png', 'paper.png']
        >>> list(read_paths(io.BytesIO(b"rock.png\0two\nlines.png\0"), null=True))
        ['rock.png', 'two\nlines.png']
    """
    blocks = _blocks(stream)
    paths = _split(blocks, b"\0", decode=_decode) if null else _lines(blocks)
    return filter(None, paths)


def to_utf8(text: bytes) -> bytes:
    r"""Convert text in UTF-8, or in UTF-16 with a byte order mark, to UTF-8 without one.

    Examples:
        >>> to_utf8(b"\xff\xfeh\0i\0")
        b'hi'
    """
    encoding = _WIDE.get(text[:2])
    if encoding is None:
        return text.removeprefix(codecs.BOM_UTF8)
    return text[2:].decode(encoding, "replace").encode()


def _lines(blocks: Iterator[bytes]) -> Iterator[str]:
    head = b""
    while _undecided(head):
        block = next(blocks, b"")
        if not block:
            break
        head += block
    wide = _WIDE.get(head[:2]) if b"\0" in head else None
    if wide is not None:
        text = _utf8(chain([head[2:]], blocks), wide)
        yield from _split(text, b"\n", decode=lambda line: line.rstrip(b"\r").decode())
        return
    rest = chain([head.removeprefix(codecs.BOM_UTF8)], blocks)
    for line in _split(rest, b"\n", decode=lambda line: _decode(line.rstrip(b"\r"))):
        if "\0" in line:
            raise PathListError(
                "standard input contains null characters: use --null for paths that end with them "
                "(find -print0), and write lists of lines in UTF-8"
            )
        yield line


def _undecided(head: bytes) -> bool:
    """Whether more bytes are needed to know the encoding.

    A name that is not UTF-8 may begin like the mark of UTF-16. But there, every line break contains
    a null character, which no path does.
    """
    if head[:2] in _WIDE:
        return b"\0" not in head and not head.partition(b"\n")[2]
    return any(head != mark and mark.startswith(head) for mark in (codecs.BOM_UTF8, *_WIDE))


def _utf8(blocks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for block in blocks:
        yield decoder.decode(block).encode()
    yield decoder.decode(b"", final=True).encode()


def _split(
    blocks: Iterable[bytes], separator: bytes, decode: Callable[[bytes], str]
) -> Iterator[str]:
    rest = b""
    for block in blocks:
        *paths, rest = (rest + block).split(separator)
        yield from map(decode, paths)
    yield decode(rest)


def _decode(path: bytes) -> str:
    try:
        return os.fsdecode(path)
    except UnicodeDecodeError:  # on Windows: an older program writes its code page
        return path.decode(locale.getencoding(), "replace")


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    # Without its buffer: a thread waiting for input would still hold the buffer's lock when Python
    # exits, which makes Python crash.
    raw = getattr(stream, "raw", stream)
    try:
        while block := raw.read(_BLOCK):
            yield block
    except OSError as error:  # for instance because it is open for writing only
        raise PathListError(f"standard input cannot be read: {error.strerror}") from error

"""Reads the orientation of an AVIF image, which is in its container and not in its EXIF data.

AVIF and HEIC files consist of boxes (ISO/IEC 14496-12): four bytes of length, four bytes of type,
and content, which may be more boxes. The box ``ipco`` lists properties, and ``ipma`` assigns them
to items (ISO/IEC 23008-12).
"""

from collections.abc import Iterator

import numpy as np

from rps_game.recognition.pixels import upright

_MAX_BOXES = 10_000  # in one container; limits the time


def container_orientation(data: bytes) -> int | None:
    """The EXIF orientation, from 1 to 8, equivalent to a file's rotation and mirroring.

    Args:
        data: The content of the file; damaged parts count as missing.

    Returns:
        None if the container neither rotates nor mirrors its primary image.

    Examples:
        >>> container_orientation(b"no container") is None
        True
    """
    meta = _find(data, b"meta")[4:]
    properties = _find(meta, b"iprp")
    known = list(_boxes(_find(properties, b"ipco")))
    corners = original = np.arange(4).reshape(2, 2)  # distinguishes all eight orientations
    turned = False
    for index in _associated(properties, _primary_item(meta)):
        kind, content = known[index - 1] if 0 < index <= len(known) else (b"", b"")
        if kind == b"irot" and content:
            corners, turned = np.rot90(corners, content[0] & 3), True  # both count anticlockwise
        elif kind == b"imir" and content:
            corners, turned = np.flip(corners, content[0] & 1), True  # 0 swaps top and bottom
    if not turned:
        return None
    return next(n for n in range(1, 9) if np.array_equal(upright(original, n), corners))


def _primary_item(meta: bytes) -> int:
    content = _find(meta, b"pitm")
    return int.from_bytes(content[4:6] if content[:1] == b"\0" else content[4:8], "big")


def _associated(properties: bytes, item: int) -> Iterator[int]:
    """The numbers of an item's properties, starting at 1, in the order in which they apply."""
    for kind, content in _boxes(properties):
        if kind != b"ipma" or len(content) < 8:
            continue
        id_length = 4 if content[0] else 2
        length = 2 if content[3] & 1 else 1
        at = 8
        for _ in range(int.from_bytes(content[4:8], "big")):
            if at >= len(content):
                return
            owner = int.from_bytes(content[at : at + id_length], "big")
            at += id_length
            end = at + 1 + length * int.from_bytes(content[at : at + 1], "big")
            if owner == item:
                for start in range(at + 1, min(end, len(content)), length):
                    value = int.from_bytes(content[start : start + length], "big")
                    yield value & (0x7FFF if length == 2 else 0x7F)  # the first bit: "essential"
            at = end


def _find(data: bytes, wanted: bytes) -> bytes:
    """The content of the first box of this type, or nothing."""
    return next((content for kind, content in _boxes(data) if kind == wanted), b"")


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Types and contents of the boxes in a file or in a box."""
    at = 0
    for _ in range(_MAX_BOXES):
        size, kind, header = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:  # a 64-bit length follows
            size, header = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        elif size == 0:  # to the end of the data
            size = len(data) - at
        if len(kind) < 4 or size < header:
            return
        yield kind, data[at + header : at + size]
        at += size

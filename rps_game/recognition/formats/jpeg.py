"""Inspects JPEG data: the size before decoding, and whether only the end marker is missing."""

from collections.abc import Iterator

_START_OF_FRAME = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN = 0xDA
_RESTARTS = range(0xD0, 0xD8)
_PROGRESSIVE = 0xC2
_END = b"\xff\xd9"
_FILLING = b"\xaa" * 2048  # at least one unit of data, unlike the bits that libjpeg makes up


def sides(data: bytes) -> tuple[int, int]:
    """Width and height according to the header of a JPEG, or zeros if it has no header.

    Examples:
        >>> from pathlib import Path
        >>> sides(Path("hand.jpg").read_bytes())
        (240, 240)
    """
    for kind, content in _segments(data):
        if kind in _START_OF_FRAME:
            return int.from_bytes(content[3:5], "big"), int.from_bytes(content[1:3], "big")
    return 0, 0


def is_padded(data: bytes) -> bool:
    """Whether a JPEG ends in zeros instead of an end marker, as after an interrupted download.

    Examples:
        >>> is_padded(b"..." + bytes(8)), is_padded(b"..." + _END + bytes(8))
        (True, False)
    """
    return data.endswith(b"\0\0") and not data.rstrip(b"\0").endswith(_END)


def endings(data: bytes) -> tuple[bytes, bytes]:
    r"""Complete a JPEG that lacks its end marker in two ways.

    Both decode to the same pixels if nothing else is missing, because the decoder skips what
    follows the last pixel. If pixels are missing, it makes them up from what follows.

    Args:
        data: The content of the file.

    Returns:
        The content with the end marker appended, and the same with more bits before the marker.

    Examples:
        >>> endings(b"...")[0]
        b'...\xff\xd9'
    """
    kept = data.rstrip(b"\0")
    if len(kept) < len(data):
        kept += b"\0"  # may belong to the pixels; otherwise it does no harm
    else:
        kept = kept.rstrip(b"\xff")
    # The decoder waits for the restart marker that is next, if the file has any.
    last = max(_RESTARTS, key=lambda marker: kept.rfind(bytes((0xFF, marker))))
    following = (bytes((0xFF, 0xD0 + (last + step) % 8)) for step in range(1, 9))
    return kept + _END, kept + _FILLING + b"".join(mark + _FILLING for mark in following) + _END


def has_all_scans(data: bytes) -> bool:
    """Whether the scans of a JPEG cover the whole image.

    Progressive files refine the image from scan to scan; each scan covers some coefficients of
    some components down to a certain bit. Other files need one scan of each component.

    Examples:
        >>> from pathlib import Path
        >>> has_all_scans(Path("hand.jpg").read_bytes())
        True
    """
    missing: set[tuple[int, int]] = set()
    for kind, content in _segments(data):
        if kind in _START_OF_FRAME and len(content) > 5:
            parts = content[6 : 6 + 3 * content[5] : 3]
            numbers = range(64 if kind == _PROGRESSIVE else 1)
            missing = {(part, number) for part in parts for number in numbers}
        elif kind == _START_OF_SCAN and content and len(content) >= 4 + 2 * content[0]:
            parts = content[1 : 1 + 2 * content[0] : 2]
            first, last, bits = content[1 + 2 * content[0] :][:3]
            if bits & 15 == 0:  # complete, nothing more to refine
                missing -= {(part, n) for part in parts for n in range(first, last + 1)}
    return not missing


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The segments of a file, by marker, without the compressed pixels between them."""
    at = data.find(b"\xff", 2)
    while 0 <= at < len(data) - 3:
        kind = data[at + 1]
        if kind in (0, 0xFF) or kind in _RESTARTS:
            at = data.find(b"\xff", at + (1 if kind == 0xFF else 2))
            continue
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        yield kind, data[at + 4 : at + 2 + length]
        at = data.find(b"\xff", at + 2 + length)

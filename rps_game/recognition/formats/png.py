"""Reads the chunks of a PNG, each of which has a length, a type, content and a checksum."""

_HEAD = 8  # bytes before the first chunk


def exif_of(png: bytes) -> bytes | None:
    """The EXIF data of a PNG, which OpenCV ignores in animations.

    Returns:
        The data, empty if there is none; or None if a chunk claims to be longer than the file, in
        which case OpenCV would allocate that much memory, or if the last chunk is missing.

    Examples:
        >>> exif_of(b"no PNG") is None
        True
    """
    start, kind, exif = _HEAD, b"", b""
    while kind != b"IEND":
        kind, content = png[start + 4 : start + 8], start + 8
        end = content + int.from_bytes(png[start : start + 4], "big")
        start = end + 4
        if start > len(png):
            return None
        if kind == b"eXIf":
            exif = png[content:end]
    return exif

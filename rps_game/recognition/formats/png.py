"""The chunks of a PNG, which consist of a length, a type, a content and a checksum."""

_HEAD = 8  # bytes before the first chunk


def exif_of(png: bytes) -> bytes | None:
    """The EXIF data of a PNG, of which OpenCV overlooks that of animations.

    Returns:
        No bytes if it has none. None if a chunk claims to be longer than the file, or the last
        one is missing: OpenCV would allocate what chunks claim.
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

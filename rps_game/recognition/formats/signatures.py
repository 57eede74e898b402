"""Recognises the formats of image files by their suffixes and first bytes."""

import os
import re

IMAGE_SUFFIXES = frozenset(
    (
        *(".apng", ".avif", ".bmp", ".gif", ".heic", ".heif", ".jfif", ".jp2", ".jpe", ".jpeg"),
        *(".jpg", ".jxl", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"),
    )
)
"""File name extensions of images, in lower case."""

HEAD = 256  # bytes: enough to recognise any of the formats

_SIGNATURES = (
    ("JPEG", rb"\xff\xd8\xff"),
    ("PNG", rb"\x89PNG\r\n\x1a\n"),
    ("GIF", rb"GIF8[79]a"),
    ("WebP", rb"RIFF.{4}WEBP"),
    ("TIFF", rb"II[*+]\0|MM\0[*+]"),
    ("BMP", rb"BM.{12}[\x0c(4847@l|]\0\0\0"),  # with a known header size
    ("JPEG 2000", rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51"),
    ("JPEG XL", rb"\0\0\0\x0cJXL \r\n\x87\n|\xff\x0a"),
    ("PNM", rb"P[1-7f]\s[\s\d#W]|PF\s\d"),
    ("Radiance HDR", rb"#\?R(ADIANCE|GBE)"),
    ("Sun raster", rb"\x59\xa6\x6a\x95"),
)
_PATTERNS = tuple((name, re.compile(pattern, re.DOTALL)) for name, pattern in _SIGNATURES)
_AVIF = {b"avif", b"avis"}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}


def image_format(head: bytes) -> str:
    """The format of an image file, or an empty string if it is not an image.

    Args:
        head: The file's first bytes; `HEAD` of them are enough.

    Examples:
        >>> image_format(b"GIF89a...")
        'GIF'
    """
    for name, pattern in _PATTERNS:
        if pattern.match(head):
            return name
    if head[4:8] == b"ftyp":
        size = min(int.from_bytes(head[:4], "big"), HEAD)
        brands = {head[8:12], *(head[at : at + 4] for at in range(16, size, 4))}
        if brands & _AVIF:
            return "AVIF"
        if brands & _HEIC:
            return "HEIC"
    return ""


def has_image_suffix(name: str) -> bool:
    """Whether a file's name has one of `IMAGE_SUFFIXES`, in upper or lower case.

    Examples:
        >>> has_image_suffix("IMG_0001.JPG")
        True
    """
    return os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES  # noqa: PTH122 - names as they are

"""Chooses the font for a text."""

from functools import cache
from pathlib import Path

import cv2

_FOLDER = Path(__file__).parent
_FIRST = "\u3000"  # of the Japanese letters
_WEIGHTS = (500, 700, 800)  # of the Japanese fonts


def font_for(words: str, weight: int) -> cv2.FontFace:
    """The font for a text: OpenCV's own has Japanese letters of one weight only.

    Args:
        words: The text.
        weight: 300 (light) to 800 (heavy).
    """
    if all(letter < _FIRST for letter in words):
        return _own_font()
    known = [each for each in _WEIGHTS if each <= weight]
    return _japanese_font(max(known, default=_WEIGHTS[0]))


@cache
def _own_font() -> cv2.FontFace:
    return cv2.FontFace("sans")


@cache  # for good: OpenCV confuses the letters of fonts that come and go
def _japanese_font(weight: int) -> cv2.FontFace:
    """A font that has only Japanese letters; OpenCV takes all others from its own."""
    font = cv2.FontFace()
    found = font.set(str(_FOLDER / f"mplus-{weight}.otf"))
    return font if found else _own_font()

"""Chooses the font for a text, and knows which letters the fonts have."""

import unicodedata
from functools import cache
from pathlib import Path

import cv2
import numpy as np

from rps_game.arrays import Image

_FOLDER = Path(__file__).parent
_FIRST = "\u3000"  # of the Japanese letters
_WEIGHTS = (500, 700, 800)  # of the Japanese fonts
_RIGHT_TO_LEFT = ("R", "AL")  # OpenCV writes from left to right, and does not join letters
_UNKNOWN = "?"  # what OpenCV draws for some missing letters; others it leaves out


def font_for(words: str, weight: int) -> cv2.FontFace:
    """The font for a text: OpenCV's own has Japanese letters of one weight only.

    If the Japanese fonts lack a letter, the whole text is in OpenCV's font, so that the letters
    have the same weight.

    Args:
        words: The text.
        weight: 300 (light) to 800 (heavy).
    """
    letters = [letter for letter in words if letter >= _FIRST]
    if not letters or not all(map(_has_weights, letters)):
        return _own_font()
    known = [each for each in _WEIGHTS if each <= weight]
    return _japanese_font(max(known, default=_WEIGHTS[0]))


@cache
def is_shown(letter: str) -> bool:
    """Whether a letter, large or small, can be shown.

    Args:
        letter: One character.

    Examples:
        >>> is_shown("ł"), is_shown("山"), is_shown("ก")
        (True, True, False)
    """
    if letter == " ":
        return True
    forms = letter + letter.upper()  # names are written in capitals, too
    if not all(map(str.isprintable, forms)):
        return False
    if any(unicodedata.bidirectional(form) in _RIGHT_TO_LEFT for form in forms):
        return False
    return letter == _UNKNOWN or all(map(_has_glyph, forms))


def shown_part(words: str) -> str:
    """The words without what cannot be shown; empty if nothing remains.

    Args:
        words: Any text, for instance a name that was saved elsewhere.

    Examples:
        >>> shown_part("Anna กา")
        'Anna'
    """
    return "".join(filter(is_shown, words)).strip()


def _has_glyph(letter: str) -> bool:
    drawn = _drawn(letter, font_for(letter, _WEIGHTS[0]))
    return bool(drawn.any()) and not np.array_equal(drawn, _drawn(_UNKNOWN, _own_font()))


@cache
def _has_weights(letter: str) -> bool:
    """Whether the Japanese fonts have a letter; blank ones count as well."""
    own = _drawn(letter, _own_font())
    return not own.any() or not np.array_equal(own, _drawn(letter, _japanese_font(_WEIGHTS[0])))


def _drawn(letter: str, font: cv2.FontFace) -> Image:
    letter = letter.encode(errors="replace").decode()  # OpenCV crashes at surrogates
    image = np.zeros((64, 96, 3), np.uint8)
    cv2.putText(image, letter, (32, 44), (255, 255, 255), font, 32, _WEIGHTS[0])
    return image


@cache
def _own_font() -> cv2.FontFace:
    return cv2.FontFace("sans")


@cache  # for good: OpenCV confuses the letters of fonts that come and go
def _japanese_font(weight: int) -> cv2.FontFace:
    """A font that has only Japanese letters; OpenCV takes all others from its own."""
    font = cv2.FontFace()
    found = font.set(str(_FOLDER / f"mplus-{weight}.otf"))
    return font if found else _own_font()

"""Drawing on RGB images: text, panels, images in rounded frames, small marks.

Nothing here knows the game.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Literal, NamedTuple

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.blending import ends, lay, mix, paste, rim, rounded, tinted
from rps_game.ui.fonts.faces import font_for

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]
"""Left, top, width, height."""
Path = list[tuple[float, float]]
Align = Literal["left", "centre", "right"]

_MAX_CROP = 1.35  # an image is cropped to fill its box if it is at most this much too long
_ALL = slice(None)


class Canvas:
    """An RGB image to draw on; positions and sizes are in pixels.

    Examples:
        >>> canvas = Canvas(np.zeros((60, 200, 3), np.uint8))
        >>> width = canvas.text("ROCK", (100, 30), 32, (255, 255, 255), align="centre")
        >>> bool(canvas.pixels.any())
        True
    """

    def __init__(self, pixels: Image) -> None:
        """Draw on ``pixels`` (uint8 ``[height, width, 3]``) in place."""
        self.pixels = pixels
        self.height, self.width = pixels.shape[:2]

    def text(
        self,
        words: str,
        at: tuple[float, float],
        size: float,
        colour: Colour,
        weight: int = 500,
        align: Align = "left",
        fit: float | None = None,
    ) -> float:
        """Write a line of text whose capitals are vertically centred on ``at``.

        Args:
            words: The text.
            at: Its left end, middle or right end, depending on ``align``.
            size: Font size in pixels: the distance between two lines of text.
            colour: Colour of the letters.
            weight: 300 (light) to 800 (heavy).
            align: Which point of the text ``at`` is.
            fit: The maximum width; wider text is made smaller.

        Returns:
            The width in pixels.
        """
        pixels = max(6, round(size))
        width = text_width(words, pixels, weight)
        if fit is not None and width > fit:
            pixels = max(6, int(pixels * fit / width))
            width = text_width(words, pixels, weight)
        left = at[0] - {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * width
        baseline = at[1] + 0.36 * pixels  # capitals are 0.72 of the size
        where = (round(left), round(baseline))
        font = font_for(words, weight)
        cv2.putText(self.pixels, _valid(words), where, colour, font, pixels, weight)
        return width

    def panel(self, box: Box, colour: Colour, opacity: float = 1.0, radius: float = 0.0) -> None:
        """Fill a box (left, top, width, height) with rounded corners."""
        left, top, width, height = (round(value) for value in box)
        width, height = max(1, width), max(1, height)
        corner = min(round(radius), width // 2, height // 2)
        if corner > 0:  # blend only the ends
            both = ends(height, corner, colour, opacity)
            lay(self.pixels, left, top, both.part(_ALL, slice(None, corner)))
            lay(self.pixels, left + width - corner, top, both.part(_ALL, slice(-corner, None)))
        self._fill(left + corner, top, width - 2 * corner, height, colour, opacity)

    def outline(self, box: Box, colour: Colour, thickness: float, radius: float) -> None:
        """Draw the edge of a box, inside it, with rounded corners."""
        left, top, width, height = (round(value) for value in box)
        edge, corner = max(1, round(thickness)), round(radius)
        band = max(edge, corner)
        if min(width, height) <= 2 * band:
            lay(self.pixels, left, top, rim(width, height, corner, edge, colour))
            return
        # Blend only the corners.
        whole = rim(2 * band, 2 * band, corner, edge, colour)
        right, low = left + width - band, top + height - band
        for y, rows in ((top, slice(None, band)), (low, slice(band, None))):
            lay(self.pixels, left, y, whole.part(rows, slice(None, band)))
            lay(self.pixels, right, y, whole.part(rows, slice(band, None)))
        for y in (top, top + height - edge):
            self._fill(left + band, y, width - 2 * band, edge, colour)
        for x in (left, left + width - edge):
            self._fill(x, top + band, edge, height - 2 * band, colour)

    @contextmanager
    def card(self, box: Box, radius: float) -> Iterator["Canvas"]:
        """A part of this image to draw on; beyond its rounded corners, nothing changes.

        Examples:
            >>> canvas = Canvas(np.zeros((40, 40, 3), np.uint8))
            >>> with canvas.card((10, 10, 20, 20), radius=8) as card:
            ...     card.pixels[:] = 200
            >>> [int(canvas.pixels[at][0]) for at in ((10, 10), (20, 20))]
            [0, 200]
        """
        left, top, width, height = (round(value) for value in box)
        part = self.pixels[top : top + height, left : left + width]
        corner = max(1, round(radius))
        sides = slice(None, corner), slice(-corner, None)
        corners = [(rows, columns) for rows in sides for columns in sides]
        before = [part[here].copy() for here in corners]
        yield Canvas(part)
        mask = rounded(width, height, corner)
        for here, under in zip(corners, before, strict=True):
            part[here] = mix(under, part[here], mask[here])

    def cutout(self, image: Image, left: float, top: float) -> None:
        """Draw an RGBA image over this one, clipped at the edges."""
        paste(self.pixels, image, round(left), round(top))

    def disc(self, at: tuple[float, float], radius: float, colour: Colour) -> None:
        """Fill a circle."""
        self.panel((at[0] - radius, at[1] - radius, 2 * radius, 2 * radius), colour, 1.0, radius)

    def ring(
        self, at: tuple[float, float], radius: float, colour: Colour, thickness: float
    ) -> None:
        """Draw the edge of a circle, inside it."""
        box = (at[0] - radius, at[1] - radius, 2 * radius, 2 * radius)
        self.outline(box, colour, thickness, radius)

    def line(self, points: Path, colour: Colour, thickness: float) -> None:
        """Draw a line through points."""
        self.lines([points], colour, thickness)

    def lines(self, paths: Sequence[Path], colour: Colour, thickness: float) -> None:
        """Draw a line through the points of each path."""
        shift = 4
        fixed = [np.round(np.array(path) * 2**shift).astype(np.int32) for path in paths]
        width = max(1, round(thickness))
        cv2.polylines(self.pixels, fixed, False, colour, width, cv2.LINE_AA, shift)

    def _fill(
        self, left: int, top: int, width: int, height: int, colour: Colour, opacity: float = 1.0
    ) -> None:
        """Fill a box, clipped at the edges."""
        part = self.pixels[max(0, top) : max(0, top + height), max(0, left) : max(0, left + width)]
        if not part.size:
            return
        if opacity == 1.0:
            cv2.rectangle(part, (0, 0), (part.shape[1], part.shape[0]), colour, cv2.FILLED)
        else:
            cv2.LUT(part, tinted(colour, opacity), dst=part)


def darken(canvas: Canvas, light: float) -> None:
    """Multiply all pixels by a factor below 1.

    Examples:
        >>> canvas = Canvas(np.full((2, 2, 3), 200, np.uint8))
        >>> darken(canvas, 0.1)
        >>> canvas.pixels[0, 0].tolist()
        [20, 20, 20]
    """
    canvas.pixels[:] = (canvas.pixels * np.float32(light)).astype(np.uint8)


@lru_cache(maxsize=512)
def text_width(words: str, size: int, weight: int = 500) -> float:
    """The width in pixels of a line of text.

    Examples:
        >>> text_width("rock", 32) < text_width("scissors", 32)
        True
    """
    box = cv2.getTextSize((0, 0), _valid(words), (0, 0), font_for(words, weight), size, weight)
    return float(box[2])


def _valid(words: str) -> str:
    """The words without the bytes of names that are not UTF-8, at which OpenCV crashes."""
    return words.encode(errors="replace").decode()


class Placed(NamedTuple):
    """Where an image is in a box: its scale, and its upper left corner in the box's pixels.

    Examples:
        >>> Placed(scale=2.0, left=10, top=0).box((1, 2, 3, 4))
        (12.0, 4.0, 6.0, 8.0)
    """

    scale: float
    left: int
    top: int

    def box(self, part: Box) -> Box:
        """Where a part of the image is."""
        left, top, width, height = (value * self.scale for value in part)
        return left + self.left, top + self.top, width, height


def cover(image: Image, width: int, height: int) -> tuple[Image, Placed]:
    """Fill a box with an image, cropping a little where the shapes differ.

    An image of a very different shape is shown whole instead, in front of a dark, blurred copy of
    itself.

    Args:
        image: uint8 RGB ``[H, W, 3]``.
        width: Width of the box in pixels.
        height: Height of the box in pixels.

    Returns:
        uint8 RGB ``[height, width, 3]``, and where the image is in it.

    Examples:
        >>> filled, placed = cover(np.zeros((480, 640, 3), np.uint8), 240, 240)
        >>> filled.shape, placed
        ((240, 240, 3), Placed(scale=0.5, left=-40, top=0))
    """
    across, down = width / image.shape[1], height / image.shape[0]
    factor = max(across, down)
    if factor <= _MAX_CROP * min(across, down):
        filled = _resize(image, factor)
        left, top = (filled.shape[1] - width) // 2, (filled.shape[0] - height) // 2
        return filled[top : top + height, left : left + width], Placed(factor, -left, -top)
    # Crop before scaling: an image a thousand times as wide as it is high would fill the memory.
    wide, high = (max(1, round(length / factor)) for length in (width, height))
    left, top = (image.shape[1] - wide) // 2, (image.shape[0] - high) // 2
    middle = image[max(0, top) : max(0, top) + high, max(0, left) : max(0, left) + wide]
    small = cv2.resize(middle, (16, 16), interpolation=cv2.INTER_AREA)
    backdrop = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
    result = (np.asarray(backdrop) * 0.45).astype(np.uint8)
    whole = _resize(image, min(across, down))[:height, :width]
    left, top = (width - whole.shape[1]) // 2, (height - whole.shape[0]) // 2
    result[top : top + whole.shape[0], left : left + whole.shape[1]] = whole
    return result, Placed(min(across, down), left, top)


@lru_cache(maxsize=8)
def gradient(width: int, height: int, top: Colour, bottom: Colour) -> Image:
    """Make an image that goes from one colour at the top to another at the bottom, read-only.

    Examples:
        >>> image = gradient(4, 3, top=(0, 0, 0), bottom=(200, 100, 50))
        >>> image[:, 0].tolist()
        [[0, 0, 0], [100, 50, 25], [200, 100, 50]]
    """
    ramp = np.linspace(0, 1, height)[:, None, None]
    column = np.array(top) * (1 - ramp) + np.array(bottom) * ramp
    image = np.repeat(np.round(column).astype(np.uint8), width, axis=1)
    image.flags.writeable = False
    return image


def _resize(image: Image, factor: float) -> Image:
    width = max(1, round(image.shape[1] * factor))
    height = max(1, round(image.shape[0] * factor))
    # For slight shrinking, interpolation looks as good and takes a fraction of the time.
    method = cv2.INTER_AREA if factor < 0.7 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), np.uint8)

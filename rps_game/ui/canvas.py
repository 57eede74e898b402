"""Drawing on RGB pictures: text, panels, pictures in rounded frames, small marks.

Nothing here knows the game.
"""

from functools import lru_cache
from typing import Literal, NamedTuple

import cv2
import numpy as np

from rps_game.arrays import Image

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]
"""Left, top, width, height."""
Align = Literal["left", "centre", "right"]

_CUT = 1.35  # a picture that fills its box loses at most this much of its length
_SHARP = 4  # shapes are drawn this much larger, then shrunk: even edges at any size


class Canvas:
    """An RGB picture to draw on; positions and sizes are in pixels."""

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
        """Write a line of text whose capitals are centred on ``at``'s height.

        Args:
            words: The text.
            at: Its left end, middle or right end, as ``align`` says.
            size: Height of the letters in pixels, from the baseline to the line above.
            colour: Colour of the letters.
            weight: 300 (light) to 800 (heavy).
            align: Which point of the text ``at`` is.
            fit: The text is made smaller until it is no wider than this.

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
        cv2.putText(self.pixels, words, where, colour, _font(), pixels, weight)
        return width

    def panel(
        self,
        box: Box,
        colour: Colour,
        opacity: float = 1.0,
        radius: float = 0.0,
    ) -> None:
        """Fill a box (left, top, width, height) with rounded corners."""
        left, top, width, height = (round(value) for value in box)
        self._blend(left, top, rounded(width, height, round(radius)), colour, opacity)

    def outline(
        self,
        box: Box,
        colour: Colour,
        thickness: float,
        radius: float,
    ) -> None:
        """Draw the edge of a box, inwards, with rounded corners."""
        left, top, width, height = (round(value) for value in box)
        edge = max(1, round(thickness))
        mask = rounded(width, height, round(radius)).copy()
        inner = rounded(width - 2 * edge, height - 2 * edge, max(0, round(radius) - edge))
        mask[edge:-edge, edge:-edge] -= np.minimum(inner, mask[edge:-edge, edge:-edge])
        band = max(edge, round(radius))
        if height <= 2 * band:
            self._blend(left, top, mask, colour, 1.0)
            return
        # Only the rim: most of a card's mask is empty.
        sides, right, low = mask[band:-band], left + width - edge, top + height - band
        self._blend(left, top, mask[:band], colour, 1.0)
        self._blend(left, low, mask[-band:], colour, 1.0)
        self._blend(left, top + band, sides[:, :edge], colour, 1.0)
        self._blend(right, top + band, sides[:, -edge:], colour, 1.0)

    def picture(self, image: Image, box: Box, radius: float) -> None:
        """Put a picture of the box's size into it, whose corners are changed to round ones."""
        left, top, width, height = (round(value) for value in box)
        corner = max(1, round(radius))
        mask = rounded(width, height, corner)
        part = self.pixels[top : top + height, left : left + width]
        for rows in (slice(None, corner), slice(-corner, None)):
            for columns in (slice(None, corner), slice(-corner, None)):
                here = rows, columns
                image[here] = _mix(part[here], image[here], mask[here])
        part[:] = image

    def cutout(self, image: Image, left: float, top: float) -> None:
        """Lay an RGBA picture over this one; what sticks out is cut off."""
        x, y = round(left), round(top)
        x0, y0 = max(0, x), max(0, y)
        x1 = min(self.width, x + image.shape[1])
        y1 = min(self.height, y + image.shape[0])
        if x0 < x1 and y0 < y1:
            piece = image[y0 - y : y1 - y, x0 - x : x1 - x]
            part = self.pixels[y0:y1, x0:x1]
            part[:] = _mix(part, piece[..., :3], piece[..., 3])

    def disc(self, at: tuple[float, float], radius: float, colour: Colour) -> None:
        """Fill a circle."""
        self.panel((at[0] - radius, at[1] - radius, 2 * radius, 2 * radius), colour, 1.0, radius)

    def ring(
        self, at: tuple[float, float], radius: float, colour: Colour, thickness: float
    ) -> None:
        """Draw a circle's edge, inwards."""
        box = (at[0] - radius, at[1] - radius, 2 * radius, 2 * radius)
        self.outline(box, colour, thickness, radius)

    def line(self, points: list[tuple[float, float]], colour: Colour, thickness: float) -> None:
        """Draw a line through points."""
        shift = 4
        path = np.round(np.array(points) * 2**shift).astype(np.int32)
        cv2.polylines(
            self.pixels, [path], False, colour, max(1, round(thickness)), cv2.LINE_AA, shift
        )

    def _blend(self, left: int, top: int, mask: Image, colour: Colour, opacity: float) -> None:
        x0, y0 = max(0, left), max(0, top)
        part = self.pixels[y0 : top + mask.shape[0], x0 : left + mask.shape[1]]
        shape = mask[y0 - top :, x0 - left :][: part.shape[0], : part.shape[1]]
        weight = (shape * opacity).astype(np.uint8)
        part[:] = _mix(part, np.full_like(part, colour), weight)


def text_width(words: str, size: int, weight: int = 500) -> float:
    """Width in pixels of a line of text."""
    box = cv2.getTextSize((0, 0), words, (0, 0), _font(), size, weight)
    return float(box[2])


class Placed(NamedTuple):
    """Where a picture lies in a box: its scale, and its left upper corner in the box's pixels."""

    scale: float
    left: int
    top: int

    def box(self, part: Box) -> Box:
        """Where a part of the picture lies."""
        left, top, width, height = (value * self.scale for value in part)
        return left + self.left, top + self.top, width, height


def cover(image: Image, width: int, height: int) -> tuple[Image, Placed]:
    """Fill a box with a picture; what little sticks out is cut off.

    A picture of quite another shape is shown whole instead, before a dark blur of itself.
    """
    across, down = width / image.shape[1], height / image.shape[0]
    factor = max(across, down)
    if factor <= _CUT * min(across, down):
        filled = _resize(image, factor)
        left, top = (filled.shape[1] - width) // 2, (filled.shape[0] - height) // 2
        return filled[top : top + height, left : left + width], Placed(factor, -left, -top)
    # Cut before it is scaled: a picture a thousand times as wide as high would fill the memory.
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


@lru_cache(maxsize=64)
def rounded(width: int, height: int, radius: int) -> Image:
    """A box with rounded corners as a mask: uint8 ``[height, width]``, 255 inside."""
    width, height = max(1, width), max(1, height)
    radius = min(radius, width // 2, height // 2)
    mask = np.full((height, width), 255, np.uint8)
    if radius > 0:
        side = radius * _SHARP
        disc = np.zeros((2 * side, 2 * side), np.uint8)
        cv2.circle(disc, (side, side), side, 255, cv2.FILLED)
        disc = np.asarray(cv2.resize(disc, (2 * radius,) * 2, interpolation=cv2.INTER_AREA))
        mask[:radius, :radius] = disc[:radius, :radius]
        mask[:radius, -radius:] = disc[:radius, radius:]
        mask[-radius:, :radius] = disc[radius:, :radius]
        mask[-radius:, -radius:] = disc[radius:, radius:]
    mask.flags.writeable = False
    return mask


@lru_cache(maxsize=8)
def gradient(width: int, height: int, top: Colour, bottom: Colour) -> Image:
    """A picture that goes from one colour to another, top to bottom."""
    ramp = np.linspace(0, 1, height)[:, None, None]
    column = np.array(top) * (1 - ramp) + np.array(bottom) * ramp
    picture = np.repeat(np.round(column).astype(np.uint8), width, axis=1)
    picture.flags.writeable = False
    return picture


@lru_cache(maxsize=1)
def _font() -> cv2.FontFace:
    return cv2.FontFace("sans")


def _mix(under: Image, over: Image, alpha: Image) -> Image:
    """Both pictures by the weight of ``over``, 0 to 255, rounded to the nearest."""
    above = alpha.astype(np.float32)
    # OpenCV divides by the sum of the weights and a trifle, which next to 255 is nothing.
    return np.asarray(cv2.blendLinear(under, over, 255 - above, above), np.uint8)


def _resize(image: Image, factor: float) -> Image:
    width = max(1, round(image.shape[1] * factor))
    height = max(1, round(image.shape[0] * factor))
    # A little smaller looks as well by interpolation, which takes a fraction of the time.
    method = cv2.INTER_AREA if factor < 0.7 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), np.uint8)

"""Drawing on RGB images: text, panels, images in rounded frames, small marks.

Nothing here knows the game.
"""

from functools import lru_cache
from typing import Literal, NamedTuple

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.ui.fonts.faces import font_for

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]
"""Left, top, width, height."""
Align = Literal["left", "centre", "right"]

_MAX_CROP = 1.35  # an image is cropped to fill its box if it is at most this much too long
_SUPERSAMPLING = 4  # shapes are drawn this much larger, then shrunk: smooth edges at any size


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
        self._blend(left, top, rounded(width, height, round(radius)), colour, opacity)

    def outline(self, box: Box, colour: Colour, thickness: float, radius: float) -> None:
        """Draw the edge of a box, inside it, with rounded corners."""
        left, top, width, height = (round(value) for value in box)
        edge = max(1, round(thickness))
        mask = _rim(width, height, round(radius), edge)
        band = max(edge, round(radius))
        if height <= 2 * band:
            self._blend(left, top, mask, colour, 1.0)
            return
        # Blend only the rim: most of a card's mask is empty.
        sides, right, low = mask[band:-band], left + width - edge, top + height - band
        self._blend(left, top, mask[:band], colour, 1.0)
        self._blend(left, low, mask[-band:], colour, 1.0)
        self._blend(left, top + band, sides[:, :edge], colour, 1.0)
        self._blend(right, top + band, sides[:, -edge:], colour, 1.0)

    def image(self, image: Image, box: Box, radius: float) -> None:
        """Draw an image of the size of the box with rounded corners; ``image`` is changed."""
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
        """Draw an RGBA image over this one, clipped at the edges."""
        x, y = round(left), round(top)
        x0, y0 = max(0, x), max(0, y)
        x1 = min(self.width, x + image.shape[1])
        y1 = min(self.height, y + image.shape[0])
        if x0 >= x1 or y0 >= y1:
            return
        piece = image[y0 - y : y1 - y, x0 - x : x1 - x]
        alpha = np.asarray(cv2.extractChannel(piece, 3), np.uint8)
        column, row, width, height = cv2.boundingRect(alpha)  # most of an image may be transparent
        if width:
            here = slice(row, row + height), slice(column, column + width)
            part = self.pixels[y0:y1, x0:x1][here]
            part[:] = _mix(part, piece[here][..., :3], alpha[here])

    def disc(self, at: tuple[float, float], radius: float, colour: Colour) -> None:
        """Fill a circle."""
        self.panel((at[0] - radius, at[1] - radius, 2 * radius, 2 * radius), colour, 1.0, radius)

    def ring(
        self, at: tuple[float, float], radius: float, colour: Colour, thickness: float
    ) -> None:
        """Draw the edge of a circle, inside it."""
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


def darken(canvas: Canvas, light: float) -> None:
    """Multiply all pixels by a factor below 1.

    Examples:
        >>> canvas = Canvas(np.full((2, 2, 3), 200, np.uint8))
        >>> darken(canvas, 0.1)
        >>> canvas.pixels[0, 0].tolist()
        [20, 20, 20]
    """
    canvas.pixels[:] = (canvas.pixels * np.float32(light)).astype(np.uint8)


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


@lru_cache(maxsize=64)
def rounded(width: int, height: int, radius: int) -> Image:
    """Make a mask of a box with rounded corners: uint8 ``[height, width]``, 255 inside, read-only.

    Examples:
        >>> mask = rounded(40, 20, radius=8)
        >>> mask.shape, int(mask[0, 0]), int(mask[10, 20])
        ((20, 40), 0, 255)
    """
    width, height = max(1, width), max(1, height)
    radius = min(radius, width // 2, height // 2)
    mask = np.full((height, width), 255, np.uint8)
    if radius > 0:
        side = radius * _SUPERSAMPLING
        disc = np.zeros((2 * side, 2 * side), np.uint8)
        cv2.circle(disc, (side, side), side, 255, cv2.FILLED)
        disc = np.asarray(cv2.resize(disc, (2 * radius,) * 2, interpolation=cv2.INTER_AREA))
        mask[:radius, :radius] = disc[:radius, :radius]
        mask[:radius, -radius:] = disc[:radius, radius:]
        mask[-radius:, :radius] = disc[radius:, :radius]
        mask[-radius:, -radius:] = disc[radius:, radius:]
    mask.flags.writeable = False
    return mask


@lru_cache(maxsize=64)
def _rim(width: int, height: int, radius: int, edge: int) -> Image:
    """Make a mask like `rounded`, but only of a band along the edge, ``edge`` pixels wide."""
    mask = rounded(width, height, radius).copy()
    inner = rounded(width - 2 * edge, height - 2 * edge, max(0, radius - edge))
    mask[edge:-edge, edge:-edge] -= np.minimum(inner, mask[edge:-edge, edge:-edge])
    mask.flags.writeable = False
    return mask


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


def _mix(under: Image, over: Image, alpha: Image) -> Image:
    """Blend two images; ``alpha`` is the weight of ``over``, 0 to 255. Rounds to nearest."""
    above = alpha.astype(np.float32)
    # OpenCV adds a tiny epsilon to the sum of the weights, which is negligible next to 255.
    return np.asarray(cv2.blendLinear(under, over, 255 - above, above), np.uint8)


def _resize(image: Image, factor: float) -> Image:
    width = max(1, round(image.shape[1] * factor))
    height = max(1, round(image.shape[0] * factor))
    # For slight shrinking, interpolation looks as good and takes a fraction of the time.
    method = cv2.INTER_AREA if factor < 0.7 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), np.uint8)

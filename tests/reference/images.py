"""Draws the images of the reference vectors.

They are drawn once: floating-point functions differ in their last bit between systems, so drawing
them again would not give the same pixels everywhere.
"""

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from rps_game.gestures import Gesture
from rps_game.hands import HandLook, draw_hand, draw_scene
from rps_game.hands.backgrounds import background
from tests.reference.files import FOLDER, write_image

_SEED = 20_261_126
_SHADES = 0b11111000  # 32 per channel: what is drawn takes a third of the space


def _scene(gesture: Gesture, width: int, height: int, seed: int) -> np.ndarray:
    """The middle of a drawn scene with a background."""
    side = max(width, height)
    scene = draw_scene(gesture, np.random.default_rng(_SEED + seed), side)
    left, top = (side - width) // 2, (side - height) // 2
    return scene[top : top + height, left : left + width]


def _empty(width: int, height: int, seed: int) -> np.ndarray:
    """A background without a hand."""
    scene = background(np.random.default_rng(_SEED + seed), width)
    return np.round(np.clip(scene[:height], 0, 255)).astype(np.uint8)


def _in_the_dark(
    gesture: Gesture, size: tuple[int, int], middle: tuple[float, float], side: int, look: HandLook
) -> np.ndarray:
    """A hand of ``side`` pixels with its middle at a place of a dark image, which may crop it."""
    width, height = size
    across, down = np.linspace(8, 48, width), np.linspace(8, 40, height)
    shades = np.stack(np.broadcast_arrays(across[None], down[:, None], 24.0), axis=2)
    hand = draw_hand(gesture, look, side).astype(np.float32)
    move = np.array([[1, 0, middle[0] - side / 2], [0, 1, middle[1] - side / 2]])
    hand = cv2.warpAffine(hand, move, size)
    alpha = hand[..., 3:] / 255
    return np.round(shades * (1 - alpha) + hand[..., :3] * alpha).astype(np.uint8)


IMAGES: Mapping[str, Callable[[], np.ndarray]] = {
    "landscape": lambda: _scene(Gesture.ROCK, 320, 240, 1),
    "portrait": lambda: _in_the_dark(
        Gesture.PAPER, (240, 320), (110, 190), 150, HandLook(roll=70, yaw=15)
    ),
    "wide": lambda: _in_the_dark(
        Gesture.SCISSORS, (640, 360), (600, 150), 170, HandLook(roll=-140, mirror=True)
    ),
    "tall": lambda: _in_the_dark(
        Gesture.ROCK, (200, 500), (90, 410), 120, HandLook(roll=25, skin=(120, 80, 58))
    ),
    "small": lambda: _in_the_dark(
        Gesture.SCISSORS, (640, 480), (130, 370), 96, HandLook(roll=160, sleeve=None)
    ),
    "grey": lambda: _scene(Gesture.SCISSORS, 96, 96, 5).mean(axis=2).astype(np.uint8),
    "tiny": lambda: _scene(Gesture.PAPER, 16, 12, 6),
    "square": lambda: _scene(Gesture.PAPER, 256, 256, 7),
    "odd": lambda: _scene(Gesture.SCISSORS, 251, 167, 8),
    "between": lambda: _in_the_dark(Gesture.ROCK, (160, 120), (90, 60), 110, HandLook(roll=-30)),
    "other": lambda: _scene(Gesture.NONE, 192, 144, 11),  # a gesture that is not a move
    "empty": lambda: _empty(192, 144, 12),
    "large": lambda: (
        _in_the_dark(Gesture.PAPER, (434, 302), (260, 160), 260, HandLook(roll=-60, pitch=20))
        .repeat(3, axis=0)
        .repeat(3, axis=1)
    ),
}
"""What draws each image, by its name."""


def path_of(name: str) -> str:
    """The path of an image in the folder of the vectors."""
    return f"images/{name}.png"


def draw_missing() -> None:
    """Draw the images that do not exist."""
    for name, draw in IMAGES.items():
        if not (FOLDER / path_of(name)).exists():
            write_image(path_of(name), draw() & np.uint8(_SHADES))

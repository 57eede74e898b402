"""Draws what a camera sees of a player.

``python draw_hands.py FOLDER`` writes rock.png, paper.png, scissors.png and none.png.
"""

import sys
from pathlib import Path

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.gestures import Gesture
from rps_game.hands import HandLook, draw_hand

WIDTH, HEIGHT = 640, 480
LOOK = HandLook(scale=0.8, skin=(205, 150, 120), sleeve=(70, 90, 150))


def frame(gesture: Gesture) -> Image:
    """A camera's frame, uint8 RGB: a hand in front of a wall, or the wall alone."""
    shade = np.linspace(150, 190, WIDTH, dtype=np.float32)
    image = np.repeat(np.repeat(shade[None, :, None], HEIGHT, 0), 3, 2) * (0.95, 1.0, 1.04)
    if gesture.is_move:
        hand = draw_hand(gesture, LOOK, HEIGHT).astype(np.float32)
        part = image[:, (WIDTH - HEIGHT) // 2 : (WIDTH + HEIGHT) // 2]
        alpha = hand[..., 3:] / 255
        part[:] = part * (1 - alpha) + hand[..., :3] * alpha
    return image.clip(0, 255).astype(np.uint8)


def main() -> None:
    """Write the images."""
    folder = Path(sys.argv[1])
    for gesture in Gesture:
        path = folder / f"{gesture}.png"
        if not cv2.imwrite(str(path), cv2.cvtColor(frame(gesture), cv2.COLOR_RGB2BGR)):
            sys.exit(f"cannot write {path}")


if __name__ == "__main__":
    main()

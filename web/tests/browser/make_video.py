"""Makes a video of drawn hands for Chromium's fake camera.

    python make_video.py OUT.y4m SLOW MOVE...

A fist starts the match. In each round the move is shown from shortly after "shoot" until well after
its result. Then the hand is lowered, which begins the next round, so that video and match stay
together however unevenly they run. SLOW makes everything take that many times as long.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.gestures import Gesture
from rps_game.hands import HandLook, draw_hand

WIDTH, HEIGHT = 640, 480
FPS = 10  # frames per second if nothing is slow; Chromium's fake camera needs whole numbers
LEAST_FPS = 3
LOOK = HandLook(scale=0.8, skin=(205, 150, 120), sleeve=(70, 90, 150))


def schedule(moves: list[Gesture]) -> list[tuple[Gesture | None, float]]:
    """What is shown, None for no hand, and for how many seconds of the match."""
    parts: list[tuple[Gesture | None, float]] = [(None, 1.0), (Gesture.ROCK, 1.5)]
    for move in moves:  # "shoot" is 1.8 s after the beginning of a round, the result a second later
        parts += [(Gesture.ROCK, 1.4), (move, 3.1), (None, 0.8)]
    return [*parts[:-1], (Gesture.ROCK, 10.0)]  # a fist that is not lowered starts no other match


def frame(gesture: Gesture | None) -> Image:
    """A camera's frame, uint8 RGB: a hand in front of a wall."""
    shade = np.linspace(150, 190, WIDTH, dtype=np.float32)
    image = np.repeat(np.repeat(shade[None, :, None], HEIGHT, 0), 3, 2) * (0.95, 1.0, 1.04)
    if gesture is not None:
        hand = draw_hand(gesture, LOOK, HEIGHT).astype(np.float32)
        part = image[:, (WIDTH - HEIGHT) // 2 : (WIDTH + HEIGHT) // 2]
        alpha = hand[..., 3:] / 255
        part[:] = part * (1 - alpha) + hand[..., :3] * alpha
    return image.clip(0, 255).astype(np.uint8)


def video(slow: int, moves: list[Gesture]) -> Iterator[bytes]:
    """The parts of a Y4M file."""
    fps = max(FPS // slow, LEAST_FPS)
    yield f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{fps}:1 Ip A1:1 C420\n".encode()
    for gesture, seconds in schedule(moves):
        image = cv2.cvtColor(frame(gesture), cv2.COLOR_RGB2YUV_I420)
        yield (b"FRAME\n" + image.tobytes()) * round(fps * slow * seconds)


def main() -> None:
    """Write the video."""
    out, slow, *moves = sys.argv[1:]
    with Path(out).open("wb") as file:
        file.writelines(video(int(slow), [Gesture(move) for move in moves]))


if __name__ == "__main__":
    main()

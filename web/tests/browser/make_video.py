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
EMPTY = 1.0  # seconds at the beginning, without a hand
START = 2.15  # the match begins: a fist has been up for a second
PERIOD = 5.25  # from one round to the next, which begins when no hand has been seen for 0.3 s
SHOWN = 1.75, 4.8  # in a round: when the move is shown; "shoot" is at 1.8, the result at 2.8
FIST = 5.6  # in a round: when the next one's fist comes
END = 20.0  # seconds at the end: a fist that is not lowered starts no other match
LOOK = HandLook(scale=0.8, skin=(205, 150, 120), sleeve=(70, 90, 150))


def gesture_at(time: float, moves: list[Gesture]) -> Gesture | None:
    """What is shown at a time; None for no hand."""
    if time < EMPTY:
        return None
    number, within = divmod(time - START, PERIOD)
    if within < FIST - PERIOD and 0 < number < len(moves):
        return None
    if within < SHOWN[0] or not 0 <= number < len(moves):
        return Gesture.ROCK
    if within < SHOWN[1]:
        return moves[int(number)]
    return Gesture.ROCK if number == len(moves) - 1 else None


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
    drawn: dict[Gesture | None, bytes] = {}
    for number in range(round(fps * slow * (START + PERIOD * len(moves) + END))):
        gesture = gesture_at(number / (fps * slow), moves)
        if gesture not in drawn:
            drawn[gesture] = cv2.cvtColor(frame(gesture), cv2.COLOR_RGB2YUV_I420).tobytes()
        yield b"FRAME\n" + drawn[gesture]


def main() -> None:
    """Write the video."""
    out, slow, *moves = sys.argv[1:]
    with Path(out).open("wb") as file:
        file.writelines(video(int(slow), [Gesture(move) for move in moves]))


if __name__ == "__main__":
    main()

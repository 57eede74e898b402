"""The synthetic camera of the soak test: a drawn player at 30 fps, every frame numbered."""

import itertools
import random
import time
from dataclasses import replace

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.gestures import MOVES, Gesture
from rps_game.match import State
from rps_game.match.rules import LIVE, Rules
from rps_game.match.state import Phase
from rps_game.sources.base import Frame
from rps_game.sources.demo import DemoSource
from rps_game.sources.live import LiveSource

RATE = 30.0
"""Frames per second."""


class Player:
    """A player, drawn in advance: the image for each moment of a match."""

    def __init__(self, size: tuple[int, int], seed: int) -> None:
        """Draw the shaking fists and the open hand of each move, and the empty scene."""
        demo, count = DemoSource(seed), itertools.count()
        self._fists: dict[Gesture, list[Image]] = {}
        self._open: dict[Gesture, Image] = {}
        countdown = State(Rules(timing=LIVE), Phase.COUNTDOWN)
        while len(self._open) < len(MOVES):
            now = demo.read().time
            demo.follow(replace(countdown, since=now, attempt=next(count)))
            beat = [_fit(demo.read().image, size) for _ in range(round(LIVE.countdown * 10))]
            move = demo.shown[-1]
            self._fists[move] = beat[::3]
            demo.follow(replace(countdown, phase=Phase.WINDOW))
            self._open[move] = _fit(demo.read().image, size)
        demo.follow(replace(countdown, phase=Phase.REVEAL, since=-60.0))
        self._empty = _fit(demo.read().image, size)
        self._rng = random.Random(seed)
        self._round: tuple[int, int, float] | None = None
        self._move = MOVES[0]

    def at(self, state: State, now: float) -> Image:
        """The current image: a fist starts a match, and the hand disappears after a round."""
        since = now - state.since
        fists = self._fists[self._move]
        match state.phase:
            case Phase.COUNTDOWN if now < state.shoot:
                begun = (state.round, state.attempt, state.since)
                if begun != self._round:
                    self._round, self._move = begun, self._rng.choice(MOVES)
                return fists[int(since * 10) % len(fists)]
            case Phase.COUNTDOWN | Phase.WINDOW:
                return self._open[self._move]
            case Phase.REVEAL | Phase.REPEAT:
                return self._open[self._move] if since < 1.2 else self._empty
            case _:
                return fists[0] if since > 1.5 else self._empty


class Camera:
    """A device that delivers a new frame every thirtieth of a second.

    The first pixels of a frame hold its number, which identifies it when it is shown.
    """

    def __init__(self, player: Player) -> None:
        self.state = State(Rules(timing=LIVE))
        self.delivered: dict[int, float] = {}
        self._player = player
        self._start = time.monotonic()
        self._number = 0

    def grab(self) -> Image:
        """The next frame, when it is due."""
        self._number += 1
        due = self._start + self._number / RATE
        time.sleep(max(0.0, due - time.monotonic()))
        image = self._player.at(self.state, time.monotonic() - self._start).copy()
        image.reshape(-1)[:8] = np.frombuffer(self._number.to_bytes(8, "little"), np.uint8)
        self.delivered[self._number] = time.monotonic()
        self.delivered.pop(self._number - 300, None)  # older than ten seconds: no longer needed
        return image

    def release(self) -> None:
        """Does nothing."""


class Stamped(LiveSource):
    """The live source, which passes the state to the camera and remembers the frame read."""

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self.number = 0
        super().__init__("soak", camera, lambda: None, mirror=True)

    def follow(self, state: State) -> None:
        """Pass the state of the match to the player."""
        self._camera.state = state

    def read(self) -> Frame:
        """The newest frame."""
        frame = super().read()
        stamp: bytes = frame.image.reshape(-1)[:8].tobytes()
        self.number = int.from_bytes(stamp, "little")
        return frame


def _fit(image: Image, size: tuple[int, int]) -> Image:
    """Scale an image to a camera's height; where the camera is wider, mirror the sides."""
    height = size[1]
    scaled = cv2.resize(image, (round(image.shape[1] * height / image.shape[0]), height))
    side = (size[0] - scaled.shape[1]) // 2
    return np.asarray(cv2.copyMakeBorder(scaled, 0, 0, side, side, cv2.BORDER_REFLECT), np.uint8)

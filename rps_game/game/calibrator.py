"""Runs a calibration in the window: starts and ends it, and measures the hands in frames."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from rps_game.arrays import Image
from rps_game.calibration.machine import Calibration
from rps_game.calibration.readings import Reading, place
from rps_game.gestures import Gesture
from rps_game.match import State
from rps_game.match.state import Phase
from rps_game.match.triggers import HandTrigger
from rps_game.recognition.recognizer import RecognizedFrame, RecognizedHand
from rps_game.ui.display import Key

_STEP = 8  # one pixel in this many, on each axis, is enough for a mean luminance
_LUMINANCE = 0.299, 0.587, 0.114  # of red, green and blue


@dataclass
class Calibrator:
    """The calibration of a session.

    Attributes:
        show: Called with the move that the player is asked to show, and with None at the end; this
            is how the animated player plays along.
        calibration: The calibration in progress, or its results; None while there is none.

    Examples:
        >>> calibrator = Calibrator()
        >>> state = calibrator.press(Key.CALIBRATE, State(), time=0.0)
        >>> calibrator.calibration.step.move
        <Gesture.ROCK: 'rock'>
    """

    show: Callable[[Gesture | None], None] = lambda move: None
    calibration: Calibration | None = None

    def press(self, key: Key, state: State, time: float) -> State | None:
        """Act on a key; the calibration starts on the title screen only.

        Args:
            key: The key.
            state: The match.
            time: In seconds of the source.

        Returns:
            The match, which waits anew: a fist shown to the calibration must be lowered before one
            starts the match. None if the key is not meant for the calibration.
        """
        calibration = self.calibration
        new = Calibration(2 if state.rules.two_players else 1, since=time)
        waiting = replace(state, since=time, trigger=HandTrigger(armed=False))
        if calibration is None:
            title = state.phase is Phase.READY and state.untouched
            if key is not Key.CALIBRATE or not title:
                return None
            self._set(new)
            return waiting
        over = calibration.step is None
        match key:
            case Key.QUIT | Key.RESTART:
                self._set(None)
            case Key.NEXT:
                self._set(None if over else calibration.skip(time))
            case Key.CALIBRATE:
                self._set(new if over else calibration)
            case _:
                return None
        return waiting

    def see(self, frame: RecognizedFrame, time: float) -> None:
        """Use a new frame, if a calibration is in progress.

        Args:
            frame: What was recognized in it.
            time: In seconds of the source.
        """
        calibration = self.calibration
        if calibration is not None and calibration.step is not None:
            hand = frame.hands[calibration.step.player]
            self._set(calibration.see(read_hand(frame.image, hand, time)))

    def _set(self, calibration: Calibration | None) -> None:
        before = self.calibration.step if self.calibration else None
        after = calibration.step if calibration else None
        self.calibration = calibration
        if before != after:
            self.show(after.move if after else None)


def read_hand(image: Image, hand: RecognizedHand, time: float) -> Reading:
    """What a frame shows of a hand.

    Args:
        image: The frame, uint8 RGB ``[height, width, 3]``.
        hand: What was recognized in it.
        time: In seconds of the source.
    """
    left, top, width, height = hand.region
    pixels = hand.region.of(image)[::_STEP, ::_STEP].reshape(-1, 3)
    luminance = float(pixels.mean(axis=0) @ np.array(_LUMINANCE)) / 255
    placement = None
    if hand.landmarks is not None:
        points = [(x - left, y - top) for x, y in hand.landmarks]
        placement = place(points, (width, height))
    return Reading(time, hand.probabilities, luminance, placement)

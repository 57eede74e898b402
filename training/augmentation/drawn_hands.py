"""Chooses the appearance of the drawn hands among the training images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rps_game.gestures import MOVES, Gesture
from rps_game.hands import HandLook, random_look
from training.augmentation.framing import Generator

# Other hands that differ from a fist only when seen from the palm's side.
_LIKE_FISTS = ("pinch", "relaxed")

_HARD_SEED = 7  # distinguishes the seeds of hard views from those of scenes
_HARD_OFFSET = 100_000  # no hand in a hard view resembles one of the others


def drawn_looks(usual: int, hard: int) -> list[tuple[Gesture, HandLook]]:
    """The gestures and looks of `usual` hands of every label, and of `hard` ones of every move.

    Examples:
        >>> len(drawn_looks(usual=2, hard=1))
        11
    """
    return [
        *((gesture, training_look(gesture, each)) for gesture in Gesture for each in range(usual)),
        *((move, hard_look(move, each)) for move in MOVES for each in range(hard)),
    ]


def training_look(gesture: Gesture, number: int) -> HandLook:
    """The appearance of the hand of that number among the drawn hands of a gesture.

    Examples:
        >>> training_look(Gesture.ROCK, 3) == training_look(Gesture.ROCK, 3)
        True
    """
    rng = np.random.default_rng((tuple(Gesture).index(gesture), number))
    look = random_look(rng, gesture)
    if gesture is Gesture.PAPER and rng.random() < 0.15:
        # Edge on, as for a handshake, with the fingers together.
        yaw = float(np.copysign(rng.uniform(60, 115), rng.normal()))
        look = replace(look, yaw=yaw, variant=float(rng.uniform(0.6, 1)))
    elif gesture is Gesture.NONE and look.other in _LIKE_FISTS and abs(look.yaw) > 90:
        look = replace(look, yaw=look.yaw - 180)
    return look


def hard_look(move: Gesture, number: int) -> HandLook:
    """The appearance of a hand in a view in which its move is hard to recognise.

    Flat hands and scissors point at the camera, or away from it, or are seen edge on; fists are
    seen from any side.

    Examples:
        >>> hard_look(Gesture.SCISSORS, 3) == hard_look(Gesture.SCISSORS, 3)
        True
    """
    rng = np.random.default_rng((tuple(Gesture).index(move), number, _HARD_SEED))
    look = training_look(move, _HARD_OFFSET + number)
    side = 180.0 if rng.random() < 0.5 else 0.0
    draw = rng.random()
    if move is Gesture.PAPER:
        return _hard_paper(look, side, draw, rng)
    if move is Gesture.SCISSORS:
        if draw < 0.5:
            yaw, pitch = side + rng.normal(0, 25), rng.uniform(35, 75)
        else:
            yaw = side + np.copysign(rng.uniform(35, 70), rng.normal())
            pitch = rng.normal(0, 25)
    else:
        yaw, pitch = rng.uniform(-180, 180), rng.uniform(-50, 85)
    return replace(look, yaw=float(yaw), pitch=float(pitch))


def _hard_paper(look: HandLook, side: float, draw: float, rng: Generator) -> HandLook:
    variant = rng.uniform(0, 1)
    if draw < 0.5:
        yaw, pitch = side + rng.normal(0, 30), rng.uniform(40, 88)
    elif draw < 0.7:
        yaw, pitch = side + rng.normal(0, 25), rng.uniform(-75, -35)
    else:
        yaw = np.copysign(rng.uniform(60, 115), rng.normal())
        pitch, variant = rng.normal(0, 30), rng.uniform(0.5, 1)
    return replace(look, yaw=float(yaw), pitch=float(pitch), variant=float(variant))

"""Chooses the appearance of the drawn hands among the training images."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from rps_game.gestures import MOVES, Gesture
from rps_game.hands import HandLook, draw_hand, random_look
from training.augmentation.framing import Generator
from training.data.photos import Images, Labels

# Other hands that differ from a fist only when seen from the palm's side.
_LIKE_FISTS = ("pinch", "relaxed")

_HARD_SEED = 7  # distinguishes the seeds of hard views from those of scenes
_HARD_OFFSET = 100_000  # no hand in a hard view resembles one of the others
_UPRIGHT_SEED = 8
_UNSEEN_SEED = 9


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
    if draw < 0.35:
        yaw, pitch = side + rng.normal(0, 30), rng.uniform(40, 88)
    elif draw < 0.5:
        yaw, pitch = side + rng.normal(0, 25), rng.uniform(-75, -35)
    elif draw < 0.75:
        yaw = np.copysign(rng.uniform(60, 115), rng.normal())
        pitch, variant = rng.normal(0, 30), rng.uniform(0.5, 1)
    else:
        # Nearly edge on: a gap between two fingers makes it look like scissors.
        yaw = side + np.copysign(rng.uniform(35, 80), rng.normal())
        pitch, variant = rng.normal(0, 20), rng.uniform(0.4, 1)
    return replace(look, yaw=float(yaw), pitch=float(pitch), variant=float(variant))


def upright_look(move: Gesture, number: int, unseen: bool = False) -> HandLook:
    """The appearance of a hand as in the TFDS data set: a right hand's back, from below.

    Args:
        move: what the hand shows.
        number: of the hand.
        unseen: whether the hand is of a build that no hand in training has: its fingers are longer
            or shorter than all of theirs, and thicker or thinner.

    Examples:
        >>> usual, unseen = (upright_look(Gesture.PAPER, 3, unseen) for unseen in (False, True))
        >>> 0.88 <= usual.length <= 1.12, 0.88 <= unseen.length <= 1.12
        (True, False)
    """
    seed = _UNSEEN_SEED if unseen else _UPRIGHT_SEED
    rng = np.random.default_rng((tuple(Gesture).index(move), number, seed))
    look = replace(
        random_look(rng, move),
        yaw=180 + float(rng.normal(0, 18)),
        pitch=float(rng.normal(0, 12)),
        roll=float(rng.normal(0, 8)),
        scale=float(rng.uniform(0.5, 1.2)),
        mirror=False,
        # As in a studio.
        ambient=float(rng.uniform(0.5, 0.8)),
        exposure=float(rng.uniform(0.85, 1.15)),
        warmth=float(rng.normal(0, 0.2)),
    )
    if rng.random() < 0.7:
        look = replace(look, sleeve=None)
    if not unseen:
        return look
    long, thick = rng.random(2) < 0.5
    return replace(
        look,
        length=float(rng.uniform(1.14, 1.22) if long else rng.uniform(0.78, 0.86)),
        girth=float(rng.uniform(1.22, 1.35) if thick else rng.uniform(0.74, 0.83)),
    )


def hands_on_white(
    numbers: Iterable[int], size: int, unseen: bool = False
) -> tuple[Images, Labels]:
    """Drawn hands before white, as in the TFDS data set: some of every move.

    Args:
        numbers: of the hands of each move.
        size: side of the images in pixels.
        unseen: whether their builds are unlike those of all hands in training.

    Returns:
        Images uint8 [N, size, size, 3] RGB and labels int64 [N] in the order of `GESTURES`.

    Examples:
        >>> images, labels = hands_on_white([0, 1], 32)
        >>> images.shape, labels.tolist()
        ((6, 32, 32, 3), [0, 1, 2, 0, 1, 2])
    """
    pairs = [(label, number) for number in numbers for label in range(len(MOVES))]

    def draw(pair: tuple[int, int]) -> Images:
        label, number = pair
        move = MOVES[label]
        hand = draw_hand(move, upright_look(move, number, unseen), size).astype(np.float32)
        alpha = hand[..., 3:] / 255
        return np.rint(hand[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)

    with ThreadPoolExecutor() as pool:
        return np.stack(list(pool.map(draw, pairs))), np.array([label for label, _ in pairs])

"""Pools of a few images in which the places of hands are known."""

from dataclasses import replace

import numpy as np
import pytest

from rps_game.gestures import Gesture
from rps_game.hands import HandLook, draw_hand, hand_landmarks
from training.augmentation.annotations import (
    AnnotatedImage,
    marked_by_landmarks,
    marked_by_outline,
)
from training.augmentation.cutouts import locate_arm
from training.augmentation.image_pools import ImagePools
from training.recipes.catalogue import get_recipe

HEIGHT, WIDTH = 90, 120


def photograph(gesture, shift=(0.1, 0.0)):
    """A drawn hand on black in a wide photograph."""
    look = HandLook(sleeve=None, skin=(230, 190, 160), ambient=0.9, scale=0.6, shift=shift)
    hand = draw_hand(gesture, look, HEIGHT)
    image = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    image[:, 10 : 10 + HEIGHT] = hand[..., :3] * (hand[..., 3:] > 127)
    points = hand_landmarks(gesture, look, HEIGHT) + np.array([10, 0])
    return AnnotatedImage(image, (marked_by_landmarks(points),), complete=True)


def cut_out(gesture, landmarks=True):
    look = HandLook(sleeve=None, skin=(230, 190, 160), ambient=0.9, scale=0.6)
    cut = locate_arm(draw_hand(gesture, look, 100))
    points = hand_landmarks(gesture, look, 100)
    hand = marked_by_landmarks(points) if landmarks else marked_by_outline(cut)
    return AnnotatedImage(cut, (hand,), complete=True)


@pytest.fixture(scope="session")
def hand_pools():
    """One hand of each class and kind; dark backgrounds and, among `none`, a plain photograph."""
    photos = {gesture.value: {"s": [photograph(gesture)]} for gesture in Gesture}
    plain = AnnotatedImage(np.full((60, 80, 3), 20, np.uint8), complete=True)
    photos["none"]["empty"] = [plain]
    cuts = {gesture.value: {"s": [cut_out(gesture)]} for gesture in Gesture}
    outlines = {
        gesture.value: {"s": [cut_out(gesture, landmarks=False)]} for gesture in list(Gesture)[:3]
    }
    return ImagePools(photos, outlines, cuts, cuts, cuts, cuts, {}, {"s": [plain]})


@pytest.fixture(scope="session")
def close_up_recipe():
    return replace(get_recipe("close-up"), image_size=64, batch_size=6)


@pytest.fixture(scope="session")
def finder_recipe():
    return replace(get_recipe("finder"), image_size=96, batch_size=6)

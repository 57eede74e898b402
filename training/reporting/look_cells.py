"""The close-ups that the second network of a model sees, for a contact sheet."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from rps_game.arrays import Image
from rps_game.recognition.networks.two_looks import TwoLooks
from rps_game.recognition.views import locate, transform
from rps_game.ui.canvas import Canvas
from rps_game.ui.style import mark_hand
from training.data.labelled_images import LabelledImages
from training.reporting.contact_sheet import SheetCell

RIGHT, WRONG = (60, 170, 60), (220, 40, 40)
"""Colours of the hand's mark, by whether the answer is right."""

_SCALE, _UNIT = 2, 0.6  # of the drawn view relative to the network's, and of the lines


def choose_looks(
    wrong: NDArray[np.bool_], count: int, seed: int, only_wrong: bool = False
) -> list[int]:
    """Choose images at random, in ascending order.

    Args:
        wrong: whether the answer about each of the N images is wrong, [N].
        count: how many to choose; all if there are fewer.
        seed: of the choice.
        only_wrong: choose among the wrong ones.

    Examples:
        >>> choose_looks(np.array([False, True, True, False]), 3, seed=0, only_wrong=True)
        [1, 2]
    """
    candidates = np.flatnonzero(wrong) if only_wrong else np.arange(len(wrong))
    chosen = np.random.default_rng(seed).permutation(candidates)[:count]
    return sorted(map(int, chosen))


def look_cells(
    looks: TwoLooks,
    samples: LabelledImages,
    probabilities: NDArray[np.float32],
    numbers: Sequence[int],
) -> list[SheetCell]:
    """The close-ups of some images as the second network sees them, with the landmarks it finds.

    Each has the answer and its probability, the truth and the source; wrong answers and their hands
    are red.

    Args:
        looks: the model.
        samples: N images, prepared for it.
        probabilities: the model's answers about them, float32 [N, K].
        numbers: which of the images.
    """
    cells = []
    for number in numbers:
        image, row = samples.images[number].detail, probabilities[number]
        answer, truth = looks.labels[int(row.argmax())], samples.labels[number]
        colour = RIGHT if answer == truth else WRONG
        hands = looks.search([image]).hands
        ((view, matrix),) = looks.close_ups([image], hands)
        landmarks = transform(looks.look_carefully(image, hands[0])[1], matrix)
        cells.append(
            SheetCell(
                (_marked(view, landmarks, colour),),
                f"{answer} {row.max():.2f}",
                f"{truth} · {samples.sources[number]}",
                WRONG if answer != truth else None,
            )
        )
    return cells


def _marked(view: Image, landmarks: NDArray[np.float64], colour: tuple[int, int, int]) -> Image:
    """The view, enlarged, with the hand's box and skeleton."""
    sides = (_SCALE * view.shape[1], _SCALE * view.shape[0])
    large = cv2.resize(view, sides, interpolation=cv2.INTER_NEAREST)
    points = landmarks * _SCALE
    hand = locate(points)
    box = hand.x - hand.width / 2, hand.y - hand.height / 2, hand.width, hand.height
    canvas = Canvas(np.asarray(large, np.uint8))
    mark_hand(canvas, _UNIT, box, points, colour)
    return canvas.pixels

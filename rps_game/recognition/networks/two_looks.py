"""Classifies images in two looks: one at the whole image, to find the hand, and one close up.

The second network classifies the hand. The less certain the first one is that there is a
hand, the more probable it is that the image shows none.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PureWindowsPath
from typing import NamedTuple

import numpy as np

from rps_game.arrays import Floats, Image
from rps_game.recognition.close_up import close_up
from rps_game.recognition.networks.framing import Framing, framing, hand_in_image, in_image
from rps_game.recognition.networks.model_file import ModelError, unsuitable
from rps_game.recognition.networks.network import HAND, LANDMARKS_OUTPUT, PROBABILITIES, Network
from rps_game.recognition.networks.prepared import PreparedImage
from rps_game.recognition.networks.weights import Weights
from rps_game.recognition.regions import overlapping_squares
from rps_game.recognition.resize import letterbox
from rps_game.recognition.views import HandLocation, Matrix, Points, close_up_matrix, resized

UNSURE = 0.65
"""Below this score for a whole image, squares of a long image are searched as well."""

STILL_SIZES = 0.85, 1.15
"""Sizes of the two close-ups of a hand in a still image, relative to the one in a video."""


class Found(NamedTuple):
    """What a finder answers about images.

    Attributes:
        hands: Where the most likely hand of each is, in pixels.
        scores: How certain it is that there is a hand, 0 to 1.
    """

    hands: list[HandLocation]
    scores: list[float]


class Closer(NamedTuple):
    """What close-ups show.

    Attributes:
        probabilities: ``[N, K]``.
        landmarks: Of each, ``[21, 2]`` in pixels of the image.
        framings: How each hand is framed.
    """

    probabilities: Floats
    landmarks: list[Points]
    framings: list[Framing]


class TwoLooks:
    """A finder and a classifier of close-ups.

    Attributes:
        labels: The gestures that they know, in the order of their probabilities.
        view_size: Width and height in pixels of the finder's input.
        margin: Side of a close-up relative to the diagonal of the hand's box.
    """

    def __init__(
        self, finder: Network, classifier: Network, margin: float, weights: Weights
    ) -> None:
        """Combine two networks.

        Args:
            finder: Sees whole images, in letterboxes.
            classifier: Sees close-ups.
            margin: Side of a close-up relative to the diagonal of the hand's box.
            weights: For the answer from both.
        """
        self.labels = classifier.labels
        self.view_size = finder.size
        self._finder, self._classifier = finder, classifier
        self.margin, self._weights = margin, weights

    def find(self, views: Sequence[tuple[Image, Matrix]]) -> Found:
        """Look for the hands in letterboxed images.

        Args:
            views: At least one pair of a letterboxed image, uint8
                ``[view_size, view_size, 3]``, and the matrix from the image to it.
        """
        answers = self._finder.run(np.stack([view for view, _ in views]))
        hands = [
            hand_in_image(answer, self.view_size, matrix)
            for answer, (_, matrix) in zip(answers[HAND], views, strict=True)
        ]
        scores = [float(answer[0]) for answer in answers[HAND]]
        return Found(hands, scores)

    def search(self, images: Sequence[Image]) -> Found:
        """Look for the hand in each of at least one image, uint8 ``[height, width, 3]``.

        In a letterbox the hands of a wide image are small. Where there is doubt, the finder also
        looks at squares of the image, and the surest hand counts.
        """
        found = self.find([letterbox(image, self.view_size) for image in images])
        places = [
            (number, square)
            for number, image in enumerate(images)
            if found.scores[number] < UNSURE
            for square in overlapping_squares(image.shape)
        ]
        if not places:
            return found
        parts = [np.ascontiguousarray(square.of(images[number])) for number, square in places]
        closer = self.find([letterbox(part, self.view_size) for part in parts])
        for (number, square), hand, score in zip(places, closer.hands, closer.scores, strict=True):
            if score > found.scores[number]:
                found.scores[number] = score
                found.hands[number] = replace(hand, x=hand.x + square.left, y=hand.y + square.top)
        return found

    def close_ups(
        self, images: Sequence[Image], hands: Sequence[HandLocation]
    ) -> list[tuple[Image, Matrix]]:
        """What the classifier sees of one hand in each image, uint8 ``[height, width, 3]``.

        Returns:
            Pairs of a square view and the matrix from the image to it.
        """
        size = self._classifier.size
        matrices = [close_up_matrix(hand, size, self.margin) for hand in hands]
        return [
            (close_up(image, matrix, size), matrix)
            for image, matrix in zip(images, matrices, strict=True)
        ]

    def look_closely(self, images: Sequence[Image], hands: Sequence[HandLocation]) -> Closer:
        """Look at one hand in each of at least one image, uint8 ``[height, width, 3]``."""
        views = self.close_ups(images, hands)
        answers = self._classifier.run(np.stack([view for view, _ in views]))
        landmarks = [
            in_image(points, self._classifier.size, matrix)
            for points, (_, matrix) in zip(answers[LANDMARKS_OUTPUT], views, strict=True)
        ]
        framings = [framing(points, self.margin) for points in answers[LANDMARKS_OUTPUT]]
        return Closer(answers[PROBABILITIES], landmarks, framings)

    def look_carefully(self, image: Image, hand: HandLocation) -> tuple[Floats, Points]:
        """Look closely at a hand at two sizes: two opinions, whose errors differ.

        In a still image they replace the following frames of a camera.

        Args:
            image: uint8 ``[height, width, 3]``.
            hand: Where it is.

        Returns:
            The means of the probabilities, float32 ``[1, K]``, and of the landmarks, ``[21, 2]`` in
            pixels of the image.
        """
        closer = [
            # One by one: sums in a batch differ in the last bit, which can move a close-up.
            self.look_closely([image], [resized(hand, factor)])
            for factor in STILL_SIZES
        ]
        probabilities = np.mean([each.probabilities for each in closer], axis=0)
        return probabilities, np.mean([each.landmarks[0] for each in closer], axis=0)

    def classify(self, images: Sequence[PreparedImage]) -> tuple[Floats, list[Points]]:
        """Classify still images.

        Args:
            images: At least one.

        Returns:
            float32 ``[N, K]``, and the landmarks of each hand, ``[21, 2]`` in pixels of the
            original image.
        """
        answers, originals = [], []
        for image in images:
            found = self.search([image.detail])
            close, landmarks = self.look_carefully(image.detail, found.hands[0])
            answers.append(self.combine(close, found.scores))
            originals.append(image.in_original(landmarks))
        return np.concatenate(answers), originals

    def combine(self, close: Floats, scores: Sequence[float]) -> Floats:
        """The answers from the close looks' probabilities and the finder's scores.

        Args:
            close: float32 ``[N, K]``.
            scores: ``N`` of them.

        Returns:
            float32 ``[N, K]``.
        """
        return self._weights.combine(close, scores, self.labels)


def load_two_looks(classifier: Network, threads: int = 1, spinning: bool = False) -> TwoLooks:
    """Load the finder that a classifier of close-ups names.

    Args:
        classifier: Its metadata have a ``finder``.
        threads: Processor threads for one batch.
        spinning: Whether waiting threads keep their processors busy.

    Raises:
        ModelError: If the finder cannot be used, or the classifier does not say how.
    """
    path, metadata = classifier.path, classifier.metadata
    try:
        margin = _margin(metadata.get("margin", ""))
        weights = Weights.from_text(metadata.get("weights", ""))
        name = metadata["finder"]
        if name in ("", ".", "..") or PureWindowsPath(name).name != name:
            raise ModelError(f"its finder must be a file in the same folder, not {name!r}")
        if LANDMARKS_OUTPUT not in classifier.outputs:
            raise ModelError(f"it names a finder, but has no output {LANDMARKS_OUTPUT!r}")
    except ModelError as error:
        raise unsuitable(path, str(error)) from error
    try:
        finder = Network(path.with_name(name), threads, spinning)
        if not finder.finds:
            raise unsuitable(finder.path, f"as a finder it needs an output {HAND!r}")
    except ModelError as error:
        raise ModelError(f"cannot use the model {path} without its finder: {error}") from error
    return TwoLooks(finder, classifier, margin, weights)


def refuse_finder(network: Network) -> None:
    """Raise an error if a network is only a finder.

    Raises:
        ModelError: If it is; says which file to name instead.
    """
    if not network.finds:
        return
    path: Path = network.path
    other = path.with_name(path.name.replace("-finder", ""))
    known = other != path and other.is_file()
    advice = str(other) if known else "the file of the model that it belongs to"
    raise ModelError(f"{path} only finds hands, as a part of another model: name {advice} instead")


def _margin(text: str) -> float:
    try:
        margin = float(text)
    except ValueError:
        margin = math.nan
    if not 0.1 <= margin <= 10:
        raise ModelError(f"its margin must be a number from 0.1 to 10, not {text!r}")
    return margin

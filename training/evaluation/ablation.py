"""What each part of a two-network model contributes: its figures with one part changed at a time.

The finder is run once for every image. The variants of the model differ in where the close look
looks, and in whether the finder's score counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rps_game.arrays import Floats
from rps_game.recognition.networks.prepared import PreparedImage
from rps_game.recognition.networks.two_looks import STILL_SIZES, TwoLooks
from rps_game.recognition.resize import letterbox
from rps_game.recognition.views import HandLocation, resized
from training.console.output import track
from training.data.labelled_images import LabelledImages
from training.evaluation.combination import adjust_to_play, fit_weights
from training.evaluation.evaluation import known_images, score_images
from training.evaluation.location import best_match
from training.evaluation.metrics import Scores
from training.evaluation.predictors import Predictor

UNINFORMATIVE = 0.5
"""A score that does not count: its log odds are 0."""


@dataclass(frozen=True)
class Search:
    """What is known about the hand in one image, in pixels of the prepared image.

    Attributes:
        found: where the finder says it is.
        score: how certain the finder is that there is a hand.
        at_once: where the finder says it is when it sees only the whole image.
        score_at_once: how certain it is then.
        whole: a made-up hand whose close-up shows the whole image.
        true: where the landmarks are; where the hand was found if there are none.
    """

    found: HandLocation
    score: float
    at_once: HandLocation
    score_at_once: float
    whole: HandLocation
    true: HandLocation


@dataclass(frozen=True)
class Variant:
    """A model with one part changed.

    Attributes:
        name: what is different.
        places: the hands that are looked at closely; their probabilities are averaged.
        score: the finder's score for the answer.
        refitted: whether the weights of the answer are fitted again, as `training.export` does,
            on the images that the variant is measured on.
        needs_truth: whether it makes sense only where landmarks are known.
    """

    name: str
    places: Callable[[Search], Sequence[HandLocation]]
    score: Callable[[Search], float] = lambda search: search.score
    refitted: bool = False
    needs_truth: bool = False


def _twice(hand: HandLocation) -> list[HandLocation]:
    return [resized(hand, factor) for factor in STILL_SIZES]


COMPLETE = Variant("the complete model", lambda search: _twice(search.found))

VARIANTS = (
    COMPLETE,
    Variant(
        "no finder: the close look sees the whole image (weights fitted again)",
        lambda search: [search.whole],
        lambda _: UNINFORMATIVE,
        refitted=True,
    ),
    Variant(
        "the hand is not turned upright",
        lambda search: _twice(replace(search.found, angle=0.0)),
    ),
    Variant(
        "the finder's score does not count",
        lambda search: _twice(search.found),
        lambda _: UNINFORMATIVE,
    ),
    Variant(
        "the finder's score does not count (weights fitted again)",
        lambda search: _twice(search.found),
        lambda _: UNINFORMATIVE,
        refitted=True,
    ),
    Variant(
        "no search in squares of wide images",
        lambda search: _twice(search.at_once),
        lambda search: search.score_at_once,
    ),
    Variant(
        "the close look is at the true place",
        lambda search: _twice(search.true),
        needs_truth=True,
    ),
    Variant(
        "one close look instead of two, as in a video",
        lambda search: [search.found],
    ),
)
"""All that are compared."""


@dataclass(frozen=True)
class Figures:
    """The figures of one variant.

    Attributes:
        variant: its name.
        among_moves: accuracy among rock, paper and scissors, mean over sources.
        lowest: the same on the source where it is lowest.
        lowest_source: the name of this source; empty without an image of a move.
        gestures: accuracy with `none` as an answer, mean over sources.
        none_rejected: images of `none` for which no move is accepted, mean over sources.
        missed: gestures mistaken for `none`.
    """

    variant: str
    among_moves: float | None
    lowest: float | None
    lowest_source: str
    gestures: float | None
    none_rejected: float | None
    missed: float | None

    @classmethod
    def of(cls, variant: str, scores: Scores) -> Figures:
        """The figures among all scores."""
        accuracies = {
            each.source: each.among_moves.value
            for each in scores.sources
            if each.among_moves.value is not None
        }
        lowest = min(accuracies, key=lambda name: accuracies[name], default="")
        return cls(
            variant,
            scores.mean_over_sources("among_moves"),
            accuracies.get(lowest),
            lowest,
            scores.mean_over_sources("gestures"),
            scores.mean_over_sources("none_rejected"),
            scores.missed.value,
        )

    def to_json(self) -> dict[str, Any]:
        """Plain data; names as in the report of `training.evaluate`."""
        return {
            "variant": self.variant,
            "mean_gestures_among_moves_over_sources": self.among_moves,
            "lowest_gestures_among_moves": self.lowest,
            "lowest_source": self.lowest_source,
            "mean_gestures_over_sources": self.gestures,
            "mean_none_in_play_over_sources": self.none_rejected,
            "gestures_lost": self.missed,
        }


def ablation(predictor: Predictor, samples: LabelledImages, name: str) -> list[Figures]:
    """Measure a model, and if it has two looks, all its variants.

    Args:
        predictor: the model.
        samples: images, prepared for it; those of a class that the model lacks are excluded.
        name: of the model, for the progress.

    Returns:
        The complete model first. Without landmarks, none for the true place.

    Raises:
        TrainingError: no image shows a class of the model, or a prediction is not a finite number.
    """
    images, _ = known_images(predictor.labels, samples)
    what = f"measuring {name}"
    if predictor.two_looks is None:
        answers = {COMPLETE.name: predictor.probabilities(images.images, what=what)}
    else:
        answers = variant_answers(predictor.two_looks, images, what)
    return [
        Figures.of(variant, score_images(predictor.labels, images, probabilities))
        for variant, probabilities in answers.items()
    ]


def variant_answers(looks: TwoLooks, images: LabelledImages, what: str) -> dict[str, Floats]:
    """The answers of all variants of a model, float32 [N, K] by their names.

    Args:
        looks: the model.
        images: N prepared photographs of the classes that it knows.
        what: a few words for the progress line.
    """
    variants = [each for each in VARIANTS if any(images.hands) or not each.needs_truth]
    close: dict[str, list[Floats]] = {variant.name: [] for variant in variants}
    scores: dict[str, list[float]] = {variant.name: [] for variant in variants}
    for number in track(range(len(images.images)), what):
        image = images.images[number]
        found = search(looks, image, images.hands[number] if images.hands else ())

        @cache  # most variants look at the same place
        def look(hand: HandLocation, image: PreparedImage = image) -> Floats:
            return looks.look_closely([image.detail], [hand]).probabilities

        for variant in variants:
            views = [look(hand) for hand in variant.places(found)]
            close[variant.name].append(np.mean(views, axis=0))
            scores[variant.name].append(variant.score(found))
    true = np.array([looks.labels.index(label) for label in images.labels], np.int64)
    return {
        variant.name: _combine(
            looks, np.concatenate(close[variant.name]), scores[variant.name], true, images.sources
        )
        if variant.refitted
        else looks.combine(np.concatenate(close[variant.name]), scores[variant.name])
        for variant in variants
    }


def search(looks: TwoLooks, image: PreparedImage, hands: Sequence[HandLocation]) -> Search:
    """Look for the hand in an image, with all that the variants need.

    Args:
        looks: the model.
        image: prepared.
        hands: the true ones, in pixels of the original image. That which matches the found one
            best counts; if none does, the first.
    """
    height, width = image.detail.shape[:2]
    found = looks.search([image.detail])
    at_once = looks.find([letterbox(image.detail, looks.view_size)])
    # The diagonal of its box counts, so that one side is enough.
    whole = HandLocation(width / 2, height / 2, max(width, height) / looks.margin, 0.0, 0.0)
    true = best_match(found.hands[0], [_in_detail(hand, image) for hand in hands] or found.hands)
    return Search(found.hands[0], found.scores[0], at_once.hands[0], at_once.scores[0], whole, true)


def _combine(
    looks: TwoLooks,
    close: Floats,
    scores: Sequence[float],
    true: NDArray[np.int64],
    sources: Sequence[str],
) -> Floats:
    """The answers with weights that are fitted again, as by `training.export --calibrate`."""
    fitted = fit_weights(true, close, scores, looks.labels, sources)
    weights = adjust_to_play(fitted, true, looks.labels, sources)
    return weights.combine(close, scores, looks.labels)


def _in_detail(hand: HandLocation, image: PreparedImage) -> HandLocation:
    """A hand in pixels of the original, in pixels of the reduced image."""
    height, width = image.detail.shape[:2]
    across, down = width / image.sides[0], height / image.sides[1]
    return HandLocation(
        hand.x * across, hand.y * down, hand.width * across, hand.height * down, hand.angle
    )

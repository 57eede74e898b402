"""Fits how the answer follows from the close look's probabilities and the finder's score.

The answer is the softmax of a sum of `evidence`, each kind times its weight, as in the game. With
the close look alone this is temperature scaling, and the weight is the inverse of the temperature.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rps_game.gestures import Gesture
from rps_game.recognition.networks.weights import Weights, evidence
from training.evaluation.calibration import softmax

NONE_IN_PLAY = 0.1
"""Share of `none` that answers are adjusted to: in play a hand is nearly always shown. Chosen on
the validation photographs, so that few moves are mistaken for `none` and most of `none` is still
rejected."""

_NEVER_NEGATIVE = (0, 2)
"""Of the weights: the probabilities and the score never count for the opposite."""

_STEPS = 100
_RIDGE = 1e-9
_LARGEST = 20.0


def fit_weights(
    true: NDArray[np.int64],
    close: NDArray[np.float32],
    scores: Sequence[float],
    labels: Sequence[str],
    sources: Sequence[str],
) -> Weights:
    """The weights with the lowest log loss.

    The log loss is convex in them. It is minimised by Newton's method, with halved steps where a
    full one would not decrease it, and what would count less than nothing is left out. Without
    images of `none`, only the close look counts.

    Args:
        true: class indices [N], N at least 1.
        close: the close looks' probabilities [N, K].
        scores: the finder's scores, N of them.
        labels: the classes, K of them.
        sources: where each image comes from, N of them. Each counts the same.
    """
    terms = evidence(close, scores, labels).astype(np.float64)
    names, member = np.unique(np.asarray(list(sources)), return_inverse=True)
    shares = 1 / (len(names) * np.bincount(member)[member])
    knows_none = Gesture.NONE in labels and labels.index(Gesture.NONE) in true
    used = [0, 1, 2] if knows_none else [0]
    found = np.zeros(3)
    while used:
        weights = _minimise(true, terms[..., used], shares)
        negative = [
            kind for kind, weight in zip(used, weights, strict=True)
            if kind in _NEVER_NEGATIVE and weight < 0
        ]  # fmt: skip
        if not negative:
            found[used] = weights
            break
        used.remove(negative[0])
    return Weights(*(round(float(weight), 4) for weight in found))


def adjust_to_play(
    weights: Weights, true: NDArray[np.int64], labels: Sequence[str], sources: Sequence[str]
) -> Weights:
    """Weights that were fitted on images, for play, where `none` is rarer (`NONE_IN_PLAY`).

    The logarithm of the odds of `none` changes by as much as those of its share do (Saerens,
    Latinne & Decaestecker, 2002, equation 2.4).

    Args:
        weights: as fitted.
        true: the images' class indices [N].
        labels: the classes.
        sources: where each image comes from, N of them. Each counts the same.

    Examples:
        >>> weights, half = Weights(1.0, 0.0, 1.0), np.array([0, 1])
        >>> round(adjust_to_play(weights, half, ("rock", "none"), "aa").none, 2)
        -2.2
    """
    if Gesture.NONE not in labels:
        return weights
    shows_none = true == labels.index(Gesture.NONE)
    names = np.asarray(list(sources))
    share = float(np.mean([shows_none[names == name].mean() for name in np.unique(names)]))
    if not 0 < share < 1:
        return weights
    change = math.log(NONE_IN_PLAY / (1 - NONE_IN_PLAY)) - math.log(share / (1 - share))
    return replace(weights, none=round(weights.none + change, 4))


def _minimise(
    true: NDArray[np.int64], terms: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The weights [L] of terms [N, K, L], for shares [N] of the images that sum to 1."""
    of_truth = terms[np.arange(len(true)), true]

    def loss(weights: NDArray[np.float64]) -> float:
        logits = terms @ weights
        highest = logits.max(axis=1)
        totals = highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1))
        return float(shares @ (totals - of_truth @ weights))

    weights = np.full(terms.shape[-1], 1 / terms.shape[-1])
    for _ in range(_STEPS):
        answers = softmax(terms @ weights)
        expected = np.einsum("nk,nkl->nl", answers, terms)
        slope = shares @ (expected - of_truth)
        centred = terms - expected[:, None]
        curvature = np.einsum("n,nk,nkl,nkm->lm", shares, answers, centred, centred)
        step = np.linalg.solve(curvature + _RIDGE * np.eye(len(slope)), slope)
        while np.abs(step).max() > 1e-9 and not loss(weights - step) < loss(weights):
            step /= 2
        if np.abs(step).max() <= 1e-9:
            break
        weights = np.clip(weights - step, -_LARGEST, _LARGEST)
    return weights

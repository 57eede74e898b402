"""Fits how much each of several looks counts in their combined answer.

The answer is the softmax of the sum of the looks' log probabilities, each times its exponent: a
logarithmic opinion pool, see C. Genest & J. V. Zidek, "Combining Probability Distributions: A
Critique and an Annotated Bibliography", Statistical Science 1 (1986), section 3. With one look,
this is temperature scaling, and the exponent is the inverse of the temperature.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.evaluation.calibration import softmax
from training.evaluation.metrics import SMALLEST_PROBABILITY

Probabilities = NDArray[np.floating[Any]]

_STEPS = 100
_RIDGE = 1e-9
_LARGEST = 20.0


def combine(looks: Sequence[Probabilities], exponents: Sequence[float]) -> NDArray[np.float64]:
    """The combined probabilities [N, K] of looks [N, K].

    Examples:
        >>> one, other = np.array([[0.8, 0.2]]), np.array([[0.2, 0.8]])
        >>> combine([one, other], [0.5, 0.5]).round(2)
        array([[0.5, 0.5]])
    """
    return softmax(
        sum((a * _log(look) for a, look in zip(exponents, looks, strict=True)), start=np.zeros(()))
    )


def fit_exponents(
    true: NDArray[np.int64], looks: Sequence[Probabilities], sources: Sequence[str]
) -> tuple[float, ...]:
    """The exponents with the lowest log loss, 0 or more.

    The log loss is convex in them. It is minimised by Newton's method, with halved steps where a
    full one would not decrease it, and a look that would count less than nothing is left out.

    Args:
        true: class numbers [N], N at least 1.
        looks: probabilities [N, K] of each look.
        sources: where each image comes from, N of them. Each counts the same.
    """
    features = np.stack([_log(look) for look in looks], axis=-1)
    names, member = np.unique(np.asarray(list(sources)), return_inverse=True)
    weights = 1 / (len(names) * np.bincount(member)[member])
    used = list(range(len(looks)))
    while used:
        exponents = _minimise(true, features[..., used], weights)
        if (exponents >= 0).all():
            found = dict(zip(used, exponents.tolist(), strict=True))
            return tuple(found.get(look, 0.0) for look in range(len(looks)))
        del used[int(exponents.argmin())]
    return (0.0,) * len(looks)


def _minimise(
    true: NDArray[np.int64], features: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The exponents [L] for log probabilities [N, K, L] and weights [N] that sum to 1."""
    of_truth = features[np.arange(len(true)), true]

    def loss(exponents: NDArray[np.float64]) -> float:
        logits = features @ exponents
        highest = logits.max(axis=1)
        totals = highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1))
        return float(weights @ (totals - of_truth @ exponents))

    exponents = np.full(features.shape[-1], 1 / features.shape[-1])
    for _ in range(_STEPS):
        answers = softmax(features @ exponents)
        expected = np.einsum("nk,nkl->nl", answers, features)
        slope = weights @ (expected - of_truth)
        centred = features - expected[:, None]
        curvature = np.einsum("n,nk,nkl,nkm->lm", weights, answers, centred, centred)
        step = np.linalg.solve(curvature + _RIDGE * np.eye(len(slope)), slope)
        while np.abs(step).max() > 1e-9 and not loss(exponents - step) < loss(exponents):
            step /= 2
        if np.abs(step).max() <= 1e-9:
            break
        exponents = np.clip(exponents - step, -_LARGEST, _LARGEST)
    return exponents


def _log(probabilities: Probabilities) -> NDArray[np.float64]:
    return np.log(np.maximum(probabilities.astype(np.float64), SMALLEST_PROBABILITY))

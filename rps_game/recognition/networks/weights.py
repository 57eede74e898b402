"""How the answer about an image follows from a close look and the finder's score."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rps_game.arrays import Floats
from rps_game.gestures import Gesture
from rps_game.recognition.networks.model_file import ModelError

_LEAST = 1e-7  # of a probability, before its logarithm
_LEAST_SCORE = 1e-3  # the largest is one minus it


@dataclass(frozen=True)
class Weights:
    """How the answer follows from the close look's probabilities and the finder's score.

    It is a softmax, whose logits are the probabilities' logarithms times ``close_up``. To that of
    `none`, ``none`` is added, and ``score`` times the score's log odds is subtracted.

    Attributes:
        close_up: 0 or more.
        none: Of either sign.
        score: 0 or more.

    Examples:
        >>> weights = Weights.from_text('{"close_up": 1.0, "none": 0.0, "score": 1.0}')
        >>> close = np.array([[0.5, 0.5]], np.float32)
        >>> (row,) = weights.combine(close, [0.9], ["rock", "none"])
        >>> [round(float(value), 2) for value in row]
        [0.9, 0.1]
    """

    close_up: float
    none: float
    score: float

    @classmethod
    def from_text(cls, text: str) -> "Weights":
        """The weights in the metadata of a model.

        Raises:
            ModelError: If they are not valid.
        """
        try:
            weights = cls(**json.loads(text))
            valid = all(map(math.isfinite, vars(weights).values()))
            valid = valid and weights.close_up >= 0 and weights.score >= 0
        except (ValueError, TypeError, RecursionError, OverflowError):
            valid = False
        if not valid:
            raise ModelError('its weights must be JSON: {"close_up": B, "none": C, "score": D}')
        return weights

    def combine(self, close: Floats, scores: Sequence[float], labels: Sequence[str]) -> Floats:
        """The answers.

        Args:
            close: The close looks' probabilities, float32 ``[N, K]``.
            scores: The finder's, ``N`` of them.
            labels: ``K`` of them.

        Returns:
            float32 ``[N, K]``.
        """
        logits = evidence(close, scores, labels) @ (self.close_up, self.none, self.score)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def evidence(close: Floats, scores: Sequence[float], labels: Sequence[str]) -> Floats:
    """What the three `Weights` multiply, in their order; the sums are the answers' logits.

    Args:
        close: The close looks' probabilities ``[N, K]``.
        scores: The finder's, ``N`` of them.
        labels: ``K`` of them.

    Returns:
        ``[N, K, 3]``. The last two are 0 except for `none`.

    Examples:
        >>> close = np.array([[0.5, 0.5]])
        >>> evidence(close, [0.9], ["rock", "none"]).round(2).tolist()
        [[[-0.69, 0.0, 0.0], [-0.69, 1.0, -2.2]]]
    """
    terms = np.zeros((*close.shape, 3))
    terms[..., 0] = np.log(np.maximum(close, _LEAST))
    if Gesture.NONE in labels:
        score = np.clip(np.nan_to_num(scores), _LEAST_SCORE, 1 - _LEAST_SCORE)
        none = labels.index(Gesture.NONE)
        terms[:, none, 1] = 1
        terms[:, none, 2] = -np.log(score / (1 - score))
    return terms

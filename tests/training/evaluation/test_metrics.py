import json
import math

import numpy as np
import pytest

from training.evaluation.metrics import SMALLEST_PROBABILITY, confusion_matrix, log_loss, score
from training.evaluation.proportions import Proportion

LABELS = ("rock", "paper", "scissors", "none")


def one_hot(classes, sure=1.0):
    """Probabilities [N, 4] that predict `classes`; the rest is distributed evenly."""
    return np.where(np.eye(4)[list(classes)] == 1, sure, (1 - sure) / 3).astype(np.float32)


@pytest.fixture
def scores():
    true = np.array([0, 0, 0, 1, 1, 2, 3, 3])
    answers = [0, 0, 1, 1, 3, 2, 3, 1]
    probabilities = one_hot(answers, 0.9)
    # The paper classified as none would be paper without the class none.
    probabilities[4] = [0.1, 0.3, 0.0, 0.6]
    return score(LABELS, true, probabilities, list("aaabbbbb"))


def test_confusion_matrix_rows_are_true_classes():
    matrix = confusion_matrix(np.array([0, 0, 1]), np.array([1, 1, 2]), 3)
    assert matrix.tolist() == [[0, 2, 0], [0, 0, 1], [0, 0, 0]]


def test_overall_figures(scores):
    assert scores.accuracy == Proportion(5, 8)
    assert scores.gestures == Proportion(4, 6)
    assert scores.gestures_among_moves == Proportion(5, 6)
    assert scores.none == Proportion(1, 2)
    assert scores.confusion == ((2, 1, 0, 0), (0, 1, 0, 1), (0, 0, 1, 0), (0, 1, 0, 1))


def test_recall_uses_rows_and_precision_columns(scores):
    rock, paper, scissors, none = scores.classes
    assert (rock.recall, rock.precision) == (Proportion(2, 3), Proportion(2, 2))
    assert (paper.recall, paper.precision) == (Proportion(1, 2), Proportion(1, 3))
    assert (scissors.recall, scissors.precision) == (Proportion(1, 1), Proportion(1, 1))
    assert (none.recall, none.precision) == (Proportion(1, 2), Proportion(1, 2))


def test_each_source_counts_once_in_the_mean_over_sources(scores):
    a, b = scores.sources
    assert (a.source, a.accuracy, a.gestures, a.none) == (
        "a",
        Proportion(2, 3),
        Proportion(2, 3),
        Proportion(0, 0),
    )
    assert (b.source, b.accuracy, b.gestures, b.none) == (
        "b",
        Proportion(3, 5),
        Proportion(2, 3),
        Proportion(1, 2),
    )
    assert scores.mean_over_sources("accuracy") == pytest.approx((2 / 3 + 3 / 5) / 2)
    assert scores.mean_over_sources("gestures") == pytest.approx(2 / 3)
    assert scores.mean_over_sources("none") == 0.5, "a has no image of none"
    assert scores.worst_source("accuracy") == 3 / 5
    assert scores.worst_source("none") == 0.5


def test_sources_without_gestures_are_excluded_from_the_gesture_mean():
    scores = score(LABELS, np.array([0, 3]), one_hot([0, 0]), ["hands", "rooms"])
    assert scores.mean_over_sources("gestures") == 1.0
    assert scores.mean_over_sources("accuracy") == 0.5


def test_moves_are_accepted_at_the_games_confidence_threshold():
    true = np.array([0, 0, 0, 0, 3, 3, 3, 3])
    probabilities = np.array(
        [
            [0.6, 0.4, 0.0, 0.0],
            [0.59, 0.41, 0.0, 0.0],  # right, but the game would ask again
            [0.3, 0.7, 0.0, 0.0],
            [0.1, 0.0, 0.0, 0.9],
            [0.0, 0.0, 0.0, 1.0],
            [0.55, 0.0, 0.0, 0.45],  # wrong, but the game would not accept it
            [0.6, 0.0, 0.0, 0.4],
            [0.0, 0.8, 0.0, 0.2],
        ]
    )
    scores = score(LABELS, true, probabilities, list("aaaaaaab"))
    assert scores.gestures == Proportion(2, 4)
    assert scores.gestures_accepted == Proportion(1, 4)
    assert scores.wrong_accepted == Proportion(1, 4)
    assert scores.missed == Proportion(1, 4)
    assert scores.none == Proportion(1, 4)
    assert scores.none_rejected == Proportion(2, 4)
    assert scores.mean_over_sources("none_rejected") == pytest.approx((2 / 3 + 0) / 2)
    assert [source.missed for source in scores.sources] == [Proportion(1, 4), Proportion(0, 0)]


def test_undefined_figures_are_null_in_json():
    scores = score(LABELS, np.array([0]), one_hot([0]), ["a"])
    plain = json.loads(json.dumps(scores.to_json(), allow_nan=False))
    none = plain["classes"][3]
    assert none["recall"] == {"value": None, "right": 0, "count": 0, "interval_95": None}
    assert none["precision"]["value"] is None
    assert plain["none_recall"]["value"] is None
    assert plain["accuracy"]["value"] == 1.0


def test_three_class_scores_have_no_figures_for_none():
    scores = score(LABELS[:3], np.array([0, 1]), one_hot([0, 0])[:, :3], ["a", "a"])
    assert scores.gestures == scores.accuracy == scores.gestures_among_moves == Proportion(1, 2)
    assert scores.none.value is None


def test_log_loss_is_the_mean_negative_log_probability():
    probabilities = np.array([[0.5, 0.5], [0.25, 0.75]])
    expected = -(math.log(0.5) + math.log(0.25)) / 2
    assert log_loss(np.array([0, 0]), probabilities) == pytest.approx(expected)


def test_log_loss_of_a_fully_confident_error_is_finite():
    assert log_loss(np.array([1]), np.array([[1.0, 0.0]])) == pytest.approx(
        -math.log(SMALLEST_PROBABILITY)
    )


@pytest.mark.parametrize(
    ("true", "probabilities", "sources", "message"),
    [
        ([0, 1], one_hot([0]), ["a", "a"], "do not match"),
        ([0], one_hot([0])[:, :3], ["a"], "do not match"),
        ([0], one_hot([0]), [], "do not match"),
        ([], one_hot([]), [], "no image"),
        ([0], np.full((1, 4), np.nan), ["a"], "not finite"),
    ],
)
def test_invalid_input_is_rejected(true, probabilities, sources, message):
    with pytest.raises(ValueError, match=message):
        score(LABELS, np.array(true, np.int64), probabilities, sources)

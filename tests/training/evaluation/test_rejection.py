import numpy as np
import pytest

from rps_game.match.rules import Rules
from training.evaluation.metrics import score
from training.evaluation.rejection import at_most_lost, rejection_curve

LABELS = ("rock", "paper", "scissors", "none")


def rows(*confidences):
    """Probabilities of rock or, if negative, of paper; what remains is none's."""
    found = np.zeros((len(confidences), 4))
    for row, confidence in zip(found, confidences, strict=True):
        row[int(confidence < 0)] = abs(confidence)
        row[3] = 1 - abs(confidence)
    return found


def test_sources_count_the_same():
    true = np.array([0, 0, 0, 0, 3, 3])
    probabilities = rows(0.9, 0.9, 0.9, 0.3, 0.2, 0.7)
    curve = rejection_curve(LABELS, true, probabilities, ["a", "a", "a", "b", "a", "b"])
    assert [(p.threshold, p.lost, p.rejected) for p in curve] == [
        (0.0, 0.0, 0.0),
        (0.3, 0.0, 0.5),
        (0.7, 0.5, 0.5),
        (0.9, 0.5, 1.0),
        (pytest.approx(0.9), 1.0, 1.0),
    ]


def test_another_move_is_not_lost_but_accepted():
    curve = rejection_curve(LABELS, np.array([0, 3]), rows(-0.8, 0.5), "aa")
    assert at_most_lost(curve, 0).rejected == 1.0


def test_the_limit_chooses_the_highest_threshold():
    true = np.array([0] * 100 + [3] * 100)
    probabilities = rows(*np.linspace(0.01, 0.99, 100), *np.linspace(0.005, 0.5, 100))
    curve = rejection_curve(LABELS, true, probabilities, "a" * 200)
    found = [at_most_lost(curve, limit) for limit in (0.0, 0.05, 0.2)]
    assert [point.lost for point in found] == pytest.approx([0, 0.05, 0.2])
    assert found[0].rejected < found[1].rejected < found[2].rejected


def test_above_one_half_the_curve_is_that_of_the_game():
    rng = np.random.default_rng(3)
    probabilities = rng.dirichlet([0.3] * 4, 400)
    true = np.array([0, 1, 2, 3] * 100)
    curve = rejection_curve(LABELS, true, probabilities, "a" * 400)
    point = next(point for point in curve if point.threshold >= Rules.confidence)
    scores = score(LABELS, true, probabilities, "a" * 400)
    accepted = scores.gestures_accepted.value + scores.wrong_accepted.value
    assert point.rejected == pytest.approx(scores.none_rejected.value)
    assert point.lost == pytest.approx(1 - accepted)


@pytest.mark.parametrize("true", [[0, 1], [3, 3]])
def test_without_moves_or_none_there_is_no_curve(true):
    assert rejection_curve(LABELS, np.array(true), rows(0.9, 0.9), "aa") == ()
    assert at_most_lost((), 0.1) is None

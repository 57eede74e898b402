import numpy as np
import pytest

from training.exporting.parity import Agreement, compare, compare_outputs


@pytest.mark.parametrize(
    ("found", "holds"),
    [
        ([[0.6, 0.4]], True),
        ([[0.60009, 0.39991]], True),
        ([[0.60011, 0.39989]], False),
        ([[np.nan, np.nan]], False),
    ],
)
def test_the_tolerance(found, holds):
    agreement = compare(np.array([[0.6, 0.4]]), np.array(found))
    assert agreement.holds is holds


def test_a_different_prediction_never_agrees():
    agreement = compare(np.array([[0.50001, 0.49999]]), np.array([[0.49999, 0.50001]]))
    assert agreement == Agreement(1, pytest.approx(2e-5), 1)
    assert not agreement.holds


def outputs(**values):
    return {name: np.array(value, np.float32) for name, value in values.items()}


HAND = [0.9, 0.5, 0.5, 0.2, 0.3, 3.1]


@pytest.mark.parametrize(
    ("number", "difference", "elsewhere", "holds"),
    [
        (0, 5e-5, 0, True),
        (0, 2e-4, 0, False),  # the score is a probability
        (1, 5e-4, 0, True),
        (3, 2e-3, 1, False),
        (5, 2e-3, 1, False),
        (5, 2 * np.pi, 0, True),  # the same direction
        (4, np.nan, 1, False),
        (0, np.nan, 0, False),
    ],
)
def test_the_tolerance_of_places(number, difference, elsewhere, holds):
    other = HAND.copy()
    other[number] += difference
    agreement = compare_outputs(outputs(hand=[HAND]), outputs(hand=[other]))
    assert (agreement.other_places, agreement.holds) == (elsewhere, holds)


def test_landmarks_are_places_too():
    points = np.full((1, 21, 2), 0.5)
    moved = points.copy()
    moved[0, 20, 1] += 2e-3
    rows = [[0.9, 0.1]]
    expected = outputs(probabilities=rows, landmarks=points)
    assert compare_outputs(expected, expected).holds
    found = compare_outputs(expected, outputs(probabilities=rows, landmarks=moved))
    assert (found.other_places, found.largest_difference) == (1, 0)
    other = compare_outputs(expected, outputs(probabilities=[[0.4, 0.6]], landmarks=points))
    assert (other.other_answers, other.other_places) == (1, 0)


def test_one_of_a_thousand_hands_may_be_elsewhere():
    """Two places may be equally hot."""
    other = np.tile(np.array(HAND), (1000, 1))
    expected = outputs(hand=other)
    other[:2, 1] = 0.9
    assert compare_outputs(expected, outputs(hand=other)).holds
    other[:3, 1] = 0.9
    assert not compare_outputs(expected, outputs(hand=other)).holds

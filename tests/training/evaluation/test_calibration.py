import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.evaluation.calibration import (
    HIGHEST,
    LOWEST,
    calibration_error,
    fit_temperature,
    reliability,
    softmax,
)
from training.evaluation.metrics import log_loss
from training.evaluation.proportions import Proportion


def test_calibration_error_of_a_worked_example():
    # Three sure answers in one bin, two of them right (gap 0.9 - 2/3); one unsure and right.
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.4, 0.6]])
    error = calibration_error(np.array([0, 0, 1, 1]), probabilities)
    assert error == pytest.approx((3 * (0.9 - 2 / 3) + 1 * (1 - 0.6)) / 4)


def test_gaps_within_a_bin_cancel_and_between_bins_do_not():
    probabilities = np.array([[0.75, 0.25]] * 4)
    assert calibration_error(np.array([0, 0, 0, 1]), probabilities) == pytest.approx(0)
    probabilities = np.array([[0.95, 0.05], [0.55, 0.45]])
    assert calibration_error(np.array([1, 0]), probabilities) == pytest.approx((0.95 + 0.45) / 2)


def test_bins_include_their_upper_edge():
    probabilities = np.array([[0.5, 0.25, 0.25], [0.6, 0.2, 0.2]])
    error = calibration_error(np.array([1, 0]), probabilities, bins=2)
    assert error == pytest.approx((0.5 + 0.4) / 2)


def test_probability_one_is_in_the_last_bin():
    assert calibration_error(np.array([0]), np.array([[1.0, 0.0]])) == 0


def test_every_image_is_in_exactly_one_bin():
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.95, 0.05], [0.4, 0.6]])
    bins = reliability(np.array([0, 1, 0, 1]), probabilities)
    assert len(bins) == 15
    assert [each.accuracy.trials for each in bins if each.accuracy.trials] == [1, 2, 1]
    assert bins[13].confidence == pytest.approx(0.9)
    assert bins[13].accuracy == Proportion(1, 2)
    assert (bins[13].low, bins[13].high) == pytest.approx((13 / 15, 14 / 15))
    assert bins[0].confidence is None


def drawn(temperature, count=4000):
    """Logits, and true classes drawn from softmax(logits / temperature)."""
    rng = np.random.default_rng(5)
    logits = rng.normal(0, 3, (count, 4))
    cumulative = softmax(logits, temperature).cumsum(axis=1)
    return (rng.random((count, 1)) > cumulative).sum(axis=1), logits


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_fit_recovers_the_true_temperature(temperature):
    true, logits = drawn(temperature)
    assert fit_temperature(true, logits) == pytest.approx(temperature, rel=0.08)


def test_fitted_temperature_minimises_log_loss():
    true, logits = drawn(1.7, 200)
    best = fit_temperature(true, logits)
    losses = [log_loss(true, softmax(logits, best * factor)) for factor in (0.97, 1, 1.03)]
    assert losses[1] == min(losses)


def test_temperature_calibrates_an_overconfident_model():
    true, logits = drawn(3.0)
    before = calibration_error(true, softmax(logits, 1))
    after = calibration_error(true, softmax(logits, fit_temperature(true, logits)))
    assert before > 0.1
    assert after < 0.03


@given(st.floats(-50, 50))
def test_temperature_is_invariant_to_shifted_logits(shift):
    true, logits = drawn(2.0, 50)
    assert fit_temperature(true, logits + shift) == pytest.approx(fit_temperature(true, logits))


def test_all_correct_or_all_wrong_gives_a_temperature_limit():
    logits = np.array([[1.0, 0.0], [0.0, 2.0]])
    assert fit_temperature(np.array([0, 1]), logits) == pytest.approx(LOWEST)
    assert fit_temperature(np.array([1, 0]), logits) == pytest.approx(HIGHEST)

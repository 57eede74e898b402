import numpy as np
import pytest

from training.evaluation.calibration import fit_temperature, softmax
from training.evaluation.combination import combine, fit_exponents


@pytest.fixture(scope="module")
def true():
    return np.random.default_rng(1).integers(0, 4, 4000)


def logits(true, signal, seed):
    """Logits whose softmax are the probabilities of the classes, given a noisy measurement."""
    measured = np.random.default_rng(seed).normal(0, 1, (len(true), 4))
    measured[np.arange(len(true)), true] += signal
    return measured * signal


def test_over_and_underconfident_looks_get_the_exponents_that_calibrate_them(true):
    looks = softmax(3 * logits(true, 1.0, 2)), softmax(logits(true, 2.0, 3) / 2)
    found = fit_exponents(true, looks, "a" * len(true))
    assert found == pytest.approx((1 / 3, 2), rel=0.05)


def test_one_look_is_scaled_by_the_inverse_of_the_temperature(true):
    look = softmax(2.5 * logits(true, 1.5, 4))
    (exponent,) = fit_exponents(true, [look], "a" * len(true))
    assert exponent == pytest.approx(1 / fit_temperature(true, np.log(look)), rel=1e-3)


def test_a_look_that_misleads_does_not_count(true):
    good = softmax(logits(true, 1.5, 4))
    wrong = softmax(-logits(true, 1.0, 5))
    found = fit_exponents(true, [wrong, good], "a" * len(true))
    assert found[0] == 0
    assert found[1:] == fit_exponents(true, [good], "a" * len(true))


def test_sources_count_the_same(true):
    """In the small source the look is worthless."""
    look = softmax(logits(true, 1.5, 4))
    look[-200:] = softmax(logits(np.zeros(200, int), 1.5, 6))
    sources = np.array(["large"] * 3800 + ["small"] * 200)
    (by_source,) = fit_exponents(true, [look], sources)
    (by_image,) = fit_exponents(true, [look], "a" * len(true))
    assert by_source < 0.8 * by_image


def test_looks_that_are_always_right_have_finite_exponents(true):
    look = np.eye(4)[true] * 0.6 + 0.1
    (exponent,) = fit_exponents(true, [look], "a" * len(true))
    assert 5 < exponent <= 20


def test_the_combination_is_a_product_of_powers():
    one, other = np.array([[0.5, 0.3, 0.2]]), np.array([[0.1, 0.8, 0.1]])
    product = one**0.4 * other**1.3
    np.testing.assert_allclose(combine([one, other], [0.4, 1.3]), product / product.sum())

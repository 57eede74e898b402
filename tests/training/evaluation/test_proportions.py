import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.evaluation.proportions import Proportion, mean_of, proportion_true, wilson_interval


def test_true_values_are_counted():
    assert proportion_true(np.array([True, False, True])) == Proportion(2, 3)
    assert proportion_true(np.array([], bool)).value is None


def test_proportions_without_trials_are_excluded_from_the_mean():
    assert mean_of([Proportion(1, 1), Proportion(0, 0), Proportion(0, 4)]) == 0.5
    assert mean_of([Proportion(0, 0)]) is None


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in
    # Medicine 17 (1998), 857-872, table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_match_published_values(successes, trials, low, high):
    assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_contains_the_proportion_and_is_symmetric(trial):
    successes, trials = trial
    low, high = wilson_interval(successes, trials)
    assert 0 <= low <= successes / trials <= high <= 1
    assert wilson_interval(trials - successes, trials) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(("successes", "trials"), [(0, 0), (-1, 3), (4, 3)])
def test_invalid_proportions_are_rejected(successes, trials):
    with pytest.raises(ValueError, match="not a proportion"):
        wilson_interval(successes, trials)

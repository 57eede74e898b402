import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.evaluation.proportions import Proportion, mean_of, rate, wilson_interval


def test_a_rate_counts_what_is_true():
    assert rate(np.array([True, False, True])) == Proportion(2, 3)
    assert rate(np.array([], bool)).value is None


def test_what_has_no_trial_does_not_count_in_the_mean():
    assert mean_of([Proportion(1, 1), Proportion(0, 0), Proportion(0, 4)]) == 0.5
    assert mean_of([Proportion(0, 0)]) is None


@pytest.mark.parametrize(
    ("right", "count", "low", "high"),
    # Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in
    # Medicine 17 (1998), 857-872, table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_intervals_as_published(right, count, low, high):
    assert wilson_interval(right, count) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_interval_holds_the_proportion_and_mirrors(trial):
    right, count = trial
    low, high = wilson_interval(right, count)
    assert 0 <= low <= right / count <= high <= 1
    assert wilson_interval(count - right, count) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(("right", "count"), [(0, 0), (-1, 3), (4, 3)])
def test_no_interval_without_a_proportion(right, count):
    with pytest.raises(ValueError, match="not a proportion"):
        wilson_interval(right, count)

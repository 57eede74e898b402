import numpy as np
import pytest

from rps_game.recognition.networks.weights import Weights, evidence
from training.evaluation.calibration import fit_temperature, softmax
from training.evaluation.combination import NONE_IN_PLAY, adjust_to_play, fit_weights
from training.evaluation.metrics import log_loss

LABELS = ("rock", "paper", "scissors", "none")


@pytest.fixture(scope="module")
def true():
    return np.random.default_rng(1).integers(0, 4, 4000)


def logits(true, signal, seed):
    """Logits whose softmax are the probabilities of the classes, given a noisy measurement."""
    measured = np.random.default_rng(seed).normal(0, 1, (len(true), 4))
    measured[np.arange(len(true)), true] += signal
    return measured * signal


def log_odds(true, signal, seed):
    """Log odds of a hand, given a noisy measurement, if hands and `none` were equally frequent."""
    hand = np.where(true == 3, -1, 1)
    return 2 * signal * (np.random.default_rng(seed).normal(0, 1, len(true)) + signal * hand)


def scores(odds):
    return list(1 / (1 + np.exp(-odds)))


def test_over_and_underconfident_networks_get_the_weights_that_calibrate_them(true):
    close = softmax(3 * logits(true, 1.0, 2))
    found = fit_weights(true, close, scores(log_odds(true, 0.8, 3) / 2), LABELS, "a" * len(true))
    assert found.close_up == pytest.approx(1 / 3, rel=0.05)
    assert found.score == pytest.approx(2, rel=0.1)
    assert found.none == pytest.approx(0, abs=0.2)


def test_no_small_change_of_a_weight_lowers_the_log_loss(true):
    close = softmax(logits(true, 1.0, 2) + np.array([0, 0, 0, 0.7]))
    sure = scores(log_odds(true, 0.8, 3))
    best = np.array([*vars(fit_weights(true, close, sure, LABELS, "a" * len(true))).values()])
    terms = evidence(close, sure, LABELS)
    for change in np.concatenate([np.eye(3), -np.eye(3)]) * 0.05:
        assert log_loss(true, softmax(terms @ (best + change))) > log_loss(
            true, softmax(terms @ best)
        )
    assert best[1] == pytest.approx(-0.7, abs=0.2)


@pytest.mark.parametrize("without", ["the label", "images"])
def test_without_none_the_close_look_is_scaled_by_the_inverse_of_the_temperature(true, without):
    true = true % 3
    close = softmax(2.5 * logits(true, 1.5, 4))
    labels = LABELS
    if without == "the label":
        labels, close = LABELS[:3], close[:, :3] / close[:, :3].sum(axis=1, keepdims=True)
    found = fit_weights(true, close, [0.5] * len(true), labels, "a" * len(true))
    assert found.close_up == pytest.approx(1 / fit_temperature(true, np.log(close)), rel=1e-2)
    assert (found.none, found.score) == (0, 0)


def test_a_network_that_misleads_does_not_count(true):
    good = softmax(logits(true, 1.5, 4))
    wrong = fit_weights(true, good, scores(-log_odds(true, 0.5, 5)), LABELS, "a" * len(true))
    assert wrong.score == 0
    assert wrong.close_up == pytest.approx(1, rel=0.1)
    bad = softmax(-logits(true, 1.0, 5))
    assert fit_weights(true, bad, [0.5] * len(true), LABELS, "a" * len(true)).close_up == 0


def test_sources_count_the_same(true):
    """In the small source the close look is worthless."""
    close = softmax(logits(true, 1.5, 4))
    close[-200:] = softmax(logits(np.zeros(200, int), 1.5, 6))
    sources = np.array(["large"] * 3800 + ["small"] * 200)
    by_source, by_image = (
        fit_weights(true, close, [0.5] * len(true), LABELS, names).close_up
        for names in (sources, "a" * len(true))
    )
    assert by_source < 0.8 * by_image


def test_what_is_always_right_has_finite_weights(true):
    close = np.eye(4)[true] * 0.6 + 0.1
    found = fit_weights(true, close, list(np.where(true == 3, 0.0, 1.0)), LABELS, "a" * len(true))
    assert np.isfinite([*vars(found).values()]).all()


def test_calibrated_answers_are_calibrated_again_where_none_is_rarer(true):
    rng = np.random.default_rng(7)
    measured = logits(true, 1.5, 4)
    weights = adjust_to_play(Weights(1.0, 0.0, 0.0), true, LABELS, "a" * len(true))
    moves, none = np.flatnonzero(true != 3), np.flatnonzero(true == 3)
    rarer = rng.choice(none, round(len(moves) * NONE_IN_PLAY / (1 - NONE_IN_PLAY)), replace=False)
    played = np.concatenate([moves, rarer])
    close = softmax(measured[played])
    terms = evidence(close, [0.5] * len(played), LABELS)
    as_fitted, as_played = (
        softmax(terms @ tuple(vars(each).values())) for each in (Weights(1.0, 0.0, 0.0), weights)
    )
    assert as_played[:, 3].mean() == pytest.approx(NONE_IN_PLAY, abs=0.01)
    assert as_fitted[:, 3].mean() > NONE_IN_PLAY + 0.02
    assert log_loss(true[played], as_played) < log_loss(true[played], as_fitted)


def test_each_source_counts_the_same_in_the_share_of_none():
    true = np.array([0, 3, *[0] * 98])
    sources = ["small"] * 2 + ["large"] * 98
    weights = adjust_to_play(Weights(1.0, 0.5, 0.0), true, LABELS, sources)
    assert weights.none == pytest.approx(0.5 + np.log((0.1 / 0.9) / (0.25 / 0.75)), abs=1e-3)


@pytest.mark.parametrize(
    ("true", "labels"), [([0, 1], LABELS), ([3, 3], LABELS), ([0], LABELS[:3])]
)
def test_without_none_or_without_moves_nothing_is_adjusted(true, labels):
    weights = Weights(1.0, 0.5, 0.2)
    assert adjust_to_play(weights, np.array(true), labels, "a" * len(true)) == weights

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from training.models.losses import (  # noqa: E402
    accuracy,
    cross_entropy,
    focal_loss,
    huber,
    landmark_loss,
    losses_of,
    map_loss,
)

RNG = np.random.default_rng(0)


def test_cross_entropy_is_that_of_the_label():
    logits = RNG.normal(size=(3, 4)).astype(np.float32)
    found = np.asarray(cross_entropy(0.0)(np.array([2, 0, 3]), logits))
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert found == pytest.approx(-np.log(probabilities[[0, 1, 2], [2, 0, 3]]), rel=1e-5)


def test_an_unknown_label_has_a_finite_loss_that_its_weight_removes():
    found = np.asarray(cross_entropy(0.05)(np.array([-1]), np.zeros((1, 4), np.float32)))
    assert np.isfinite(found).all()


def test_the_loss_of_blended_labels_is_that_of_both_by_their_shares():
    logits = RNG.normal(size=(2, 4)).astype(np.float32)
    shares = np.float32([[0.7, 0, 0.3, 0], [0, 0, 0, 1]])
    for smoothing in (0.0, 0.1):
        loss = cross_entropy(smoothing)
        first, second = (np.asarray(loss(np.array(labels), logits)) for labels in ([0, 3], [2, 3]))
        found = np.asarray(loss(shares, logits))
        assert found == pytest.approx(first * [0.7, 0.5] + second * [0.3, 0.5], rel=1e-5)


def test_accuracy_is_of_the_label_or_of_the_largest_share():
    logits = np.float32([[1, 2, 0], [0, 0, 3], [5, 1, 1]])
    assert np.asarray(accuracy(np.array([1, 0, 0]), logits)).tolist() == [1, 0, 1]
    assert np.asarray(accuracy(np.array([[1], [0], [0]]), logits)).tolist() == [1, 0, 1]
    shares = np.float32([[0.4, 0.6, 0], [0, 1, 0], [0.3, 0.4, 0.3]])
    assert np.asarray(accuracy(shares, logits)).tolist() == [1, 0, 0]


def test_small_errors_are_squared_and_large_ones_are_not():
    found = np.asarray(huber(np.array([0.01, -0.01, 0.1, 1.0], np.float32), 0.1))
    assert found == pytest.approx([0.0005, 0.0005, 0.05, 0.95])


def test_landmarks_are_learnt_about_the_middle():
    truth = RNG.uniform(0, 1, (2, 42)).astype(np.float32)
    assert np.asarray(landmark_loss(truth, truth - 0.5)) == pytest.approx([0, 0], abs=1e-6)
    # All of them are too far right and too low by 0.2 of the image.
    assert np.asarray(landmark_loss(truth, truth - 0.3)) == pytest.approx([0.175] * 2, rel=1e-4)


def test_focal_loss_of_single_cells_as_published():
    heat = np.array([1.0, 0.6, 0.0], np.float32).reshape(3, 1, 1, 1)
    logits = np.array([0.4, -0.3, 1.2], np.float32).reshape(3, 1, 1, 1)
    likely = 1 / (1 + np.exp(-logits.reshape(-1)))
    expected = [
        -((1 - likely[0]) ** 2) * np.log(likely[0]),
        -(0.4**4) * likely[1] ** 2 * np.log(1 - likely[1]),
        -(likely[2] ** 2) * np.log(1 - likely[2]),
    ]
    assert np.asarray(focal_loss(heat, logits)) == pytest.approx(expected, rel=1e-4)


def test_focal_loss_is_a_sum_over_cells_and_finite_for_extreme_logits():
    heat = np.zeros((1, 2, 3, 1), np.float32)
    single = np.asarray(focal_loss(heat[:, :1, :1], np.ones((1, 1, 1, 1), np.float32)))
    assert np.asarray(focal_loss(heat, np.ones_like(heat))) == pytest.approx(6 * single)
    for extreme in (-500, 500):
        assert np.isfinite(np.asarray(focal_loss(heat, heat + np.float32(extreme)))).all()


def test_maps_count_where_their_cells_have_a_weight():
    truth = np.zeros((1, 2, 2, 7), np.float32)
    found = np.ones((1, 2, 2, 6), np.float32)
    assert np.asarray(map_loss(truth, found)).tolist() == [0]
    truth[0, 1, 0, 6] = 0.5
    # Half of an error of 1, which counts 0.95, in maps with weights of 4.6 together.
    assert np.asarray(map_loss(truth, found)) == pytest.approx([0.5 * 0.95 * 4.6])
    truth[0, 1, 0, :6] = 1
    assert np.asarray(map_loss(truth, found)) == pytest.approx([0], abs=1e-6)


def test_every_output_has_its_loss():
    named = losses_of({"logits": 0, "heat": 0, "maps": 0}, 0.05)
    assert named.keys() == {"logits", "heat", "maps"}
    assert named["heat"] is focal_loss
    assert callable(losses_of("one output", 0.05))

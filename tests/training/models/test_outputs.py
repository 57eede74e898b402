"""What the files of the finder and the close-up return, in TensorFlow and in ONNX."""

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow")
tf2onnx = pytest.importorskip("tf2onnx")
import onnxruntime  # noqa: E402

from rps_game.recognition.views import HandLocation  # noqa: E402
from training.augmentation.targets import finder_targets  # noqa: E402
from training.models.networks import build_network  # noqa: E402
from training.models.outputs import (  # noqa: E402
    close_up_outputs,
    finder_outputs,
    locate_hand,
)

SIZE = 160
HANDS = [
    HandLocation(30, 90, 40, 50, 0.3),
    HandLocation(131, 24, 90, 60, -2.8),
    HandLocation(80, 80, 150, 140, 1.7),
    HandLocation(9, 151, 17, 15, -1.2),
]


def ideal_maps():
    """What a perfect finder returns for `HANDS`: logits and maps."""
    targets, _ = finder_targets([[each] for each in HANDS], [True] * 4, SIZE)
    heat = np.clip(targets["heat"], 1e-6, 1 - 1e-3)
    return np.log(heat / (1 - heat)).astype(np.float32), targets["maps"][..., :6]


def assert_located(found):
    assert found.shape == (4, 6)
    for row, hand in zip(found, HANDS, strict=True):
        score, *box, angle = row
        assert score == pytest.approx(0.999, abs=1e-3)
        expected = np.array([hand.x, hand.y, hand.width, hand.height]) / SIZE
        assert box == pytest.approx(expected, abs=1e-3)
        assert angle == pytest.approx(hand.angle, abs=1e-3)


def test_a_perfect_finder_finds_the_hand_exactly():
    assert_located(locate_hand(*map(tf.constant, ideal_maps())).numpy())


def test_onnx_finds_the_same_hand():
    heat, maps = ideal_maps()
    signature = [
        tf.TensorSpec((None, *heat.shape[1:]), tf.float32, name="heat"),
        tf.TensorSpec((None, *maps.shape[1:]), tf.float32, name="maps"),
    ]
    function = tf.function(
        lambda heat, maps: {"hand": locate_hand(heat, maps)}, input_signature=signature
    )
    proto, _ = tf2onnx.convert.from_function(function, input_signature=signature, opset=17)
    session = onnxruntime.InferenceSession(proto.SerializeToString())
    (found,) = session.run(["hand"], {"heat": heat, "maps": maps})
    assert_located(found)


def test_cells_far_from_the_hottest_do_not_count():
    heat, maps = ideal_maps()
    first = locate_hand(tf.constant(heat), tf.constant(maps)).numpy()
    disturbed = maps.copy()
    disturbed[0, :, 8:] = 99  # the hand is in column 3
    assert locate_hand(tf.constant(heat), tf.constant(disturbed)).numpy()[0].tolist() == (
        pytest.approx(first[0].tolist())
    )


def test_without_any_heat_the_result_is_finite():
    heat = np.full((1, 4, 4, 1), -300, np.float32)
    found = locate_hand(tf.constant(heat), tf.zeros([1, 4, 4, 6])).numpy()
    assert np.isfinite(found).all()
    assert found[0, 0] == 0


def test_the_outputs_of_both_networks(small_pyramid, tiny_hand_recipe):
    images = np.random.default_rng(0).uniform(0, 255, (3, 64, 64, 3)).astype(np.float32)
    close_up = build_network(tiny_hand_recipe("close-up"), None)
    found = close_up_outputs(close_up)(tf.constant(images))
    assert {name: tuple(each.shape) for name, each in found.items()} == {
        "probabilities": (3, 4),
        "landmarks": (3, 21, 2),
    }
    assert found["probabilities"].numpy().sum(axis=1) == pytest.approx([1] * 3)
    raw = close_up(images)["landmarks"].numpy()
    assert found["landmarks"].numpy().reshape(3, 42) == pytest.approx(raw + 0.5, abs=1e-5)
    finder = build_network(tiny_hand_recipe("finder"), None)
    found = finder_outputs(finder)(tf.constant(images))
    assert {name: tuple(each.shape) for name, each in found.items()} == {"hand": (3, 6)}

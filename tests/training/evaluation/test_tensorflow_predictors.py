import json

import numpy as np
import pytest

from training.console.errors import TrainingError
from training.evaluation.loading import load_predictor

tf = pytest.importorskip("tensorflow")


def save(folder, dtype=tf.uint8, name="image", classes=3, labels=("rock", "paper", "scissors")):
    """A SavedModel that follows the contract, or breaks it as specified."""

    @tf.function(input_signature=[tf.TensorSpec((None, 4, 4, 3), dtype, name=name)])
    def serve(image):
        rows = tf.reduce_mean(tf.cast(image, tf.float32), axis=(1, 2))
        return {"probabilities": tf.nn.softmax(tf.repeat(rows, 2, axis=1)[:, :classes])}

    tf.saved_model.save(tf.Module(), str(folder), signatures={"serving_default": serve})
    if labels is not None:
        (folder / "assets.extra").mkdir()
        described = {"labels": labels, "recipe": "by hand"}
        (folder / "assets.extra" / "model.json").write_text(json.dumps(described))


def test_saved_model_predictor_has_metadata(tmp_path):
    save(tmp_path)
    predictor = load_predictor(tmp_path)
    assert (predictor.kind, predictor.size, predictor.recipe) == ("savedmodel", 4, "by hand")
    assert predictor.labels == ("rock", "paper", "scissors")
    images = np.zeros((5, 4, 4, 3), np.uint8)
    images[:, :, :, 1] = np.arange(5, dtype=np.uint8)[:, None, None]
    found = predictor.probabilities(images, batch_size=2)
    powers = np.exp(np.stack([np.zeros(5), np.zeros(5), np.arange(5)], axis=1))
    np.testing.assert_allclose(found, powers / powers.sum(axis=1, keepdims=True), rtol=1e-5)


def test_zero_images_give_zero_rows(tmp_path):
    save(tmp_path)
    found = load_predictor(tmp_path).probabilities(np.zeros((0, 4, 4, 3), np.uint8))
    assert found.shape == (0, 3)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"labels": None}, "does not name its classes"),
        ({"dtype": tf.float32}, "takes float32"),
        ({"name": "photo"}, "has no 'image' in its signature"),
        ({"classes": 2}, "expected uint8 images and probabilities for rock, paper, scissors"),
    ],
)
def test_saved_models_that_break_the_contract_are_rejected(tmp_path, broken, message):
    save(tmp_path, **broken)
    with pytest.raises(TrainingError, match=message):
        load_predictor(tmp_path)


def test_a_damaged_saved_model_is_rejected_in_one_line(tmp_path):
    save(tmp_path)
    (tmp_path / "saved_model.pb").write_bytes(b"\x00nothing")
    with pytest.raises(TrainingError, match="is not a readable SavedModel") as caught:
        load_predictor(tmp_path)
    assert "\n" not in str(caught.value)

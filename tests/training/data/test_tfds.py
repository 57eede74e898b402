import urllib.error

import cv2
import numpy as np
import pytest

pytest.importorskip("tensorflow_datasets")

from training.console.errors import TrainingError
from training.data.tfds import load_rendered_hands, load_tfds


def test_a_split_is_resized_bilinearly(small_tfds, textures):
    # A bilinear resize as the article did it: without a blur, unlike the game's own.
    found, labels = load_tfds("test", small_tfds, 128)
    assert (found.shape, found.dtype) == ((24, 128, 128, 3), np.uint8)
    assert labels.dtype == np.int64
    originals, truth = textures(24, 300, 5)
    expected = np.stack([cv2.resize(image, (128, 128)) for image in originals])
    # TFDS keeps its own order: match every image to the nearest original.
    far = np.abs(found[:, None, ::8, ::8].astype(int) - expected[None, :, ::8, ::8])
    nearest = far.mean(axis=(2, 3, 4)).argmin(axis=1)
    assert sorted(nearest) == list(range(24))
    assert np.abs(found.astype(int) - expected[nearest]).max() <= 1
    assert labels.tolist() == truth[nearest].tolist()


def test_the_order_is_always_the_same(small_tfds):
    first, second = (load_tfds("train", small_tfds, 8) for _ in range(2))
    assert len(first[0]) == 144
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])


def test_rendered_hands_keep_their_size(small_tfds):
    pairs = list(load_rendered_hands(small_tfds))
    assert len(pairs) == 144
    assert {image.shape for image, _ in pairs} == {(300, 300, 3)}
    assert {image.dtype for image, _ in pairs} == {np.dtype(np.uint8)}
    _, labels = load_tfds("train", small_tfds, 8)
    names = [("rock", "paper", "scissors")[label] for label in labels]
    assert [name for _, name in pairs] == names


def test_missing_data_without_internet_is_a_one_line_error(tmp_path, monkeypatch):
    def unreachable(*_, **__):
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr("urllib.request.urlopen", unreachable)
    with pytest.raises(TrainingError) as caught:
        load_tfds("test", tmp_path / "empty", 8)
    message = str(caught.value)
    assert f"neither in {tmp_path / 'empty'} nor can it be downloaded" in message
    assert "--data-dir" in message
    assert "no route to host" in message
    assert "\n" not in message


def test_damaged_data_are_distinguished_from_missing_data(small_tfds, tmp_path):
    version = next((small_tfds / "rock_paper_scissors").iterdir())
    copy = tmp_path / "damaged" / "rock_paper_scissors" / version.name
    copy.mkdir(parents=True)
    for file in version.iterdir():
        content = file.read_bytes()
        (copy / file.name).write_bytes(
            content[: len(content) // 2] if "test.tfrecord" in file.name else content
        )
    with pytest.raises(TrainingError, match="damaged is damaged: remove it, and") as caught:
        load_tfds("test", tmp_path / "damaged", 8)
    assert "\n" not in str(caught.value)

import shutil

import cv2
import numpy as np
import pytest

import training.data.tfds
from training.console.errors import TrainingError
from training.data.labelled_images import originals, squares
from training.exporting.images import calibration_images, real_images, validation_images
from training.recipes.recipe import GESTURES, GESTURES_AND_NONE


@pytest.fixture
def photos(tmp_path, images):
    folder = tmp_path / "hands"
    for number, label in enumerate(GESTURES_AND_NONE):
        (folder / label).mkdir(parents=True)
        cv2.imwrite(str(folder / label / "a__1.png"), images[number, ..., ::-1])
    return folder


def test_photographs_alone_are_enough(photos, monkeypatch):
    monkeypatch.setattr(training.data.tfds, "load_tfds", lambda *_: pytest.fail("not requested"))
    found, origin = real_images([photos], None, squares(16))
    assert found.shape == (4, 16, 16, 3)
    assert origin == f"photos:{photos}"


def test_tfds_is_used_if_named_or_without_photographs(photos, tmp_path, monkeypatch):
    split = np.zeros((2, 16, 16, 3), np.uint8), np.array([0, 1])
    monkeypatch.setattr(training.data.tfds, "load_tfds", lambda *_: split)
    assert len(real_images([], None, squares(16))[0]) == 2
    assert len(real_images([photos], tmp_path, squares(16))[0]) == 6


def test_originals_of_all_sets_are_joined(photos, tmp_path, monkeypatch):
    split = np.zeros((2, 300, 300, 3), np.uint8), np.array([0, 1])
    monkeypatch.setattr(training.data.tfds, "load_tfds", lambda *_: split)
    found, _ = real_images([photos], tmp_path, originals())
    assert isinstance(found, tuple)
    assert [image.sides for image in found] == [(16, 16)] * 4 + [(300, 300)] * 2


def test_without_images_one_line_names_both_options(monkeypatch, tmp_path):
    def load_tfds(*_):
        raise TrainingError("TFDS is not there")

    monkeypatch.setattr(training.data.tfds, "load_tfds", load_tfds)
    with pytest.raises(TrainingError, match=r"--photos, --data-dir.*TFDS is not there"):
        real_images([], None, squares(16))


def test_folders_without_validation_photographs_are_skipped(tmp_path, photos):
    split = tmp_path / "split"
    shutil.copytree(photos, split / "train")
    shutil.copytree(photos, split / "validation")
    with pytest.raises(TrainingError, match="need validation photographs"):
        validation_images([photos], squares(16), GESTURES_AND_NONE)
    found = validation_images([photos, split], squares(16), GESTURES_AND_NONE)
    assert sorted(found.labels) == sorted(GESTURES_AND_NONE)
    assert "none" not in validation_images([split], squares(16), GESTURES).labels


def test_validation_photographs_may_be_in_a_folder_in_upper_case(tmp_path, photos):
    shutil.copytree(photos, tmp_path / "split" / "Validation")
    found = validation_images([tmp_path / "split"], squares(16), GESTURES_AND_NONE)
    assert sorted(found.labels) == sorted(GESTURES_AND_NONE)


def test_validation_photographs_of_unknown_classes_are_no_use(tmp_path, photos):
    shutil.copytree(photos / "none", tmp_path / "split" / "validation" / "none")
    with pytest.raises(TrainingError, match="need validation photographs"):
        validation_images([tmp_path / "split"], squares(16), GESTURES)


@pytest.fixture
def training_photos(tmp_path):
    """Nine of a large source, two of a small one, and a class that the model does not know."""
    folder, number = tmp_path / "training", 0
    for label, source, count in (("rock", "large", 9), ("paper", "small", 2), ("none", "x", 3)):
        for _ in range(count):
            path = folder / "train" / label / f"{source}__{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(path), np.full((4, 4, 3), number, np.uint8))
            number += 1
    return folder


def test_classes_and_sources_alternate(training_photos):
    images = calibration_images([training_photos], ("rock", "paper"), squares(6), count=5)
    assert images.shape == (5, 6, 6, 3)
    numbers = images[:, 0, 0, 0].tolist()
    assert sum(number < 9 for number in numbers) == 3
    assert set(numbers) >= {9, 10}
    assert len(set(numbers)) == 5
    again = calibration_images([training_photos], ("rock", "paper"), squares(6), count=5)
    np.testing.assert_array_equal(images, again)


def test_fewer_images_than_requested(training_photos):
    assert len(calibration_images([training_photos], ("rock", "paper"), squares(6), count=99)) == 11
    with pytest.raises(TrainingError, match="--int8 needs training photographs"):
        calibration_images([training_photos], ("scissors",), squares(6))

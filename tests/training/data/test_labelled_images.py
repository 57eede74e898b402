import subprocess
import sys

import cv2
import numpy as np
import pytest

import training.data.tfds
from training.console.errors import TrainingError
from training.data.labelled_images import LabelledImages, load_samples, originals, squares


def paint(path, colour=(255, 0, 0), shape=(9, 12)):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((*shape, 3), colour[::-1], np.uint8))


def test_class_folders_are_read_without_augmentation(tmp_path):
    paint(tmp_path / "hands" / "rock" / "ann__1.png", (200, 10, 20))
    paint(tmp_path / "hands" / "none" / "2.png", (1, 2, 3))
    samples = load_samples(f"photos:{tmp_path / 'hands'}", squares(4))
    assert samples.labels == ("rock", "none")
    assert samples.sources == ("ann", "hands")
    assert samples.names == ("rock/ann__1.png", "none/2.png")
    assert samples.images.shape == (2, 4, 4, 3)
    assert samples.images[0, 0, 0].tolist() == [200, 10, 20]


def test_validation_photographs_are_used_and_training_ones_are_not(tmp_path):
    paint(tmp_path / "train" / "rock" / "1.png")
    paint(tmp_path / "validation" / "paper" / "2.png")
    assert load_samples(f"photos:{tmp_path}", squares(4)).labels == ("paper",)


def test_training_photographs_must_be_named_explicitly(tmp_path):
    paint(tmp_path / "train" / "rock" / "1.png")
    with pytest.raises(TrainingError, match="train to measure on the training photographs"):
        load_samples(f"photos:{tmp_path}", squares(4))
    assert load_samples(f"photos:{tmp_path / 'train'}", squares(4)).labels == ("rock",)


def test_an_unreadable_file_is_reported_and_the_rest_is_read(tmp_path):
    paint(tmp_path / "rock" / "good.png")
    (tmp_path / "rock" / "bad.png").write_text("not an image")
    samples = load_samples(f"photos:{tmp_path}", squares(4))
    assert samples.labels == ("rock",)
    assert len(samples.unreadable) == 1
    assert samples.unreadable[0].startswith(f"{tmp_path / 'rock' / 'bad.png'}: ")


def test_libraries_print_nothing_about_a_truncated_photograph(module_command, tmp_path):
    paint(tmp_path / "rock" / "good.png")
    pixels = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    data = cv2.imencode(".jpg", pixels)[1].tobytes()
    (tmp_path / "rock" / "cut.jpg").write_bytes(data[: len(data) // 2])
    program = """
import sys
from pathlib import Path
from training.console.errors import TrainingError
from training.data.labelled_images import load_samples, squares
from training.data.photos import load_photos, scan_photos

folder = sys.argv[1]
print(len(load_samples(f"photos:{folder}", squares(4)).unreadable))
try:
    load_photos(scan_photos(Path(folder)).train, ["rock"], 4)
except TrainingError as error:
    print(error)
"""
    words = [sys.executable, "-c", program, tmp_path]
    result = subprocess.run(words, **module_command, capture_output=True, text=True, check=True)
    number, message = result.stdout.splitlines()
    assert number == "1"
    assert message.startswith(f"cannot use the photograph {tmp_path / 'rock' / 'cut.jpg'}")
    assert result.stderr == ""


def test_no_readable_image_is_an_error(tmp_path):
    (tmp_path / "rock").mkdir()
    (tmp_path / "rock" / "bad.png").write_text("not an image")
    with pytest.raises(TrainingError, match="none of the 1 files"):
        load_samples(f"photos:{tmp_path}", squares(4))


def test_tfds_labels_become_names(monkeypatch, tmp_path):
    asked = []

    def load_tfds(split, data_dir, size):
        asked.append((split, data_dir, size))
        return np.zeros((3, size, size, 3), np.uint8), np.array([2, 0, 1])

    monkeypatch.setattr(training.data.tfds, "load_tfds", load_tfds)
    samples = load_samples("tfds:train", squares(8), tmp_path)
    assert asked == [("train", tmp_path, 8)]
    assert samples.labels == ("scissors", "rock", "paper")
    assert samples.sources == ("tfds-train",) * 3


@pytest.mark.parametrize("spec", ["", "tfds", "tfds:validation", "photos:", "photos", "web:test"])
def test_an_unknown_specification_names_the_known_ones(spec):
    with pytest.raises(TrainingError, match="tfds:test, tfds:train or photos:DIR"):
        load_samples(spec, squares(8))


def test_images_of_other_classes_are_excluded_and_counted():
    images = np.arange(4, dtype=np.uint8).reshape(4, 1, 1, 1).repeat(3, axis=3)
    samples = LabelledImages(
        images, ("none", "rock", "none", "paper"), tuple("abcd"), tuple("1234"), ("x: bad",)
    )
    kept, left_out = samples.with_labels(("rock", "paper", "scissors"))
    assert kept.labels == ("rock", "paper")
    assert kept.sources == ("b", "d")
    assert kept.names == ("2", "4")
    assert kept.images[:, 0, 0, 0].tolist() == [1, 3]
    assert kept.unreadable == ("x: bad",)
    assert left_out == {"none": 2}


def test_original_photographs_are_kept_for_two_looks(tmp_path):
    paint(tmp_path / "rock" / "1.png", (200, 10, 20), shape=(30, 40))
    paint(tmp_path / "none" / "2.png", shape=(50, 20))
    columns = "path,hand,score,handedness," + ",".join(f"x{n},y{n}" for n in range(21))
    points = ",".join(["0.25,0.5"] * 20 + ["0.75,0.8"])
    (tmp_path / "landmarks.csv").write_text(f"{columns}\nrock/1.png,0,0.9,Left,{points}\n")
    samples = load_samples(f"photos:{tmp_path}", originals())
    assert [image.shape for image in samples.pixels] == [(30, 40, 3), (50, 20, 3)]
    (hand,), nothing = samples.hands
    assert nothing == ()
    assert (hand.x, hand.y, hand.width, hand.height) == pytest.approx((20, 19.5, 20, 9))
    kept, left_out = samples.with_labels(["none"])
    assert (len(kept.images), kept.hands, left_out) == (1, ((),), {"rock": 1})


def test_images_are_changed_before_they_are_prepared(tmp_path):
    paint(tmp_path / "rock" / "1.png", (200, 10, 20))
    darker = squares(4).after(lambda image: image // 2)
    assert load_samples(f"photos:{tmp_path}", darker).images[0, 0, 0].tolist() == [100, 5, 10]

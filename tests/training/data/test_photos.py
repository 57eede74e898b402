from pathlib import Path

import cv2
import numpy as np
import pytest

from training.console.errors import TrainingError
from training.data.photos import Photo, PhotoFolder, load_photos, read_photo, scan_photos


def put(path, colour=(10, 20, 30), size=(12, 8)):
    """An image file of one RGB colour, size (width, height)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.full((size[1], size[0], 3), colour[::-1], np.uint8)
    assert cv2.imwrite(str(path), pixels)
    return path


def described(photos):
    return [(photo.path.name, photo.label, photo.source) for photo in photos]


def test_a_folder_with_train_validation_and_backgrounds(tmp_path):
    put(tmp_path / "train" / "rock" / "anna__1.png")
    put(tmp_path / "train" / "none" / "b__2__3.png")
    put(tmp_path / "validation" / "paper" / "carl__1.JPG")
    put(tmp_path / "backgrounds" / "wall__1.png")
    put(tmp_path / "scissors" / "not_in_train.png")
    found = scan_photos(tmp_path)
    assert described(found.train) == [("anna__1.png", "rock", "anna"), ("b__2__3.png", "none", "b")]
    assert described(found.validation) == [("carl__1.JPG", "paper", "carl")]
    assert found.backgrounds == (tmp_path / "backgrounds" / "wall__1.png",)
    assert found.train[0].path == tmp_path / "train" / "rock" / "anna__1.png"


def test_class_folders_alone_are_all_for_training(tmp_path):
    folder = tmp_path / "my_hands"
    put(folder / "paper" / "2.png")
    put(folder / "paper" / "1.png")
    put(folder / "rock" / "webcam__7.png")
    found = scan_photos(folder)
    assert described(found.train) == [
        ("webcam__7.png", "rock", "webcam"),
        ("1.png", "paper", "my_hands"),
        ("2.png", "paper", "my_hands"),
    ]
    assert found.validation == found.backgrounds == ()


def test_the_source_of_a_folder_named_by_a_dot(tmp_path, monkeypatch):
    put(tmp_path / "hands_of_anna" / "rock" / "1.png")
    monkeypatch.chdir(tmp_path / "hands_of_anna")
    assert scan_photos(Path()).train[0].source == "hands_of_anna"


def test_validation_photographs_alone(tmp_path):
    put(tmp_path / "validation" / "rock" / "1.png")
    found = scan_photos(tmp_path)
    assert (len(found.train), len(found.validation)) == (0, 1)


def test_other_files_and_folders_do_not_count(tmp_path):
    put(tmp_path / "rock" / "1.png")
    put(tmp_path / "lizard" / "1.png")
    put(tmp_path / "rock" / "more" / "2.png")
    (tmp_path / "rock" / "notes.txt").write_text("left hand")
    assert described(scan_photos(tmp_path).train) == [("1.png", "rock", tmp_path.name)]


def test_folders_add_up(tmp_path):
    put(tmp_path / "a" / "rock" / "1.png")
    put(tmp_path / "b" / "train" / "rock" / "1.png")
    put(tmp_path / "b" / "backgrounds" / "1.png")
    both = scan_photos(tmp_path / "a") + scan_photos(tmp_path / "b")
    assert [photo.source for photo in both.train] == ["a", "b"]
    assert len(both.backgrounds) == 1
    assert PhotoFolder() + both == both


@pytest.mark.parametrize("inside", ["", "cats/1.png", "backgrounds/1.png", "train/1.png"])
def test_a_folder_without_class_folders_reports_what_is_missing(tmp_path, inside):
    if inside:
        put(tmp_path / inside)
    with pytest.raises(TrainingError) as caught:
        scan_photos(tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path} holds no photographs: expected class folders (rock, ")
    assert "\n" not in message


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(TrainingError, match="no folder of photographs .*nowhere"):
        scan_photos(tmp_path / "nowhere")


def test_photographs_are_stretched_to_a_square_in_rgb(tmp_path):
    wide = np.zeros((10, 40, 3), np.uint8)
    wide[:, :20] = (255, 0, 0)  # blue, in OpenCV's order
    cv2.imwrite(str(tmp_path / "1.png"), wide)
    images, labels, read = load_photos(
        [Photo(tmp_path / "1.png", "paper", "s")], ("rock", "paper"), 8
    )
    assert (images.shape, images.dtype, labels.dtype) == ((1, 8, 8, 3), np.uint8, np.int64)
    assert (images[0, :, :4] == (0, 0, 255)).all()
    assert (images[0, :, 4:] == 0).all()
    assert labels.tolist() == [1]
    assert [photo.path.name for photo in read] == ["1.png"]


def test_photographs_of_other_labels_are_skipped(tmp_path):
    photos = [
        Photo(put(tmp_path / f"{number}.png", (number, 0, 0)), label, "s")
        for number, label in enumerate(["none", "scissors", "rock", "none", "paper"])
    ]
    images, labels, read = load_photos(photos, ("rock", "paper", "scissors"), 4)
    assert labels.tolist() == [2, 0, 1]
    assert images[:, 0, 0, 0].tolist() == [1, 2, 4]
    assert read == (photos[1], photos[2], photos[4])


def test_no_photographs_are_an_empty_array():
    images, labels, read = load_photos([], ("rock",), 4)
    assert (images.shape, labels.shape, read) == ((0, 4, 4, 3), (0,), ())


def test_the_photograph_that_cannot_be_read_is_named(tmp_path):
    path = put(tmp_path / "whole.jpg", size=(64, 64))
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(TrainingError, match="cannot use the photograph .*cut.jpg: damaged"):
        load_photos([Photo(path, "rock", "s"), Photo(cut, "rock", "s")], ("rock",), 4)
    with pytest.raises(TrainingError, match="cannot use the photograph .*none.png: no such file"):
        read_photo(tmp_path / "none.png")

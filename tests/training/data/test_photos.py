import os
import shutil
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


def test_unused_files_are_reported_once(tmp_path, capsys):
    put(tmp_path / "rock" / "1.png")
    put(tmp_path / "lizard" / "1.png")
    put(tmp_path / "3.png")
    (tmp_path / "README.md").write_text("my hands")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "1.txt").write_text("left hand")
    (tmp_path / "rock" / "notes.txt").write_text("left hand")
    (tmp_path / "rock" / "2.txt").write_text("left hand")
    (tmp_path / "rock" / "clip").write_bytes(b"\0\0\0\x18ftypmp42")
    put(tmp_path / "backgrounds" / "wall.png")
    (tmp_path / "backgrounds" / "IMG_1.AAE").write_text("<plist/>")
    for _ in range(2):
        assert described(scan_photos(tmp_path).train) == [("1.png", "rock", tmp_path.name)]
    assert capsys.readouterr().err == (
        f"Warning: not used in {tmp_path}: files that cannot be read as images "
        "(1 .aae, 2 .txt, 1 without extension); "
        "photographs outside of the class folders (lizard/, 1 beside them)\n"
    )


def test_class_folders_beside_train_are_not_used(tmp_path, capsys):
    put(tmp_path / "train" / "rock" / "1.png")
    put(tmp_path / "train" / "fist" / "1.heic.png")
    put(tmp_path / "Rock" / "1.png")
    assert len(scan_photos(tmp_path).train) == 1
    assert capsys.readouterr().err == (
        f"Warning: not used in {tmp_path}: "
        "photographs outside of the class folders (Rock/, train/fist/)\n"
    )


def test_a_tidy_folder_needs_no_warning(tmp_path, capsys):
    for name in ("train/rock/1.png", "validation/none/1.png", "backgrounds/1.png"):
        put(tmp_path / name)
    (tmp_path / "landmarks.csv").write_text("1")
    scan_photos(tmp_path)
    assert capsys.readouterr().err == ""


def test_folders_as_phones_and_macs_leave_them(tmp_path, capsys):
    put(tmp_path / "Train" / "ROCK" / "1.png")
    put(tmp_path / "Train" / "rock" / "2.png")
    put(tmp_path / "Train" / "Paper" / "anna" / "summer" / "3.png")
    put(tmp_path / "Train" / "Paper" / "anna" / "bob__4.png")
    put(tmp_path / "VALIDATION" / "None" / "5.png")
    put(tmp_path / "Backgrounds" / "at home" / "6.png")
    for litter in ("._1.png", ".DS_Store", ".thumbnails/1.png", "Thumbs.db", "desktop.ini"):
        path = tmp_path / "Train" / "ROCK" / litter
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"litter")
    found = scan_photos(tmp_path)
    home = tmp_path.name
    assert described(found.train) == [
        ("1.png", "rock", home),
        ("2.png", "rock", home),
        ("bob__4.png", "paper", "bob"),
        ("3.png", "paper", "anna"),
    ]
    assert described(found.validation) == [("5.png", "none", home)]
    assert [path.name for path in found.backgrounds] == ["6.png"]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["1.jfif", "1.JPE", "1", "1.photo"])
def test_images_with_an_unusual_extension_are_read(name, tmp_path, capsys):
    put(tmp_path / "rock" / "1.jpg").rename(tmp_path / "rock" / name)
    found = scan_photos(tmp_path)
    assert [photo.path.name for photo in found.train] == [name]
    assert load_photos(found.train, ("rock",), 8)[0].shape == (1, 8, 8, 3)
    assert capsys.readouterr().err == ""


def test_heic_is_read_or_counted(tmp_path, capsys, shared_dir):
    put(tmp_path / "rock" / "1.png")
    for number in range(3):
        shutil.copy(shared_dir / "cases/other/photo.heic", tmp_path / f"rock/IMG_{number}.HEIC")
    number = len(scan_photos(tmp_path).train)
    warning = capsys.readouterr().err
    assert (number, "3 .heic" in warning) in [(1, True), (4, False)]


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_links_are_followed_but_never_in_a_circle(tmp_path):
    put(tmp_path / "elsewhere" / "1.png")
    (tmp_path / "hands" / "rock").mkdir(parents=True)
    (tmp_path / "hands" / "rock" / "more").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "hands")
    assert described(scan_photos(tmp_path / "hands").train) == [("1.png", "rock", "more")]


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
    assert message.startswith(f"{tmp_path} contains no photographs: expected class folders (rock, ")
    assert "\n" not in message


def test_a_missing_folder(tmp_path):
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

"""Photographs as numbered files that never replace others."""

import cv2
import numpy as np
import pytest

from rps_game.collection.photo_folder import PhotoFolder
from rps_game.recognition.images import read_image

GREY = np.full((48, 64, 3), 90, np.uint8)


def test_numbers_continue_and_nothing_is_replaced(tmp_path):
    names = ("me__0007.jpg", "ME__0003.PNG", "you__0031.jpg", "me_too__0040.jpg", "notes.txt")
    for name in names:
        (tmp_path / name).write_bytes(b"kept")
    photos = PhotoFolder(tmp_path, "me")
    assert (photos.count, photos.taken) == (2, 0)
    saved = [photos.save(GREY) for _ in range(2)]
    assert [path.name for path in saved] == ["me__0008.jpg", "me__0009.jpg"]
    assert (photos.count, photos.taken) == (4, 2)
    assert all((tmp_path / name).read_bytes() == b"kept" for name in names)


def test_two_programs_share_the_numbers(tmp_path):
    first, second = PhotoFolder(tmp_path, "me"), PhotoFolder(tmp_path, "me")
    paths = [photos.save(GREY) for photos in (first, second, second, first)]
    assert len(set(paths)) == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        f"me__000{number}.jpg" for number in range(1, 5)
    ]


def test_quality_and_colours(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    image = cv2.GaussianBlur(noise, (9, 9), 2)
    saved = read_image(PhotoFolder(tmp_path / "new" / "rock", "me").save(image))
    assert np.abs(saved.astype(int) - image).mean() < 2.5


def test_a_folder_that_cannot_be_created(tmp_path):
    (tmp_path / "rock").touch()
    with pytest.raises(OSError, match="exists") as caught:
        PhotoFolder(tmp_path / "rock", "me")
    assert caught.value.filename == str(tmp_path / "rock")

import sys

import cv2
import numpy as np
import pytest

from training.console.errors import TrainingError
from training.data.photo_files import find_photo_files, folders_named, unused


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_photographs_are_found_by_extension_and_hidden_files_are_skipped(tmp_path):
    touch(tmp_path, "a.JPG", "sub/b.heic", "._a.jpg", ".trash/c.jpg", "Thumbs.db", "1.txt", "2.txt")
    touch(tmp_path, "clip")
    found = find_photo_files(tmp_path)
    assert [path.name for path in found.photos] == ["a.JPG", "b.heic"]
    assert found.others == {".txt": 2, "without extension": 1}


def test_the_first_file_decides_about_an_unusual_extension(tmp_path):
    (tmp_path / "1.dat").write_bytes(cv2.imencode(".png", np.zeros((4, 4), np.uint8))[1].tobytes())
    touch(tmp_path, "2.dat", "sub/1.dat")
    found = find_photo_files(tmp_path)
    assert [path.name for path in found.photos] == ["1.dat", "2.dat"]
    assert found.others == {".dat": 1}


def test_folders_are_named_in_either_case(tmp_path):
    touch(tmp_path, "Rock/1.jpg", "rocks/1.jpg", "rock.jpg")
    assert folders_named(tmp_path, "rock") == [tmp_path / "Rock"]
    assert folders_named(tmp_path / "missing", "rock") == []


def test_entries_with_unused_photographs_are_listed(tmp_path):
    touch(tmp_path, "Rock/1.jpg", "lizard/deep/1.jpg", "notes/1.txt", "1.jpg", "2.png", "x.txt")
    assert unused(tmp_path, {"rock"}) == ["lizard/", "2 beside them"]
    assert unused(tmp_path / "missing", set()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege on Windows")
def test_a_link_to_a_folder_around_it_is_not_followed(tmp_path):
    touch(tmp_path, "a/1.jpg")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    assert [path.name for path in find_photo_files(tmp_path).photos] == ["1.jpg"]


def test_a_folder_that_cannot_be_opened_is_named(tmp_path):
    touch(tmp_path, "file")
    with pytest.raises(TrainingError, match="cannot open the folder .*file"):
        find_photo_files(tmp_path / "file")

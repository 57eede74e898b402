"""Pictures of the screen: where they go, and that none is lost."""

import os
import subprocess
import sys

import cv2
import numpy as np
import pytest

from rps_game.ui.controls import Controls
from rps_game.ui.display import Key
from rps_game.ui.screenshots import save_screenshot, screenshot_folder
from rps_game.ui.translations import load_texts

PICTURE = np.full((12, 16, 3), (250, 10, 20), np.uint8)


def test_a_picture_is_kept_as_it_was(tmp_path):
    first, second = (save_screenshot(PICTURE, tmp_path) for _ in range(2))
    assert first != second
    for path in (first, second):
        assert (cv2.imread(str(path))[..., ::-1] == PICTURE).all()


def test_the_users_pictures_or_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pictures = tmp_path / "Pictures"
    monkeypatch.setattr("platformdirs.user_pictures_dir", lambda: str(pictures))
    assert screenshot_folder() == tmp_path
    pictures.mkdir()
    assert screenshot_folder() == pictures


def test_a_folder_that_takes_nothing_is_told(tmp_path, monkeypatch):
    missing = tmp_path / "gone"
    monkeypatch.setattr("rps_game.ui.screenshots.screenshot_folder", lambda: missing)
    controls = Controls(mirror=False)
    controls.press(Key.SCREENSHOT, PICTURE, None, load_texts())
    assert controls.note.startswith(f"cannot save {missing}")
    assert controls.note.endswith("No such file or directory")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_full_disk_keeps_no_half_of_a_picture(tmp_path):
    """In a process of its own, whose files may have no more than ten bytes."""
    code = """
import resource, sys
from pathlib import Path
import numpy as np
from rps_game.controls import Controls
from rps_game.texts import load_texts
from rps_game.window import Key
import rps_game.ui.screenshots as screenshots
screenshots.screenshot_folder = lambda: Path(sys.argv[1])
controls = Controls(mirror=False)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.RLIM_INFINITY))
controls.press(Key.SCREENSHOT, np.zeros((90, 120, 3), np.uint8), None, load_texts())
print(controls.note)
"""
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith(f"cannot save {tmp_path}")
    assert done.stdout.endswith("File too large\n")
    assert list(tmp_path.iterdir()) == []


def test_notes_do_not_stay(tmp_path, monkeypatch):
    monkeypatch.setattr("rps_game.ui.screenshots.screenshot_folder", lambda: tmp_path)
    controls = Controls(mirror=False)
    controls.press(Key.SCREENSHOT, PICTURE, None, load_texts())
    assert controls.note
    monkeypatch.setattr("time.monotonic", lambda: 1e12)
    assert controls.note == ""


@pytest.mark.parametrize("key", [Key.NONE, Key.NEXT, Key.QUIT])
def test_other_keys_are_not_about_the_screen(key):
    controls = Controls(mirror=True)
    controls.press(key, PICTURE, None, load_texts())
    assert controls == Controls(mirror=True)

"""Screenshots: where they go, and that none is lost."""

import os
import subprocess
import sys

import cv2
import numpy as np
import pytest

from rps_game.ui.screenshots import save_screenshot, screenshot_folder

SCREEN = np.full((12, 16, 3), (250, 10, 20), np.uint8)


def test_a_screenshot_is_lossless_and_overwrites_nothing(tmp_path):
    first, second = (save_screenshot(SCREEN, tmp_path) for _ in range(2))
    assert first != second
    for path in (first, second):
        assert (cv2.imread(str(path))[..., ::-1] == SCREEN).all()


def test_the_pictures_folder_or_the_current_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pictures = tmp_path / "Pictures"
    monkeypatch.setattr("platformdirs.user_pictures_dir", lambda: str(pictures))
    assert screenshot_folder() == tmp_path
    pictures.mkdir()
    assert screenshot_folder() == pictures


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limit")
def test_a_full_disk_keeps_no_partial_file(tmp_path):
    """In its own process, whose files may have no more than ten bytes."""
    code = """
import resource, sys
from pathlib import Path
import numpy as np
from rps_game.ui.screenshots import save_screenshot
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
try:
    save_screenshot(np.zeros((90, 120, 3), np.uint8), Path(sys.argv[1]))
except OSError as error:
    print(error.filename, error.strerror, sep="|")
# What measures the coverage writes a file at the end.
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
"""
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith(str(tmp_path))
    assert done.stdout.endswith("|File too large\n")
    assert list(tmp_path.iterdir()) == []

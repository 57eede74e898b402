"""What all commands do alike."""

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize(
    "arguments",
    [
        "rps_game.classify --version",
        "rps_game.classify picture.png --model {model}",
        "rps_game.classify picture.png --model {model} --json",
        "rps_game.play --help",
        "rps_game.play --stats",
        "rps_game.collect --help",
    ],
)
def test_output_onto_a_full_disk_is_one_line(arguments, buffered, tiny_model, tmp_path):
    cv2.imwrite(str(tmp_path / "picture.png"), np.full((48, 64, 3), 90, np.uint8))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    environment["RPS_GAME_DATA"] = str(tmp_path)
    if not buffered:
        environment["PYTHONUNBUFFERED"] = "1"
    line = [sys.executable, "-m", *arguments.format(model=tiny_model).split()]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            line,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=tmp_path,
            env=environment,
        )
    assert done.stderr == "Error: standard output cannot be written: No space left on device\n"
    assert done.returncode == 2


def test_another_error_is_not_taken_for_that(tmp_path):
    code = (
        "import click\nfrom rps_game.cli.command import Command\n"
        "@click.command(cls=Command)\ndef main(): open('missing')\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert "FileNotFoundError" in done.stderr


def test_a_picture_of_too_many_pixels_is_refused(tiny_model, tmp_path):
    cv2.imwrite(str(tmp_path / "huge.png"), np.zeros((8193, 8192), np.uint8))
    environment = {
        name: value for name, value in os.environ.items() if name != "OPENCV_IO_MAX_IMAGE_PIXELS"
    }
    line = [sys.executable, "-m", "rps_game.classify", "huge.png", "--model", str(tiny_model)]
    done = subprocess.run(
        line, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "huge.png: too many pixels" in done.stderr


def test_opencv_works_in_the_thread_that_asks():
    code = (
        "from rps_game.cli.command import libraries_explained\n"
        "with libraries_explained(): import cv2\n"
        "print(cv2.getNumThreads())"
    )
    environment = {k: v for k, v in os.environ.items() if k != "OPENCV_FOR_THREADS_NUM"}
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "1\n"


def test_standard_input_that_cannot_be_read_is_one_line(tiny_model, tmp_path):
    line = [sys.executable, "-m", "rps_game.classify", "-", "--model", str(tiny_model)]
    with (tmp_path / "only to write").open("w") as file:
        done = subprocess.run(line, stdin=file, capture_output=True, text=True, check=False)
    assert done.stderr == "Error: standard input cannot be read: Bad file descriptor\n"
    assert (done.returncode, done.stdout) == (2, "")

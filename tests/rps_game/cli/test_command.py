"""What all commands have in common."""

import os
import subprocess
import sys
from pathlib import Path

import click
import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from rps_game.cli.command import Command, one_line
from rps_game.cli.signals import Interrupted


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(
    ("arguments", "unbuffered"),
    [
        ("rps_game.classify --version", ""),
        ("rps_game.classify hand.png --model {model}", ""),
        ("rps_game.classify hand.png --model {model}", "1"),
        ("rps_game.classify hand.png --model {model} --json", ""),
        ("rps_game.play --help", ""),
        ("rps_game.play --help", "1"),
        ("rps_game.play --stats", ""),
        ("rps_game.collect --help", ""),
    ],
)
def test_a_full_disk_is_reported_in_one_line(arguments, unbuffered, tiny_model, tmp_path):
    cv2.imwrite(str(tmp_path / "hand.png"), np.full((48, 64, 3), 90, np.uint8))
    environment = os.environ | {"RPS_GAME_DATA": str(tmp_path), "PYTHONUNBUFFERED": unbuffered}
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


def test_other_errors_are_not_mistaken_for_it(tmp_path):
    code = (
        "import click\nfrom rps_game.cli.command import Command\n"
        "@click.command(cls=Command)\ndef main(): open('missing')\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert "FileNotFoundError" in done.stderr


def test_an_image_with_too_many_pixels_is_refused(tiny_model, tmp_path):
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


def test_opencv_works_in_the_calling_thread():
    code = (
        "from rps_game.cli.command import import_errors_explained\n"
        "with import_errors_explained(): import cv2\n"
        "print(cv2.getNumThreads())"
    )
    environment = {k: v for k, v in os.environ.items() if k != "OPENCV_FOR_THREADS_NUM"}
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == "1\n"


def test_unreadable_standard_input_is_reported_in_one_line(tiny_model, tmp_path):
    line = [sys.executable, "-m", "rps_game.classify", "-", "--model", str(tiny_model)]
    with (tmp_path / "write-only").open("w") as file:
        done = subprocess.run(line, stdin=file, capture_output=True, text=True, check=False)
    assert done.stderr == "Error: standard input cannot be read: Bad file descriptor\n"
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize(
    ("interruption", "status"), [(KeyboardInterrupt(), 130), (Interrupted(143), 143)]
)
def test_an_interruption_becomes_the_exit_status(interruption, status):
    @click.command(cls=Command)
    def main():
        raise interruption

    done = CliRunner().invoke(main)
    assert (done.exit_code, done.output) == (status, "")


def test_text_that_a_terminal_would_interpret_is_escaped():
    assert one_line("ножницы\n\x1b[31m\udcff") == r"ножницы\n\x1b[31m\udcff"


@pytest.mark.parametrize("module", ["rps_game", "rps_game.play"])
def test_the_package_itself_is_the_game(module):
    line = [sys.executable, "-m", module, "--version"]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("rps-play, version ")

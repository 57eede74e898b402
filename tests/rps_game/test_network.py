"""No network is used unless a URL is given as the source."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

GUARDED = """
import os, runpy, sys

def refuse(event, arguments):
    if event.startswith("socket."):
        os.write(2, f"network: {event} {arguments}".encode())
        os._exit(99)  # which no exception handler can hide

sys.addaudithook(refuse)
import rps_game
rps_game.Classifier
if sys.argv[1:]:
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
"""Python calls its audit hooks for every socket created and every name looked up."""


def guarded(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", GUARDED, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_guard_sees_a_socket() -> None:
    run = guarded("http.server", 0)
    assert run.returncode == 99
    assert run.stderr.startswith("network: socket.")


def test_importing_uses_no_network() -> None:
    assert guarded().returncode == 0


@pytest.mark.parametrize("model", ["shipped", "tiny"])
def test_classifying_uses_no_network(model: str, tiny_model: Path, tmp_path: Path) -> None:
    image = tmp_path / "hand.png"
    cv2.imwrite(str(image), np.zeros((9, 9, 3), np.uint8))
    chosen = [] if model == "shipped" else ["--model", tiny_model]
    run = guarded("rps_game.classify", "--json", *chosen, image)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["gesture"] == "none"


def test_playing_uses_no_network() -> None:
    run = guarded("rps_game.play", "--demo", "--headless", "--json", "--best-of", "1")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout.splitlines()[-1])["event"] == "match_over"

"""No network is used unless the source is a URL, and no file is written without a request."""

import json
import os
import re
import shutil
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
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""
"""Python calls its audit hooks when Python code creates a socket or looks up a name."""

IMPORT = "import rps_game; rps_game.Classifier"
PLAY = ("-m", "rps_game.play", "--demo", "--headless", "--json", "--best-of", "1", "--no-history")


def child(home: Path, *command: object) -> subprocess.CompletedProcess[str]:
    """Run a command outside CI: ONNX Runtime sends nothing if CI or GITHUB_ACTIONS is set."""
    home.mkdir(exist_ok=True)
    hidden = re.compile("CI|GITHUB_ACTIONS|ORT_DISABLE_TELEMETRY|XDG_.*")
    environment = {name: value for name, value in os.environ.items() if not hidden.fullmatch(name)}
    return subprocess.run(
        [str(word) for word in command],
        env={**environment, "HOME": str(home), "USERPROFILE": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "hand.png"
    cv2.imwrite(str(path), np.zeros((9, 9, 3), np.uint8))
    return path


def test_the_guard_notices_a_socket(tmp_path: Path) -> None:
    run = child(tmp_path, sys.executable, "-c", GUARDED, "http.server", 0)
    assert run.returncode == 99
    assert run.stderr.startswith("network: socket.")


@pytest.mark.parametrize("model", ["shipped", "tiny"])
def test_classifying_touches_no_network(
    model: str, tiny_model: Path, image: Path, tmp_path: Path
) -> None:
    chosen = [] if model == "shipped" else ["--model", tiny_model]
    guarded = (sys.executable, "-c", GUARDED, "rps_game.classify")
    run = child(tmp_path, *guarded, "--json", *chosen, image)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["gesture"] == "none"


def test_playing_touches_no_network(tmp_path: Path) -> None:
    run = child(tmp_path, sys.executable, "-c", GUARDED, *PLAY[1:])
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout.splitlines()[-1])["event"] == "match_over"


def video(path: Path) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for _ in range(20):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    return path


@pytest.mark.parametrize("what", ["import", "classify", "play", "record", "video"])
def test_nothing_is_written_or_sent(what: str, image: Path, tmp_path: Path) -> None:
    """Not even by native libraries, whose sockets Python's audit hooks cannot see."""
    source = ("--source", video(tmp_path / "hand.avi"))
    words = {
        "import": ("-c", IMPORT),
        "classify": ("-m", "rps_game.classify", image),
        "play": PLAY,
        "record": (*PLAY, "--record", tmp_path / "match.mkv"),
        "video": ("-m", "rps_game.collect", "rock", tmp_path, "--headless", "--burst", 2, *source),
    }
    command = (sys.executable, *words[what])
    if shutil.which("strace") and sys.platform == "linux":
        trace = tmp_path / "trace"
        command = ("strace", "-f", "-qq", "-e", "trace=socket,connect", "-o", trace, *command)
    home = tmp_path / "home"
    run = child(home, *command)
    assert run.returncode == 0, run.stderr
    assert list(home.rglob("*")) == []
    if command[0] == "strace":
        assert [line for line in trace.read_text().splitlines() if "AF_INET" in line] == []


@pytest.mark.parametrize("chosen", ["0", "1", None])
def test_a_users_own_setting_wins(chosen: str | None, tmp_path: Path) -> None:
    set_it = f"import os; os.environ['ORT_DISABLE_TELEMETRY'] = {chosen!r}; " if chosen else ""
    code = f"{set_it}import os, rps_game; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    assert child(tmp_path, sys.executable, "-c", code).stdout.strip() == (chosen or "1")

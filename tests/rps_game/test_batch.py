import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from rps_game import Classifier, Gesture
from rps_game.batch import main
from rps_game.classify import classify_files
from rps_game.hands import draw_scene

NEEDS_RAY = "needs Ray: pip install -e '.[ray]'"
HELP = """
import sys
from rps_game.batch import main
main(["--help"], standalone_mode=False)
print([name for name in ("ray", "pyarrow", "fsspec", "onnxruntime", "cv2") if name in sys.modules])
"""


def batch(*arguments: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "rps_game.batch", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def test_help_needs_neither_ray_nor_a_model() -> None:
    done = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True)
    assert "--out DIR" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"


def test_without_ray_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    result = CliRunner().invoke(main, ["photos", "--out", "results"])
    assert result.exit_code == 2
    assert result.stderr == (
        "Error: ray is not installed: pip install 'rps-game[ray]', "
        "or in a checkout pip install -e '.[ray]'\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "results"], "Missing argument 'PATH...', or --list."),
        (["photos"], "Missing option '--out'."),
        (["photos", "--out", ""], "the name is empty"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["*.webp"], r"no file matches \*\.webp"),
        (["--list", "missing.txt"], "the list missing.txt cannot be read: no such file"),
        (["a.png", "--address", "127.0.0.1:9"], "no Ray cluster answers at 127.0.0.1:9: .*refused"),
        (["a.png", "--model", "notes.txt"], "notes.txt is not an ONNX model"),
        (["a.png", "--out", "notes.txt"], "notes.txt cannot be written"),
        (["a.png", "--out", "nonsense://a"], "nonsense:// cannot be opened"),
    ],
)
def test_what_cannot_work_is_one_line(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray.data", reason=NEEDS_RAY)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("rock beats scissors")
    result = CliRunner().invoke(main, ["--out", "results", *arguments])
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert re.search(message, line), line


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 drawn images, one of them broken, and a file that is no image."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(7)
    for number in range(50):
        scene = draw_scene(list(Gesture)[number % 4], rng, 144)
        for turn in range(4):
            path = folder / f"{turn}" / f"{number}.{'png' if number % 2 else 'jpg'}"
            path.parent.mkdir(exist_ok=True)
            cv2.imwrite(str(path), np.rot90(scene, turn)[..., ::-1])
    (folder / "1" / "13.png").write_bytes((folder / "1" / "13.png").read_bytes()[:-20])
    (folder / "notes.txt").write_text("rock beats scissors")
    return folder


def test_answers_are_those_of_rps_classify_and_a_run_continues(
    photos: Path, tmp_path: Path
) -> None:
    pytest.importorskip("ray.data", reason=NEEDS_RAY)
    pq = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "results"
    first = batch(photos / "0", photos / "1", "--out", out, "--workers", 2)
    assert first.stdout == f"99 images classified, 1 unreadable, 0 already in {out}\n"
    assert (first.returncode, first.stderr) == (1, "")
    before = {path: path.stat().st_mtime_ns for path in out.glob("*.parquet")}
    (tmp_path / "list.txt").write_text(f"{photos / '2' / '0.jpg'}\n")

    second = batch(photos, "--list", tmp_path / "list.txt", "--out", out, "--workers", 2)
    assert second.stdout == f"100 images classified, 0 unreadable, 100 already in {out}\n"
    assert (second.returncode, second.stderr) == (0, "skipped 1 file that is not an image\n")
    assert {path: path.stat().st_mtime_ns for path in before} == before

    third = batch(photos, "--out", out)
    assert third.stdout == f"0 images classified, 0 unreadable, 200 already in {out}\n"

    rows = {row["path"]: row for row in pq.read_table(out).to_pylist()}
    assert len(rows) == 200
    for result in classify_files(Classifier(), [str(photos)], batch_size=16):
        row = rows.pop(result.path)
        assert row["error"] == (result.error or None)
        if result.prediction is None:
            assert (Path(result.path).name, row["gesture"]) == ("13.png", None)
            continue
        assert row["gesture"] == result.prediction.gesture.value
        assert row["confidence"] == result.prediction.confidence  # to the last bit
        assert row["probabilities"] == result.prediction.probabilities
        box = result.prediction.box
        assert row["box"] == (None if box is None else box._asdict())
    assert not rows


def test_results_of_another_model_are_not_mixed(photos: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray.data", reason=NEEDS_RAY)
    (tmp_path / "_rps_batch.json").write_text('{"model": "another", "labels": []}')
    done = batch(photos, "--out", tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"Error: {tmp_path} has results of another model: name another folder\n"

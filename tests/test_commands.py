"""What all commands of both packages have in common: Ctrl-C, and streams of any encoding."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from training.recipes.catalogue import get_recipe
from training.recipes.run_config import RunConfig
from training.recipes.serialization import save_recipe

ROOT = Path(__file__).resolve().parents[1]
NAME = "手é✌"
AT_IMPORT = """
import os, signal, sys

def interrupt(event, arguments):
    if event == "import" and arguments[0] == os.environ["INTERRUPT_AT"]:
        os.kill(os.getpid(), signal.SIGINT)

sys.addaudithook(interrupt)
"""
"""Python runs this as soon as it has started, and the hook when it begins to import a module."""

PLAY = ("rps_game.play", "--demo", "--headless", "--no-history", "--best-of", "1")
CLASSIFY = ("rps_game.classify", "hand.png")
COLLECT = ("rps_game.collect", "rock", "out", "--source", "hand.png", "--headless")
BATCH = ("rps_game.batch", "hand.png", "--out", "out")
TRAINING = {
    "ablation": ("models", "--photos", "photos"),
    "aims": ("models", "--photos", "photos"),
    "compare": ("article",),
    "crossvalidate": ("article-cnn",),
    "evaluate": ("--model", "run", "--data", "photos:photos"),
    "export": ("run", "--out", "out"),
    "lr_finder": ("article-cnn",),
    "samples": ("--out", "sheet.png"),
    "train": ("article-cnn",),
}
SCRIPTS = "import sys; sys.argv[0] = 'rps'; from rps_game.entry_points import {0}; {0}()"

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")


@pytest.fixture
def folder(tmp_path):
    """A working directory with whatever the commands need until they load their libraries."""
    cv2.imwrite(str(tmp_path / "hand.png"), np.zeros((48, 64, 3), np.uint8))
    for name in ("run/recipe.toml", "models/rps.onnx", "photos/rock/1.png"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text("{}")
    save_recipe(tmp_path / "run", get_recipe("article-cnn"), RunConfig())
    return tmp_path


def run(folder, *words, **environment):
    for name in ("TF_CPP_MIN_LOG_LEVEL", "PYTHONIOENCODING", "PYTHONUTF8"):
        environment.setdefault(name, "")
    known = os.environ | {"PYTHONPATH": str(ROOT), "RPS_GAME_DATA": str(folder)} | environment
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={name: value for name, value in known.items() if value},
        capture_output=True,
        check=False,
        preexec_fn=None if os.name == "nt" else heed_interrupts,
    )


def heed_interrupts():
    """A runner in the background may have been started with the signal ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def interrupted(folder, module, *words):
    """Run Python and interrupt it when it imports a module."""
    (folder / "sitecustomize.py").write_text(AT_IMPORT)
    path = os.pathsep.join([str(folder), str(ROOT)])
    done = run(folder, *words, PYTHONPATH=path, INTERRUPT_AT=module)
    return done.returncode, done.stderr.decode().strip()


@posix
@pytest.mark.parametrize(
    "module",
    [
        "click",
        "rps_game.cli.command",
        "numpy",
        "numpy._core._multiarray_umath",
        "cv2",
        "onnxruntime",
        "onnxruntime.capi._pybind_state",
        "rps_game.recognition.classifier",
    ],
)
@pytest.mark.parametrize("command", [PLAY, CLASSIFY, COLLECT])
def test_ctrl_c_while_the_game_loads(command, module, folder):
    if command is COLLECT and ("onnxruntime" in module or "classifier" in module):
        pytest.skip("rps-collect needs no model")
    assert interrupted(folder, module, "-m", *command) == (130, "")


@posix
@pytest.mark.parametrize("module", ["click", "pyarrow", "onnxruntime"])
def test_ctrl_c_while_the_batch_command_loads(module, folder):
    if module != "click":
        pytest.importorskip("ray.data", reason="needs Ray: pip install -e '.[ray]'")
    assert interrupted(folder, module, "-m", *BATCH) == (130, "")


@posix
@pytest.mark.parametrize("module", ["rps_game.game.session", "rps_game.game.video_recorder"])
def test_ctrl_c_while_a_match_is_set_up(module, folder):
    words = ("rps_game.play", "--headless", "--source", "hand.png", "--record", "match.mp4")
    assert interrupted(folder, module, "-m", *words) == (130, "")


@posix
@pytest.mark.parametrize("name", ["play", "classify", "collect"])
def test_ctrl_c_while_an_installed_script_loads(name, folder):
    for module in ("click", "rps_game.cli.command"):
        assert interrupted(folder, module, "-c", SCRIPTS.format(name), "--help") == (130, "")


@posix
def test_ctrl_c_while_the_package_loads_as_a_program(folder):
    assert interrupted(folder, "click", "-m", "rps_game") == (130, "")


@posix
@pytest.mark.parametrize("command", TRAINING)
def test_ctrl_c_while_training_loads(command, folder):
    words = ("-m", f"training.{command}", *TRAINING[command])
    modules = ["click", "training.console.options"]
    if command not in ("ablation", "aims"):
        modules += ["tensorflow"]
    if command == "train":
        modules += ["keras.src"]
    for module in modules:
        if module in ("tensorflow", "keras.src"):
            pytest.importorskip("tensorflow")
        assert interrupted(folder, module, *words) == (130, ""), module


@posix
def test_a_process_that_ignores_ctrl_c_goes_on_doing_so(folder):
    (folder / "sitecustomize.py").write_text(
        AT_IMPORT + "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    )
    path = os.pathsep.join([str(folder), str(ROOT)])
    done = run(folder, "-m", *CLASSIFY, PYTHONPATH=path, INTERRUPT_AT="numpy")
    assert (done.returncode, done.stderr) == (0, b"")


WITH_NAME = {
    ("rps_game.play", "--headless", "--source", NAME): 2,
    ("rps_game.play", "--demo", "--headless", "--model", NAME): 2,
    ("rps_game.play", "--verify", NAME): 2,
    ("rps_game.play", NAME): 2,
    ("rps_game.play", "--headless", "--no-history", "--source", f"{NAME}.d"): 1,
    ("rps_game.classify", f"{NAME}.d"): 0,
    ("rps_game.classify", NAME): 1,
    ("rps_game.classify", "--model", NAME, "hand.png"): 2,
    ("rps_game.collect", "rock", f"{NAME}.o", "--headless", "--burst", "1", "--source", "d"): 0,
    ("rps_game.batch", "hand.png", "--out", "out", "--model", NAME): 2,
    ("rps_game.collect", NAME, "out"): 2,
    ("rps_game.collect", "rock", "out", "--headless", "--source", NAME): 2,
    ("training.ablation", NAME, "--photos", "photos"): 2,
    ("training.aims", NAME, "--photos", "photos"): 2,
    ("training.compare", NAME): 2,
    ("training.crossvalidate", NAME): 2,
    ("training.evaluate", "--model", NAME, "--data", "photos:photos"): 2,
    ("training.export", NAME, "--out", "out"): 2,
    ("training.lr_finder", NAME): 2,
    ("training.samples", "--out", NAME): 2,
    ("training.train", NAME): 2,
}


@pytest.fixture
def with_name(folder):
    """The same, with a folder of images that has the name, and another one."""
    for name in (f"{NAME}.d", "d"):
        (folder / name).mkdir()
        shutil.copy(folder / "hand.png", folder / name / f"{NAME}.png")
    return folder


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
@pytest.mark.parametrize("command", WITH_NAME, ids=lambda words: f"{words[0]} {words[1][:9]}")
def test_streams_that_cannot_carry_a_name(command, encoding, with_name):
    done = run(with_name, "-m", *command, PYTHONIOENCODING=encoding)
    shown = (done.stdout + done.stderr).decode(encoding)
    assert "Traceback" not in shown
    if "is not installed: pip install" in shown:
        pytest.skip("needs Ray: pip install -e '.[ray]'")
    assert done.returncode == WITH_NAME[command], shown
    assert NAME.encode(encoding, "backslashreplace").decode(encoding) in shown


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
@pytest.mark.parametrize(
    ("command", "key"),
    [
        (("rps_game.classify", "--json", f"{NAME}.d"), "path"),
        (
            ("rps_game.play", "--json", "--headless", "--no-history", "--source", f"{NAME}.d"),
            "source",
        ),
    ],
)
def test_json_is_the_same_in_every_encoding(command, key, encoding, with_name):
    done = run(with_name, "-m", *command, PYTHONIOENCODING=encoding)
    first = json.loads(done.stdout.decode("ascii").splitlines()[0])
    assert first[key].startswith(f"{NAME}.d")


def test_training_s_json_and_tables_in_every_encoding(with_name):
    pytest.importorskip("matplotlib")
    shutil.copytree(with_name / "d", with_name / f"photos {NAME}" / "rock")
    shutil.copy(ROOT / "models" / "rps-int8.onnx", with_name / f"{NAME}.onnx")
    shutil.copy(ROOT / "models" / "rps-finder-int8.onnx", with_name)
    words = ("training.evaluate", "--model", f"{NAME}.onnx", "--data", f"photos:photos {NAME}")
    for options in (("--json",), ()):
        done = run(with_name, "-m", *words, *options, PYTHONIOENCODING="cp1252")
        assert (done.returncode, done.stderr) == (0, b"")
        if options:
            assert json.loads(done.stdout.decode("ascii"))["model"] == f"{NAME}.onnx"
        else:
            assert NAME.encode("cp1252", "backslashreplace") in done.stdout


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names there are Unicode")
@pytest.mark.parametrize("parser", ["python", "node"])
def test_json_of_a_name_that_is_not_utf8(parser, folder):
    name = b"z\xe9\xff.png"
    (folder / "hand.png").rename(os.fsdecode(bytes(folder) + b"/" + name))
    done = run(folder, "-m", "rps_game.classify", "--json", name)
    (line,) = done.stdout.splitlines()
    assert b"\\ud" not in line, "a lone surrogate"
    if parser == "python":
        import base64

        found = json.loads(line)
        assert found["path"] == "z\ufffd\ufffd.png"
        assert base64.b64decode(found["path_bytes"]) == name
        return
    if shutil.which("node") is None:
        pytest.skip("needs node")
    code = (
        "const found = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "process.stdout.write(Buffer.from(found.path_bytes, 'base64'))"
    )
    node = subprocess.run(["node", "-e", code], input=line, capture_output=True, check=True)
    assert node.stdout == name

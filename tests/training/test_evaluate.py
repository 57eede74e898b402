import json
import subprocess
import sys

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

import training.data.tfds
from rps_game.recognition.images import read_image
from training.evaluate import main
from training.reporting.look_cells import WRONG

# The colours that the tiny model of tests/conftest.py classifies as rock, paper, scissors, none.
RED, GREEN, BLUE, BLACK = (250, 0, 0), (0, 250, 0), (0, 0, 250), (0, 0, 0)


def paint(path, colour):
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((10, 10, 3), colour[::-1], np.uint8))


@pytest.fixture
def hands(tmp_path):
    """Seven images of two sources; a rock, a paper and a none of `far` are misclassified."""
    folder = tmp_path / "hands"
    for name, colour in {
        "rock/near__1.png": RED,
        "rock/far__1.png": GREEN,
        "paper/near__1.png": GREEN,
        "paper/far__1.png": BLACK,
        "scissors/near__1.png": BLUE,
        "none/near__1.png": BLACK,
        "none/far__1.png": RED,
    }.items():
        paint(folder / name, colour)
    return folder


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_json_is_one_object_with_every_figure(tiny_model, hands):
    result = run("--model", tiny_model, "--data", f"photos:{hands}", "--json")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert result.stdout.count("\n") == 1
    report = json.loads(result.stdout)
    assert report["model"] == str(tiny_model)
    assert (report["kind"], report["recipe"], report["images"]) == ("onnx", "tiny", 7)
    assert report["accuracy"]["value"] == pytest.approx(4 / 7)
    assert report["gesture_accuracy"]["value"] == pytest.approx(3 / 5)
    assert report["none_recall"]["value"] == pytest.approx(1 / 2)
    assert report["confusion"] == [[1, 1, 0, 0], [0, 1, 0, 1], [0, 0, 1, 0], [1, 0, 0, 1]]
    assert {s["source"]: s["accuracy"]["value"] for s in report["sources"]} == {
        "near": 1,
        "far": 0,
    }
    assert report["mean_over_sources"] == pytest.approx(0.5)
    assert report["notes"] == []
    assert [(b["condition"], b["band"]) for b in report["bands"]][:1] == [("brightness", "dark")]
    assert sum(b["gesture_accuracy"]["right"] for b in report["bands"]) == 2 * 3


def test_the_batch_size_changes_no_figure(tiny_model, hands):
    reports = [
        run("--model", tiny_model, "--data", f"photos:{hands}", "--json", "--batch-size", n).stdout
        for n in (1, 3, 100)
    ]
    assert reports[0] == reports[1] == reports[2]


def test_tables_show_the_same(tiny_model, hands):
    result = run("--model", tiny_model, "--data", f"photos:{hands}")
    assert result.exit_code == 0
    lines = [line.strip("│ ").split("│") for line in result.stdout.splitlines() if "│" in line]
    rows = {line[0].strip(): [cell.strip() for cell in line[1:]] for line in lines}
    assert rows["accuracy"][0] == "57.1%"
    assert rows["recall of none"] == ["50.0%", "9.5 to 90.5", "1 / 2"]
    assert rows["... missed (classified as none)"] == ["20.0%", "3.6 to 62.4", "1 / 5"]
    assert rows["... worst source"][0] == "0.0%"
    assert rows["rock"] == ["50.0% (9-91)", "50.0% (9-91)", "1", "1", "0", "0"]
    one = "100.0% (21-100)"
    assert rows["near"] == ["3", "100.0%", "100.0% (44-100)", "0.0%", "1", one, one]
    assert rows["far"][:4] == ["2", "0.0%", "0.0% (0-66)", "50.0%"]
    assert "sharpness" in rows


def test_a_model_of_three_classes_skips_none_and_says_so(make_model, hands):
    model = make_model(labels=("rock", "paper", "scissors"), classes=3)
    result = run("--model", model, "--data", f"photos:{hands}", "--json")
    report = json.loads(result.stdout)
    assert report["left_out"] == {"none": 2}
    assert report["images"] == 5
    assert report["labels"] == ["rock", "paper", "scissors"]
    assert any("2 images of 'none' excluded" in note for note in report["notes"])
    assert "excluded" in run("--model", model, "--data", f"photos:{hands}").stdout


def test_a_model_of_four_classes_on_tfds_is_also_measured_without_none(tiny_model, monkeypatch):
    # Red, then nearly black with a trace of green: none, but paper among the moves.
    images = np.zeros((2, 8, 8, 3), np.uint8)
    images[0, ..., 0], images[1, ..., 1] = 250, 20
    monkeypatch.setattr(training.data.tfds, "load_tfds", lambda *_: (images, np.array([0, 1])))
    report = json.loads(run("--model", tiny_model, "--data", "tfds:test", "--json").stdout)
    assert report["accuracy"]["value"] == 0.5
    assert report["gesture_accuracy_among_moves"]["value"] == 1.0
    assert report["none_recall"]["value"] is None
    assert any("no image of 'none'" in note for note in report["notes"])


def test_the_report_is_also_written_to_a_file(tiny_model, hands, tmp_path):
    model_and_data = ("--model", tiny_model, "--data", f"photos:{hands}")
    result = run(*model_and_data, "--out", tmp_path / "report.json")
    assert "Classes" in result.stdout
    kept = json.loads((tmp_path / "report.json").read_text())
    assert kept == json.loads(run(*model_and_data, "--json").stdout)


def test_hand_size_is_a_slice_if_known(tiny_model, hands, tmp_path):
    names = sorted(f"{path.parent.name}/{path.name}" for path in hands.rglob("*.png"))
    sizes = tmp_path / "sizes.csv"
    sizes.write_text("file,hand\n" + "".join(f"{n},{'' if 'far' in n else 0.3}\n" for n in names))
    model_and_data = ("--model", tiny_model, "--data", f"photos:{hands}", "--json")
    report = json.loads(run(*model_and_data, "--hand-sizes", sizes).stdout)
    found = {b["band"]: b for b in report["bands"] if b["condition"] == "hand size"}
    assert found["small"]["gesture_accuracy"]["count"] == 3
    assert found["not found"]["gesture_accuracy"] == {
        **found["not found"]["gesture_accuracy"],
        "right": 0,
        "count": 2,
    }


def test_rejection_of_none_is_reported_and_drawn(tiny_model, hands, tmp_path):
    plot = tmp_path / "rejection.png"
    model_and_data = ("--model", tiny_model, "--data", f"photos:{hands}")
    result = run(*model_and_data, "--rejection", plot)
    assert "None rejected against moves lost" in result.stdout
    assert read_image(plot).size
    rejection = json.loads(run(*model_and_data, "--json").stdout)["rejection"]
    assert [point["at_most_lost"] for point in rejection] == [0.01, 0.02, 0.03, 0.05, 0.1]
    assert rejection[0]["gestures_lost"] == 0
    (tmp_path / "drawn").mkdir()
    for name in ("rock", "paper"):
        (hands / name).rename(tmp_path / "drawn" / name)
    moves = ("--model", tiny_model, "--data", f"photos:{tmp_path / 'drawn'}")
    refused = run(*moves, "--rejection", plot)
    assert refused.exit_code == 2
    assert "--rejection needs images of none and of moves" in refused.stderr


def test_a_model_of_two_looks_gets_the_original_photographs(tiny_pair, tmp_path):
    """A hand of a tenth of the width, which would be distorted in a square."""
    image = np.zeros((100, 400, 3), np.uint8)
    image[30:80, 250:290] = GREEN[::-1]
    (tmp_path / "paper").mkdir()
    cv2.imwrite(str(tmp_path / "paper" / "1.png"), image)
    points = np.tile([270 / 400, 55 / 100], (21, 1))
    points[[0, 9, 4, 20]] += [(0, 0.25), (0, -0.25), (-0.05, 0), (0.05, 0)]
    columns = "path,hand,score,handedness," + ",".join(f"x{n},y{n}" for n in range(21))
    row = "paper/1.png,0,0.9,Right," + ",".join(map(str, points.ravel()))
    (tmp_path / "landmarks.csv").write_text(f"{columns}\n{row}\n")
    model_and_data = ("--model", tiny_pair, "--data", f"photos:{tmp_path}")
    report = json.loads(run(*model_and_data, "--json").stdout)
    assert report["accuracy"]["value"] == 1
    for look in ("finder", "close_up"):
        assert report["hands"][look]["box"]["value"] == 1
        assert report["hands"][look]["direction"]["value"] == 1
    table = run(*model_and_data).stdout
    assert "Hands found" in table
    (tmp_path / "landmarks.csv").unlink()
    assert json.loads(run(*model_and_data, "--json").stdout)["hands"] is None


def test_second_looks_are_drawn(tiny_pair, tiny_model, tmp_path):
    for name, colour in {"rock/1.png": RED, "rock/2.png": GREEN, "paper/3.png": GREEN}.items():
        image = np.zeros((120, 160, 3), np.uint8)
        image[30:80, 60:100] = colour[::-1]
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(tmp_path / "photos" / name), image)
    data = ("--data", f"photos:{tmp_path / 'photos'}")
    sheets = {}
    for name, options in {"all": (), "again": ("--seed", 0), "wrong": ("--wrong",)}.items():
        out = tmp_path / f"{name}.png"
        assert run("--model", tiny_pair, *data, "--looks", out, *options).exit_code == 0
        sheets[name] = read_image(out)
    assert np.array_equal(sheets["all"], sheets["again"])
    red = {name: (sheet == WRONG).all(axis=2).sum() for name, sheet in sheets.items()}
    assert red["all"] == red["wrong"] > 0
    assert sheets["wrong"].shape[1] < sheets["all"].shape[1], "one instead of three"

    refused = run("--model", tiny_model, *data, "--looks", tmp_path / "x.png")
    assert refused.exit_code == 2
    assert "--looks needs a model that finds hands" in refused.stderr
    (tmp_path / "photos" / "rock" / "2.png").unlink()
    refused = run("--model", tiny_pair, *data, "--looks", tmp_path / "x.png", "--wrong")
    assert refused.exit_code == 2
    assert "no answer is wrong" in refused.stderr
    refused = run("--model", tiny_pair, *data, "--wrong")
    assert refused.exit_code == 2
    assert "--wrong needs --looks FILE" in refused.stderr
    assert not (tmp_path / "x.png").exists()


def test_an_unreadable_photograph_is_reported_and_exits_1(tiny_model, hands):
    (hands / "rock" / "near__2.jpg").write_bytes(b"")
    result = run("--model", tiny_model, "--data", f"photos:{hands}", "--json")
    assert result.exit_code == 1
    assert "near__2.jpg" in result.stderr
    report = json.loads(result.stdout)
    assert report["images"] == 7
    assert len(report["unreadable"]) == 1


def test_both_plots_are_written(tiny_model, hands, tmp_path):
    plots = [tmp_path / "confusion.png", tmp_path / "reliability.png"]
    model_and_data = ("--model", tiny_model, "--data", f"photos:{hands}")
    result = run(*model_and_data, "--confusion", plots[0], "--reliability", plots[1])
    assert result.exit_code == 0
    first, second = (read_image(plot) for plot in plots)
    assert first.shape != second.shape


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "{here}/no.onnx"], "there is no model"),
        (["--model", "{here}"], "is not a model"),
        (["--model", "{here}/text.onnx"], "text.onnx is not"),
        (["--data", "photos:{here}/nowhere"], "nowhere"),
        (["--data", "photos:{here}/empty"], "contains no photographs"),
        (["--data", "mnist:test"], "unknown data 'mnist:test'"),
        (["--confusion", "{here}/no/confusion.png"], "there is no folder"),
        (["--confusion", "{here}/confusion.doc"], "must end in .png, .jpg, .jpeg, .pdf, .svg"),
        (["--looks", "{here}/looks"], "cannot write looks: its name must end in .png, .jpg, .jpeg"),
        (["--reliability", "{here}/no/r.png"], "there is no folder"),
        (["--out", "{here}/empty/no/r.json"], "there is no folder"),
        (["--hand-sizes", "{here}/text.onnx"], "is not a table of hand sizes"),
    ],
)
def test_user_error_is_one_line_and_exits_2(tiny_model, hands, tmp_path, arguments, message):
    (tmp_path / "text.onnx").write_text("not a model")
    (tmp_path / "empty").mkdir()
    given = [argument.format(here=tmp_path) for argument in arguments]
    result = run("--model", tiny_model, "--data", f"photos:{hands}", *given)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1


def test_no_known_class_is_an_error(make_model, tmp_path):
    paint(tmp_path / "none" / "1.png", BLACK)
    model = make_model(labels=("rock", "paper", "scissors"), classes=3)
    result = run("--model", model, "--data", f"photos:{tmp_path}")
    assert result.exit_code == 2
    assert "no image shows a class of the model" in result.stderr


@pytest.mark.parametrize("command", ["aims", "evaluate", "export"])
def test_help_imports_no_large_library(command):
    code = (
        f"import sys, training.{command} as m; m.main(['--help'], standalone_mode=False); "
        "print(*sorted({'tensorflow', 'keras', 'numpy', 'onnx', 'cv2'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == ""

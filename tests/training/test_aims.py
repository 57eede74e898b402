import json

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

import training.data.tfds
import training.exporting.acceptance
import training.exporting.int8_cost
from training.aims import main
from training.data.labelled_images import LabelledImages, originals
from training.exporting.acceptance import Target

RED, GREEN, BLUE, BLACK = (250, 0, 0), (0, 250, 0), (0, 0, 250), (0, 0, 0)


@pytest.fixture
def hands(tmp_path):
    """In source a, one none looks like an uncertain rock; in b, one rock of two looks like none."""
    folder = tmp_path / "hands"
    for name, colour in {
        "rock/a__1": RED,
        "paper/a__2": GREEN,
        "none/a__3": BLACK,
        "none/a__4": (63, 0, 0),
        "rock/b__1": RED,
        "rock/b__2": BLACK,
        "none/b__3": BLUE,
    }.items():
        path = folder / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), np.full((10, 10, 3), colour[::-1], np.uint8))
    return folder


@pytest.fixture
def models(tmp_path, tiny_model, monkeypatch):
    """A folder with the tiny model, a test split that it gets right, and few drawn hands."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "rps.onnx").write_bytes(tiny_model.read_bytes())
    images = np.zeros((2, 8, 8, 3), np.uint8)
    # The second is nearly black: paper if it has to be one of three.
    images[0, ..., 0], images[1, ..., 1] = 250, 20
    monkeypatch.setattr(training.data.tfds, "load_tfds", lambda *_: (images, np.array([0, 1])))

    def draw(count, preparation):
        return LabelledImages(images, ("rock", "paper"), ("drawn",) * 2, ("1", "2"))

    monkeypatch.setattr(training.exporting.acceptance, "draw_hands", draw)
    return folder


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_each_figure_is_measured_on_its_data(models, hands):
    result = run(models, "--photos", hands, "--json")
    assert result.exit_code == 1
    found = {
        row["name"]: (row.get("rps.onnx"), row["verdict"]) for row in json.loads(result.stdout)
    }
    assert found == {
        "rock, paper, scissors among the three, mean over sources": (1.0, "reached"),
        "... on isuranga": (None, "not measured"),
        "... with none as an answer, mean over sources": (0.75, "missed"),
        "hands found: box overlaps by half": (None, "not measured"),
        "... direction within 25 degrees": (None, "not measured"),
        "none: no move accepted, mean over sources": (0.5, "missed"),
        "gestures mistaken for none": (0.25, "missed"),
        "pillarboxed, with none as an answer, mean over sources": (0.75, "missed"),
        "at 0.4 of its size, with none as an answer, mean over sources": (0.75, "missed"),
        "expected calibration error, 15 bins": (pytest.approx(0.366, abs=1e-3), "missed"),
        "TFDS test split, among three classes": (1.0, "reached"),
        "drawn hands": (0.5, "missed"),
        "int8: accuracy lost": (None, "not measured"),
        "int8: time relative to float32": (None, "not measured"),
    }


def test_8_bit_model_is_judged_if_present(models, hands, make_model, monkeypatch):
    """It classifies everything as scissors, in 0.55 of the time."""
    other = make_model(bias=(0, 0, 90, 0))
    (models / "rps-int8.onnx").write_bytes(other.read_bytes())
    monkeypatch.setattr("training.exporting.int8_cost.prediction_times", lambda models: (2.0, 1.1))
    monkeypatch.setattr("training.exporting.int8_cost.evaluate", None)  # they are evaluated already
    rows = {row["name"]: row for row in json.loads(run(models, "--photos", hands, "--json").stdout)}
    mean = rows["... with none as an answer, mean over sources"]
    assert (mean["rps.onnx"], mean["rps-int8.onnx"]) == (0.75, 0)
    assert rows["gestures mistaken for none"]["verdict"] == "reached", "by the 8-bit model"
    assert rows["int8: accuracy lost"]["rps-int8.onnx"] == pytest.approx(4 / 7)
    assert "rps.onnx" not in rows["int8: accuracy lost"]
    time = rows["int8: time relative to float32"]
    assert time["rps-int8.onnx"] == pytest.approx(0.55)
    assert time["verdict"] == "enough"


def test_hands_are_measured_if_the_model_finds_them(models, hands, make_pair, monkeypatch):
    """The hand is half of each photograph of `isuranga`; its landmarks are right but once."""
    pair = make_pair()
    for path in pair.parent.iterdir():
        name = "rps.onnx" if path == pair else path.name
        (models / name).write_bytes(path.read_bytes())
    image = np.zeros((60, 80, 3), np.uint8)
    image[15:45, 20:60] = RED[::-1]
    rows = ["path,hand,score,handedness," + ",".join(f"x{n},y{n}" for n in range(21))]
    for number, left in enumerate((0.25, 0.25, 0.6)):
        cv2.imwrite(str(hands / "rock" / f"isuranga__{number}.png"), image)
        points = np.tile([left + 0.25, 0.5], (21, 1))
        points[[0, 9, 4, 20]] = np.array([(0, 0.25), (0, -0.25), (-0.25, 0), (0.25, 0)]) + points[0]
        written = ",".join(f"{value:.4f}" for value in points.ravel())
        rows.append(f"rock/isuranga__{number}.png,0,0.9,Right,{written}")
    (hands / "landmarks.csv").write_text("\n".join(rows) + "\n")
    drawn = tuple(originals().prepare(image[..., ::-1]) for _ in range(2))
    monkeypatch.setattr(
        training.exporting.acceptance,
        "draw_hands",
        lambda *_: LabelledImages(drawn, ("rock", "rock"), ("drawn",) * 2, ("1", "2")),
    )
    rows = {row["name"]: row for row in json.loads(run(models, "--photos", hands, "--json").stdout)}
    assert rows["... on isuranga"]["rps.onnx"] == 1
    assert rows["hands found: box overlaps by half"]["rps.onnx"] == pytest.approx(2 / 3)
    assert rows["... direction within 25 degrees"]["rps.onnx"] == 1


def test_the_table_shows_limits_and_verdicts(models, hands):
    lines = run(models, "--photos", hands).stdout.splitlines()
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]
    assert ["gestures mistaken for none", "at most 3.0%", "1.5%", "25.0%", "missed"] in rows
    assert ["drawn hands", "at least 98.0%", "100.0%", "50.0%", "missed"] in rows
    assert [
        "int8: accuracy lost",
        "at most 0.50 points",
        "0.20 points",
        "-",
        "not measured",
    ] in rows


def test_exit_status_is_0_if_no_target_is_missed(models, hands, monkeypatch):
    monkeypatch.setattr(Target, "judge", lambda target, value: "enough")
    assert run(models, "--photos", hands).exit_code == 0


def test_folder_without_a_model_is_a_one_line_error(tmp_path, hands):
    result = run(tmp_path, "--photos", hands)
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: {tmp_path} has no rps.onnx: name a folder of training.export\n"
    )

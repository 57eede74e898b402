import json

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from training.ablation import main


@pytest.fixture
def photos(tmp_path):
    """Bright rectangles in the colours of the tiny models' gestures."""
    folder = tmp_path / "photos"
    for name, colour in {
        "rock/a__1": (250, 0, 0),
        "paper/b__2": (0, 250, 0),
        "none/a__3": (0, 0, 0),
    }.items():
        path = folder / f"{name}.png"
        path.parent.mkdir(parents=True)
        image = np.zeros((60, 80, 3), np.uint8)
        image[15:45, 20:60] = colour[::-1]
        cv2.imwrite(str(path), image)
    return folder


@pytest.fixture
def folder(tmp_path, tiny_pair):
    """The tiny pair as a folder of training.export."""
    folder = tmp_path / "models"
    folder.mkdir()
    for path in tiny_pair.parent.iterdir():
        name = "rps.onnx" if path == tiny_pair else path.name
        (folder / name).write_bytes(path.read_bytes())
    return folder


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_each_variant_has_a_row(folder, photos):
    result = run(folder, "--photos", photos, "--markdown")
    assert result.exit_code == 0
    head, _, *rows = map(cells, result.stdout.splitlines())
    assert head == [
        "variant",
        "among the three, mean over sources",
        "lowest source",
        "with none as an answer, mean over sources",
        "none: no move accepted, mean over sources",
        "gestures mistaken for none",
    ]
    assert rows[0] == ["the complete model", "100.0%", "a 100.0%", "100.0%", "100.0%", "0.0%"]
    assert len(rows) == 7, "without landmarks there is no true place"


def test_several_models_are_shown_below_each_other(folder, photos, make_model):
    blind = make_model(bias=(0, 0, 90, 0))
    result = run(folder, blind, "--photos", photos, "--markdown")
    head, _, *rows = map(cells, result.stdout.splitlines())
    assert head[:2] == ["variant", "model"]
    assert [row[:3] for row in rows[:2]] == [
        ["the complete model", str(folder), "100.0%"],
        ["the complete model", str(blind), "0.0%"],
    ]
    assert {row[1] for row in rows[2:]} == {str(folder)}, "one look has no variants"


def test_the_table_for_people_and_json_have_the_same_figures(folder, photos):
    shown = run(folder, "--photos", photos).stdout
    rows = json.loads(run(folder, "--photos", photos, "--json").stdout)
    assert rows[0] == {
        "model": str(folder),
        "variant": "the complete model",
        "mean_gestures_among_moves_over_sources": 1.0,
        "lowest_gestures_among_moves": 1.0,
        "lowest_source": "a",
        "mean_gestures_over_sources": 1.0,
        "mean_none_in_play_over_sources": 1.0,
        "gestures_lost": 0.0,
    }
    (line,) = (line for line in shown.splitlines() if "the complete model" in line)
    assert [cell.strip() for cell in line.strip("│").split("│")][1:] == [
        "100.0%",
        "a 100.0%",
        "100.0%",
        "100.0%",
        "0.0%",
    ]


def test_the_8_bit_model_of_a_folder_is_measured(folder, photos, make_model):
    (folder / "rps-int8.onnx").write_bytes(make_model(bias=(0, 0, 90, 0)).read_bytes())
    (row,) = json.loads(run(folder, "--photos", photos, "--json").stdout)
    assert row["mean_gestures_over_sources"] == 0
    rows = json.loads(run(folder / "rps.onnx", "--photos", photos, "--json").stdout)
    assert rows[0]["mean_gestures_over_sources"] == 1


def test_unreadable_photographs_are_reported(folder, photos):
    (photos / "rock" / "broken.jpg").write_bytes(b"no image")
    result = run(folder, "--photos", photos, "--json")
    assert result.exit_code == 1
    assert "broken.jpg" in result.stderr
    assert json.loads(result.stdout)


def test_a_folder_without_a_model_is_a_one_line_error(tmp_path, photos):
    result = run(tmp_path, "--photos", photos)
    assert result.exit_code == 2
    assert result.stderr == (
        f"Error: {tmp_path} has no rps.onnx: name a folder of training.export, or an .onnx file\n"
    )


def test_one_format_at_a_time(folder, photos):
    result = run(folder, "--photos", photos, "--json", "--markdown")
    assert result.exit_code == 2
    assert "choose one of --markdown and --json" in result.stderr

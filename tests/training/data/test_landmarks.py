import csv

import numpy as np
import pytest

from training.console.errors import TrainingError
from training.data.landmarks import COLUMNS, load_landmarks, read_landmarks


def row(path, hand=0, start=0.0):
    return [path, hand, 0.9, "Left", *(start + np.arange(42) / 100)]


def write(folder, rows, header=COLUMNS):
    folder.mkdir(exist_ok=True)
    with (folder / "landmarks.csv").open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def test_hands_of_a_photograph_are_in_the_order_of_their_numbers(tmp_path):
    rows = [row("rock/a.jpg", 1, 0.5), row("none/b.jpg"), row("rock/a.jpg", 0, -0.25)]
    write(tmp_path, rows)
    found = read_landmarks(tmp_path)
    assert list(found) == [tmp_path / "rock/a.jpg", tmp_path / "none/b.jpg"]
    first, second = found[tmp_path / "rock/a.jpg"]
    assert first.shape == (21, 2)
    # Points may be outside of the photograph.
    assert first[0].tolist() == pytest.approx([-0.25, -0.24])
    assert second[20].tolist() == pytest.approx([0.9, 0.91])


def test_several_folders_each_have_their_own(tmp_path):
    for name in "ab":
        write(tmp_path / name, [row("rock/1.jpg")])
    found = load_landmarks([tmp_path / "a", tmp_path / "b"])
    assert set(found) == {tmp_path / "a/rock/1.jpg", tmp_path / "b/rock/1.jpg"}


def test_a_missing_file_says_which_document_helps(tmp_path):
    with pytest.raises(TrainingError, match=r"has no landmarks.csv, .*docs/photographs.md says"):
        read_landmarks(tmp_path)


@pytest.mark.parametrize(
    ("rows", "header", "message"),
    [
        ([], COLUMNS[:-1], r"landmarks.csv: the first line must be path,hand,.*,x20,y20$"),
        ([row("a.jpg"), row("b.jpg")[:-1]], COLUMNS, "line 3: 45 entries instead of 46"),
        ([[*row("a.jpg")[:-1], "far"]], COLUMNS, "line 2: could not convert .*'far'"),
        ([["a.jpg", "left", *row("")[2:]]], COLUMNS, "line 2: invalid literal .*'left'"),
        ([[*row("a.jpg")[:-1], "nan"]], COLUMNS, "line 2: every coordinate must be a finite"),
    ],
)
def test_a_wrong_file_is_reported_with_its_line(tmp_path, rows, header, message):
    write(tmp_path, rows, header)
    with pytest.raises(TrainingError, match=message):
        read_landmarks(tmp_path)


def test_a_file_that_is_no_text_is_reported(tmp_path):
    (tmp_path / "landmarks.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TrainingError, match=r"landmarks.csv cannot be read"):
        read_landmarks(tmp_path)

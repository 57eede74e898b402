import io

import numpy as np
import pytest
from rich.console import Console

from training.evaluation.metrics import score
from training.evaluation.slices import score_slices
from training.reporting.console_tables import percent, print_scores, print_slices

LABELS = ("rock", "paper", "scissors", "none")


def printed(show, *arguments):
    """The rows of the tables, by their first cell; the last one if there are several."""
    console = Console(file=io.StringIO(), width=130)
    show(*arguments, console)
    lines = [line.strip("│ ") for line in console.file.getvalue().splitlines() if "│" in line]
    rows = [[cell.strip() for cell in line.split("│")] for line in lines]
    return {row[0]: row[1:] for row in rows}


def predictions(true, predicted, labels=LABELS, sources=None):
    rows = np.eye(len(labels))[predicted]
    return score(labels, np.array(true), rows, sources or ["a"] * len(true))


def test_missed_gestures_and_wrong_accepted_moves_are_separate_rows():
    rows = printed(print_scores, predictions([0, 0, 1, 1, 3], [0, 3, 1, 2, 3]), "title")
    assert rows["accuracy on rock, paper, scissors"][2] == "2 / 4"
    assert rows["... correct and accepted (from 0.6)"][2] == "2 / 4"
    assert rows["... wrong move accepted"][2] == "1 / 4"
    assert rows["... missed (classified as none)"][2] == "1 / 4"
    assert rows["... no move accepted"][2] == "1 / 1"
    assert rows["paper"][2:] == ["0", "1", "1", "0"]


def test_three_class_tables_omit_none():
    scores = predictions([0, 1, 1], [0, 1, 0], LABELS[:3], ["a", "b", "b"])
    rows = printed(print_scores, scores, "title")
    assert not [name for name in rows if "none" in name]
    assert rows["b"] == ["2", "50.0% (9-91)"]


def test_slices_show_their_limits():
    true, probabilities = np.array([0, 0, 3]), np.eye(4)[[0, 3, 3]]
    slices = score_slices({"brightness": np.array([9.0, 80, 200])}, LABELS, true, probabilities)
    console = Console(file=io.StringIO(), width=130)
    print_slices(slices, console)
    middle = next(line for line in console.file.getvalue().splitlines() if "middle" in line)
    cells = [cell.strip() for cell in middle.strip("│ ").split("│")]
    assert cells == ["brightness", "middle", "80", "80", "1", "0.0% (0-79)", "100.0%", "-"]


@pytest.mark.parametrize(("value", "text"), [(None, "-"), (0.0, "0.0%"), (0.98765, "98.8%")])
def test_percentages(value, text):
    assert percent(value) == text

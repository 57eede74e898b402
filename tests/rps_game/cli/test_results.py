"""Results as text that other programs read."""

import csv
import io

import pytest

from rps_game.cli.results import Result, ResultPrinter


@pytest.mark.parametrize("path", ["two\nlines.png", "two\rlines.png", 'a, "b".png', "\n"])
def test_csv_survives_any_path(path: str, capfd: pytest.CaptureFixture[str]) -> None:
    ResultPrinter("csv", ["rock"], 0.0).print_all([Result(path, None, "an empty file")])
    printed = capfd.readouterr().out
    rows = list(csv.reader(io.StringIO(printed, newline="")))
    assert rows[1:] == [[path, "", "", "", "an empty file"]]

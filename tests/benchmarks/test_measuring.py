import json

import click
import pytest
from click.testing import CliRunner

from benchmarks.measuring import (
    Aim,
    Report,
    by_turns,
    camera_frames,
    median_ratio,
    options,
    percentile,
    show,
)


@pytest.mark.parametrize(
    ("percent", "value"), [(0, 1), (50, 5), (51, 6), (95, 10), (99, 10), (100, 10)]
)
def test_percentile_is_one_of_the_values(percent, value):
    assert percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], percent) == value


def test_functions_run_in_rotation():
    done = []
    works = {name: lambda name=name: done.append(name) or len(done) for name in "ab"}
    assert by_turns(works, 3) == {"a": [1, 3, 5], "b": [2, 4, 6]}


def test_ratio_compares_times_of_the_same_round():
    # The machine was slow in the last round, for both.
    assert median_ratio([2, 2, 40], [1, 1, 10]) == 2


@pytest.mark.parametrize(
    ("value", "side", "reached"),
    [
        (3, "at most", True),
        (3.1, "at most", False),
        (3, "at least", True),
        (2.9, "at least", False),
        (None, "at least", None),
    ],
)
def test_targets(value, side, reached):
    assert Aim("speed", value, side, 3).reached is reached


def printed(*arguments):
    report = Report(
        "Title", [["way", "ms"], ["ours", "1.20"]], [Aim("ms", 1.2, "at most", 1)], {"p50": 1.2}
    )

    @click.command()
    @options(rounds=7)
    def main(rounds, form):
        assert rounds == 7
        show(report, form)

    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0
    return result.stdout


def test_a_report_is_shown_in_three_ways():
    found = json.loads(printed("--json"))
    assert found["p50"] == 1.2
    assert found["aims"] == [
        {"name": "ms", "value": 1.2, "side": "at most", "limit": 1, "reached": False}
    ]
    assert found["machine"]["numpy"]
    markdown = printed("--markdown")
    assert "| ours | 1.20 |\n" in markdown
    assert "| ms | 1.2 | at most 1 | no |\n" in markdown
    assert "Title" in printed()
    assert "ours" in printed()


def test_camera_frames_are_reproducible():
    frames = camera_frames(2)
    assert frames.shape == (2, 480, 640, 3)
    assert (frames == camera_frames(2)).all()
    assert (frames[0] != frames[1]).any()

import json

import cv2
import pytest
from click.testing import CliRunner

from training.lr_finder import main

pytest.importorskip("keras")


def test_the_command_prints_json_and_draws(toy_tfds, tmp_path):
    plot = tmp_path / "rates.png"
    run = CliRunner().invoke(
        main,
        [
            "article-cnn",
            "--iterations",
            "25",
            "--low",
            "1e-5",
            "--plot",
            str(plot),
            "--set",
            "image_size=16",
            "--set",
            "batch_size=8",
        ],
    )
    assert run.exit_code == 0, run.output
    found = json.loads(run.stdout)
    assert found["recipe"] == "article-cnn"
    assert 10 <= found["batches"] <= 25
    for name in ("valley", "steepest", "minimum / 10"):
        assert 1e-6 <= found[name] <= 10
    assert cv2.imread(str(plot)).std() > 5


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such"], "'no-such' is not one of"),
        (["article-cnn", "--low", "1", "--high", "0.1"], "--low 1 is not below --high 0.1"),
        (["article-cnn", "--set", "colour=red"], "has no 'colour'"),
    ],
)
def test_a_mistake_is_reported_with_exit_status_2(arguments, message):
    run = CliRunner().invoke(main, arguments)
    assert run.exit_code == 2
    assert message in run.stderr

import click
import pytest
from click.testing import CliRunner

from training.console.errors import RunInterruptedError, TrainingError, first_line


@pytest.mark.parametrize(
    ("error", "status", "line"),
    [
        (TrainingError("no data"), 2, "Error: no data\n"),
        (RunInterruptedError("stopped; go on with x"), 130, "stopped; go on with x\n"),
    ],
)
def test_an_error_is_a_line_on_stderr_and_a_status(error, status, line):
    @click.command()
    def main():
        raise error

    result = CliRunner().invoke(main)
    assert (result.exit_code, result.stdout, result.stderr) == (status, "", line)


def test_the_first_line_of_an_error_is_never_empty():
    assert first_line(ValueError("one\ntwo")) == "one"
    assert first_line(KeyboardInterrupt()) == "KeyboardInterrupt"

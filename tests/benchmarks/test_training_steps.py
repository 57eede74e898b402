from click.testing import CliRunner

from benchmarks.training_steps import main


def test_steps_are_timed_in_the_settings_that_the_machine_supports():
    result = CliRunner().invoke(main, ["--recipe", "article-cnn", "--steps", "1", "--rounds", "1"])
    assert result.exit_code == 0, result.output
    head, _, row = result.stdout.splitlines()
    assert head.startswith("| recipe | float32 |")
    assert row.startswith("| article-cnn | ")
    assert float(row.split("|")[2]) > 0

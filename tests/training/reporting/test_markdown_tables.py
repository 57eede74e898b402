import pytest

pytest.importorskip("keras")

from training.console.errors import TrainingError
from training.fitting.sweep import Run
from training.recipes import comparisons
from training.reporting.markdown_tables import (
    ablation_table,
    after_epoch,
    article_table,
    first_reaching,
    mean_of_last,
    reaching,
    read_rows,
    report,
    write_between_markers,
    write_rows,
)


def run(seed, accuracies, final=0.9, loss=0.3):
    rows = [
        {"epoch": n, "step": n - 1, "val_accuracy": a, "test_accuracy": a + 0.01}
        for n, a in enumerate(accuracies, 1)
    ]
    hands = {f"{label} {n}": 0.5 + final / 10 for label in ("paper", "rock") for n in (1, 2)}
    return Run(seed, rows, rows, {"accuracy": final, "loss": loss}, hands)


def test_first_reaching_counts_from_one():
    rows = [{"val_accuracy": value} for value in (0.5, 0.9, 0.8, 0.95)]
    assert first_reaching(rows, "val_accuracy", 0.9) == 2
    assert first_reaching(rows, "val_accuracy", 0.91) == 4
    assert first_reaching(rows, "val_accuracy", 0.96) is None


def test_levels_not_reached_by_every_run_are_marked():
    runs = [run(0, [0.5, 0.9]), run(1, [0.9, 0.9]), run(2, [0.1, 0.2])]
    assert reaching(runs, 0.9, lambda r: r.history) == "1.5 ± 0.7 (2 of 3 runs)"
    assert reaching(runs[:2], 0.9, lambda r: r.history) == "1.5 ± 0.7"
    assert reaching(runs, 0.99, lambda r: r.history) == "never"


def test_article_table_shows_published_and_measured_figures():
    runs = {
        name: [
            run(0, [0.5, 0.91, *[0.4] * 17, 0.7, *[0.8] * 4], 0.91, 0.2),
            run(1, [0.95, 0.91, *[0.4] * 17, 0.9, *[0.8] * 4], 0.93, 0.4),
        ]
        for name in comparisons.article()
    }
    table = article_table(runs)
    assert table[0][2:6] == [
        "accuracy after 20 epochs",
        "after 24",
        "mean of the last 5",
        "loss after 24",
    ]
    assert table[2] == [
        "MobileNetV2, Adam",
        "0.9220 (0.2453)",
        "0.8100 ± 0.1414",
        "0.9200 ± 0.0141",
        "0.8100 ± 0.0283",
        "0.3000 ± 0.1414",
        "1.5 ± 0.7",
    ]
    assert table[1][1] == "0.7769 (0.7512); notebook 0.7796 (0.7587)"
    # A model that the article does not have has no published values.
    assert table[4][:2] == ["MobileNetV2, Adam, no augmentation", ""]


def test_short_runs_have_no_mean_of_their_last_epochs():
    assert mean_of_last([run(0, [0.5] * 5)]) == "-"
    assert mean_of_last([run(0, [0.1, *[0.5] * 5])]) == "0.5100"
    assert after_epoch([run(0, [0.5] * 5)], 6) == "-"
    runs = {"short": [run(0, [1])], "long": [run(0, [0.5] * 6)]}
    assert [row[-1] for row in ablation_table(runs)][1:] == ["-", "0.5100"]


def test_report_has_the_accuracy_on_each_hand_and_its_weight():
    runs = {"base": [run(0, [1], 0.8), run(1, [1], 1)], "other": [run(0, [1], 0), run(1, [1], 0)]}
    text = report(runs, ablation_table(runs))
    assert text.startswith("| recipe | epochs |")
    assert "on each of the 4 hands" in text
    assert "each accounts for 25.0 points" in " ".join(text.split())
    assert "| recipe | paper 1 | paper 2 | rock 1 | rock 2 |" in text
    assert "| base | 59 | 59 | 59 | 59 |\n| other | 50 | 50 | 50 | 50 |" in text


def test_every_tenth_step_and_the_last_are_written(tmp_path):
    runs = {"a": [run(0, [0.25] * 24), run(1, [1 / 3] * 9)], "b": [run(0, [0.5] * 30)]}
    path = tmp_path / "results" / "steps.csv"
    write_rows(path, runs, "steps")
    found = [(row["run"], row["seed"], row["step"], row["val_accuracy"]) for row in read_rows(path)]
    assert found == [
        ("a", "0", "9", "0.25"),
        ("a", "0", "19", "0.25"),
        ("a", "0", "23", "0.25"),
        ("a", "1", "8", "0.333333"),
        ("b", "0", "9", "0.5"),
        ("b", "0", "19", "0.5"),
        ("b", "0", "29", "0.5"),
    ]
    write_rows(path, runs, "history")
    assert len(read_rows(path)) == 24 + 9 + 30


def test_differences_are_relative_to_the_first_row():
    runs = {
        "base": [run(0, [1], 0.90), run(1, [1], 0.92)],
        "less": [run(0, [1], 0.8), run(1, [1], 0.9)],
    }
    table = ablation_table(runs)
    assert [row[3] for row in table] == ["difference", "", "-0.0600"]


def test_handwritten_text_is_kept(tmp_path):
    page = tmp_path / "results.md"
    one, two = (f"<!-- begin {n} -->\n{{}}<!-- end {n} -->\n" for n in ("one", "two"))
    template = f"# A\n{one}words\n{two}"
    page.write_text(template.format("old\n", ""))
    write_between_markers(page, "one", "| new |")
    write_between_markers(page, "two", "2")
    assert page.read_text() == template.format("| new |\n", "2\n")
    with pytest.raises(TrainingError, match="lacks the lines <!-- begin three -->"):
        write_between_markers(page, "three", "")

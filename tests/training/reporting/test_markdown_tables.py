import pytest

pytest.importorskip("keras")

from training.console.errors import TrainingError
from training.fitting.sweep import Run
from training.recipes import comparisons
from training.reporting.markdown_tables import (
    ablation_table,
    article_table,
    first_reaching,
    reaching,
    write_between_markers,
)


def run(seed, accuracies, final=0.9, loss=0.3):
    rows = [
        {"epoch": n, "val_accuracy": a, "seconds": 2.0 if n > 1 else 50.0}
        for n, a in enumerate(accuracies, 1)
    ]
    return Run(seed, rows, rows, {"accuracy": final, "loss": loss})


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
        name: [run(0, [0.5, 0.91], 0.91, 0.2), run(1, [0.95, 0.91], 0.93, 0.4)]
        for name in comparisons.article()
    }
    table = article_table(runs)
    assert table[2] == [
        "MobileNetV2, Adam",
        "0.9220 (0.2453)",
        "0.9200 ± 0.0141",
        "0.3000 ± 0.1414",
        "1.5 ± 0.7",
        "2.0",
    ]
    # A model that the article does not have has no published values.
    assert table[4][:3] == ["MobileNetV2, Adam, no augmentation", "", "0.9200 ± 0.0141"]


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

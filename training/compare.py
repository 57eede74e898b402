"""Trains what is to be compared, over several seeds, and writes tables, figures and histories.

Which runs these are stands in `experiments.py`. A run that is finished is not made again, and one
that was stopped goes on, so the command may be stopped and repeated at any time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from training.console.output import quiet_tensorflow
from training.recipes import comparisons
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig
from training.reporting.markdown_tables import (
    Table,
    ablation_table,
    article_table,
    markdown,
    super_table,
    write_between_markers,
    write_rows,
)

if TYPE_CHECKING:
    from training.fitting.sweep import Runs


@dataclass(frozen=True)
class Comparison:
    """What is run, and how it is told.

    Attributes:
        summary: one line of help.
        recipes: what is run, by the name under which it is shown.
        table: from the runs.
        figures: file name and what draws it, by the name of a function in `figures.py`.
        rows: which rows are kept as CSV, `history` or `steps`.
    """

    summary: str
    recipes: Callable[[], dict[str, Recipe]]
    table: Callable[[Runs], Table]
    figures: tuple[tuple[str, str, dict[str, Any]], ...]
    rows: tuple[str, ...]


COMPARISONS = {
    "article": Comparison(
        "The article's three models as it trained them, beside its own figures.",
        comparisons.article,
        article_table,
        (("curves", "draw_article", {}), ("rates", "draw_rates", {"log": False})),
        ("history",),
    ),
    "super": Comparison(
        "How few steps one cycle needs, against plain Adam and the article's schedule.",
        comparisons.super_convergence,
        super_table,
        (("curves", "draw_super", {}), ("rates", "draw_rates", {"log": True})),
        ("history", "steps"),
    ),
    "ablation": Comparison(
        "The recipe one-cycle with one thing at a time as the article had it.",
        comparisons.ablation,
        ablation_table,
        (("accuracies", "draw_ablation", {}),),
        ("history",),
    ),
    "unfreezing": Comparison(
        "The recipe fine-tune, and it without each of its parts.",
        comparisons.unfreezing,
        ablation_table,
        (("accuracies", "draw_ablation", {}),),
        ("history",),
    ),
}

HELP = """Train what is compared under WHAT and write it down below --docs.

\b
""" + "\n".join(f"{name:12} {comparison.summary}" for name, comparison in COMPARISONS.items())


@click.command(help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("what", type=click.Choice(list(COMPARISONS)))
@click.option("--seeds", type=click.IntRange(1), default=5, show_default=True, help="How many.")
@click.option("--only", multiple=True, help="Only what is shown by this name. Repeatable.")
@click.option("--data-dir", help="Folder of TensorFlow Datasets.  [default: ~/tensorflow_datasets]")
@click.option("--weights", default="imagenet", show_default=True, help="MobileNetV2 weights.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="runs/compare",
    show_default=True,
    help="Holds the run folders, and in features/ what frozen backbones gave.",
)
@click.option(
    "--docs",
    type=click.Path(path_type=Path),
    help="Folder of results.md, results/ and figures/; without it, only the table is printed.",
)
def main(
    what: str,
    seeds: int,
    only: tuple[str, ...],
    data_dir: str | None,
    weights: str,
    out: Path,
    docs: Path | None,
) -> None:
    """Run one comparison."""
    comparison = COMPARISONS[what]
    recipes = comparison.recipes()
    unknown = set(only) - set(recipes)
    if unknown:
        known = "; ".join(recipes)
        raise click.UsageError(
            f"nothing in {what} is called {'; '.join(unknown)}; there is {known}"
        )
    quiet_tensorflow()
    from training.fitting.sweep import run_all

    place = None if data_dir is None else str(Path(data_dir).expanduser().resolve())
    if weights != "imagenet":
        weights = str(Path(weights).expanduser().resolve())
    runs = run_all(
        {name: recipe for name, recipe in recipes.items() if name in only or not only},
        [RunConfig(seed, weights, place) for seed in range(seeds)],
        out,
        out / "features",
        lambda line: click.echo(line, err=True),
    )
    table = markdown(comparison.table(runs))
    click.echo(table)
    if docs is not None:
        _write(what, comparison, runs, table, docs)


def _write(what: str, comparison: Comparison, runs: Runs, table: str, docs: Path) -> None:
    from training.reporting import run_plots

    write_between_markers(docs / "results.md", what, table)
    for rows in comparison.rows:
        write_rows(docs / "results" / f"{what}-{rows}.csv", runs, rows)
    (docs / "figures").mkdir(parents=True, exist_ok=True)
    for name, draw, options in comparison.figures:
        getattr(run_plots, draw)(runs, docs / "figures" / f"{what}-{name}.png", **options)


if __name__ == "__main__":
    main()

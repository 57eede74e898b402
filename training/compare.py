"""Command: train the recipes of a comparison, with several seeds; write tables, plots, histories.

    python -m training.compare super --seeds 3

`training.recipes.comparisons` lists the recipes. Finished runs are not repeated and stopped ones
are continued, so the command can be interrupted and repeated at any time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rps_game.cli.command import echo
from rps_game.cli.interrupts import work_begins
from rps_game.cli.options import NamedPath
from training.console.files import check_folder, check_writable
from training.console.options import command, data_dir_option, runs_option, weights_option
from training.console.output import quiet_tensorflow, say
from training.recipes import comparisons
from training.recipes.recipe import Recipe
from training.recipes.run_config import RunConfig
from training.reporting.markdown_tables import (
    Table,
    ablation_table,
    around_markers,
    article_table,
    read_rows,
    report,
    super_table,
    write_between_markers,
    write_rows,
)

if TYPE_CHECKING:
    from training.fitting.sweep import Runs


@dataclass(frozen=True)
class Comparison:
    """Which recipes are trained, and how the results are presented.

    Attributes:
        summary: one line of help.
        recipes: by their display names.
        table: of the results.
        figures: file name, name of a function in `training.reporting.run_plots`, its options.
        rows: which rows are written as CSV, `history` or `steps`.
    """

    summary: str
    recipes: Callable[[], dict[str, Recipe]]
    table: Callable[[Runs], Table]
    figures: tuple[tuple[str, str, dict[str, Any]], ...]
    rows: tuple[str, ...]


COMPARISONS = {
    "article": Comparison(
        "The article's three models, reproduced, next to its published figures.",
        comparisons.article,
        article_table,
        (("curves", "draw_article", {}),),
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
        "The recipe one-cycle with one setting at a time replaced by the article's.",
        comparisons.ablation,
        ablation_table,
        (("accuracies", "draw_ablation", {}),),
        ("history",),
    ),
    "unfreezing": Comparison(
        "The frozen backbone, and fine-tune with one thing changed at a time.",
        comparisons.unfreezing,
        ablation_table,
        (("accuracies", "draw_ablation", {}),),
        ("history",),
    ),
}

HELP = """Train the recipes of the comparison WHAT, and write the results into --docs.

\b
""" + "\n".join(f"{name:12} {comparison.summary}" for name, comparison in COMPARISONS.items())


@command(help=HELP)
@click.argument("what", type=click.Choice(list(COMPARISONS), case_sensitive=False))
@click.option(
    "--seeds", type=click.IntRange(1), default=5, show_default=True, help="How many seeds."
)
@click.option("--only", multiple=True, help="Only the recipe shown by this name. Repeatable.")
@data_dir_option
@weights_option
@runs_option("runs/compare")
@click.option(
    "--docs",
    type=NamedPath(path_type=Path),
    metavar="DIR",
    help="Folder of results/, figures/, pictures/ and results.md, which must exist and have the "
    "lines <!-- begin WHAT --> and <!-- end WHAT --> to write the tables between; without it, they "
    "are only printed.",
)
def main(
    what: str, seeds: int, only: tuple[str, ...], out: Path, docs: Path | None, **options: Any
) -> None:
    """Run one comparison."""
    comparison = COMPARISONS[what]
    recipes = comparison.recipes()
    unknown = set(only) - set(recipes)
    if unknown:
        known = "; ".join(recipes)
        raise click.UsageError(f"{what} has no recipe {'; '.join(unknown)}; choose from: {known}")
    chosen = {name: recipe for name, recipe in recipes.items() if name in only or not only}
    if docs is not None:
        for folder in ("results", "figures", "pictures"):
            check_folder(docs / folder)
        check_writable(docs / "results.md")
        around_markers(docs / "results.md", what)
    configs = [RunConfig.from_options(seed=seed, **options) for seed in range(seeds)]
    quiet_tensorflow()
    from training.fitting.sweep import check_runs, run_all

    work_begins()
    check_runs(chosen, configs, out)
    runs = run_all(chosen, configs, out, say)
    text = report(runs, comparison.table(runs))
    echo(text)
    if docs is not None:
        _write(what, comparison, runs, text, docs)


def _write(what: str, comparison: Comparison, runs: Runs, text: str, docs: Path) -> None:
    from training.reporting import run_plots

    write_between_markers(docs / "results.md", what, text)
    for rows in comparison.rows:
        write_rows(docs / "results" / f"{what}-{rows}.csv", runs, rows)
    for folder in ("figures", "pictures"):
        (docs / folder).mkdir(parents=True, exist_ok=True)
    for name, draw, options in comparison.figures:
        getattr(run_plots, draw)(runs, docs / "figures" / f"{what}-{name}.png", **options)
    if "steps" in comparison.rows:
        run_plots.draw_learning_curves(
            read_rows(docs / "results" / f"{what}-steps.csv"),
            docs / "pictures" / "learning-curves.png",
        )


if __name__ == "__main__":
    main()

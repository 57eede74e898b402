"""Command: the learning-rate range test, which shows at which learning rates a recipe learns.

    python -m training.lr_finder one-cycle

The rate grows exponentially from batch to batch while the loss of each batch is recorded; see
L. N. Smith, arXiv 1506.01186, section 3.3.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from rps_game.cli.command import echo, echo_warning
from rps_game.cli.interrupts import work_begins
from rps_game.cli.options import NamedPath, NumberRange
from rps_game.json_text import path_entries, to_json_text
from training.console.files import FIGURES, check_writable
from training.console.options import (
    command,
    data_dir_option,
    photos_option,
    seed_option,
    set_option,
    weights_option,
)
from training.console.output import quiet_tensorflow, say
from training.recipes.catalogue import RECIPES, get_recipe
from training.recipes.run_config import RunConfig
from training.recipes.serialization import change


@command()
@click.argument("recipe", type=click.Choice(list(RECIPES), case_sensitive=False), metavar="RECIPE")
@data_dir_option
@weights_option
@photos_option
@set_option
@seed_option
@click.option("--low", type=NumberRange(0, min_open=True), default=1e-7, show_default=True)
@click.option("--high", type=NumberRange(0, min_open=True), default=10.0, show_default=True)
@click.option("--iterations", type=click.IntRange(10, 100_000), default=100, show_default=True)
@click.option(
    "--plot",
    type=NamedPath(path_type=Path),
    metavar="FILE",
    help=f"Image file ({', '.join(FIGURES)}).  [default: RECIPE-rates.png]",
)
def main(
    recipe: str,
    changes: tuple[str, ...],
    low: float,
    high: float,
    iterations: int,
    plot: Path | None,
    **options: Any,
) -> None:
    """Find learning rates for RECIPE: suggestions as JSON on stdout, and a plot."""
    if low >= high:
        raise click.UsageError(f"--low {low:g} is not below --high {high:g}")
    chosen = change(get_recipe(recipe), changes)
    config = RunConfig.from_options(**options)
    config.check_recipe(chosen)
    path = plot or Path(f"{recipe}-rates.png")
    check_writable(path, FIGURES)

    quiet_tensorflow()
    from training.fitting.lr_range_test import (
        edge_warnings,
        rates_between,
        run_range_test,
        suggest,
    )
    from training.reporting.run_plots import draw_range_test

    work_begins()
    rates = rates_between(low, high, iterations)
    losses = run_range_test(chosen, config, rates, say)
    found = suggest(rates, losses)
    for warning in edge_warnings(rates, losses, found):
        echo_warning(warning)
    draw_range_test(rates, losses, found, f"Range test of {recipe}", path)
    report = {
        "recipe": recipe,
        "valley": found.valley,
        "steepest": found.steepest,
        "minimum / 10": found.minimum_tenth,
        "batches": len(losses),
        **path_entries("plot", path),
    }
    echo(to_json_text(report))


if __name__ == "__main__":
    main()

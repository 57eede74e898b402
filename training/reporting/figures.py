"""Writes matplotlib figures into files."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from training.console.errors import TrainingError


def save_figure(figure: Figure, path: Path, dpi: int = 150) -> None:
    """Write a figure in the format that the file's suffix names.

    Raises:
        TrainingError: the file cannot be written, or matplotlib does not know the suffix.
    """
    try:
        figure.savefig(path, dpi=dpi)
    except (OSError, ValueError) as error:
        raise TrainingError(f"cannot draw {path}: {error}") from None

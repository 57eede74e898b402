"""Command: writes a trained model as ONNX and SavedModel, and proves that both are the same model.

    python -m training.export runs/game --out models --photos hands

Nothing that was in the output folder is touched until both files have answered like Keras on real
pictures. What the files look like is decided in `training.formats`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from training.errors import TrainingError

if TYPE_CHECKING:
    import keras
    import numpy as np
    from numpy.typing import NDArray

    from training.predictors import Predictor
    from training.recipes import Recipe

ONNX_NAME = "rps.onnx"
SAVED_MODEL_NAME = "saved_model"
TOLERANCE = 1e-4
"""Largest difference in a probability that an exported model may show against Keras."""


class ExportRefusedError(click.ClickException):
    """The exported files are not the trained model; nothing was written. Exit status 1."""

    exit_code = 1


@dataclass(frozen=True)
class Agreement:
    """How an exported model compares with Keras on the same pictures.

    Attributes:
        images: number of pictures.
        largest_difference: over all pictures and classes, in probability.
        other_answers: pictures whose most probable class is another one.
    """

    images: int
    largest_difference: float
    other_answers: int

    @property
    def holds(self) -> bool:
        """Whether the two may be called the same model; a difference of NaN is none."""
        return self.other_answers == 0 and self.largest_difference <= TOLERANCE


def compare(expected: NDArray[np.float32], found: NDArray[np.float32]) -> Agreement:
    """Compare probabilities [N, K] with those expected, N at least 1."""
    import numpy as np

    return Agreement(
        images=len(expected),
        largest_difference=float(np.abs(expected - found).max()),
        other_answers=int((expected.argmax(axis=1) != found.argmax(axis=1)).sum()),
    )


def check_agreement(
    expected: NDArray[np.float32], exported: Predictor, images: NDArray[np.uint8]
) -> Agreement:
    """Ask an exported model about real pictures, one picture alone and then in batches.

    Args:
        expected: Keras' probabilities [N, K].
        exported: the model as its users load it.
        images: uint8 RGB [N, S, S, 3].

    Raises:
        ExportRefusedError: they differ in an answer, or by more than `TOLERANCE`.
    """
    import numpy as np

    alone = exported.probabilities(images[:1])
    together = exported.probabilities(images[1:], what=f"checking the {exported.kind}")
    agreement = compare(expected, np.concatenate([alone, together]))
    if not agreement.holds:
        raise ExportRefusedError(
            f"the {exported.kind} is not the trained model: of {agreement.images} real pictures "
            f"{agreement.other_answers} get another answer, the largest difference in probability "
            f"is {agreement.largest_difference:.2e} (at most {TOLERANCE:.0e}); nothing was written"
        )
    return agreement


def export_model(
    model: keras.Model, recipe: Recipe, images: NDArray[np.uint8], out: Path, licence: str
) -> dict[str, Agreement]:
    """Write `rps.onnx` and `saved_model/` into a folder, all or nothing.

    Args:
        model: float32 [N, S, S, 3] in 0 ... 255 to logits [N, K].
        recipe: names the classes and itself.
        images: real pictures uint8 [N, S, S, 3] to compare on, N at least 1.
        out: the folder; made if need be.
        licence: of the weights, for the metadata.

    Returns:
        The agreement by file name.

    Raises:
        ExportRefusedError: a file does not agree with Keras; the folder is as it was.
    """
    from training.formats import InvalidModelError, metadata_for, write_onnx, write_saved_model
    from training.predictors import keras_predictor, load_onnx, load_saved_model

    metadata = metadata_for(recipe, licence)
    out.mkdir(parents=True, exist_ok=True)
    # Inside the folder, so that moving into place is a rename on the same file system.
    with tempfile.TemporaryDirectory(prefix=".export-", dir=out) as name:
        fresh = Path(name)
        click.echo("writing the SavedModel and the ONNX file", err=True)
        try:
            write_saved_model(model, fresh / SAVED_MODEL_NAME, metadata)
            write_onnx(model, fresh / ONNX_NAME, metadata)
            exported = {
                SAVED_MODEL_NAME: load_saved_model(fresh / SAVED_MODEL_NAME),
                ONNX_NAME: load_onnx(fresh / ONNX_NAME),
            }
        except (InvalidModelError, TrainingError) as error:
            raise ExportRefusedError(f"{error}; nothing was written") from None
        reference = keras_predictor(model, recipe.labels, recipe.name)
        expected = reference.probabilities(images, what="asking Keras")
        agreements = {
            name: check_agreement(expected, predictor, images)
            for name, predictor in exported.items()
        }
        _move_into_place(fresh, out, (SAVED_MODEL_NAME, ONNX_NAME))
    return agreements


def _move_into_place(fresh: Path, out: Path, names: Sequence[str]) -> None:
    """Rename each entry of `fresh` into `out`; what was there goes when `fresh` is removed."""
    previous = {name: fresh / f"previous-{name}" for name in names if (out / name).exists()}
    try:
        for name in names:
            if name in previous:
                (out / name).rename(previous[name])
            (fresh / name).rename(out / name)
    except OSError:
        for name, kept in previous.items():
            if kept.exists():
                if (out / name).exists():
                    (out / name).rename(fresh / f"failed-{name}")
                kept.rename(out / name)
        raise


def real_images(
    photos: Sequence[Path], data_dir: Path | None, size: int
) -> tuple[NDArray[np.uint8], str]:
    """Pictures to compare on, and a few words on where they are from.

    Photographs where folders of them are named; the TFDS test split where its folder is named, or
    else when there are no photographs.

    Raises:
        TrainingError: there are none.
    """
    import numpy as np

    from training.evaluation_data import load_samples

    specs = [f"photos:{folder}" for folder in photos]
    if data_dir is not None or not photos:
        specs.append("tfds:test")
    try:
        found = [load_samples(spec, size, data_dir) for spec in specs]
    except TrainingError as error:
        raise TrainingError(
            f"an export is checked on real pictures (--photos, --data-dir): {error.message}"
        ) from None
    return np.concatenate([samples.images for samples in found]), ", ".join(specs)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help=f"Folder for {ONNX_NAME} and {SAVED_MODEL_NAME}/.",
)
@click.option(
    "--photos",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Folder of photographs to check on, laid out as for training. Repeatable.",
)
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path),
    help="Where TFDS data lies, to check on its test split. Default without --photos: "
    "TFDS' usual place.",
)
@click.option(
    "--which",
    type=click.Choice(["best", "last"]),
    default="best",
    show_default=True,
    help="The weights of the best or of the last epoch.",
)
@click.option(
    "--licence",
    default="CC-BY-SA-4.0",
    show_default=True,
    help="Licence of the weights, an SPDX name, for the file's metadata.",
)
def main(
    run: Path,
    out: Path,
    photos: tuple[Path, ...],
    data_dir: Path | None,
    which: Literal["best", "last"],
    licence: str,
) -> None:
    """Write the model of the run folder RUN as ONNX and SavedModel.

    Both are compared with Keras on real pictures: the same answer on every one, no probability
    further off than 1e-4. Otherwise nothing is written and the exit status is 1.
    """
    if not (run / "recipe.json").is_file():
        raise TrainingError(f"{run} is no run folder: it has no recipe.json")
    if out.exists() and not out.is_dir():
        raise TrainingError(f"{out} is no folder")

    from training.quiet import quiet_tensorflow

    quiet_tensorflow()
    from training.runs import load_run

    _stay_on_cpu()
    model, recipe = load_run(run, which)
    images, origin = real_images(photos, data_dir, recipe.image_size)
    try:
        agreements = export_model(model, recipe, images, out, licence)
    except OSError as error:
        raise TrainingError(f"cannot write to {out}: {error}") from None
    for name, agreement in agreements.items():
        click.echo(
            f"{out / name}: {_megabytes(out / name):.2f} MB, like Keras on {agreement.images} "
            f"pictures ({origin}), largest difference {agreement.largest_difference:.1e}"
        )


def _stay_on_cpu() -> None:
    """A GPU computes with fewer digits (TF32), which the comparison would blame on the export."""
    import tensorflow as tf

    tf.config.set_visible_devices([], "GPU")


def _megabytes(path: Path) -> float:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 1e6


if __name__ == "__main__":
    main()

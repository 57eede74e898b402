"""What an exported model must pass before it replaces another: is it the model that was trained?

The float32 files must answer like Keras; the 8-bit one may lose a little accuracy, which is
measured on photographs that nothing was trained on.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from rps_game.recognition.classifier import Classifier
from training.console.errors import TrainingError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from training.data.labelled_images import LabelledImages
    from training.evaluation.metrics import Scores
    from training.evaluation.predictors import Predictor

TOLERANCE = 1e-4
"""Largest difference in a probability that an exported model may show against Keras."""

MAX_ACCURACY_DROP = 0.005
"""Accuracy that the 8-bit model may lose against float32."""


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


@dataclass(frozen=True)
class Int8Cost:
    """What 8-bit numbers cost in accuracy, and spare in time.

    Attributes:
        before, after: the scores of the float32 and of the 8-bit model on the same photographs.
        time: processor time of a prediction, relative to the float32 model.
    """

    before: Scores
    after: Scores
    time: float

    @property
    def fall(self) -> float:
        """By how much accuracy falls, over all classes: of all pictures, or the mean over sources.

        The larger of the two counts: the one moves by few pictures of a small source, the other
        hardly notices it. Below 0 where both rise.
        """
        return max(
            (before or 0.0) - (after or 0.0)
            for before, after in (
                (self.before.accuracy.value, self.after.accuracy.value),
                (
                    self.before.mean_over_sources("accuracy"),
                    self.after.mean_over_sources("accuracy"),
                ),
            )
        )

    def __str__(self) -> str:
        count, before, after = (
            self.before.accuracy.count,
            self.before.accuracy.value,
            self.after.accuracy.value,
        )
        return (
            f"accuracy {100 * (before or 0):.2f}% -> {100 * (after or 0):.2f}% on {count} "
            f"validation photographs, fall {100 * self.fall:+.2f} points, "
            f"{self.time:.2f} of the time of float32"
        )

    @property
    def holds(self) -> bool:
        """Whether the loss of accuracy is small enough."""
        return self.fall <= MAX_ACCURACY_DROP + 1e-9


def measure_int8(before: Path, after: Path, validation: LabelledImages) -> Int8Cost:
    """Compare an 8-bit ONNX file with the float32 one that it was made from.

    Raises:
        TrainingError: the game would refuse one of the files.
    """
    from training.evaluation.evaluation import evaluate
    from training.evaluation.predictors import load_onnx
    from training.exporting.parity import prediction_times

    scores = [evaluate(load_onnx(path), validation).scores for path in (before, after)]
    slow, fast = prediction_times([before, after])
    return Int8Cost(scores[0], scores[1], fast / slow)


def check_int8(cost: Int8Cost) -> None:
    """Let an 8-bit model pass, or not.

    Raises:
        ExportRefusedError: it loses more accuracy than `MAX_ACCURACY_DROP`.
    """
    if not cost.holds:
        raise ExportRefusedError(
            f"the int8 model is too inaccurate: on {cost.before.accuracy.count} validation "
            f"photographs it loses {100 * cost.fall:.2f} points (at most "
            f"{100 * MAX_ACCURACY_DROP:.1f}); nothing was written"
        )


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

    from training.data.labelled_images import load_samples

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


def held_out(photos: Sequence[Path], size: int, labels: Sequence[str]) -> LabelledImages:
    """The validation photographs of the folders that have some, of the classes in `labels`.

    Raises:
        TrainingError: there are none.
    """
    import numpy as np

    from training.data.labelled_images import LabelledImages, load_photographs

    folders = [folder for folder in photos if (folder / "validation").is_dir()]
    if not folders:
        raise TrainingError(
            "--calibrate and --int8 need validation photographs: "
            "name a folder that has them (validation/CLASS) with --photos"
        )
    found = [load_photographs(folder, size) for folder in folders]
    joined = LabelledImages(
        images=np.concatenate([samples.images for samples in found]),
        labels=tuple(label for samples in found for label in samples.labels),
        sources=tuple(source for samples in found for source in samples.sources),
        names=tuple(name for samples in found for name in samples.names),
    )
    return joined.with_labels(labels)[0]


BLOCK = 20


def prediction_times(models: Sequence[Path], rounds: int = 15) -> tuple[float, ...]:
    """Median processor seconds of a prediction, by model.

    The models take turns in blocks, so that what else the machine does falls on all alike; and
    only the thread's own processor time counts, not its waiting.

    Args:
        models: ONNX files that the game can play with.
        rounds: blocks of each model.

    Raises:
        ModelError: a file is no such model.
    """
    classifiers = [Classifier(path) for path in models]
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (c.size, c.size, 3), np.uint8) for c in classifiers]
    times: list[list[float]] = [[] for _ in models]
    for _ in range(rounds):
        for classifier, picture, its_times in zip(classifiers, pictures, times, strict=True):
            for _ in range(BLOCK):
                began = time.thread_time()
                classifier.probabilities([picture])
                its_times.append(time.thread_time() - began)
    return tuple(statistics.median(its_times) for its_times in times)

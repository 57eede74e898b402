"""The targets of the game's model, and whether a model reaches them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from rps_game.gestures import MOVES
from rps_game.hands import draw_scene
from rps_game.recognition.resize import fit
from training.console.output import track
from training.data.labelled_images import LabelledImages, load_photographs, load_tfds_samples
from training.evaluation.evaluation import evaluate
from training.evaluation.predictors import Predictor
from training.exporting.parity import Int8Cost

DRAWN = 600
DRAWN_SEED = 20_261_123
"""A seed that training does not use."""

DRAWN_SIZE = 320


Verdict = Literal["reached", "enough", "missed", "not measured"]


@dataclass(frozen=True)
class Target:
    """A figure and its desired value.

    Attributes:
        name: what is measured.
        minimum: the worst acceptable value; a maximum if `lower_is_better`.
        goal: the desired value.
        lower_is_better: whether smaller values are better.
        unit: how values are shown: as a percentage, in percentage points, or unchanged.

    Examples:
        >>> accuracy = Target("accuracy", minimum=0.93, goal=0.98)
        >>> accuracy.judge(0.95), accuracy.show(0.95)
        ('enough', '95.0%')
    """

    name: str
    minimum: float
    goal: float
    lower_is_better: bool = False
    unit: Literal["%", "points", ""] = "%"

    def judge(self, value: float | None) -> Verdict:
        """The verdict on a measured value, tolerant of rounding errors."""
        if value is None:
            return "not measured"
        sign = -1 if self.lower_is_better else 1
        if sign * (value - self.goal) >= -1e-9:
            return "reached"
        return "enough" if sign * (value - self.minimum) >= -1e-9 else "missed"

    def show(self, value: float | None) -> str:
        """A value as text, a dash for None."""
        match self.unit:
            case _ if value is None:
                return "-"
            case "%":
                return f"{100 * value:.1f}%"
            case "points":
                return f"{100 * value:.2f} points"
            case _:
                return f"{value:.2f}"


MEAN = Target("rock, paper, scissors right, mean over sources", 0.93, 0.98)
WORST = Target("... worst source", 0.85, 0.95)
NONE = Target("none: no move accepted, mean over sources", 0.80, 0.92)
MISSED = Target("gestures mistaken for none", 0.06, 0.02, lower_is_better=True)
CALIBRATION = Target("expected calibration error, 15 bins", 0.05, 0.02, lower_is_better=True)
TFDS = Target("TFDS test split, among three classes", 0.99, 1.0)
HANDS = Target("drawn hands", 0.98, 1.0)
INT8_DROP = Target("int8: accuracy lost", 0.005, 0.002, lower_is_better=True, unit="points")
INT8_TIME = Target("int8: time relative to float32", 0.6, 0.5, lower_is_better=True, unit="")


@dataclass(frozen=True)
class AcceptanceData:
    """The images that the models are measured on: photographs, rendered and drawn hands."""

    photographs: LabelledImages
    tfds: LabelledImages
    drawn: LabelledImages


def load_data(photos: Path, data_dir: Path | None, size: int) -> AcceptanceData:
    """Read and draw the images that the models are measured on.

    Raises:
        TrainingError: the photographs or the TFDS data set are missing.
    """
    return AcceptanceData(
        load_photographs(photos, size),
        load_tfds_samples("test", size, data_dir),
        draw_hands(DRAWN, size),
    )


def draw_hands(count: int, size: int) -> LabelledImages:
    """Hands as the demo draws them, in any position and light: rock, paper, scissors.

    Args:
        count: how many; the moves alternate.
        size: side of the images in pixels.
    """
    rng = np.random.default_rng(DRAWN_SEED)
    moves = [MOVES[number % len(MOVES)] for number in range(count)]
    return LabelledImages(
        images=np.stack(
            [fit(draw_scene(move, rng, DRAWN_SIZE), size) for move in track(moves, "drawing")]
        ),
        labels=tuple(move.value for move in moves),
        sources=("drawn",) * count,
        names=tuple(f"drawn/{number}" for number in range(count)),
    )


def measure(predictor: Predictor, data: AcceptanceData) -> dict[Target, float | None]:
    """The figures of one model.

    Raises:
        TrainingError: a prediction is not a finite number.
    """
    photographs = evaluate(predictor, data.photographs).scores
    return {
        MEAN: photographs.mean_over_sources("gestures"),
        WORST: photographs.worst_source("gestures"),
        NONE: photographs.mean_over_sources("none_rejected"),
        MISSED: photographs.missed.value,
        CALIBRATION: photographs.calibration_error,
        TFDS: evaluate(predictor, data.tfds).scores.gestures_among_moves.value,
        HANDS: evaluate(predictor, data.drawn).scores.gestures.value,
    }


def int8_figures(cost: Int8Cost | None) -> dict[Target, float | None]:
    """The figures of the 8-bit model relative to the float32 one, None without one."""
    return {
        INT8_DROP: None if cost is None else cost.accuracy_drop,
        INT8_TIME: None if cost is None else cost.time,
    }

"""The targets of the game's model, and whether a model reaches them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from rps_game.arrays import Image
from rps_game.gestures import MOVES
from rps_game.hands import draw_scene
from training.console.output import track
from training.data.labelled_images import (
    LabelledImages,
    Preparation,
    join_images,
    load_photographs,
    load_tfds_samples,
)
from training.evaluation.evaluation import Evaluation, evaluate
from training.evaluation.predictors import Predictor
from training.exporting.int8_cost import Int8Cost

DRAWN = 600
DRAWN_SEED = 20_261_123
"""A seed that training does not use."""

DRAWN_SIZE = 320


CAMERA, WIDE = (320, 240), (427, 240)
"""Width and height of a camera's frames, and of the frames in which it delivers them."""

SHRUNK = 0.4


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


SIDEWAYS = "isuranga"
"""The source of photographs of people who really play: arm from the side, hands edge-on, dark."""

AMONG = Target("rock, paper, scissors among the three, mean over sources", 0.97, 0.985)
AMONG_SIDEWAYS = Target(f"... on {SIDEWAYS}", 0.90, 0.95)
MEAN = Target("... with none as an answer, mean over sources", 0.95, 0.975)
BOX = Target("hands found: box overlaps by half", 0.92, 0.97)
DIRECTION = Target("... direction within 25 degrees", 0.85, 0.95)
NONE = Target("none: no move accepted, mean over sources", 0.90, 0.95)
MISSED = Target("gestures mistaken for none", 0.03, 0.015, lower_is_better=True)
PILLARBOXED = Target("pillarboxed, with none as an answer, mean over sources", 0.95, 0.97)
SMALL = Target(f"at {SHRUNK} of its size, with none as an answer, mean over sources", 0.93, 0.97)
CALIBRATION = Target("expected calibration error, 15 bins", 0.03, 0.015, lower_is_better=True)
TFDS = Target("TFDS test split, among three classes", 0.99, 1.0)
HANDS = Target("drawn hands", 0.98, 1.0)
INT8_DROP = Target("int8: accuracy lost", 0.005, 0.002, lower_is_better=True, unit="points")
INT8_TIME = Target("int8: time relative to float32", 0.6, 0.5, lower_is_better=True, unit="")


@dataclass(frozen=True)
class AcceptanceData:
    """The images that the models are measured on: photographs, rendered and drawn hands.

    Attributes:
        photographs: as they are.
        pillarboxed: the same, changed by `pillarbox`.
        small: the same, changed by `shrink`.
        tfds: the test split.
        drawn: drawn hands.
    """

    photographs: LabelledImages
    pillarboxed: LabelledImages
    small: LabelledImages
    tfds: LabelledImages
    drawn: LabelledImages


def load_data(photos: Path, data_dir: Path | None, preparation: Preparation) -> AcceptanceData:
    """Read and draw the images that the models are measured on.

    Args:
        photos: the folder of photographs.
        data_dir: folder of TensorFlow Datasets; None for its default.
        preparation: for the models.

    Raises:
        TrainingError: the photographs or the TFDS data set are missing.
    """
    return AcceptanceData(
        load_photographs(photos, preparation),
        load_photographs(photos, preparation.after(pillarbox)),
        load_photographs(photos, preparation.after(shrink)),
        load_tfds_samples("test", preparation, data_dir),
        draw_hands(DRAWN, preparation),
    )


def pillarbox(image: Image) -> Image:
    """A photograph as from a 4:3 camera whose frames are delivered as 16:9.

    It is scaled to fit into 320 x 240 pixels, in the middle of 427 x 240, black elsewhere.

    Args:
        image: uint8 RGB [H, W, 3].
    """
    scale = min(CAMERA[0] / image.shape[1], CAMERA[1] / image.shape[0])
    inner = _scaled(image, scale)
    height, width = inner.shape[:2]
    across, down = WIDE[0] - width, WIDE[1] - height
    borders = down // 2, down - down // 2, across // 2, across - across // 2
    return np.asarray(cv2.copyMakeBorder(inner, *borders, cv2.BORDER_CONSTANT), np.uint8)


def shrink(image: Image) -> Image:
    """A photograph at `SHRUNK` of its size in the middle of a frame of its own size.

    The pixels at its edges are repeated around it.

    Args:
        image: uint8 RGB [H, W, 3].
    """
    inner = _scaled(image, SHRUNK)
    down, across = (a - b for a, b in zip(image.shape[:2], inner.shape[:2], strict=True))
    borders = down // 2, down - down // 2, across // 2, across - across // 2
    return np.asarray(cv2.copyMakeBorder(inner, *borders, cv2.BORDER_REPLICATE), np.uint8)


def _scaled(image: Image, scale: float) -> Image:
    sides = [max(1, round(scale * side)) for side in (image.shape[1], image.shape[0])]
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, sides, interpolation=method), np.uint8)


def draw_hands(count: int, preparation: Preparation) -> LabelledImages:
    """Hands as the demo draws them, in any position and light: rock, paper, scissors.

    Args:
        count: how many; the moves alternate.
        preparation: for the model.
    """
    rng = np.random.default_rng(DRAWN_SEED)
    moves = [MOVES[number % len(MOVES)] for number in range(count)]
    return LabelledImages(
        images=join_images(
            [
                preparation.prepare(draw_scene(move, rng, DRAWN_SIZE))
                for move in track(moves, "drawing")
            ]
        ),
        labels=tuple(move.value for move in moves),
        sources=("drawn",) * count,
        names=tuple(f"drawn/{number}" for number in range(count)),
    )


def measure(
    predictor: Predictor, data: AcceptanceData, result: Evaluation
) -> dict[Target, float | None]:
    """The figures of one model.

    Args:
        predictor: the model.
        data: what it is measured on.
        result: its evaluation on `data.photographs`.

    Raises:
        TrainingError: a prediction is not a finite number.
    """
    photographs, hands = result.scores, result.locations
    sideways = [source for source in photographs.sources if source.source == SIDEWAYS]
    changed = {
        target: evaluate(predictor, images).scores.mean_over_sources("gestures")
        for target, images in ((PILLARBOXED, data.pillarboxed), (SMALL, data.small))
    }
    return {
        AMONG: photographs.mean_over_sources("among_moves"),
        AMONG_SIDEWAYS: sideways[0].among_moves.value if sideways else None,
        MEAN: photographs.mean_over_sources("gestures"),
        BOX: None if hands is None else hands.close_up.box.value,
        DIRECTION: None if hands is None else hands.close_up.direction.value,
        NONE: photographs.mean_over_sources("none_rejected"),
        MISSED: photographs.missed.value,
        **changed,
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

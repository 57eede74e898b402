import cv2
import numpy as np
import pytest

from rps_game.recognition.images import read_image
from training.evaluation.metrics import score
from training.reporting.score_plots import draw_confusion, draw_reliability

LABELS = ("rock", "paper", "scissors", "none")


def scores(true, predicted, confidence=1.0):
    rows = np.full((len(true), 4), (1 - confidence) / 3)
    rows[np.arange(len(true)), predicted] = confidence
    return score(LABELS, np.array(true), rows, ["a"] * len(true))


def test_the_confusion_matrix_is_plotted_by_percentage(tmp_path):
    path = tmp_path / "confusion.png"
    draw_confusion(scores([0, 0, 1, 2, 3], [0, 0, 2, 2, 3]), "title", path)
    dark = (read_image(path) == (8, 48, 107)).all(axis=2)  # the blue of 100%
    # Four full cells, two of them one above the other.
    cells = cv2.connectedComponentsWithStats(dark.astype(np.uint8))[2][1:]
    areas = sorted(cell[cv2.CC_STAT_AREA] for cell in cells if cell[cv2.CC_STAT_WIDTH] > 100)
    assert sum(areas) == pytest.approx(4 * min(areas), rel=0.1)


def test_reliability_is_plotted_as_accuracy_over_confidence(tmp_path):
    """One bar: three confident predictions, one of them wrong."""
    path = tmp_path / "reliability.png"
    draw_reliability(scores([0, 0, 1], [0, 0, 0], 0.97), "title", path)
    pixels = read_image(path)
    bar = (pixels == (33, 113, 181)).all(axis=2)
    count = (pixels == (198, 207, 216)).all(axis=2)
    rows, columns = np.nonzero(bar)
    below_rows, below_columns = np.nonzero(count)
    # The last of 15 bins, two thirds as high as the panel; the count fills the one below.
    assert columns.min() > 0.85 * pixels.shape[1]
    assert abs(below_columns.min() - columns.min()) < 5
    assert below_rows.min() > rows.max()
    axis = (rows.max() - rows.min()) / (2 / 3)
    assert 0.5 < axis / pixels.shape[0] < 0.75

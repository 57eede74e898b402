import cv2
import numpy as np
import pytest

from training.console.errors import TrainingError
from training.evaluation.proportions import Proportion
from training.evaluation.slices import brightness, read_hand_sizes, score_slices, sharpness

LABELS = ("rock", "paper", "scissors", "none")


def plain(colour, size=8):
    return np.full((size, size, 3), colour, np.uint8)


def test_brightness_is_mean_luma():
    images = np.stack([plain(0), plain(200), plain((255, 0, 0)), plain((0, 255, 0))])
    assert brightness(images) == pytest.approx([0, 200, 76, 150], abs=0.6)


def test_blurred_images_are_less_sharp_at_any_size():
    noise = np.random.default_rng(1).integers(0, 256, (32, 32, 3), np.uint8)
    small = noise.repeat(4, axis=0).repeat(4, axis=1)
    large = noise.repeat(8, axis=0).repeat(8, axis=1)
    blurred = cv2.GaussianBlur(small, (0, 0), 4)
    sharp, soft, flat = sharpness(np.stack([small, blurred, plain(90, 128)]))
    assert sharp > 10 * soft > 0
    assert flat == 0
    assert sharpness(large[None])[0] == pytest.approx(sharp)


def test_bands_are_thirds_by_value_with_their_limits():
    values = np.array([9.0, 1, 5, 8, 2, 4])
    true = np.array([0, 0, 0, 0, 0, 3])
    answers = [0, 3, 0, 1, 0, 3]
    slices = score_slices({"brightness": values}, LABELS, true, np.eye(4)[answers])
    assert [(s.condition, s.band, s.low, s.high) for s in slices] == [
        ("brightness", "dark", 1, 2),
        ("brightness", "middle", 4, 5),
        ("brightness", "bright", 8, 9),
    ]
    assert [s.gestures for s in slices] == [Proportion(1, 2), Proportion(1, 1), Proportion(1, 2)]
    assert [s.missed for s in slices] == [Proportion(1, 2), Proportion(0, 1), Proportion(0, 2)]
    assert [s.none for s in slices] == [Proportion(0, 0), Proportion(1, 1), Proportion(0, 0)]


def test_hands_that_were_not_found_form_a_separate_band():
    values = np.array([0.1, np.nan, 0.2, 0.3])
    true = np.zeros(4, np.int64)
    slices = score_slices({"hand size": values}, LABELS, true, np.eye(4)[[0, 1, 0, 0]])
    assert [(s.band, s.gestures.trials) for s in slices] == [
        ("small", 1),
        ("middle", 1),
        ("large", 1),
        ("not found", 1),
    ]
    assert slices[-1].low is None
    assert slices[-1].gestures == Proportion(0, 1)
    (only,) = score_slices({"hand size": values[1:2]}, LABELS, true[:1], np.eye(4)[[0]])
    assert only.band == "not found"


def test_equal_values_share_a_band():
    slices = score_slices(
        {"sharpness": np.full(5, 7.0)}, LABELS, np.zeros(5, np.int64), np.eye(4)[[0] * 5]
    )
    assert [(s.band, s.gestures.trials) for s in slices] == [("blurred", 5)]


def test_hand_sizes_are_looked_up_by_name(tmp_path):
    table = tmp_path / "sizes.csv"
    table.write_text("file,hand\nrock/a.jpg,0.25\nnone/b.jpg,\npaper/c.jpg,0.5\n")
    sizes = read_hand_sizes(table, ["paper/c.jpg", "none/b.jpg"])
    assert sizes[0] == 0.5
    assert np.isnan(sizes[1])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot read"),
        ("name,size\na,1\n", "is not a table of hand sizes"),
        ("file,hand\nrock/a.jpg,big\n", "is not a table of hand sizes"),
        ("file,hand\nrock/b.jpg,0.1\n", "has no row for rock/a.jpg"),
    ],
)
def test_another_table_is_rejected(tmp_path, content, message):
    table = tmp_path / "sizes.csv"
    if content is not None:
        table.write_text(content)
    with pytest.raises(TrainingError, match=message):
        read_hand_sizes(table, ["rock/a.jpg"])

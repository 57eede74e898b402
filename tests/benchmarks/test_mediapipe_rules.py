from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from benchmarks.mediapipe_rules import (
    Reading,
    name_gesture,
    palm_length,
    read_all,
    report,
    write_hand_sizes,
)


def hand(*stretched, turn=0.0):
    """Landmarks [21, 2] of an upright hand with its wrist at (50, 90), in pixels."""
    points = np.zeros((21, 2))
    for finger, straight in enumerate((False, *stretched)):
        for joint, height in enumerate((20, 30, 38, 45) if straight else (20, 30, 24, 16)):
            points[1 + 4 * finger + joint] = (4 * finger - 8, -height)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return points @ rotation.T + (50, 90)


@pytest.mark.parametrize("turn", [0, 1.5, 3, 4.5])
@pytest.mark.parametrize(
    ("stretched", "gesture"),
    [
        ((0, 0, 0, 0), "rock"),
        ((1, 1, 1, 1), "paper"),
        ((1, 1, 0, 0), "scissors"),
        ((1, 0, 0, 0), "none"),
        ((0, 1, 1, 0), "none"),
        ((1, 1, 1, 0), "none"),
    ],
)
def test_finger_rules_are_rotation_invariant(stretched, gesture, turn):
    assert name_gesture(hand(*stretched, turn=turn)) == gesture


def test_the_palm_length_is_the_same_in_a_fist_and_relative_to_the_image():
    fist, flat = hand(0, 0, 0, 0), hand(1, 1, 1, 1)
    assert palm_length(fist, 100, 100) == pytest.approx(0.2)
    assert palm_length(flat, 400, 25) == palm_length(fist, 100, 100)


class Detector:
    """Finds two stretched fingers in every image that is not black."""

    def process(self, pixels):
        marks = [SimpleNamespace(x=x / 100, y=y / 100) for x, y in hand(1, 1, 0, 0)]
        seen = [SimpleNamespace(landmark=marks)] if pixels.any() else None
        return SimpleNamespace(multi_hand_landmarks=seen)


def test_every_photo_has_its_label_and_source(tmp_path):
    for name, level in {"scissors/ann__1": 9, "rock/2": 9, "none/ann__3": 0}.items():
        (tmp_path / name).parent.mkdir()
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.full((100, 100, 3), level, np.uint8))
    readings = read_all(Detector(), tmp_path)
    assert [(r.name, r.label, r.source, r.answer) for r in readings] == [
        ("rock/2.png", "rock", tmp_path.name, "scissors"),
        ("scissors/ann__1.png", "scissors", "ann", "scissors"),
        ("none/ann__3.png", "none", "ann", "none"),
    ]
    assert [r.hand for r in readings] == [pytest.approx(0.2, abs=0.01)] * 2 + [None]
    write_hand_sizes(tmp_path / "sizes.csv", readings)
    assert (tmp_path / "sizes.csv").read_text().splitlines()[::3] == [
        "file,hand",
        "none/ann__3.png,",
    ]


def test_each_source_counts_once_and_a_hand_not_found_is_a_gesture_missed():
    def reading(source, label, answer, size=0.3):
        return Reading("", label, source, answer, size, 0.01, 0.02)

    figures = report(
        [reading("near", "rock", "rock")] * 3
        + [reading("far", "rock", "none", None), reading("far", "none", "none", None)]
    )
    assert figures["all"]["gestures_right"] == 0.75
    assert figures["all"]["hands_not_found"] == 0.25
    assert figures["mean_over_sources"] == {
        "gestures_right": 0.5,
        "hands_not_found": 0.5,
        "none_right": 1.0,
    }
    assert figures["sources"]["near"]["none_right"] is None
    assert figures["milliseconds"] == pytest.approx(20)

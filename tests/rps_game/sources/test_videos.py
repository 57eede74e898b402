"""Times of frames in videos that report senseless ones, and images as frames."""

from itertools import pairwise
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from rps_game.sources.base import SourceError
from rps_game.sources.videos import image_frames, video_frames

RED = np.full((48, 64, 3), (220, 20, 20), np.uint8)


@pytest.mark.parametrize("fps", [30.0, 1e-9, float("inf"), float("nan")])
def test_senseless_times_are_replaced(fps):
    timestamps = iter([0, 100, 1e15, float("nan"), float("inf"), 300, 250, 400])
    frames = iter([RED] * 6 + [None])
    values = {
        cv2.CAP_PROP_FPS: lambda: fps,
        cv2.CAP_PROP_POS_MSEC: lambda: next(timestamps),
    }
    video = SimpleNamespace(get=lambda name: values[name](), grab=lambda: next(frames))
    times = [time for _, time in video_frames(video, RED)]
    assert times[0] == pytest.approx(0.1)
    assert len(times) == 7
    assert all(0 < later - sooner < 0.2 for sooner, later in pairwise(times))


def test_images_follow_each_other_after_a_second(tmp_path):
    files = [tmp_path / f"{number}.png" for number in range(3)]
    for file in files[:2]:
        cv2.imwrite(str(file), RED[..., ::-1])
    frames = image_frames(files)
    found = [next(frames), next(frames)]
    assert [time for _, time in found] == [0.0, 1.0]
    assert all((image == RED).all() for image, _ in found)
    with pytest.raises(SourceError, match=r"2\.png: no such file or directory"):
        next(frames)

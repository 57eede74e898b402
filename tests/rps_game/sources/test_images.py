"""Image files as frames: in order, with their times, without broken ones."""

import cv2
import numpy as np
import pytest

from rps_game.sources.base import SourceError
from rps_game.sources.images import (
    animation_frames,
    image_frames,
    numbered_files,
)

RED = np.full((48, 64, 3), (220, 20, 20), np.uint8)


def save(path, image=RED):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(cv2.imencode(".png", image[..., ::-1])[1].tobytes())
    return path


def test_images_follow_each_other_at_a_fixed_rate(tmp_path):
    files = [save(tmp_path / f"{number}.png") for number in range(3)]
    frames = list(image_frames(files, 4.0, pytest.fail))
    assert [time for _, time in frames] == [0.0, 0.25, 0.5]
    assert all((image == RED).all() for image, _ in frames)


def test_broken_images_are_skipped_and_named(tmp_path):
    files = [tmp_path / f"{number}.png" for number in range(5)]
    for number in (1, 3):
        save(files[number])
    files[2].write_bytes(b"no image")
    warnings = []
    assert [time for _, time in image_frames(files, 1.0, warnings.append)] == [0.0, 1.0]
    assert [line.split(" ")[0] for line in warnings] == [str(files[n]) for n in (0, 2, 4)]
    assert warnings[0] == f"{files[0]} is skipped: no such file or directory"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("f%d.png", ["f0.png", "f9.png", "f10.png", "f100.png"]),
        ("f%02d.png", ["f09.png", "f10.png", "f100.png"]),
        ("f%2d.png", ["f09.png", "f10.png", "f100.png"]),
        ("f%03d.png", ["f009.png", "f100.png"]),
        ("100%% (%d).png", ["100% (1).png"]),
        ("100% (%d).png", ["100% (1).png"]),
        ("%d%d.png", []),
        ("f%s.png", []),
        ("f[0-9].png", []),
        ("none%d.png", []),
        ("gone/f%d.png", []),
        ("a%db/x.png", []),
    ],
)
def test_numbered_series(tmp_path, pattern, expected):
    folder = tmp_path / "frames 100%d%"
    for name in ("f9", "f10", "f100", "f09", "f009", "f0", "fx", "f1_0", "f٣", "100% (1)", "00"):
        save(folder / f"{name}.png")
    (folder / "f10.jpg").touch()
    assert [file.name for file in numbered_files(folder / pattern)] == expected


def animation(durations):
    value = cv2.Animation()
    value.frames = [np.full((48, 64, 3), 60 * n, np.uint8) for n in range(len(durations))]
    value.durations = durations
    return value


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png", ".avif"])
def test_animations(tmp_path, suffix):
    path = tmp_path / f"z\udce9{suffix}"
    encoded, data = cv2.imencodeanimation(suffix, animation([200, 300, 100]))
    assert encoded
    path.write_bytes(data.tobytes())
    frames = list(animation_frames(path, pytest.fail))
    assert [time for _, time in frames] == pytest.approx([0.0, 0.2, 0.5], abs=0.001)
    assert [image.mean() for image, _ in frames] == pytest.approx([0, 60, 120], abs=4)


def test_pages_of_a_tiff(tmp_path):
    path = tmp_path / "pages.tif"
    cv2.imwritemulti(str(path), animation([1, 1, 1]).frames)
    frames = list(animation_frames(path, pytest.fail))
    assert [time for _, time in frames] == [0.0, 1.0, 2.0]
    assert [image.mean() for image, _ in frames] == [0, 60, 120]


def test_frames_without_duration(tmp_path):
    path = tmp_path / "a.gif"
    path.write_bytes(cv2.imencodeanimation(".gif", animation([0, 0]))[1].tobytes())
    assert [time for _, time in animation_frames(path, pytest.fail)] == [0.0, 0.1]


def test_an_animation_that_cannot_be_read(tmp_path):
    (tmp_path / "a.gif").write_bytes(b"GIF89a")
    with pytest.raises(SourceError, match=r"a\.gif: "):
        list(animation_frames(tmp_path / "a.gif", pytest.fail))

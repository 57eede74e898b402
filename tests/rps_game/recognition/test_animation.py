"""Frames of animations and pages of documents."""

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from rps_game.recognition.animation import read_frames
from rps_game.recognition.images import ImageError, read_image

LEVELS = (0, 80, 160, 240, 30)


def frames(*levels: int, channels: int = 3) -> list[np.ndarray]:
    """Plain images of different brightness, white at the top left."""
    images = [np.full((32, 48, channels), level, np.uint8) for level in levels]
    for image in images:
        image[:8, :8] = 255
        image[..., 3:] = 255
    return images


def animation(suffix: str, seconds: float = 0.2, channels: int = 3) -> bytes:
    moving = cv2.Animation()
    moving.frames = frames(*LEVELS, channels=channels)
    moving.durations = np.full(len(LEVELS), round(seconds * 1000), np.int32)
    done, data = cv2.imencodeanimation(suffix, moving)
    assert done
    return data.tobytes()


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def levels(path: Path, **options: int) -> list[int]:
    return [int(image[-1, -1].mean()) for image, _ in read_frames(path, **options)]


@pytest.mark.parametrize("suffix", [".webp", ".png", ".gif", ".avif"])
@pytest.mark.parametrize("chunk", [1, 2 * 32 * 48, 5 * 32 * 48, 2**26])
def test_all_frames_of_an_animation(suffix: str, chunk: int, tmp_path: Path) -> None:
    path = write(tmp_path, "a" + suffix, animation(suffix))
    assert levels(path, chunk=chunk) == pytest.approx(LEVELS, abs=15)
    for image, seconds in read_frames(path):
        assert image.shape == (32, 48, 3)
        assert image.dtype == np.uint8
        assert seconds == pytest.approx(0.2)


def test_frames_are_rgb_and_transparency_is_mid_grey(tmp_path: Path) -> None:
    moving = cv2.Animation()
    red = np.zeros((8, 8, 4), np.uint8)
    red[:4, :, 2] = red[:4, :, 3] = 255
    moving.frames, moving.durations = [red, red[::-1].copy()], np.array([100, 100], np.int32)
    path = write(tmp_path, "a.png", cv2.imencodeanimation(".png", moving)[1].tobytes())
    first = next(read_frames(path))[0]
    assert first[0, 0].tolist() == [255, 0, 0]
    assert first[-1, 0].tolist() == [128, 128, 128]


@pytest.mark.parametrize(
    ("milliseconds", "seconds"), [(0, 0.1), (10, 0.1), (20, 0.02), (90_000, 60.0)]
)
def test_durations_are_those_of_browsers(milliseconds: int, seconds: float, tmp_path: Path) -> None:
    data = bytearray(animation(".webp"))
    at = 0
    while (at := data.find(b"ANMF", at + 1)) > 0:
        data[at + 20 : at + 23] = milliseconds.to_bytes(3, "little")
    shown = [seconds for _, seconds in read_frames(write(tmp_path, "a.webp", bytes(data)))]
    assert shown == pytest.approx([seconds] * len(LEVELS))


def test_pages_may_differ_in_size_depth_and_colour(tmp_path: Path) -> None:
    pages = [
        *frames(100),
        np.full((20, 30), 4095, np.uint16),
        np.full((90, 60, 3), 0.5, np.float32),
    ]
    path = write(tmp_path, "a.tiff", cv2.imencodemulti(".tiff", pages)[1].tobytes())
    lines: list[str] = []
    found = list(read_frames(path, lines.append))
    assert [image.shape for image, _ in found] == [(32, 48, 3), (20, 30, 3), (90, 60, 3)]
    assert [image[-1, -1, 0] for image, _ in found] == [100, 255, 128]
    assert [seconds for _, seconds in found] == [1.0] * 3
    assert len(lines) == 1


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".gif", ".avif", ".tiff", ".bmp"])
def test_a_still_image_is_one_frame(suffix: str, tmp_path: Path) -> None:
    path = write(tmp_path, "a", cv2.imencode(suffix, frames(90)[0])[1].tobytes())
    ((image, seconds),) = read_frames(path)
    assert (image == read_image(path)).all()
    assert seconds == 1.0


def test_every_frame_is_rotated_according_to_exif(tmp_path: Path) -> None:
    data = animation(".png")
    exif = b"II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\6\0\0\0" + bytes(4)
    chunk = struct.pack(">I", len(exif)) + b"eXIf" + exif
    chunk += struct.pack(">I", zlib.crc32(chunk[4:]))
    path = write(tmp_path, "a.png", data[:33] + chunk + data[33:])
    for image, _ in read_frames(path):
        assert image.shape == (48, 32, 3)
        assert image[0, -1].tolist() == [255, 255, 255]  # the top left, turned clockwise
    assert len(levels(path)) == len(LEVELS)


@pytest.mark.parametrize("suffix", [".webp", ".png", ".gif"])
def test_damaged_and_missing_files(suffix: str, tmp_path: Path) -> None:
    data = animation(suffix)
    path = write(tmp_path, "a" + suffix, data[: len(data) // 2])
    with pytest.raises(ImageError, match=f"a\\{suffix}: damaged or cut short"):
        list(read_frames(path))
    with pytest.raises(ImageError, match="no such file"):
        list(read_frames(tmp_path / "missing"))

"""Drawn images with camera noise, stored as JPEG files for the benchmarks to classify."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np

from benchmarks.measuring import camera_frames

SIZES = {"webcam": (640, 480), "phone": (4000, 3000)}
NOISE, QUALITY = 6.0, 92  # these make files of about 85 kB at 640 x 480


def make_images(folder: Path, count: int, different: int, size: str = "webcam") -> list[Path]:
    """Write JPEG files; the distinct ones alternate."""
    rng = np.random.default_rng(0)
    paths = []
    for number, frame in enumerate(camera_frames(min(count, different))):
        if SIZES[size] != SIZES["webcam"]:
            frame = cv2.resize(frame, SIZES[size], interpolation=cv2.INTER_CUBIC)
        noisy = (frame + rng.normal(0, NOISE, frame.shape)).clip(0, 255).round().astype(np.uint8)
        path = folder / f"{number:05}.jpg"
        cv2.imwrite(str(path), noisy, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        paths.append(path)
    for number in range(len(paths), count):
        path = folder / f"{number:05}.jpg"
        shutil.copyfile(paths[number % different], path)
        paths.append(path)
    return paths

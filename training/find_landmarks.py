"""Find the landmarks of the hands in photographs with MediaPipe Hands: `PHOTOS/landmarks.csv`.

It runs in a separate environment, since MediaPipe requires older packages than the training:

    python3.11 -m venv .venv-mediapipe
    .venv-mediapipe/bin/pip install mediapipe==0.10.21
    .venv-mediapipe/bin/python training/find_landmarks.py PHOTOS

PHOTOS is laid out as for training. MediaPipe is shown each photograph as it is and, if it finds no
hand, in other ways until two of them agree (`ATTEMPTS`). docs/photographs.md describes the file.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Matrix = NDArray[np.float64]
Points = NDArray[np.float64]

LABELS = ("rock", "paper", "scissors", "none")
HEADER = [
    *("path", "hand", "score", "handedness"),
    *(f"{axis}{number}" for number in range(21) for axis in "xy"),
]
LONGEST_SIDE = 1024  # larger photographs are reduced; MediaPipe's networks see 224 pixels


@dataclass(frozen=True)
class Attempt:
    """One way of showing a photograph to MediaPipe.

    Attributes:
        border: width of a black border on all sides, relative to the longer side. MediaPipe often
            misses hands that touch the edge.
        brighten: whether the contrast is stretched and the dark tones are brightened.
        degrees: clockwise rotation; the corners remain visible.
        scale: enlargement.
    """

    border: float = 0
    brighten: bool = False
    degrees: float = 0
    scale: float = 1


ATTEMPTS = (
    Attempt(),
    Attempt(border=0.25),
    Attempt(brighten=True),
    Attempt(border=0.25, brighten=True),
    Attempt(border=0.6),
    *(Attempt(degrees=degrees) for degrees in (45, -45)),
    *(Attempt(degrees=degrees, border=0.1) for degrees in (90, -90, 180)),
    Attempt(scale=2),
    *(Attempt(degrees=degrees, brighten=True) for degrees in (45, -45)),
    *(Attempt(degrees=degrees, border=0.1, brighten=True) for degrees in (90, -90)),
)
"""Enlarged parts of a photograph are not among them: they find hardly any hand that these miss."""


@dataclass(frozen=True)
class Hand:
    """Landmarks [21, 2] in fractions of the photograph, `Left` or `Right` and the score of that."""

    score: float
    handedness: str
    points: Points


def placement(attempt: Attempt, width: int, height: int) -> tuple[Matrix, tuple[int, int]]:
    """Where an attempt puts the points of a photograph.

    Returns:
        The affine map [2, 3] from points of the photograph to points of the image shown, in pixels
        from the top left corner, and the size (width, height) of the image shown.

    Examples:
        >>> matrix, size = placement(Attempt(border=0.25), 200, 100)
        >>> matrix.tolist(), size
        ([[1.0, -0.0, 50.0], [0.0, 1.0, 50.0]], (300, 200))
    """
    angle = np.deg2rad(attempt.degrees)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = attempt.scale * rotation
    border = 2 * attempt.scale * attempt.border * max(width, height)
    size = np.rint(np.abs(linear) @ (width, height) + border)
    shift = size / 2 - linear @ (width / 2, height / 2)
    return np.column_stack([linear, shift]), (int(size[0]), int(size[1]))


def show(attempt: Attempt, photo: Image) -> Image:
    """The photograph [H, W, 3] as an attempt shows it."""
    height, width = photo.shape[:2]
    matrix, size = placement(attempt, width, height)
    matrix[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5  # OpenCV's origin is the first pixel's centre
    shown = brightened(photo) if attempt.brighten else photo
    return np.asarray(cv2.warpAffine(shown, matrix, size), np.uint8)


def brightened(photo: Image) -> Image:
    """Stretch the contrast (1st to 99th percentile), then raise the median to the middle."""
    low, high = np.percentile(photo, (1, 99))
    stretched = np.clip((photo - low) / max(high - low, 1), 0, 1)
    median = np.clip(np.median(stretched), 0.05, 0.5)
    return np.asarray(np.rint(255 * stretched ** (np.log(0.5) / np.log(median))), np.uint8)


def map_back(attempt: Attempt, points: Points, width: int, height: int) -> Points:
    """Convert points [..., 2] from fractions of the image shown to fractions of the photograph.

    Points in the border are outside of 0 to 1.

    Examples:
        >>> map_back(Attempt(border=0.25), np.array([0.0, 0.5]), 200, 100).tolist()
        [-0.25, 0.5]
    """
    matrix, size = placement(attempt, width, height)
    linear, shift = matrix[:, :2], matrix[:, 2]
    original = np.linalg.solve(linear, (points * size - shift)[..., None])[..., 0]
    return np.asarray(original / (width, height), np.float64)


def find_hands(detector: Any, photo: Image) -> list[Hand]:
    """The hands in an RGB photograph uint8 [H, W, 3], from the highest score.

    What only a single attempt finds, other than the first, is often no hand. The detector is
    MediaPipe's `Hands`.
    """
    earlier = detect(detector, photo, ATTEMPTS[0])
    if earlier:
        return earlier
    for attempt in ATTEMPTS[1:]:
        hands = detect(detector, photo, attempt)
        confirmed = [one for one in earlier if any(same_place(one, other) for other in hands)]
        if confirmed:
            return without_duplicates(confirmed)
        earlier += hands
    return []


def detect(detector: Any, photo: Image, attempt: Attempt) -> list[Hand]:
    """The hands that one attempt finds, from the highest score."""
    height, width = photo.shape[:2]
    found = detector.process(show(attempt, photo))
    hands = []
    if found.multi_hand_landmarks:
        for marks, sides in zip(found.multi_hand_landmarks, found.multi_handedness, strict=True):
            shown = np.array([(mark.x, mark.y) for mark in marks.landmark])
            points = map_back(attempt, shown, width, height)
            side = sides.classification[0]
            hands.append(Hand(side.score, side.label, points))
    return without_duplicates(hands)


def without_duplicates(hands: Iterable[Hand]) -> list[Hand]:
    """Sort hands by score, and omit those at the same place as a better one."""
    kept: list[Hand] = []
    for hand in sorted(hands, key=lambda hand: -hand.score):
        if not any(same_place(hand, other) for other in kept):
            kept.append(hand)
    return kept


def same_place(one: Hand, other: Hand) -> bool:
    """Whether the landmarks differ by less than 0.4 of the larger hand's size, in the median."""
    size = max(np.ptp(hand.points, axis=0).max() for hand in (one, other))
    return bool(np.median(np.linalg.norm(one.points - other.points, axis=1)) < 0.4 * size)


def rows(path: str, hands: Sequence[Hand]) -> list[list[str]]:
    """The rows of the file for one photograph, in the columns of `HEADER`."""
    return [
        [path, str(number), f"{hand.score:.3f}", hand.handedness]
        + [f"{value:.4f}" for value in hand.points.ravel()]
        for number, hand in enumerate(hands)
    ]


def photo_files(folder: Path) -> list[Path]:
    """The files in the class folders of `train/` and `validation/`, or else of the folder itself.

    Sorted by path, without hidden files and `SOURCE__nohand_...`, which are known to show no hand.
    Names of folders may be in upper or lower case.
    """
    tops = _folders(folder, ("train", "validation")) or [folder]
    class_folders = [path for top in tops for path in _folders(top, LABELS)]
    files = [file for path in class_folders for file in path.rglob("[!.]*") if file.is_file()]
    with_hands = (file for file in files if "__nohand" not in file.name)
    return sorted(with_hands, key=lambda file: file.relative_to(folder).as_posix())


def _folders(folder: Path, names: Sequence[str]) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir() and path.name.lower() in names]


def read_photo(path: Path) -> Image | None:
    """An image file as RGB [H, W, 3], upright, not larger than necessary; None if it is no image.

    Raises:
        OSError: it cannot be opened.
    """
    try:
        pixels = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:  # an empty file, or a huge image
        return None
    if pixels is None:
        return None
    factor = LONGEST_SIDE / max(pixels.shape)
    if factor < 1:
        height, width = (max(1, round(side * factor)) for side in pixels.shape[:2])
        pixels = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Open a text file that takes the place of `path` once it is complete."""
    partial = path.with_name(f"{path.name}.part")
    try:
        with partial.open("w", newline="", encoding="utf-8") as file:
            yield file
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_landmarks(detector: Any, folder: Path, files: Sequence[Path], out: Path) -> None:
    """Find the hands in photographs and write the file; progress and files skipped on stderr.

    Raises:
        OSError: a photograph cannot be opened, or the file cannot be written.
    """
    found, began = 0, time.monotonic()
    with replacing(out) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for done, path in enumerate(files, 1):
            photo = read_photo(path)
            if photo is None:
                print(f"not an image that OpenCV reads: {path}", file=sys.stderr)
            else:
                hands = find_hands(detector, photo)
                found += bool(hands)
                writer.writerows(rows(path.relative_to(folder).as_posix(), hands))
            if done % 200 == 0 or done == len(files):
                left = (time.monotonic() - began) / done * (len(files) - done)
                line = f"{done} of {len(files)} files, {found} with a hand, {left:.0f} s left"
                print(line, file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> None:
    """Find the landmarks of all photographs in a folder."""
    parser = argparse.ArgumentParser(description="Find hand landmarks with MediaPipe Hands.")
    parser.add_argument("photos", type=Path, help="folder of photographs, laid out as for training")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: PHOTOS/landmarks.csv")
    options = parser.parse_args(arguments)
    folder: Path = options.photos
    out: Path = options.out or folder / "landmarks.csv"
    if not folder.is_dir():
        parser.error(f"no folder of photographs {folder}")
    files = photo_files(folder)
    if not files:
        parser.error(
            f"{folder} contains no photographs: expected class folders ({', '.join(LABELS)}) "
            "in it, or in its train/ and validation/"
        )
    os.environ.setdefault("GLOG_minloglevel", "2")  # MediaPipe's warnings would hide the progress
    try:
        from mediapipe.python.solutions.hands import Hands
    except ImportError:
        parser.error(
            "MediaPipe is missing: python3.11 -m venv .venv-mediapipe && "
            ".venv-mediapipe/bin/pip install mediapipe==0.10.21"
        )
    try:
        with Hands(static_image_mode=True, max_num_hands=2) as hands:
            write_landmarks(hands, folder, files, out)
    except OSError as error:
        parser.error(f"{error.filename or out}: {error.strerror or error}")
    except KeyboardInterrupt:
        parser.exit(130, f"interrupted; {out} was not written\n")
    print(f"written: {out}")


if __name__ == "__main__":
    main()

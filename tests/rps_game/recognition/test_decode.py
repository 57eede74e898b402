import struct
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import cv2
import numpy as np
import pytest

from rps_game import Classifier, Prediction
from rps_game.gestures import Gesture
from rps_game.hands import draw_scene
from rps_game.recognition.decode import ImageError, decode_image, decode_reduced


def photograph(width: int, height: int, grey: bool = False) -> np.ndarray:
    """A drawn hand, enlarged."""
    scene = draw_scene(Gesture.SCISSORS, np.random.default_rng(3), 160)
    large = cv2.resize(scene, (width, height), interpolation=cv2.INTER_CUBIC)
    return large[..., 1] if grey else large


def jpeg(image: np.ndarray, orientation: int | None = None, progressive: bool = False) -> bytes:
    pixels = image[..., ::-1] if image.ndim == 3 else image
    data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive)])[1]
    if orientation is None:
        return data.tobytes()
    block = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x112, 3, 1, orientation, 0, 0)
    header = b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block
    return data.tobytes()[:2] + header + data.tobytes()[2:]


@pytest.mark.parametrize(
    ("width", "height", "reduction"),
    [(100, 100, 1), (101, 100, 2), (300, 300, 2), (301, 300, 4), (701, 699, 4), (701, 700, 8)],
)
def test_jpeg_is_reduced_as_far_as_the_caller_would_shrink_it(width, height, reduction):
    image, sides = decode_reduced(jpeg(np.zeros((height, width, 3), np.uint8)), 100 * 100)
    assert sides == (width, height)
    assert image.shape == (-(-height // reduction), -(-width // reduction), 3)


@pytest.mark.parametrize("grey", [False, True])
@pytest.mark.parametrize("orientation", [None, 3, 6])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_reduced_image_shows_the_same(grey, orientation, progressive):
    data = jpeg(photograph(640, 480, grey), orientation, progressive)
    full = decode_image(data)
    image, sides = decode_reduced(data, 320 * 240)
    assert sides == full.shape[1::-1]
    height, width = image.shape[:2]
    assert (height, width) == (full.shape[0] // 2, full.shape[1] // 2)
    expected = cv2.resize(full, (width, height), interpolation=cv2.INTER_AREA)
    assert np.abs(image.astype(int) - expected).mean() < 2
    assert image.flags.c_contiguous


def test_other_formats_keep_their_size():
    photo = photograph(640, 480)
    image, sides = decode_reduced(cv2.imencode(".png", photo[..., ::-1])[1].tobytes(), 10)
    assert np.array_equal(image, photo)
    assert sides == (640, 480)


@pytest.mark.parametrize("progressive", [False, True])
def test_damaged_files_are_refused_as_at_full_size(progressive):
    whole = jpeg(photograph(400, 320), progressive=progressive)

    def verdict(decode: Callable[[bytes], object], data: bytes) -> str:
        try:
            decode(data)
        except ImageError as error:
            return error.reason
        return "readable"

    lengths = [*np.linspace(0, len(whole), 25).astype(int).tolist(), len(whole) - 2]
    damaged = [whole[:length] for length in lengths]
    damaged += [part + bytes(64) for part in damaged]
    before = [verdict(decode_image, data) for data in damaged]
    assert [verdict(lambda data: decode_reduced(data, 40 * 40), data) for data in damaged] == before
    assert {"readable", "damaged or cut short", "an empty file"} <= set(before)


@pytest.mark.parametrize("limit", ["70000", "64KB"])
def test_what_opencv_would_refuse_is_not_reduced(limit, monkeypatch):
    data = jpeg(np.zeros((320, 320, 3), np.uint8))
    assert decode_reduced(data, 40 * 40)[0].shape == (40, 40, 3)
    monkeypatch.setenv("OPENCV_IO_MAX_IMAGE_PIXELS", limit)  # too late for OpenCV itself
    assert decode_reduced(data, 40 * 40)[0].shape == (320, 320, 3)


def test_boxes_are_in_pixels_of_the_file(tiny_pair: Path):
    scene = np.zeros((1500, 2000, 3), np.uint8)
    scene[400:800, 1000:1300] = 250, 0, 0
    classifier = Classifier(tiny_pair)
    prediction = classifier.classify(classifier.prepare_bytes(jpeg(scene)))
    assert prediction.gesture is Gesture.ROCK
    assert np.abs(np.subtract(prediction.box, (1000, 400, 300, 400))).max() <= 16


def change(before: Prediction, after: Prediction) -> float:
    return max(abs(after.probabilities[name] - before.probabilities[name]) for name in Gesture)


def test_answers_about_drawn_hands_stay_the_same():
    classifier = Classifier()
    for gesture in Gesture:
        scene = draw_scene(gesture, np.random.default_rng(5), 400)
        data = jpeg(cv2.resize(scene, (1600, 1600), interpolation=cv2.INTER_CUBIC))
        full = classifier.classify(decode_image(data))
        assert change(full, classifier.classify(classifier.prepare_bytes(data))) < 0.05


def test_answers_about_photographs_change_as_little_as_by_another_jpeg_quality(shared_dir: Path):
    classifier = Classifier()
    photos = sorted((shared_dir / "data" / "hands" / "validation").glob("*/*.jpg"))[::40]
    by_size, by_quality = [], []
    for path, shortest in zip(photos, cycle((1100, 1500, 2200, 3000)), strict=False):
        photo = cv2.imread(str(path))
        by = shortest / min(photo.shape[:2])
        large = cv2.resize(photo, None, fx=by, fy=by, interpolation=cv2.INTER_CUBIC)
        data, other = (
            cv2.imencode(".jpg", large, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
            for quality in (90, 95)
        )
        full = classifier.classify(decode_image(data))
        by_size.append(change(full, classifier.classify(classifier.prepare_bytes(data))))
        by_quality.append(change(full, classifier.classify(decode_image(other))))
    assert np.mean(by_size) < 1.5 * np.mean(by_quality)

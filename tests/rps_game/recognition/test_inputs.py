"""Everything that callers may pass to the classifier as an image."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rps_game.recognition.inputs import as_rgb, check_several

RGB = np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)
GREY = RGB[..., 0]


class Tensor:
    """An object of another library that NumPy can convert."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return RGB


def test_a_usual_image_is_not_copied() -> None:
    assert as_rgb(RGB) is RGB


@pytest.mark.parametrize(
    "image", [RGB.tolist(), RGB.astype(np.int64), RGB.astype(np.uint16), Tensor(), RGB[::-1][::-1]]
)
def test_anything_that_numpy_converts(image: object) -> None:
    result = as_rgb(image)
    assert result.dtype == np.uint8
    assert (result == RGB).all()


def test_bgr_grey_and_transparent_arrays() -> None:
    assert (as_rgb(RGB[..., ::-1], bgr=True) == RGB).all()
    for grey in (GREY, GREY[..., None]):
        assert (as_rgb(grey) == GREY[..., None]).all()
        assert (as_rgb(grey, bgr=True) == GREY[..., None]).all()
    opaque = np.dstack([RGB, np.full((6, 8), 255, np.uint8)])
    assert (as_rgb(opaque) == RGB).all()
    assert (as_rgb(opaque[..., [2, 1, 0, 3]], bgr=True) == RGB).all()
    assert (as_rgb(np.dstack([RGB, np.zeros((6, 8), np.uint8)])) == 128).all()


@pytest.mark.parametrize(
    ("image", "advice"),
    [
        (RGB / 255, r"not float64: for values from 0 to 1, \(image \* 255\)"),
        (RGB.astype(np.float32), r"not float32: for values from 0 to 255, image\.round"),
        (RGB / 127.5 - 1, "shift them to 0"),
        (np.full((3, 3, 3), np.nan), "remove infinite and undefined"),
        (RGB.astype(int) * 9, "from 0 to 255, not from 0 to 2"),
        (RGB > 9, "not bool"),
        (RGB.transpose(2, 0, 1), r"not \[3, 6, 8\]: move the channels .*transpose\(1, 2, 0\)"),
        (RGB[None], r"a batch of images, \[1, 6, 8, 3\]: use classify_batch"),
        (RGB[:0], r"without pixels: \[0, 8, 3\]"),
        (RGB[..., :2], r"not \[6, 8, 2\]"),
        (RGB[0, 0], r"not \[3\]"),
        ("hand.jpg", "not str: use classify_file"),
        (Path("hand.jpg"), "Path: use classify_file"),
        (b"\xff\xd8", "not bytes: use classify_bytes"),
        (None, "not NoneType"),
        (object(), "not object"),
        ([[1], [2, 3]], "NumPy cannot make an array of list"),
    ],
)
def test_anything_else_is_refused_with_advice(image: object, advice: str) -> None:
    with pytest.raises(ValueError, match=advice) as caught:
        as_rgb(image)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("one", [RGB, GREY, "hand.jpg", b"x", None, 5, Path("hand.jpg")])
def test_one_image_is_not_several(one: object) -> None:
    with pytest.raises(ValueError, match="several images are expected"):
        check_several(one)


@pytest.mark.parametrize("several", [[RGB], (), iter([RGB]), RGB[None], np.stack([GREY, GREY])])
def test_several_images(several: object) -> None:
    check_several(several)


@pytest.mark.parametrize(
    ("mode", "tolerance"),
    {"RGB": 0, "RGBA": 0, "CMYK": 2, "YCbCr": 4, "HSV": 8, "P": 60}.items(),
)
def test_pil_images(mode: str, tolerance: int) -> None:
    pil = pytest.importorskip("PIL.Image")
    convert: Callable[..., Any] = pil.fromarray(np.full((6, 8, 3), (200, 90, 30), np.uint8)).convert
    image = as_rgb(convert(mode), bgr=True)  # the order of channels is PIL's own affair
    assert np.abs(image.astype(int) - (200, 90, 30)).max() <= tolerance


@pytest.mark.parametrize("mode", ["L", "1", "I", "I;16"])
def test_grey_pil_images(mode: str) -> None:
    pil = pytest.importorskip("PIL.Image")
    values = np.where(GREY > 99, 255, 0).astype(np.uint8)
    image = pil.fromarray(values).convert("I").convert(mode) if mode[0] == "I" else None
    image = pil.fromarray(values).convert(mode) if image is None else image
    assert (as_rgb(image) == values[..., None]).all()


def test_pil_transparency_and_floats() -> None:
    pil = pytest.importorskip("PIL.Image")
    clear = pil.new("LA", (2, 2), (255, 0))
    assert (as_rgb(clear) == 128).all()
    palette = pil.new("P", (2, 2), 0)
    palette.info["transparency"] = 0
    assert (as_rgb(palette) == 128).all()
    with pytest.raises(ValueError, match="not float32"):
        as_rgb(pil.new("F", (2, 2)))


def test_an_opened_photograph_is_rotated_and_its_copies_are_not() -> None:
    pil = pytest.importorskip("PIL.Image")
    exif = pil.Exif()
    exif[0x0112] = 6
    data = io.BytesIO()
    pil.fromarray(RGB).save(data, "PNG", exif=exif)
    opened = pil.open(data)
    assert (as_rgb(opened) == np.rot90(RGB, -1)).all()
    assert (as_rgb(opened.rotate(-90, expand=True)) == np.rot90(RGB, -1)).all()

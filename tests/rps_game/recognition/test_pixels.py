import numpy as np
import pytest

from rps_game.recognition.pixels import exif_orientation, to_rgb, upright


def noise() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (64, 48, 3), np.uint8)


PIXELS = {
    "grey": noise()[..., 0],
    "colour": noise(),
    "deep": noise().astype(np.uint16) * 257,
    "transparent": np.dstack([noise(), noise()[..., 0]]),
    "floating": noise().astype(np.float32) / 255,
}


@pytest.mark.parametrize("kind", PIXELS)
@pytest.mark.parametrize("rows", [1, 9, 63, 64])  # 9: seven strips and a shorter one
def test_converting_in_strips_makes_no_difference(kind: str, rows: int) -> None:
    whole = to_rgb(PIXELS[kind])
    assert whole.shape == (64, 48, 3)
    assert whole.dtype == np.uint8
    assert (to_rgb(PIXELS[kind], strip=48 * rows) == whole).all()


def test_a_row_wider_than_a_strip_is_converted() -> None:
    assert (to_rgb(noise(), strip=1) == noise()[..., ::-1]).all()


@pytest.mark.parametrize("kind", ["colour", "deep", "floating"])
def test_brightness_is_kept_and_channels_are_swapped(kind: str) -> None:
    assert (to_rgb(PIXELS[kind]) == noise()[..., ::-1]).all()


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [
        (np.zeros((4, 4), np.int32), "type int32"),
        (np.zeros((4, 4), np.int8), "type int8"),
        (np.zeros((4, 4, 2), np.uint8), "2 channels"),
        (np.zeros((4, 4, 5), np.uint8), "5 channels"),
    ],
)
def test_unsupported_pixels(pixels: np.ndarray, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        to_rgb(pixels)


def test_every_orientation_is_another_of_the_eight_symmetries() -> None:
    image = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    turned = [upright(image, orientation) for orientation in range(1, 9)]
    assert len({(view.shape, view.tobytes()) for view in turned}) == 8
    assert (turned[0] == image).all()
    assert all(view.flags.c_contiguous for view in turned)


@pytest.mark.parametrize("block", [b"", b"II", b"MM" + bytes(99), b"XX" + bytes(99)])
def test_exif_without_an_orientation(block: bytes) -> None:
    assert exif_orientation(block) == 1

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


def ramp(highest: int) -> np.ndarray:
    return np.linspace(0, highest, 64).round().astype(np.uint16).reshape(8, 8)


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_16_bit_values_are_scaled_by_the_bits_they_use(bits: int) -> None:
    lines: list[str] = []
    image = to_rgb(ramp(2**bits - 1), warn=lines.append)
    assert np.abs(image[..., 0].astype(int) - ramp(255)).max() <= 1
    assert lines == (
        [f"its 16-bit values use only {bits} bits and are scaled accordingly"] if bits < 16 else []
    )


def test_transparency_of_deep_images_has_a_range_of_its_own() -> None:
    colour = np.dstack([ramp(4095)] * 3)
    for opaque in (4095, 65535):
        image = to_rgb(np.dstack([colour, np.full((8, 8), opaque, np.uint16)]))
        assert np.abs(image[..., 0].astype(int) - ramp(255)).max() <= 1


def test_black_stays_black() -> None:
    lines: list[str] = []
    for kind in (np.uint16, np.float32):
        assert (to_rgb(np.zeros((4, 4), kind), warn=lines.append) == 0).all()
    assert lines == []


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize(("low", "high"), [(0, 255), (0, 65535), (-1, 1), (-1e38, 1e38), (0, 7)])
def test_floating_point_values_are_scaled_by_their_range(
    kind: type, low: float, high: float
) -> None:
    lines: list[str] = []
    values = np.linspace(kind(low), kind(high), 64, dtype=kind).reshape(8, 8)
    values[4] = np.nan
    image = to_rgb(values, warn=lines.append)
    assert image[0, 0, 0] == 0
    assert image[-1, -1, 0] == 255
    assert image[3, 7, 0] in (123, 124, 125, 126)
    assert (image[4] == 0).all()
    assert len(lines) == 1


def test_values_above_white_do_not_darken_the_rest() -> None:
    values = np.array([[0, 0.5, 1, 7]], np.float32)
    assert to_rgb(values, hdr=True)[0, :, 0].tolist() == [0, 128, 255, 255]


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

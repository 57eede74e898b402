import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rps_game.recognition.networks.prepared import MAX_PIXELS, PreparedImage


@settings(max_examples=25)
@given(st.integers(1, 3000), st.integers(1, 3000))
def test_large_images_are_reduced_and_points_are_found_again(height: int, width: int) -> None:
    prepared = PreparedImage.of(np.zeros((height, width, 3), np.uint8))
    rows, columns = prepared.detail.shape[:2]
    assert rows * columns <= MAX_PIXELS
    assert rows * columns >= min(height * width, MAX_PIXELS / 5)
    corner = prepared.in_original(np.array([[columns, rows]], float))
    assert corner[0] == pytest.approx((width, height))


def test_small_images_are_not_copied() -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    assert PreparedImage.of(image).detail is image


def test_an_extremely_long_image() -> None:
    prepared = PreparedImage.of(np.zeros((1, MAX_PIXELS * 4, 3), np.uint8))
    assert prepared.detail.shape == (1, MAX_PIXELS * 2, 3)

"""What close-ups show: position, direction, edges, no aliasing."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rps_game.arrays import Image
from rps_game.recognition.close_up import close_up
from rps_game.recognition.views import HandLocation, Matrix, close_up_matrix, inverse

SIZE = 64


def smooth(height: int, width: int) -> Image:
    """A coloured image without fine details."""
    coarse = np.random.default_rng(height).integers(0, 256, (6, 8, 3), np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def exact(image: Image, matrix: Matrix, size: int) -> np.ndarray:
    """The same view from 8 x 8 samples in each pixel: slow, and without any shortcut."""
    fine = 8
    back = inverse(matrix)
    grid = (np.arange(size * fine) + 0.5) / fine
    places = np.stack(np.meshgrid(grid, grid), axis=-1) @ back[:, :2].T + back[:, 2]
    x, y = (places - 0.5).astype(np.float32).transpose(2, 0, 1)
    samples = cv2.remap(
        image.astype(np.float32), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(samples.reshape(size, fine, size, fine, 3).mean(axis=(1, 3)))


@settings(max_examples=60)
@given(
    st.sampled_from([(240, 320), (100, 30), (480, 480), (7, 5)]),
    st.floats(-0.3, 1.3),
    st.floats(-0.3, 1.3),
    st.floats(0.05, 1.2),
    st.floats(-3.2, 3.2),
)
def test_any_place_size_and_direction(
    shape: tuple[int, int], x: float, y: float, side: float, angle: float
) -> None:
    image = smooth(*shape)
    side *= max(shape)
    hand = HandLocation(x * shape[1], y * shape[0], 0.6 * side, 0.8 * side, angle)
    matrix = close_up_matrix(hand, SIZE, 1.2)
    view = close_up(image, matrix, SIZE)
    assert view.shape == (SIZE, SIZE, 3)
    assert view.dtype == np.uint8
    off = np.abs(view - exact(image, matrix, SIZE))
    assert off.mean() < 4
    # Small images are less exact at their edges: their sides are no multiples of the step.
    assert off.max() < (10 if min(shape) > 100 else 30)


def test_the_hand_is_upright_in_the_middle() -> None:
    image = np.zeros((200, 300, 3), np.uint8)
    cv2.line(image, (100, 100), (140, 100), (255, 255, 255), 5)  # it points to the right
    image[97:104, 132:141] = 255, 0, 0  # its tip is red
    hand = HandLocation(x=120, y=100, width=40, height=30, angle=np.pi / 2)
    view = close_up(image, close_up_matrix(hand, 100, 2.0), 100)
    rows, columns = np.nonzero(view[..., 1] > 100)
    assert columns.mean() == pytest.approx(49.5, abs=1)
    red = (view[..., 0] > 100) & (view[..., 1] < 100)
    assert np.nonzero(red)[0].mean() < rows.mean() - 10, "the tip is above"


def test_edges_are_repeated() -> None:
    image = np.full((40, 60, 3), 90, np.uint8)
    image[:, -1] = 200
    hand = HandLocation(x=58, y=20, width=30, height=40, angle=0.4)
    view = close_up(image, close_up_matrix(hand, SIZE, 1.2), SIZE)
    assert view.min() >= 90, "no black corner"
    assert (view[:, -10:] == 200).all()
    outside = HandLocation(x=900, y=-900, width=30, height=40, angle=0.4)
    assert (close_up(image, close_up_matrix(outside, SIZE, 1.2), SIZE) == 200).all()


@pytest.mark.parametrize("scale", [2.0, 3.0, 5.5, 8.0])
def test_shrinking_does_not_alias(scale: float) -> None:
    stripes = np.zeros((640, 640, 3), np.uint8)
    stripes[:, ::2] = 255
    hand = HandLocation(x=320, y=320, width=0.6 * scale, height=0.8 * scale, angle=0.0)
    view = close_up(stripes, close_up_matrix(hand, SIZE, float(SIZE)), SIZE)
    assert np.ptp(view) < 70


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (2, 3)])
@pytest.mark.parametrize("side", [0.0, 1.0, 300.0, 1e6])
def test_images_and_hands_of_any_size(shape: tuple[int, int], side: float) -> None:
    image = np.full((*shape, 3), 77, np.uint8)
    hand = HandLocation(shape[1] / 2, shape[0] / 2, side, side, angle=1.0)
    assert (close_up(image, close_up_matrix(hand, SIZE, 1.2), SIZE) == 77).all()


def test_a_view_of_a_frame_gives_the_same_as_a_copy() -> None:
    part = smooth(480, 640)[:, 80:560]
    matrix = close_up_matrix(HandLocation(240, 200, 300, 380, 0.3), SIZE, 1.2)
    assert (close_up(part, matrix, SIZE) == close_up(part.copy(), matrix, SIZE)).all()

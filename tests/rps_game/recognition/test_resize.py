from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rps_game.recognition.resize import fit, letterbox, mean_rows, reduce_area
from rps_game.recognition.views import transform, whole_matrix


def noise(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(height).integers(0, 256, (height, width, 3), np.uint8)


def opencv(image: np.ndarray, size: int) -> np.ndarray:
    return np.asarray(cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def differences(image: np.ndarray, size: int) -> np.ndarray:
    return np.abs(reduce_area(image, size, size).astype(int) - opencv(image, size))


def with_reduced_rows(resize: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    def checked(image: np.ndarray, *arguments: object, **options: object) -> np.ndarray:
        assert len(image) == 128, "OpenCV was given all the rows"
        return resize(image, *arguments, **options)

    return checked


@pytest.mark.parametrize(
    ("height", "width"),
    [
        (480, 480),
        (384, 384),
        (480, 640),
        (720, 720),
        (720, 1280),
        (1080, 1920),
        (208, 277),
        (160, 129),
    ],
)
def test_frames_are_shrunk_as_opencv_does(
    monkeypatch: pytest.MonkeyPatch, height: int, width: int
) -> None:
    whole = noise(height, width)
    with monkeypatch.context() as patch:
        patch.setattr(cv2, "resize", with_reduced_rows(cv2.resize))
        assert reduce_area(whole, 128, 128).shape == (128, 128, 3)
    off = differences(whole, 128)
    assert off.max() <= 1
    assert (off > 0).mean() < 0.001  # only where a mean lies halfway between two numbers


@settings(max_examples=60)
@given(
    st.integers(1, 24), st.integers(1, 12), st.integers(1, 30), st.integers(0, 200), st.booleans()
)
def test_any_size(groups: int, rows: int, extra: int, wider: int, odd: bool) -> None:
    size = groups * rows
    image = noise(groups * (rows + extra) + odd, size + wider)
    assert differences(image, size).max() <= 1


def test_every_number_of_groups_gives_the_same_means() -> None:
    image = noise(60, 50)
    rows = [mean_rows(image, 24, groups) for groups in (1, 2, 3, 4, 6, 12)]
    for means in rows[1:]:
        assert np.allclose(means, rows[0], atol=1e-3)


@pytest.mark.parametrize("size", [128, 60])
def test_a_view_gives_the_same_result_as_a_copy(size: int) -> None:
    view = noise(480, 640)[:, 80:560]
    assert (reduce_area(view, size, size) == reduce_area(view.copy(), size, size)).all()


@given(st.integers(1, 99), st.integers(1, 99), st.integers(1, 99), st.integers(0, 255))
def test_fit_keeps_a_plain_colour(height: int, width: int, size: int, value: int) -> None:
    square = fit(np.full((height, width, 3), value, np.uint8), size)
    assert square.shape == (size, size, 3)
    assert (square == value).all()


@pytest.mark.parametrize("shape", [(64, 128), (20, 8), (8, 8), (4, 60)])
def test_fit_keeps_every_edge(shape: tuple[int, int]) -> None:
    quarters = np.arange(4, dtype=np.uint8).reshape(2, 2, 1) * np.full(3, 80, np.uint8)
    image = cv2.resize(quarters, shape[::-1], interpolation=cv2.INTER_NEAREST)
    square = fit(image, 16)
    found = [square[2, 2, 0], square[2, 13, 0], square[13, 2, 0], square[13, 13, 0]]
    assert found == pytest.approx([0, 80, 160, 240], abs=25)


def test_fit_shrinks_without_aliasing() -> None:
    stripes = np.zeros((100, 100, 3), np.uint8)
    stripes[:, ::2] = 255
    assert np.ptp(fit(stripes, 9)) < 30


@given(st.integers(1, 700), st.integers(1, 700), st.integers(1, 60), st.integers(1, 255))
def test_a_letterbox_is_black_around_the_image(
    height: int, width: int, size: int, value: int
) -> None:
    view, matrix = letterbox(np.full((height, width, 3), value, np.uint8), size)
    assert view.shape == (size, size, 3)
    (left, top), (right, bottom) = transform(np.array([[0.0, 0], [width, height]]), matrix)
    inside = np.zeros((size, size), bool)
    inside[round(top) : round(bottom), round(left) : round(right)] = True
    assert (view[inside] == value).all()
    assert not view[~inside].any()
    assert inside.any()
    assert max(bottom - top, right - left) == pytest.approx(size)
    # Apart from whole pixels, it is where it should be.
    corners = np.array([[0.0, 0], [width, height]])
    exact = transform(corners, whole_matrix((height, width), size))
    assert np.abs(transform(corners, matrix) - exact).max() <= 1


@pytest.mark.parametrize("shape", [(480, 640), (720, 480), (100, 75), (1, 5000)])
def test_a_letterbox_keeps_every_edge(shape: tuple[int, int]) -> None:
    image = np.full((*shape, 3), 90, np.uint8)
    image[: shape[0] // 2, : shape[1] // 2] = 250
    view, matrix = letterbox(image, 40)
    quarters = np.array([[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]]) * shape[::-1]
    x, y = transform(quarters, matrix).astype(int).T
    upper = 250 if shape[0] > 1 else 90
    assert view[y, x, 0].tolist() == [upper, 90, 90, 90]

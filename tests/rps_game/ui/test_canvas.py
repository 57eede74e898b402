"""Drawing primitives, to the pixel."""

import cv2
import numpy as np
import pytest

from rps_game.blending import rim, rounded
from rps_game.ui.canvas import Canvas, cover, gradient, text_width

WHITE = (255, 255, 255)


def test_text_shrinks_to_fit():
    canvas = Canvas(np.zeros((100, 300, 3), np.uint8))
    wide = canvas.text("A LONG LINE OF TEXT", (0, 50), 60, WHITE)
    fitted = canvas.text("A LONG LINE OF TEXT", (0, 50), 60, WHITE, fit=120)
    assert wide > 300
    assert 90 < fitted <= 120
    assert text_width("AA", 40) > text_width("A", 40)


def test_names_that_are_not_unicode_can_be_drawn():
    """OpenCV ends the whole process where a character cannot be encoded."""
    canvas = Canvas(np.zeros((60, 200, 3), np.uint8))
    assert canvas.text("z\udce9.mp4", (5, 30), 20, WHITE) == text_width("z?.mp4", 20)
    assert canvas.pixels.any()


def test_capitals_are_centred():
    canvas = Canvas(np.zeros((200, 200, 3), np.uint8))
    canvas.text("H", (100, 100), 100, WHITE, 800, "centre")
    rows = np.nonzero(canvas.pixels.any(axis=(1, 2)))[0]
    columns = np.nonzero(canvas.pixels.any(axis=(0, 2)))[0]
    assert (rows[0] + rows[-1]) / 2 == pytest.approx(100, abs=3)
    assert (columns[0] + columns[-1]) / 2 == pytest.approx(100, abs=4)


def test_text_is_aligned():
    ends = {}
    for align in ("left", "right"):
        canvas = Canvas(np.zeros((60, 200, 3), np.uint8))
        canvas.text("HH", (100, 30), 40, WHITE, align=align)
        columns = np.nonzero(canvas.pixels.any(axis=(0, 2)))[0]
        ends[align] = columns[0], columns[-1]
    assert 99 <= ends["left"][0] < ends["left"][1]
    assert ends["right"][0] < ends["right"][1] <= 101


def test_panels_have_rounded_corners_and_are_clipped():
    canvas = Canvas(np.zeros((40, 60, 3), np.uint8))
    canvas.panel((-10, 10, 40, 60), (200, 100, 50), 1.0, 8)
    assert canvas.pixels[20, 0].tolist() == [200, 100, 50]
    assert canvas.pixels[10, 29].tolist() == [0, 0, 0]
    assert canvas.pixels[10, 15].tolist() == [200, 100, 50]


@pytest.mark.parametrize("opacity", [1.0, 0.8])
@pytest.mark.parametrize(
    ("box", "radius"), [((7, 5, 40, 24), 8), ((-8, 20, 90, 9), 4), ((3, 3, 1, 1), 9)]
)
def test_a_panel_is_its_mask_in_one_colour(box, radius, opacity):
    under = np.random.default_rng(2).integers(0, 256, (40, 60, 3), np.uint8)
    left, top, width, height = box
    room = np.zeros((100, 200, 3))
    room[20:60, 20:80] = under
    here = slice(20 + top, 20 + top + height), slice(20 + left, 20 + left + width)
    share = (rounded(width, height, radius) * opacity).astype(np.uint8)[..., None] / 255
    room[here] = np.round(room[here] * (1 - share) + np.array((200, 100, 50)) * share)
    canvas = Canvas(under.copy())
    canvas.panel(box, (200, 100, 50), opacity, radius)
    assert (canvas.pixels == room[20:60, 20:80]).all()


@pytest.mark.parametrize("size", [(40, 30), (40, 12), (12, 30)], ids=str)
def test_an_outline_is_a_rim_in_one_colour(size):
    canvas = Canvas(np.zeros((40, 60, 3), np.uint8))
    canvas.outline((5, 5, *size), WHITE, 3, 8)
    width, height = size
    expected = np.zeros((40, 60), np.uint8)
    corner = min(8, width // 2, height // 2)
    expected[5 : 5 + height, 5 : 5 + width] = rim(width, height, corner, 3, WHITE).above
    assert (canvas.pixels == expected[..., None]).all()


def test_cutouts_are_clipped():
    canvas = Canvas(np.zeros((40, 60, 3), np.uint8))
    sticker = np.full((20, 20, 4), 255, np.uint8)
    canvas.cutout(sticker, 50, -10)
    assert canvas.pixels[0, 59].tolist() == [255, 255, 255]
    canvas.cutout(sticker, 500, 500)  # entirely outside: nothing happens
    assert canvas.pixels[10:, :50].max() == 0


def test_rings_are_hollow():
    canvas = Canvas(np.zeros((40, 60, 3), np.uint8))
    canvas.ring((30, 25), 10, (0, 0, 255), 3)
    assert canvas.pixels[25, 21].tolist() == [0, 0, 255]
    assert canvas.pixels[25, 30].tolist() == [0, 0, 0]


def test_cards_have_rounded_corners():
    canvas = Canvas(np.zeros((40, 60, 3), np.uint8))
    with canvas.card((5, 5, 50, 30), 10) as card:
        card.pixels[:] = 200
    assert canvas.pixels[5, 5].tolist() == [0, 0, 0]
    assert canvas.pixels[20, 30].tolist() == [200, 200, 200]
    assert canvas.pixels[5, 30].tolist() == [200, 200, 200]
    assert canvas.pixels[4].max() == 0


@pytest.mark.parametrize("shape", [(1, 1), (4, 1), (700, 300), (3, 20000)], ids=str)
def test_mixing_rounds_to_the_nearest(shape):
    rng = np.random.default_rng(1)
    under, over = rng.integers(0, 256, (2, *shape, 3), np.uint8)
    alpha = rng.integers(0, 256, shape, np.uint8)
    share = alpha[..., None] / 255
    expected = np.round(under * (1 - share) + over * share)
    canvas = Canvas(under.copy())
    canvas.cutout(np.dstack((over, alpha)), 0, 0)
    assert (canvas.pixels == expected).all()


def test_a_tall_image_is_shown_whole():
    tall = np.full((200, 50, 3), 128, np.uint8)
    tall[:5] = tall[-5:] = (255, 0, 0)
    shown, placed = cover(tall, 120, 100)
    assert placed.box((0, 0, 50, 200)) == (47, 0, 25, 100)
    assert shown.shape == (100, 120, 3)
    assert shown[0, 60].tolist() == [255, 0, 0]
    assert shown[-1, 60].tolist() == [255, 0, 0]
    # A camera's usual shape fills the card instead.
    assert (cover(np.full((90, 120, 3), 7, np.uint8), 120, 100)[0] == 7).all()


def test_an_extremely_long_image_is_cropped_before_it_is_scaled(monkeypatch):
    sizes, resize = [], cv2.resize

    def spy(image, size, **options):
        sizes.append(size)
        return resize(image, size, **options)

    monkeypatch.setattr(cv2, "resize", spy)
    for shape in ((2, 20000, 3), (20000, 2, 3)):
        assert cover(np.zeros(shape, np.uint8), 300, 200)[0].shape == (200, 300, 3)
    assert max(width * height for width, height in sizes) <= 300 * 200


def test_shared_images_cannot_be_changed():
    # They come from a cache.
    for image in (rounded(20, 10, 3), gradient(4, 4, (0, 0, 0), WHITE)):
        with pytest.raises(ValueError, match="read-only"):
            image[0] = 1

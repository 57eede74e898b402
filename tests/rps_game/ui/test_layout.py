"""Where the cards go: inside the screen, apart, stacked on tall screens."""

import pytest

from rps_game.ui.layout import lay_out, unit_of

SIZES = [(640, 480), (1920, 1080), (480, 800), (1200, 300), (320, 240)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("aspect", [0.3, 1.0, 4 / 3, 16 / 9, 5.0])
def test_cards_are_inside_and_apart(size, aspect):
    layout = lay_out(size, aspect)
    left, right = layout.left, layout.right
    assert left[2:] == right[2:]
    for x, y, width, height in (left, right):
        assert min(x, y) >= 0
        assert min(width, height) > 0
        assert x + width <= size[0]
        assert y + height <= layout.footer[0] + 1e-6
    assert right[0] >= left[0] + left[2] or right[1] >= left[1] + left[3]
    assert 0 < layout.header < left[1]
    assert sum(layout.footer) <= size[1]


def test_only_tall_screens_stack_the_cards():
    for size in SIZES:
        layout = lay_out(size, 4 / 3)
        assert (layout.left[1] < layout.right[1]) == (size[1] > size[0])
        assert (layout.left[0] < layout.right[0]) == (size[1] <= size[0])


def test_everything_grows_with_the_screen():
    assert unit_of((1280, 960)) == 2 * unit_of((640, 480))
    small, large = lay_out((640, 480), 4 / 3), lay_out((1280, 960), 4 / 3)
    assert large.left == pytest.approx([2 * value for value in small.left])

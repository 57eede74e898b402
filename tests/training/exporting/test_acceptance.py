import numpy as np

from training.data.labelled_images import squares
from training.exporting.acceptance import Target, draw_hands, pillarbox, shrink


def test_verdicts_if_higher_is_better():
    target = Target("", 0.93, 0.98)
    assert [target.judge(value) for value in (0.92999, 0.93, 0.97, 0.98, None)] == [
        *("missed", "enough", "enough", "reached", "not measured"),
    ]


def test_verdicts_if_lower_is_better():
    target = Target("", 0.06, 0.02, lower_is_better=True)
    assert [target.judge(value) for value in (0.061, 0.06, 0.02, -0.1)] == [
        *("missed", "enough", "reached", "reached"),
    ]


def test_drawn_hands_show_every_move_and_are_always_the_same():
    first, again = draw_hands(4, squares(24)), draw_hands(4, squares(24))
    assert first.labels == ("rock", "paper", "scissors", "rock")
    assert first.images.shape == (4, 24, 24, 3)
    assert not np.array_equal(first.images[0], first.images[3])
    np.testing.assert_array_equal(first.images, again.images)


def test_pillarboxed_photographs_are_whole_and_between_black_bars():
    image = np.full((300, 300, 3), 200, np.uint8)
    found = pillarbox(image)
    assert found.shape == (240, 427, 3)
    columns = np.nonzero(found.any(axis=(0, 2)))[0]
    assert (columns.min(), columns.max() + 1) == (93, 333)
    wide = pillarbox(np.full((30, 40, 3), 200, np.uint8))
    columns = np.nonzero(wide.any(axis=(0, 2)))[0]
    assert (columns.min(), columns.max() + 1) == (53, 373)
    assert wide[:, 53:373].all()


def test_shrunk_photographs_keep_the_size_of_the_frame_and_repeat_their_edges():
    image = np.zeros((100, 200, 3), np.uint8)
    image[:, 100:] = 200
    found = shrink(image)
    assert found.shape == image.shape
    assert (found[:, :99] == 0).all()
    assert (found[:, 101:] == 200).all()
    spot = np.zeros((100, 200, 3), np.uint8)
    spot[25:75, 50:150] = 255
    rows, columns = (
        np.nonzero((shrink(spot) > 128).any(axis=axes))[0] for axes in ((1, 2), (0, 2))
    )
    assert (len(rows), len(columns)) == (20, 40)

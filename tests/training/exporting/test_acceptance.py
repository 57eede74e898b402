import numpy as np

from training.exporting.acceptance import Target, draw_hands


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
    first, again = draw_hands(4, 24), draw_hands(4, 24)
    assert first.labels == ("rock", "paper", "scissors", "rock")
    assert first.images.shape == (4, 24, 24, 3)
    assert not np.array_equal(first.images[0], first.images[3])
    np.testing.assert_array_equal(first.images, again.images)

"""Names of players that are too long for their place."""

import pytest

from rps_game.ui.canvas import text_width
from rps_game.ui.panels.names import fitted_names, shortened

LONG = "Maximilian-Alexander"


def test_names_with_enough_room_stay_as_they_are():
    assert fitted_names(("Anna", LONG), 30, 800, 500) == (("Anna", LONG), 30)


def test_all_names_become_smaller_together():
    full = text_width(LONG, 40, 800)
    names, size = fitted_names(("Anna", LONG), 40, 800, 0.8 * full)
    assert names == ("Anna", LONG)
    assert size == pytest.approx(32)


@pytest.mark.parametrize("room", [60, 100, 150])
@pytest.mark.parametrize("name", [LONG, "W" * 20, "寿限無寿限無五劫の擦り切れ"])
def test_a_name_that_would_be_too_small_loses_its_end(name, room):
    (words,), size = fitted_names((name,), 32, 800, room)
    assert size == pytest.approx(0.6 * 32)
    assert words.endswith("…")
    assert name.startswith(words[:-1])
    assert (
        room - 2 * text_width("W", round(size), 800) < text_width(words, round(size), 800) <= room
    )


def test_no_space_or_hyphen_is_left_before_the_ellipsis():
    assert shortened("Anna-Lena", 20, 500, text_width("Anna-…", 20, 500)) == "Anna…"


def test_a_letter_remains_however_little_room_there_is():
    assert shortened(LONG, 20, 500, 0.0) == "M…"

"""The screen on which a camera is chosen."""

import numpy as np
import pytest

from rps_game.ui.panels.cameras import CameraMenu, cameras_screen, moved
from rps_game.ui.translations import LANGUAGES, load_texts

SIZES = [(640, 480), (1280, 720), (1366, 768), (480, 800)]
COLOURS = [(200, 40, 40), (40, 200, 40), (40, 40, 200)]
ENGLISH = load_texts()


def cameras(count):
    """Cameras 0, 2, 4 and so on, each of which sees another colour; the last one sees nothing."""
    found = []
    for number in range(count):
        image = np.full((90, 120, 3), COLOURS[number % 3], np.uint8)
        found.append((2 * number, f"Camera {number}", image if number < count - 1 else None))
    return found


def menu(count, current=0, searching=False):
    return CameraMenu(current).with_cameras(cameras(count), searching)


def words(written):
    return [text.words for text in written]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
def test_every_camera_has_a_picture_a_number_and_a_name(written, count, size):
    screen = cameras_screen(menu(count), ENGLISH, size)
    assert screen.shape == (size[1], size[0], 3)
    for number in range(count):
        assert str(number + 1) in words(written)
        assert f"Camera {number}" in words(written)
    for colour in {COLOURS[number % 3] for number in range(count - 1)}:
        assert (np.abs(screen.astype(int) - colour).max(axis=2) < 8).mean() > 0.01
    for text in written:
        assert text.left >= 0
        assert text.right <= size[0]
        assert 0 < text.middle < size[1]


def test_more_cameras_than_digits():
    assert len(menu(12).cameras) == 9


def test_the_pictures_are_mirror_images():
    image = np.zeros((90, 120, 3), np.uint8)
    image[:, :60] = 255
    screen = cameras_screen(
        CameraMenu(0).with_cameras([(0, "x", image)], False), ENGLISH, (640, 480)
    )
    assert screen[240, 220].max() < 60
    assert screen[240, 420].min() > 200


def test_the_camera_in_use_is_marked_and_selected(written):
    chosen = menu(3, current=2)
    assert chosen.selected == 1
    cameras_screen(chosen, ENGLISH, (1280, 720))
    assert words(written).count(ENGLISH.camera_in_use) == 1


def test_the_selection_stays_on_a_camera_when_others_are_found():
    two = CameraMenu(None).with_cameras(cameras(3)[1:], True)
    assert moved(two, (1, 0), (1280, 720)).with_cameras(cameras(3), True).selected == 2
    gone = moved(two, (1, 0), (1280, 720)).with_cameras(cameras(2), True)
    assert gone.selected == 0


def test_arrows_move_through_rows_and_columns_and_stop_at_the_edges():
    selected = menu(5)
    path = []
    for direction in ((1, 0), (0, 1), (0, 1), (-1, 0), (0, -1), (0, -1), (-1, 0), (-1, 0)):
        selected = moved(selected, direction, (1280, 720))
        path.append(selected.selected)
    assert path == [1, 4, 4, 3, 0, 0, 0, 0]


def test_what_the_search_has_found(written):
    for shown, line in (
        (menu(1, searching=True), ENGLISH.searching_cameras),
        (menu(1), ENGLISH.no_other_camera),
        (menu(2), ""),
        (CameraMenu(0, message="it failed"), "it failed"),
    ):
        written.clear()
        cameras_screen(shown, ENGLISH, (640, 480))
        assert words(written)[-2] == line


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fits(written, language):
    texts = load_texts(language)
    failed = CameraMenu(0, message=texts.camera_failed.format(name="Integrated Camera: HD"))
    for shown in (menu(3, searching=True), menu(1), failed):
        cameras_screen(shown, texts, (640, 480))
    for text in written:
        assert text.left >= 0
        assert text.right <= 640
        assert text.size >= 12, text.words

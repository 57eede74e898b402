"""The keys that change the screen, and the notes they lead to."""

import numpy as np
import pytest

from rps_game.ui.controls import Controls
from rps_game.ui.display import Key
from rps_game.ui.screenshots import save_screenshot
from rps_game.ui.translations import load_texts

SCREEN = np.full((12, 16, 3), (250, 10, 20), np.uint8)


class FullScreen:
    full = False

    def toggle_full_screen(self):
        self.full = not self.full


def press(controls, key, display=None):
    controls.press(key, SCREEN, display, load_texts())


@pytest.mark.parametrize(
    ("key", "switch"), [(Key.MIRROR, "mirror"), (Key.DETAILS, "details"), (Key.HELP, "help")]
)
def test_switches(key, switch):
    controls = Controls(mirror=False)
    for wanted in (True, False):
        press(controls, key)
        assert getattr(controls, switch) is wanted


def test_the_help_is_not_covered_by_an_older_note():
    controls = Controls(mirror=False)
    controls.show_note("Logitech BRIO: used from now on")
    press(controls, Key.HELP)
    assert (controls.help, controls.note) == (True, "")
    press(controls, Key.MUTE)
    assert controls.note


def test_full_screen():
    display = FullScreen()
    press(Controls(mirror=False), Key.FULL_SCREEN, display)
    assert display.full


def test_the_sound_is_switched_and_a_note_says_so():
    controls = Controls(mirror=False, toggle_sound=lambda texts: texts.sound_off)
    press(controls, Key.MUTE)
    assert controls.note == "sound off"


def test_a_folder_that_cannot_be_written_is_reported(tmp_path):
    missing = tmp_path / "gone"
    controls = Controls(mirror=False, save=lambda screen: save_screenshot(screen, missing))
    press(controls, Key.SCREENSHOT)
    assert controls.note.startswith(f"cannot save {missing}")
    assert controls.note.endswith("No such file or directory")


def test_notes_disappear_after_a_while(tmp_path):
    now = [100.0]
    controls = Controls(
        mirror=False,
        save=lambda screen: save_screenshot(screen, tmp_path),
        clock=lambda: now[0],
    )
    press(controls, Key.SCREENSHOT)
    (file,) = tmp_path.iterdir()
    assert controls.note == f"saved {file}"
    now[0] += 2.9
    assert controls.note
    now[0] += 0.2
    assert controls.note == ""


@pytest.mark.parametrize("key", [Key.NONE, Key.NEXT, Key.QUIT])
def test_other_keys_do_not_change_the_screen(key):
    controls = Controls(mirror=True)
    press(controls, key)
    assert controls == Controls(mirror=True)

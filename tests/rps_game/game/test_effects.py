"""The celebration's time, what skips it, and what the screen says about the sound."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from rps_game.game.effects import Effects
from rps_game.game.video_recorder import FPS
from rps_game.gestures import Gesture
from rps_game.match import Round, State
from rps_game.match.events import Ending
from rps_game.match.rules import Mode, Rules
from rps_game.match.state import Phase
from rps_game.sound.speaker import Status
from rps_game.ui.celebration.scene import CLASH, LENGTH
from rps_game.ui.translations import load_texts

TEXTS = load_texts()
WON = State(
    Rules(best_of=1),
    Phase.OVER,
    rounds=(Round(Gesture.PAPER, Gesture.ROCK),),
    ending=Ending.DECIDED,
)
LOST = replace(WON, rounds=(Round(Gesture.SCISSORS, Gesture.ROCK),))


SURVIVED = replace(LOST, rules=Rules(mode=Mode.SURVIVAL), rounds=WON.rounds + LOST.rounds)


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def effects(clock):
    return Effects(celebrate=True, clock=clock)


def test_a_won_match_is_celebrated_for_a_while(effects, clock):
    assert effects.celebration(replace(WON, phase=Phase.REVEAL)) is None
    assert effects.celebration(WON) == 0
    clock.now += 1.5
    assert effects.celebration(WON) == 1.5
    clock.now += LENGTH
    assert effects.celebration(WON) is None


def test_every_match_has_its_own_celebration(effects, clock):
    effects.celebration(WON)
    clock.now += 1
    assert effects.skip(WON)
    assert effects.celebration(WON) is None
    effects.celebration(State())
    clock.now += 60
    assert effects.celebration(WON) == 0


@pytest.mark.parametrize("state", [LOST, State(), State(phase=Phase.OVER, ending=Ending.QUIT)])
def test_nothing_to_celebrate(effects, state):
    assert effects.celebration(state) is None
    assert not effects.skip(state)
    assert list(effects.final_frames(state, celebrated=False)) == [3.0]


def test_of_two_players_one_has_won(effects):
    assert effects.celebration(replace(LOST, rules=Rules(best_of=1, two_players=True))) == 0


def test_a_record_is_celebrated_but_hides_nothing(effects, clock):
    assert effects.celebration(SURVIVED) is None
    assert effects.celebration(SURVIVED, new_record=True) == 0
    clock.now += 1.5
    assert effects.celebration(SURVIVED, new_record=True) == 1.5
    assert not effects.skip(SURVIVED)
    frames = list(effects.final_frames(SURVIVED, celebrated=False, new_record=True))
    assert sum(frames) == pytest.approx(LENGTH + 3)


def test_calm():
    assert Effects().celebration(SURVIVED, new_record=True) is None
    assert Effects().celebration(WON) is None
    assert not Effects().skip(WON)


def test_once_the_end_of_the_match_is_visible_space_plays_again(effects, clock):
    effects.celebration(WON)
    clock.now += CLASH + 0.1
    assert not effects.skip(WON)
    assert effects.celebration(WON) is not None  # confetti still falls


def test_a_video_ends_with_the_celebration(effects):
    seen = [(seconds, effects.celebration(WON)) for seconds in effects.final_frames(WON, False)]
    moments = [moment for _, moment in seen]
    assert moments[:3] == pytest.approx([0, 1 / FPS, 2 / FPS])
    assert moments[-2] == pytest.approx(LENGTH, abs=1.1 / FPS)
    assert seen[-1] == (3.0, None)
    assert sum(seconds for seconds, _ in seen) == pytest.approx(LENGTH + 3)


def test_a_video_that_has_the_celebration_does_not_repeat_it(effects):
    frames = effects.final_frames(WON, celebrated=True)
    assert [(seconds, effects.celebration(WON)) for seconds in frames] == [(3.0, None)]


class FakeAnnouncer(SimpleNamespace):
    def toggle(self):
        self.muted = not self.muted


@pytest.mark.parametrize(
    ("status", "before", "after"),
    [
        (Status.OPEN, TEXTS.sound_on, TEXTS.sound_off),
        (Status.NO_DEVICE, TEXTS.no_sound_device, TEXTS.no_sound_device),
        (Status.NO_LIBRARY, TEXTS.no_sound_library, TEXTS.no_sound_library),
    ],
)
def test_what_the_screen_says_about_the_sound(status, before, after):
    effects = Effects(FakeAnnouncer(status=status, muted=False))
    assert effects.sound_line(TEXTS) == before
    assert effects.toggle_sound(TEXTS) == after


def test_without_sound():
    assert Effects().toggle_sound(TEXTS) == TEXTS.no_sound_device

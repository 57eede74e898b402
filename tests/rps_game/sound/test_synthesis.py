"""The samples: short, loud enough, never clipped, without clicks."""

import numpy as np
import pytest

from rps_game.sound.cues import Sound
from rps_game.sound.synthesis import RATE, make_shutter, make_sounds

SOUNDS = make_sounds()


def test_every_sound_exists_and_differs():
    assert set(SOUNDS) == set(Sound)
    assert len({samples.tobytes() for samples in SOUNDS.values()}) == len(Sound)
    assert all((SOUNDS[sound] == samples).all() for sound, samples in make_sounds().items())


@pytest.mark.parametrize("sound", Sound)
def test_samples(sound):
    samples = SOUNDS[sound]
    assert samples.dtype == np.float32
    assert 0.05 < len(samples) / RATE < 1.5
    assert 0.3 < np.abs(samples).max() < 0.5  # two at once are not clipped
    assert abs(samples[0]) < 0.05
    assert np.abs(samples[-10:]).max() < 0.02


def test_a_beat_ends_before_the_next_and_begins_at_once():
    beat = np.abs(SOUNDS[Sound.BEAT])
    assert len(beat) < 0.2 * RATE  # the shortest countdown that people can follow
    assert np.argmax(beat) < 0.01 * RATE


def test_a_win_rises_and_a_loss_falls():
    def pitch(samples):
        spectrum = np.abs(np.fft.rfft(samples))
        return np.argmax(spectrum) * RATE / len(samples)

    for sound, rises in ((Sound.WIN, True), (Sound.LOSE, False), (Sound.MATCH_LOST, False)):
        first, last = pitch(SOUNDS[sound][:4000]), pitch(SOUNDS[sound][-10000:])
        assert bool(last > first) is rises, sound


def test_a_shutter_clicks_twice():
    samples = np.abs(make_shutter())
    assert (samples == np.abs(make_shutter())).all()
    assert 0.3 < samples.max() < 0.5
    half = len(samples) // 2
    assert half / RATE == pytest.approx(0.07)
    for click in (samples[:half], samples[half:]):
        assert np.argmax(click) < 0.01 * RATE
        assert click[half // 2 :].max() < 0.05
        assert click[0] < 0.05

"""Makes the samples of every sound from sine waves and noise.

They are made when the game starts, which takes a few milliseconds, so there are no sound files.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from rps_game.sound.cues import Sound

RATE = 48_000
"""Samples per second."""

Samples = npt.NDArray[np.float32]
"""Samples of one channel, from -1 to 1: float32 ``[N]``."""

_PEAK = 0.4  # of each sound: two at once do not clip
_ATTACK = 0.004  # seconds in which a note rises, so that it does not click
_RELEASE = 0.01  # seconds in which it ends
_OVERTONES = (1.0, 0.35, 0.12)  # strengths of the fundamental and its harmonics

_C4, _E4, _G4 = 261.63, 329.63, 392.00
_A4, _C5, _E5, _G5, _C6 = 440.00, 523.25, 659.26, 783.99, 1046.50
_F3, _A3, _D4 = 174.61, 220.00, 293.66


def make_sounds() -> Mapping[Sound, Samples]:
    """Make every sound; the same samples each time.

    Examples:
        >>> sounds = make_sounds()
        >>> round(len(sounds[Sound.BEAT]) / RATE, 2), float(abs(sounds[Sound.BEAT]).max()) < 0.5
        (0.09, True)
    """
    made = {
        Sound.BEAT: _knock(),
        Sound.SHOOT: _together(_note(_C6, 0.24, 0.09), _note(_G5, 0.24, 0.09)),
        Sound.WIN: _melody((_C5, 0.09), (_E5, 0.09), (_G5, 0.26)),
        Sound.LOSE: _melody((_E4, 0.13), (_C4, 0.13), (_A3, 0.30)),
        Sound.DRAW: _melody((_A4, 0.12), (_A4, 0.20)),
        Sound.MATCH_WON: _fanfare(),
        Sound.MATCH_LOST: _melody((_G4, 0.18), (_E4, 0.18), (_D4, 0.18), (_F3, 0.55)),
    }
    return {sound: _level(samples) for sound, samples in made.items()}


def make_shutter() -> Samples:
    """Make the sound of a camera's shutter: it opens and closes.

    Examples:
        >>> round(len(make_shutter()) / RATE, 2)
        0.14
    """
    time = np.arange(round(0.07 * RATE)) / RATE
    noise = np.random.default_rng(1).uniform(-1, 1, (2, len(time)))
    edges = np.minimum(1.0, np.minimum(time / 0.001, (0.07 - time) / _RELEASE))
    clicks = noise * np.exp(-time / 0.005) * edges
    return _level(clicks.reshape(-1).astype(np.float32))


def _note(pitch: float, length: float, decay: float | None = None) -> Samples:
    """A note of ``length`` seconds that fades by a factor of e every ``decay`` seconds."""
    time = np.arange(round(length * RATE)) / RATE
    pitches = pitch * np.arange(1, len(_OVERTONES) + 1)
    wave = np.array(_OVERTONES) @ np.sin(2 * np.pi * np.outer(pitches, time))
    fade = np.exp(-time / (decay or length / 2))
    edges = np.minimum(1.0, np.minimum(time / _ATTACK, (length - time) / _RELEASE))
    samples: Samples = (wave * fade * edges).astype(np.float32)
    return samples


def _knock() -> Samples:
    """A short knock on wood: a falling tone, and noise when it begins."""
    time = np.arange(round(0.09 * RATE)) / RATE
    phase = 2 * np.pi * (330 * time + 6 * (1 - np.exp(-time / 0.012)))
    noise = np.random.default_rng(0).uniform(-1, 1, len(time)) * np.exp(-time / 0.004)
    wave: npt.NDArray[np.float64] = np.sin(phase) * np.exp(-time / 0.025) + 0.35 * noise
    edges = np.minimum(1.0, np.minimum(time / 0.001, (0.09 - time) / _RELEASE))
    return (wave * edges).astype(np.float32)


def _melody(*notes: tuple[float, float]) -> Samples:
    """Notes (pitch, length) one after the other."""
    return np.concatenate([_note(pitch, length) for pitch, length in notes])


def _fanfare() -> Samples:
    """Three quick notes, and a chord."""
    chord = _together(*(_note(pitch, 0.9, 0.35) for pitch in (_C5, _E5, _G5, _C6)))
    return np.concatenate([_melody((_G4, 0.12), (_C5, 0.12), (_E5, 0.12)), chord])


def _together(*parts: Samples) -> Samples:
    """Parts of the same length at the same time."""
    chord: Samples = np.mean(parts, axis=0, dtype=np.float32)
    return chord


def _level(samples: Samples) -> Samples:
    """The same sound at the common peak."""
    return samples * np.float32(_PEAK / np.abs(samples).max())

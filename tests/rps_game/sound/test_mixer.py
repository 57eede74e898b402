"""Sounds are added up, piece by piece."""

import numpy as np

from rps_game.sound.mixer import Mixer


def full(length, value):
    return np.full(length, value, np.float32)


def test_a_sound_continues_in_the_next_piece():
    mixer = Mixer()
    mixer.add(np.arange(5, dtype=np.float32) / 8)
    assert mixer.take(3).tolist() == [0, 4096, 8192]
    assert mixer.take(3).tolist() == [12288, 16384, 0]
    assert mixer.take(2).tolist() == [0, 0]


def test_two_sounds_at_once():
    mixer = Mixer()
    mixer.add(full(4, 0.25))
    assert mixer.take(2).tolist() == [8192] * 2
    mixer.add(full(4, 0.125))
    assert mixer.take(5).tolist() == [12288] * 2 + [4096] * 2 + [0]


def test_too_loud_is_clipped_instead_of_wrapping_around():
    mixer = Mixer()
    for value in (0.9, 0.9):
        mixer.add(full(1, value))
        mixer.add(-full(1, 0.0))
    assert mixer.take(1).tolist() == [32767]
    mixer.add(full(1, -1.5))
    assert mixer.take(1).tolist() == [-32768]


def test_a_stream_answers_with_what_it_is_asked_for():
    mixer = Mixer()
    stream = mixer.stream()
    assert len(next(stream)) == 0
    mixer.add(full(2, 0.5))
    piece = stream.send(3)
    assert piece.dtype == np.int16
    assert piece.tolist() == [16384, 16384, 0]

"""A match is heard: each sound once, when it is due, unless it is muted."""

from rps_game.match import State
from rps_game.match.state import Phase
from rps_game.sound.announcer import Announcer
from rps_game.sound.cues import Sound
from rps_game.sound.speaker import Status
from rps_game.sound.synthesis import make_sounds


class FakeSpeaker:
    status = Status.OPEN

    def __init__(self):
        self.heard, self.opened, self.closed = [], 0, False

    def open(self):
        self.opened += 1

    def play(self, samples):
        names = {made.tobytes(): sound for sound, made in make_sounds().items()}
        self.heard.append(names[samples.tobytes()])

    def close(self):
        self.closed = True


COUNTDOWN = State(phase=Phase.COUNTDOWN)


def follow(announcer, state, *times):
    for time in times:
        announcer.follow(state, time)


def test_each_sound_is_played_once():
    speaker = FakeSpeaker()
    announcer = Announcer(speaker)
    assert speaker.opened == 1
    follow(announcer, State(), 0.0)
    assert speaker.heard == []
    follow(announcer, COUNTDOWN, 0.01, 0.1, 0.59)
    assert speaker.heard == [Sound.BEAT]
    follow(announcer, COUNTDOWN, 0.61, 0.7, 1.21, 1.79, 1.81, 1.9)
    assert speaker.heard == [*[Sound.BEAT] * 3, Sound.SHOOT]


def test_a_new_match_begins_with_the_same_sound():
    speaker = FakeSpeaker()
    announcer = Announcer(speaker)
    for _ in range(2):  # restarted during the first beat
        follow(announcer, State(), 0.0)
        follow(announcer, COUNTDOWN, 0.1)
    assert speaker.heard == [Sound.BEAT] * 2


def test_muted_it_opens_nothing_and_plays_nothing():
    speaker = FakeSpeaker()
    announcer = Announcer(speaker, muted=True)
    follow(announcer, COUNTDOWN, 0.1, 0.7)
    assert (speaker.opened, speaker.heard) == (0, [])
    announcer.toggle()
    assert (speaker.opened, announcer.muted) == (1, False)
    follow(announcer, COUNTDOWN, 0.8)  # no beat that began while it was muted
    assert speaker.heard == []
    follow(announcer, COUNTDOWN, 1.3)
    assert speaker.heard == [Sound.BEAT]
    announcer.toggle()
    follow(announcer, COUNTDOWN, 1.9)
    assert speaker.heard == [Sound.BEAT]


def test_closing():
    speaker = FakeSpeaker()
    Announcer(speaker).close()
    assert speaker.closed

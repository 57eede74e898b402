"""Every moment of a match has the right sound, and only one."""

from dataclasses import replace

import pytest

from rps_game.gestures import Gesture
from rps_game.match import Round, State, advance, begin_round
from rps_game.match.events import Ending
from rps_game.match.inputs import Commitment, Observation
from rps_game.match.rules import LIVE, RECORDED, Mode, Rules
from rps_game.match.state import Phase
from rps_game.sound.cues import Sound, cue_at

ROCK, PAPER, SCISSORS = Gesture.ROCK, Gesture.PAPER, Gesture.SCISSORS


def sounds_of_a_round(timing, shown=PAPER, fps=30):
    """The sounds of a match of one round against rock, with their times."""
    state, _ = begin_round(State(Rules(1, timing)), Commitment(ROCK, "n"), 0.0)
    last, heard = None, []
    for number in range(round(timing.round * fps) + 2):
        now = number / fps
        state, _ = advance(state, Observation(now))
        state, _ = advance(state, Observation(now, ({shown: 0.9},)))
        cue = cue_at(state, now)
        if cue is not None and cue != last:
            heard.append((cue.sound, now))
        last = cue
    return heard


@pytest.mark.parametrize("timing", [LIVE, RECORDED])
def test_the_sounds_of_a_match(timing):
    heard = sounds_of_a_round(replace(timing, watch=0.0, min_pause=None))
    assert [sound for sound, _ in heard] == [
        *[Sound.BEAT] * 3,
        Sound.SHOOT,
        Sound.WIN,
        Sound.MATCH_WON,
    ]
    beat = timing.countdown / 3
    times = [0, beat, 2 * beat, timing.countdown, timing.round - timing.pause, timing.round]
    for (_, time), due in zip(heard, times, strict=True):
        assert -1e-6 <= time - due <= 1 / 30 + 1e-6


@pytest.mark.parametrize(
    ("played", "two_players", "sounds"),
    [
        (Round(PAPER, ROCK), False, (Sound.WIN, Sound.MATCH_WON)),
        (Round(ROCK, PAPER), False, (Sound.LOSE, Sound.MATCH_LOST)),
        (Round(ROCK, PAPER), True, (Sound.WIN, Sound.MATCH_WON)),
    ],
)
def test_who_has_won(played, two_players, sounds):
    rules = Rules(best_of=1, two_players=two_players)
    state = State(rules, Phase.REVEAL, rounds=(played,), ending=Ending.DECIDED)
    over = replace(state, phase=Phase.OVER)
    assert (cue_at(state, 0).sound, cue_at(over, 0).sound) == sounds


@pytest.mark.parametrize(
    ("mode", "two_players", "rounds", "new_record", "sound"),
    [
        (Mode.TIMED, False, (Round(PAPER, ROCK),), False, Sound.MATCH_WON),
        (Mode.TIMED, False, (Round(ROCK, PAPER),), False, Sound.MATCH_LOST),
        (Mode.TIMED, False, (Round(ROCK, PAPER),), True, Sound.MATCH_WON),
        (Mode.TIMED, False, (Round(ROCK, ROCK),), False, Sound.DRAW),
        (Mode.TIMED, True, (), False, Sound.DRAW),
        (Mode.TIMED, True, (Round(ROCK, PAPER),), False, Sound.MATCH_WON),
        (Mode.SURVIVAL, False, (Round(PAPER, ROCK),) * 3, False, Sound.MATCH_LOST),
        (Mode.SURVIVAL, False, (Round(PAPER, ROCK),), True, Sound.MATCH_WON),
    ],
)
def test_the_end_of_other_matches(mode, two_players, rounds, new_record, sound):
    rules = Rules(mode=mode, two_players=two_players)
    if mode is Mode.SURVIVAL:
        rounds = (*rounds, Round(ROCK, PAPER))
    state = State(rules, Phase.OVER, rounds=rounds, ending=Ending.DECIDED)
    assert cue_at(state, 0, new_record).sound is sound


def test_a_draw():
    state = State(phase=Phase.REVEAL, rounds=(Round(ROCK, ROCK),))
    assert cue_at(state, 0).sound is Sound.DRAW


@pytest.mark.parametrize("phase", [Phase.READY, Phase.REPEAT])
def test_nothing_to_hear(phase):
    assert cue_at(State(phase=phase, rounds=(Round(PAPER, ROCK),)), 1.0) is None
    assert cue_at(State(phase=Phase.OVER, ending=Ending.QUIT), 1.0) is None


def test_a_repeated_round_is_counted_again():
    state = State(phase=Phase.COUNTDOWN)
    assert cue_at(state, 0.1) != cue_at(replace(state, attempt=2), 0.1)

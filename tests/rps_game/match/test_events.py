"""Events as JSON: players against the computer, left and right between two people."""

import base64
import json
import os
from dataclasses import replace

import pytest

from rps_game.gestures import Gesture, Outcome
from rps_game.match.events import (
    Ending,
    Learned,
    MatchOver,
    MatchStarted,
    MoveSeen,
    PlayerHabit,
    Reason,
    Repeated,
    Result,
    Reveal,
    RoundStarted,
    Side,
    Tendency,
    to_json,
)
from rps_game.match.rules import Mode
from rps_game.match.score import Score

STARTED = MatchStarted(0.0, 3, "random", "right", 1.8, 0.25, 0.75, 2.6)
MOVE = MoveSeen(
    time=0.80004,
    round=1,
    gesture=Gesture.PAPER,
    confidence=0.97,
    probabilities={"rock": 0.00999999, "paper": 0.97},
    start=0.4,
    end=0.8,
    frames=4,
    side=Side.RIGHT,
)
REVEAL = Reveal(time=0.8, round=1, move=Gesture.ROCK, nonce="00ff")
RESULT = Result(0.8, 1, Outcome.LOSE, Gesture.ROCK, Gesture.PAPER, Score(0, 1, 2))
REPEATED = Repeated(
    0.8, 1, 1, Reason.NO_HAND, Gesture.NONE, 0.9, 0.4, 0.8, 4, Gesture.ROCK, "00ff", Side.LEFT
)
OVER = MatchOver(0.8, True, Ending.DECIDED, Side.RIGHT, 3, Score(0, 2, 1))


def fields(event, two_players=False):
    return json.loads(to_json(event, two_players))


def test_a_source_whose_name_is_not_unicode():
    started = fields(replace(STARTED, source="z\udce9.mp4"))
    assert started["source"] == "z\ufffd.mp4"
    assert os.fsdecode(base64.b64decode(started["source_bytes"])) == "z\udce9.mp4"
    assert "source_bytes" not in fields(STARTED)


def test_a_move():
    expected = {
        "event": "move_seen",
        "time": 0.8,
        "round": 1,
        "gesture": "paper",
        "confidence": 0.97,
        "probabilities": {"rock": 0.01, "paper": 0.97},
        "start": 0.4,
        "end": 0.8,
        "frames": 4,
    }
    assert fields(MOVE) == expected
    assert fields(MOVE, two_players=True) == expected | {"side": "right"}


def test_a_result():
    assert to_json(RESULT) == (
        '{"event": "result", "time": 0.8, "round": 1, "outcome": "lose", "player": "rock", '
        '"computer": "paper", "score": {"player": 0, "computer": 1, "draws": 2}}'
    )
    assert to_json(RESULT, two_players=True) == (
        '{"event": "result", "time": 0.8, "round": 1, "outcome": "right", "left": "rock", '
        '"right": "paper", "score": {"left": 0, "right": 1, "draws": 2}}'
    )


@pytest.mark.parametrize(
    ("outcome", "side"), [(Outcome.WIN, "left"), (Outcome.LOSE, "right"), (Outcome.DRAW, "draw")]
)
def test_outcomes_between_two_people(outcome, side):
    event = Result(0.8, 1, outcome, Gesture.ROCK, Gesture.ROCK, Score())
    assert fields(event, two_players=True)["outcome"] == side
    assert fields(event)["outcome"] == outcome.value


def test_the_end():
    assert fields(OVER) == {
        "event": "match_over",
        "time": 0.8,
        "complete": True,
        "ending": "decided",
        "winner": "computer",
        "rounds": 3,
        "score": {"player": 0, "computer": 2, "draws": 1},
        "mode": "classic",
    }
    assert fields(OVER, two_players=True)["winner"] == "right"
    undecided = MatchOver(0.8, False, Ending.QUIT, None, 0, Score())
    assert fields(undecided)["winner"] is None


def test_the_start_of_a_match():
    plain = fields(STARTED)
    assert (plain["mode"], plain["duration"], plain["names"], plain["match"]) == (
        "classic",
        None,
        {},
        1,
    )
    third = replace(
        STARTED, mode=Mode.TIMED, duration=60.0, names=("Anna",), match=3, matches=Score(1, 0, 1)
    )
    shown = fields(third)
    assert (shown["mode"], shown["duration"], shown["match"]) == ("timed", 60.0, 3)
    assert shown["names"] == {"player": "Anna"}
    assert shown["matches"] == {"player": 1, "computer": 0, "draws": 1}
    both = fields(replace(third, names=("Anna", "Ben")), two_players=True)
    assert both["names"] == {"left": "Anna", "right": "Ben"}
    assert both["matches"] == {"left": 1, "right": 0, "draws": 1}


def test_what_was_learned():
    habit = PlayerHabit(Outcome.WIN, Tendency.REPEAT, 17 / 24, 24)
    always = PlayerHabit(None, Tendency.ROCK, 0.5, 80)
    assert fields(Learned(9.0, (habit, always))) == {
        "event": "learned",
        "time": 9.0,
        "habits": [
            {"after": "win", "tendency": "repeat", "share": 0.7083, "rounds": 24},
            {"after": None, "tendency": "rock", "share": 0.5, "rounds": 80},
        ],
    }


def test_keys_about_the_computer_are_omitted_between_two_people():
    events = (STARTED, RoundStarted(0.0, 1, 1, None), REPEATED)
    keys = {key for event in events for key in fields(event, two_players=True)}
    assert not {"opponent", "seal", "move", "nonce"} & keys
    assert "side" in keys


def test_against_the_computer_no_side_is_named():
    events = (STARTED, RoundStarted(0.0, 1, 1, "ab"), MOVE, REVEAL, RESULT, REPEATED, OVER)
    keys = {key for event in events for key in fields(event)}
    assert not {"side", "left", "right"} & keys
    assert {"opponent", "seal", "move", "nonce", "player", "computer"} <= keys


@pytest.mark.parametrize("two_players", [False, True])
def test_names_that_look_like_sides_stay(two_players):
    assert fields(STARTED, two_players)["source"] == "right"


def test_an_event_is_one_line():
    events = (STARTED, MOVE, REVEAL, RESULT, REPEATED, OVER)
    assert not any("\n" in to_json(event) for event in events)

"""Logs of honest matches are accepted; manipulated and damaged logs are reported."""

import json

import pytest

from rps_game.gestures import Gesture
from rps_game.match.audit import examine
from rps_game.match.inputs import commitment_digest

NONCES = ["00" * 16, "a1" * 16, "b2" * 16, "c3" * 16]


def honest():
    """The log of a match as the game prints it: a draw, a repeated round and a won round."""
    rounds = [("paper", "paper", "draw"), (None, "rock", None), ("rock", "scissors", "win")]
    score = {"player": 0, "computer": 0, "draws": 0}
    log = [{"event": "match_started", "time": 0.0, "best_of": 1, "opponent": "random"}]
    for number, (player, computer, outcome) in enumerate(rounds):
        begin, nonce = 10.0 * number, NONCES[number]
        seal = commitment_digest(Gesture(computer), nonce)
        window = {"start": begin + 2, "end": begin + 3}
        log.append({"event": "round_started", "time": begin, "round": 1, "seal": seal})
        if player is None:
            opened = {"move": computer, "nonce": nonce}
            log.append({"event": "repeated", "time": begin + 3} | window | opened)
            continue
        log.append({"event": "move_seen", "time": begin + 3, "gesture": player} | window)
        log.append({"event": "reveal", "time": begin + 3, "move": computer, "nonce": nonce})
        score = score | {
            {"draw": "draws", "win": "player"}[outcome]: 1,
        }
        result = {"outcome": outcome, "player": player, "computer": computer, "score": score}
        log.append({"event": "result", "time": begin + 3} | result)
    over = {"complete": True, "winner": "player", "rounds": 2, "score": score}
    log.append({"event": "match_over", "time": 23.0} | over)
    return log


# The positions of the events in it.
STARTED, FIRST, SEEN, REVEAL, RESULT, SECOND, REPEATED, THIRD = range(8)
LAST_RESULT, OVER = 10, 11


def lines(log):
    return [json.dumps(event).encode() for event in log]


def found(log):
    return [(problem.line, problem.text) for problem in examine(lines(log)).problems]


def test_an_honest_log():
    verdict = examine(lines(honest()))
    assert verdict.problems == []
    assert (verdict.matches, verdict.results, verdict.seals) == (1, 2, 3)


def test_a_log_in_reverse():
    texts = [text for _, text in found(honest()[::-1])]
    assert texts[0] == "the winner is player, but the match never began"
    assert not any("None" in text for text in texts)


def test_two_matches_in_one_log():
    verdict = examine(lines(honest() + honest()))
    assert verdict.problems == []
    assert (verdict.matches, verdict.seals) == (2, 6)


CHEATS = {
    "another move is revealed": (REVEAL, {"move": "rock"}, [4, 5], "does not open the seal"),
    "another nonce": (REVEAL, {"nonce": NONCES[3]}, [4], "does not open the seal"),
    "a seal made up later": (FIRST, {"seal": "0" * 64}, [4], "does not open the seal"),
    "the seal comes too late": (SEEN, {"start": -1.0}, [3], "after the window opened"),
    "repeated under a late seal": (REPEATED, {"start": 9.0}, [7], "after the window opened"),
    "repeated with another move": (REPEATED, {"move": "paper"}, [7], "does not open the seal"),
    "revealed during the window": (SEEN, {"end": 3.5}, [4], "before the hand was recognized"),
    "the player's move is changed": (RESULT, {"player": "rock"}, [5], "rock against paper is lose"),
    "both moves are changed": (
        RESULT,
        {"player": "rock", "computer": "rock"},
        [5],
        "but the hand was recognized as paper",
    ),
    "the computer's move is changed": (
        LAST_RESULT,
        {"computer": "paper", "outcome": "lose"},
        [11, 12],
        "but revealed scissors",
    ),
    "the outcome is changed": (RESULT, {"outcome": "lose"}, [5], "is draw, not lose"),
    "no outcome": (RESULT, {"outcome": None}, [5], "is draw, not nothing"),
    "no point": (
        RESULT,
        {"score": {"player": None, "computer": 0, "draws": 1}},
        [5],
        "not player ?, computer 0, draws 1",
    ),
    "a point too many": (
        RESULT,
        {"score": {"player": 0, "computer": 1, "draws": 1}},
        [5],
        "the score is player 0, computer 0, draws 1, not player 0, computer 1, draws 1",
    ),
    "the final score": (
        OVER,
        {"score": {"player": 0, "computer": 1, "draws": 1}},
        [12],
        "the score is player 1",
    ),
    "the winner": (OVER, {"winner": "computer"}, [12], "without the majority"),
    "no winner": (OVER, {"winner": None}, [12], "player has the majority"),
    "time runs back": (SECOND, {"time": 1.0}, [6], "the time goes back"),
    "a field is gone": (REVEAL, {"nonce": 5, "move": "well"}, [4, 5], "damaged"),
    "no number": (SEEN, {"start": "early"}, [3], "damaged"),
}


@pytest.mark.parametrize("cheat", CHEATS)
def test_cheats_are_found(cheat):
    place, change, where, says = CHEATS[cheat]
    log = honest()
    log[place] = log[place] | change
    problems = found(log)
    assert [line for line, _ in problems][: len(where)] == where
    assert any(says in text for _, text in problems)


@pytest.mark.parametrize(
    ("gone", "line", "says"),
    [
        (FIRST, 2, "no seal was shown before"),
        (SEEN, 3, "before the hand was recognized"),
        (REVEAL, 4, "but revealed nothing"),
        (SECOND, 6, "was not sealed"),
        (REPEATED, 7, "never revealed"),
    ],
)
def test_missing_events_are_reported(gone, line, says):
    log = honest()
    del log[gone]
    problems = dict(found(log))
    assert says in problems[line]


def test_the_order_of_lines_matters():
    log = honest()
    log[FIRST], log[SEEN] = log[SEEN] | {"time": 0.0}, log[FIRST] | {"time": 1.0}
    assert "no seal was shown before" in found(log)[0][1]


@pytest.mark.parametrize("junk", [b"{", b"\xff\xfe", b"[" * 100_000, b"[1]", b'"text"', b"{}"])
def test_damaged_lines_are_reported(junk):
    log = lines(honest())
    log.insert(3, junk)
    problems = examine(log).problems
    assert [problem.line for problem in problems] == [4]


@pytest.mark.parametrize(
    ("name", "value"), [("best_of", float("inf")), ("time", 10**400), ("best_of", float("nan"))]
)
def test_numbers_that_are_out_of_range(name, value):
    log = honest()
    log[STARTED][name] = value
    assert found(log)[0] == (1, "damaged: not a valid event")


def test_unknown_events_are_ignored():
    log = honest()
    log.insert(3, {"event": "applause", "time": 3.0, "loud": True})
    assert found(log) == []


def test_matches_between_two_people_have_no_seals():
    score = {"left": 1, "right": 0, "draws": 0}
    log = [
        {"event": "match_started", "time": 0.0, "best_of": 1},
        {"event": "round_started", "time": 0.0, "round": 1},
        {"event": "move_seen", "time": 3.0, "gesture": "rock", "side": "left", "start": 2.0},
        {"event": "move_seen", "time": 3.0, "gesture": "scissors", "side": "right", "start": 2.0},
        {
            "event": "result",
            "time": 3.0,
            "outcome": "left",
            "left": "rock",
            "right": "scissors",
            "score": score,
        },
        {"event": "match_over", "time": 3.0, "winner": "left", "score": score},
    ]
    assert found(log) == []
    log[4]["outcome"] = "right"
    assert found(log) == [(5, "rock against scissors is left, not right")]

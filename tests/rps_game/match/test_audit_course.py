"""The course of matches in a log: manipulated scores, lengths and winners are reported."""

import pytest

from rps_game.match.audit_course import BrokenRuleError, Course


def course(mode, results=(), opponent="adaptive", **started):
    """A match with these results, one each second."""
    made = Course()
    kinds = {"classic": {"best_of": 3}, "timed": {"duration": 10.0}, "survival": {}}
    made.begin({"mode": mode, "opponent": opponent} | kinds[mode] | started)
    for second, winner in enumerate(results):
        made.begin_round({"time": float(second)})
        made.add(winner)
    return made


def over(winner=None, complete=True, time=20.0, **score):
    return {
        "complete": complete,
        "winner": winner,
        "time": time,
        "score": {"player": 0, "computer": 0, "draws": 0} | score,
    }


W, L, D = "player", "computer", "draws"


@pytest.mark.parametrize(
    ("mode", "results", "end"),
    [
        ("classic", [W, L, W], over(W, player=2, computer=1)),
        ("classic", [W], over(None, complete=False, player=1)),
        ("survival", [W, D, W, L], over(player=2, draws=1, computer=1)),
        ("survival", [W, W], over(complete=False, player=2)),
        ("timed", [W, L, W], over(W, player=2, computer=1)),
        ("timed", [L], over(L, computer=1, time=10.0)),
        ("timed", [W, L], over(player=1, computer=1)),
        ("timed", [W], over(complete=False, player=1, time=3.0)),
        ("timed", [], over(complete=False, time=3.0)),
    ],
)
def test_honest_matches(mode, results, end):
    course(mode, results).end(end)


@pytest.mark.parametrize(
    ("mode", "results", "end", "problem"),
    [
        ("classic", [W], over(W, player=1), "without the majority of 3"),
        ("classic", [W, W], over(complete=False, player=2), "there is no winner, though player"),
        ("survival", [W], over(complete=True, player=1), "though no round was lost"),
        ("survival", [L], over(complete=False, computer=1), "though the streak has not ended"),
        ("survival", [L], over(L, computer=1), "survival has none"),
        ("survival", [W, L], over(player=2, computer=1), "the score is player 1"),
        ("timed", [W], over(W, player=1, time=9.9), "before its 10 s are over"),
        ("timed", [], over(time=99.0), "before its 10 s are over"),
        ("timed", [W], over(L, player=1), "the winner is player, not computer"),
        ("timed", [W], over(None, player=1), "the winner is player, not nobody"),
        ("timed", [W, L], over(W, player=1, computer=1), "the winner is nobody, not player"),
    ],
)
def test_manipulated_endings(mode, results, end, problem):
    with pytest.raises(BrokenRuleError, match=problem):
        course(mode, results).end(end)


def test_no_round_after_the_streak():
    with pytest.raises(BrokenRuleError, match="after the streak has ended"):
        course("survival", [L]).begin_round({"time": 9.0})


def test_no_round_after_the_time():
    made = course("timed", [W])
    made.begin_round({"time": 9.9})
    with pytest.raises(BrokenRuleError, match="after the 10 s of the match"):
        made.begin_round({"time": 10.1})


def test_the_score_of_the_matches():
    none = {"player": 0, "computer": 0, "draws": 0}
    made = course("classic", [W, W], match=1, matches=none)
    made.end(over(W, player=2))
    again = {"opponent": "random", "best_of": 3, "match": 2, "matches": none | {"player": 1}}
    made.begin(again)
    with pytest.raises(BrokenRuleError, match="the score of the matches is player 1, computer 0"):
        made.begin(again | {"match": 3, "matches": none | {"player": 2}})


def test_a_new_session_begins_at_zero():
    made = course("classic", [W, W], match=1, matches={"player": 0})
    made.end(over(W, player=2))
    made.begin({"opponent": "random", "best_of": 3, "match": 1, "matches": {"player": 0}})
    with pytest.raises(BrokenRuleError, match="matches is player 0, not player 1"):
        made.begin({"opponent": "random", "best_of": 3, "match": 1, "matches": {"player": 1}})


def test_a_log_that_begins_in_the_middle_of_a_session():
    made = course("classic", [W, W], match=5, matches={"player": 3})
    made.end(over(W, player=2))
    made.begin({"opponent": "random", "best_of": 3, "match": 6, "matches": {"player": 4}})


def test_a_log_of_an_earlier_version():
    made = Course()
    made.begin({"opponent": "random", "best_of": 1})
    made.add(W)
    made.end({"winner": W, "score": {"player": 1}, "time": 1.0})

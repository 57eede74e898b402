"""Several matches in a row: their score, the records, the check of the seals."""

from dataclasses import replace
from datetime import date

import pytest

from rps_game.game.series import Series
from rps_game.game.statistics import MAX_RECORDS
from rps_game.gestures import Gesture, Outcome
from rps_game.match import Round, State, advance, begin_round
from rps_game.match.events import Ending, Learned, MatchOver, PlayerHabit, Side, Tendency
from rps_game.match.inputs import Commitment, Observation
from rps_game.match.round_end import give_up
from rps_game.match.rules import RECORDED, Mode, Rules
from rps_game.match.score import Record, Score

ROCK, PAPER, SCISSORS = Gesture.ROCK, Gesture.PAPER, Gesture.SCISSORS
SURVIVAL = Rules(mode=Mode.SURVIVAL, timing=RECORDED)
TIMED = Rules(mode=Mode.TIMED, timing=RECORDED, duration=3.0)
HABIT = PlayerHabit(Outcome.WIN, Tendency.REPEAT, 0.75, 20)


def play(series, moves, ending=None):
    """Play a match against a computer that always plays rock; returns what follows from its end."""
    rules = series.rules
    state, conclusions = State(rules), []
    follow = lambda events: [each for event in events for each in series.follow(event, state)]  # noqa: E731
    follow((series.begin(0.0, "random", "video"),))
    for second, move in enumerate(moves):
        commitment = None if rules.two_players else Commitment(ROCK, f"{second:032x}")
        state, events = begin_round(replace(state, since=float(second)), commitment, second)
        follow(events)
        hands = ({move: 1.0},) if commitment else ({move: 1.0}, {"rock": 1.0})
        state, events = advance(state, Observation(second + 0.5, hands))
        state, events = advance(state, Observation(second + 0.8))
        conclusions += follow(events)
        state, events = advance(state, Observation(second + 1.0))
        conclusions += follow(events)
    if ending is not None:
        state, events = give_up(state, len(moves), ending)
        conclusions += follow(events)
    return conclusions


def best_of_one(**more):
    return Series(Rules(best_of=1, timing=RECORDED, **more))


def test_a_score_over_several_matches():
    series = best_of_one()
    assert not series.standing.several
    for move in ("paper", "scissors", "paper"):
        play(series, [move])
    assert series.standing.matches == Score(left=2, right=1)
    assert series.standing.several
    started = series.begin(9.0, "random", "video")
    assert (started.match, started.matches) == (4, Score(left=2, right=1))


def test_two_people_have_a_score_but_no_seals():
    series = Series(Rules(best_of=1, timing=RECORDED, two_players=True), ("Anna", "Ben"))
    play(series, ["scissors"])
    assert series.standing.matches == Score(right=1)
    assert series.standing.verified == 0
    assert series.begin(0.0, "", "video").names == ("Anna", "Ben")


def test_a_match_that_was_stopped_counts_for_nobody():
    series = Series(Rules(timing=RECORDED))
    play(series, ["paper"], Ending.QUIT)
    assert series.standing.matches == Score()


def test_a_drawn_timed_match():
    series = Series(Rules(mode=Mode.TIMED, duration=2.0, timing=RECORDED))
    play(series, ["paper", "scissors"])
    assert series.standing.matches == Score(draws=1)


def test_survival_counts_streaks_instead_of_matches():
    series = Series(SURVIVAL, ("Anna",), records=(Record(3, "Ben", date(2026, 1, 1)), Record(1)))
    play(series, ["paper", "rock", "paper", "scissors"])
    standing = series.standing
    assert standing.matches == Score()
    assert [(record.won, record.name) for record in standing.records] == [
        (3, "Ben"),
        (2, "Anna"),
        (1, ""),
    ]
    assert (standing.rank, standing.latest.won) == (2, 2)
    assert standing.verified == 4


def test_a_streak_of_none_is_no_record():
    series = Series(SURVIVAL)
    play(series, ["scissors"])
    assert not series.standing.new_record
    assert series.standing.records == ()
    assert series.standing.rank is None


@pytest.mark.parametrize(
    ("rules", "before", "new"),
    [
        (SURVIVAL, (), True),
        (SURVIVAL, (Record(1),), True),
        (SURVIVAL, (Record(2),), False),  # as good as the best is not better
        (SURVIVAL, (Record(3), Record(1)), False),
        (TIMED, (), False),  # nothing to beat
        (TIMED, (Record(1),), True),
        (TIMED, (Record(2),), False),
    ],
)
def test_a_new_record(rules, before, new):
    series = Series(rules, records=before)
    play(series, ["paper", "paper", "scissors"])
    assert series.standing.new_record is new
    series.begin(0.0, "adaptive", "video")
    assert not series.standing.new_record


def test_only_the_best_records_are_kept():
    series = Series(SURVIVAL, records=(Record(2),) * MAX_RECORDS)
    play(series, ["paper", "paper", "scissors"])  # as good as the last, but later
    assert series.standing.rank is None
    assert len(series.standing.records) == MAX_RECORDS


def test_a_classic_match_is_no_record():
    series = best_of_one()
    play(series, ["paper"])
    assert series.standing.records == ()


def test_what_the_opponent_has_learned():
    seen = []
    past = (Round(ROCK, ROCK),)
    series = replace_habits(best_of_one(), lambda rounds: seen.append(rounds) or (HABIT,), past)
    (learned,) = play(series, ["paper"])
    assert learned == Learned(pytest.approx(0.8), (HABIT,))
    assert seen == [(*past, Round(PAPER, ROCK))]  # with the rounds of this match
    assert series.standing.habits == (HABIT,)
    series.begin(1.0, "adaptive", "video")
    assert series.standing.habits is None


def replace_habits(series, find_habits, past):
    return replace(series, find_habits=find_habits, past=past)


def test_nothing_is_learned_without_a_round():
    series = replace_habits(best_of_one(), lambda rounds: (HABIT,), ())
    assert play(series, [], Ending.QUIT) == []
    assert series.standing.habits is None


def test_the_rounds_of_all_matches_are_remembered():
    series = best_of_one()
    play(series, ["paper"])
    play(series, ["rock", "scissors"])
    assert series.past == tuple(
        Round(Gesture(move), ROCK) for move in ("paper", "rock", "scissors")
    )


def test_seals_are_really_checked():
    series = best_of_one()
    play(series, ["rock", "paper"])
    assert series.standing.verified == 2
    over = MatchOver(9.0, True, Ending.DECIDED, Side.RIGHT, 1, Score(right=1))
    series.begin(8.0, "random", "video")
    series.follow(over, State(series.rules, rounds=(Round(SCISSORS, ROCK),)))
    assert series.standing.verified == 0  # a match without its rounds proves nothing

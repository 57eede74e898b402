"""Events as one readable line each."""

import pytest

from rps_game.cli.event_lines import describe
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
)
from rps_game.match.rules import Mode
from rps_game.match.score import Score

ROCK, PAPER, NONE = Gesture.ROCK, Gesture.PAPER, Gesture.NONE


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            MatchStarted(0.0, 3, "random", "demo", 1, 0, 1, 1),
            "   0.00 s  best of 3 against random, source: demo",
        ),
        (RoundStarted(1.5, 2, 1, "ab"), "   1.50 s  round 2: the computer has chosen, seal ab"),
        (
            RoundStarted(1.5, 2, 3, "ab"),
            "   1.50 s  round 2 (attempt 3): the computer has chosen, seal ab",
        ),
        (
            MoveSeen(123.456, 2, PAPER, 0.973, {}, 1, 2, 9),
            " 123.46 s  round 2: you show paper (97%)",
        ),
        (Reveal(2, 2, ROCK, "ff"), "   2.00 s  round 2: the computer shows rock, nonce ff"),
        (
            Result(2, 2, Outcome.WIN, PAPER, ROCK, Score(1, 0, 0)),
            "   2.00 s  round 2: paper covers rock, you win, 1:0",
        ),
        (
            Result(2, 2, Outcome.LOSE, ROCK, PAPER, Score(0, 1, 2)),
            "   2.00 s  round 2: paper covers rock, you lose, 0:1 and 2 draws",
        ),
        (
            Result(2, 2, Outcome.DRAW, ROCK, ROCK, Score(0, 0, 1)),
            "   2.00 s  round 2: both show rock, a draw, 0:0 and 1 draw",
        ),
        (
            Repeated(2, 1, 1, Reason.NO_HAND, NONE, 0.8, 1, 2, 9, ROCK, "ff"),
            "   2.00 s  round 1 again: no move was seen, at best none (80%); "
            "the computer had rock, nonce ff",
        ),
        (
            Repeated(2, 1, 1, Reason.NO_FRAMES, None, None, 1, 2, 0, ROCK, "ff"),
            "   2.00 s  round 1 again: no frame came while the window was open; "
            "the computer had rock, nonce ff",
        ),
        (
            MatchOver(9, True, Ending.DECIDED, Side.LEFT, 3, Score(2, 1, 0)),
            "   9.00 s  match over: you win, 2:1",
        ),
        (
            MatchOver(9, False, Ending.SOURCE_ENDED, None, 3, Score(1, 1, 1)),
            "   9.00 s  match over: not decided, the source ended, 1:1 and 1 draw",
        ),
    ],
)
def test_lines(event, line):
    assert describe(event) == line


@pytest.mark.parametrize("ending", [ending for ending in Ending if ending is not Ending.DECIDED])
def test_every_ending_has_words(ending):
    assert describe(MatchOver(0, False, ending, None, 0, Score())).endswith(", 0:0")


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(reason):
    line = describe(Repeated(2, 1, 1, reason, PAPER, 0.8, 1, 2, 9, ROCK, "ff"))
    assert line.startswith("   2.00 s  round 1 again: ")


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            MatchStarted(0.0, 3, "", "demo", 1, 0, 1, 1),
            "best of 3 between two players, source: demo",
        ),
        (RoundStarted(1.5, 2, 1, None), "round 2"),
        (
            MoveSeen(1, 2, PAPER, 0.973, {}, 1, 2, 9, Side.RIGHT),
            "round 2: right shows paper (97%)",
        ),
        (
            Result(2, 2, Outcome.LOSE, ROCK, PAPER, Score(0, 1, 2)),
            "round 2: paper covers rock, right wins, 0:1 and 2 draws",
        ),
        (
            Repeated(2, 1, 1, Reason.NO_HAND, NONE, 0.8, 1, 2, 9, None, None, Side.LEFT),
            "round 1 again: no move was seen, at best none (80%), left hand",
        ),
        (
            MatchOver(9, True, Ending.DECIDED, Side.LEFT, 3, Score(2, 1, 0)),
            "match over: left wins, 2:1",
        ),
    ],
)
def test_lines_of_two_players(event, line):
    assert describe(event, two_players=True)[11:] == line


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            MatchStarted(0, 3, "", "demo", 1, 0, 1, 1, names=("Anna", "Ben")),
            "best of 3 between Anna and Ben, source: demo",
        ),
        (MoveSeen(1, 2, PAPER, 0.973, {}, 1, 2, 9, Side.RIGHT), "round 2: Ben shows paper (97%)"),
        (
            Result(2, 2, Outcome.WIN, PAPER, ROCK, Score(1)),
            "round 2: paper covers rock, Anna wins, 1:0",
        ),
        (
            Repeated(2, 1, 1, Reason.NO_HAND, NONE, 0.8, 1, 2, 9, None, None, Side.LEFT),
            "round 1 again: no move was seen, at best none (80%), Anna",
        ),
        (
            MatchOver(9, True, Ending.DECIDED, Side.RIGHT, 3, Score(1, 2)),
            "match over: Ben wins, 1:2",
        ),
    ],
)
def test_lines_with_names(event, line):
    assert describe(event, two_players=True, names=("Anna", "Ben"))[11:] == line


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            MatchStarted(0, None, "adaptive", "demo", 1, 0, 1, 1, Mode.SURVIVAL),
            "survival against adaptive, source: demo",
        ),
        (
            MatchStarted(0, None, "random", "demo", 1, 0, 1, 1, Mode.TIMED, 60.0),
            "60 seconds against random, source: demo",
        ),
        (
            MatchOver(9, True, Ending.DECIDED, None, 3, Score(2, 1), Mode.SURVIVAL),
            "match over: you won 2 rounds in a row, 2:1",
        ),
        (
            MatchOver(9, True, Ending.DECIDED, None, 4, Score(2, 2), Mode.TIMED),
            "match over: a draw, 2:2",
        ),
        (
            Learned(9, (PlayerHabit(Outcome.WIN, Tendency.REPEAT, 0.71, 24),)),
            "the computer has learned: after a win you repeat your move 71% of the time",
        ),
        (
            Learned(9, (PlayerHabit(None, Tendency.ROCK, 0.5, 24),)),
            "the computer has learned: you play rock 50% of the time",
        ),
        (Learned(9, ()), "the computer has learned: no habit yet"),
    ],
)
def test_lines_of_other_modes(event, line):
    assert describe(event)[11:] == line

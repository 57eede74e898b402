import pytest
from hypothesis import given
from hypothesis import strategies as st

from rps_game.gestures import MOVES, Gesture, Outcome, judge, verb

moves = st.sampled_from(MOVES)


@pytest.mark.parametrize(
    ("winner", "word", "loser"),
    [
        (Gesture.ROCK, "blunts", Gesture.SCISSORS),
        (Gesture.PAPER, "covers", Gesture.ROCK),
        (Gesture.SCISSORS, "cut", Gesture.PAPER),
    ],
)
def test_who_beats_whom(winner: Gesture, word: str, loser: Gesture) -> None:
    assert winner.beats(loser)
    assert not loser.beats(winner)
    assert judge(winner, loser) is Outcome.WIN
    assert judge(loser, winner) is Outcome.LOSE
    assert verb(winner, loser) == word
    with pytest.raises(ValueError, match=f"{loser.value} does not beat {winner.value}"):
        verb(loser, winner)


@given(moves, moves)
def test_every_round_has_one_outcome_seen_from_both_sides(a: Gesture, b: Gesture) -> None:
    mirrored = {Outcome.WIN: Outcome.LOSE, Outcome.LOSE: Outcome.WIN, Outcome.DRAW: Outcome.DRAW}
    assert judge(b, a) is mirrored[judge(a, b)]
    assert (judge(a, b) is Outcome.DRAW) == (a is b)


@given(moves)
def test_no_hand_is_no_move(move: Gesture) -> None:
    assert move.is_move
    assert not Gesture.NONE.is_move
    assert not Gesture.NONE.beats(move)
    assert not move.beats(Gesture.NONE)
    for pair in ((move, Gesture.NONE), (Gesture.NONE, move)):
        with pytest.raises(ValueError, match="'none' is not a move"):
            judge(*pair)

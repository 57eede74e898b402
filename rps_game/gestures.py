"""The gestures of the game and who beats whom.

Pure rules: nothing here knows about images, models or the course of a match.
"""

from enum import StrEnum


class Gesture(StrEnum):
    """What a hand shows; ``NONE`` is no hand, or a gesture that is not a move.

    Examples:
        >>> Gesture("rock").beats(Gesture.SCISSORS), Gesture.NONE.is_move
        (True, False)
    """

    ROCK = "rock"
    PAPER = "paper"
    SCISSORS = "scissors"
    NONE = "none"

    @property
    def is_move(self) -> bool:
        """Whether this gesture can be played."""
        return self is not Gesture.NONE

    def beats(self, other: "Gesture") -> bool:
        """Whether this gesture wins against ``other``; ``NONE`` neither wins nor loses."""
        return (self, other) in _VERBS


MOVES: tuple[Gesture, ...] = (Gesture.ROCK, Gesture.PAPER, Gesture.SCISSORS)

_VERBS: dict[tuple[Gesture, Gesture], str] = {
    (Gesture.ROCK, Gesture.SCISSORS): "blunts",
    (Gesture.PAPER, Gesture.ROCK): "covers",
    (Gesture.SCISSORS, Gesture.PAPER): "cut",
}


class Outcome(StrEnum):
    """How a round ended for one side: the player, or the left player of two."""

    WIN = "win"
    LOSE = "lose"
    DRAW = "draw"


def judge(player: Gesture, computer: Gesture) -> Outcome:
    """How a round ends for the player.

    Raises:
        ValueError: If either gesture is ``NONE``, which is not a move.

    Examples:
        >>> judge(Gesture.PAPER, Gesture.ROCK)
        <Outcome.WIN: 'win'>
    """
    for gesture in (player, computer):
        if not gesture.is_move:
            raise ValueError(f"{gesture.value!r} is not a move")
    if player.beats(computer):
        return Outcome.WIN
    if computer.beats(player):
        return Outcome.LOSE
    return Outcome.DRAW


def verb(winner: Gesture, loser: Gesture) -> str:
    """The word between winner and loser, as in "paper covers rock".

    Raises:
        ValueError: If ``winner`` does not beat ``loser``.

    Examples:
        >>> verb(Gesture.PAPER, Gesture.ROCK)
        'covers'
    """
    try:
        return _VERBS[winner, loser]
    except KeyError:
        raise ValueError(f"{winner.value} does not beat {loser.value}") from None

"""Which sound belongs to a moment of a match; pure logic."""

from dataclasses import dataclass
from enum import StrEnum

from rps_game.gestures import Outcome
from rps_game.match import State, beat
from rps_game.match.events import Side
from rps_game.match.rules import Mode
from rps_game.match.state import Phase


class Sound(StrEnum):
    """The sounds of the game."""

    BEAT = "beat"
    SHOOT = "shoot"
    WIN = "win"
    LOSE = "lose"
    DRAW = "draw"
    MATCH_WON = "match won"
    MATCH_LOST = "match lost"


@dataclass(frozen=True)
class Cue:
    """An occasion for a sound.

    Attributes:
        sound: The sound.
        round: The number of the round.
        attempt: How many times this round has been tried.
        number: Distinguishes occasions within a round: the beats.
    """

    sound: Sound
    round: int
    attempt: int
    number: int = 0


def cue_at(state: State, time: float, new_record: bool = False) -> Cue | None:
    """The occasion that lasts at this time; its sound is due when it begins.

    Args:
        state: The match.
        time: The current time, in seconds of the source.
        new_record: Whether the match, if it is over, has set a record.

    Examples:
        >>> state = State(phase=Phase.COUNTDOWN)
        >>> cue_at(state, 0.1).sound, cue_at(state, 1.9).sound
        (<Sound.BEAT: 'beat'>, <Sound.SHOOT: 'shoot'>)
        >>> cue_at(State(), 0.1) is None
        True
    """
    match state.phase:
        case Phase.COUNTDOWN | Phase.WINDOW:
            index, _ = beat(state, time)
            sound = Sound.BEAT if index < 3 else Sound.SHOOT
            return Cue(sound, state.round, state.attempt, index)
        case Phase.REVEAL:
            return Cue(_of_round(state), state.round, state.attempt)
        case Phase.OVER if state.decided:
            return Cue(_of_match(state, new_record), state.round, state.attempt)
        case _:
            return None


def _of_round(state: State) -> Sound:
    outcome = state.rounds[-1].outcome
    if outcome is Outcome.DRAW:
        return Sound.DRAW
    won = outcome is Outcome.WIN or state.rules.two_players  # of two people, one has won
    return Sound.WIN if won else Sound.LOSE


def _of_match(state: State, new_record: bool) -> Sound:
    if new_record or state.winner is Side.LEFT:
        return Sound.MATCH_WON
    if state.winner is None and state.rules.mode is Mode.TIMED:
        return Sound.DRAW
    return Sound.MATCH_WON if state.rules.two_players else Sound.MATCH_LOST

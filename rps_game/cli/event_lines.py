"""Formats events as lines of text; `rps_game.match.events.to_json` formats them for programs."""

from collections.abc import Mapping, Sequence

from rps_game.gestures import Outcome, verb
from rps_game.match.events import (
    Ending,
    Event,
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

_REASONS = {
    Reason.NO_FRAMES: "no frame came while the window was open",
    Reason.NO_HAND: "no move was seen",
    Reason.UNSURE: "it was not clear which move was shown",
    Reason.TOO_EARLY: 'the move was shown before "shoot"',
    Reason.TOO_LATE: "the move was not shown in time",
    Reason.CHANGED: "the hand changed while the window was open",
}
_OUTCOMES = {Outcome.WIN: "you win", Outcome.LOSE: "you lose"}
_AFTER = {Outcome.WIN: "after a win", Outcome.LOSE: "after a loss", Outcome.DRAW: "after a draw"}
_TENDENCIES = {
    Tendency.REPEAT: "you repeat your move",
    Tendency.BEAT_OWN: "you play what beats your last move",
    Tendency.LOSE_TO_OWN: "you play what your last move beats",
}
_ENDINGS = {
    Ending.QUIT: "you quit",
    Ending.RESTARTED: "restarted",
    Ending.INTERRUPTED: "interrupted",
    Ending.SOURCE_ENDED: "the source ended",
    Ending.SOURCE_FAILED: "the source failed",
    Ending.NOTHING_SEEN: "no move was seen for too long",
}


def describe(event: Event, two_players: bool = False, names: Sequence[str] = ()) -> str:
    """An event as one line that starts with its time in the source.

    Args:
        event: The event.
        two_players: Whether two people play.
        names: Their names, from left to right, if they have any.

    Examples:
        >>> from rps_game.match.events import RoundStarted
        >>> describe(RoundStarted(1.5, round=2, attempt=1, seal=None), two_players=True)
        '   1.50 s  round 2'
    """
    words = _between_two(event, tuple(names) or tuple(Side)) if two_players else None
    return f"{event.time:7.2f} s  {words or _against_computer(event)}"


def _against_computer(event: Event) -> str:
    match event:
        case MatchStarted():
            return f"{_game(event)} against {event.opponent}, source: {event.source}"
        case RoundStarted():
            return f"{_round(event)}: the computer has chosen, seal {event.seal}"
        case MoveSeen():
            return f"round {event.round}: you show {event.gesture} ({event.confidence:.0%})"
        case Reveal():
            return f"round {event.round}: the computer shows {event.move}, nonce {event.nonce}"
        case Result():
            return f"round {event.round}: {_result(event, _OUTCOMES)}, {_score(event.score)}"
        case Repeated():
            return f"{_again(event)}; the computer had {event.move}, nonce {event.nonce}"
        case MatchOver():
            return f"match over: {_ending(event, _OUTCOMES)}, {_score(event.score)}"
        case Learned():
            habits = "; ".join(map(_habit, event.habits))
            return f"the computer has learned: {habits or 'no habit yet'}"


def _between_two(event: Event, names: tuple[str, ...]) -> str | None:
    """The text of an event that reads differently with two players, otherwise None."""
    name = dict(zip(Side, names, strict=True))
    outcomes = {Outcome.WIN: f"{names[0]} wins", Outcome.LOSE: f"{names[1]} wins"}
    match event:
        case MatchStarted():
            who = " and ".join(event.names) or "two players"
            return f"{_game(event)} between {who}, source: {event.source}"
        case RoundStarted():
            return _round(event)
        case MoveSeen():
            return (
                f"round {event.round}: {name[event.side or Side.LEFT]} shows {event.gesture} "
                f"({event.confidence:.0%})"
            )
        case Result():
            return f"round {event.round}: {_result(event, outcomes)}, {_score(event.score)}"
        case Repeated():
            whose = name[event.side or Side.LEFT]
            return f"{_again(event)}, {whose}{' hand' if whose in set(Side) else ''}"
        case MatchOver():
            return f"match over: {_ending(event, outcomes)}, {_score(event.score)}"
        case _:
            return None


def _game(event: MatchStarted) -> str:
    match event.mode:
        case Mode.CLASSIC:
            return f"best of {event.best_of}"
        case Mode.TIMED:
            return f"{event.duration:g} seconds"
        case _:
            return event.mode.value


def _habit(habit: PlayerHabit) -> str:
    what = _TENDENCIES.get(habit.tendency, f"you play {habit.tendency}")
    when = f"{_AFTER[habit.after]} " if habit.after else ""
    return f"{when}{what} {habit.share:.0%} of the time"


def _round(event: RoundStarted) -> str:
    again = f" (attempt {event.attempt})" if event.attempt > 1 else ""
    return f"round {event.round}{again}"


def _again(event: Repeated) -> str:
    closest = ""
    if event.gesture is not None and event.confidence is not None:
        closest = f", at best {event.gesture} ({event.confidence:.0%})"
    return f"round {event.round} again: {_REASONS[event.reason]}{closest}"


def _result(event: Result, outcomes: Mapping[Outcome, str]) -> str:
    if event.outcome is Outcome.DRAW:
        return f"both show {event.left}, a draw"
    winner, loser = event.left, event.right
    if event.outcome is Outcome.LOSE:
        winner, loser = loser, winner
    return f"{winner} {verb(winner, loser)} {loser}, {outcomes[event.outcome]}"


def _ending(event: MatchOver, outcomes: Mapping[Outcome, str]) -> str:
    if not event.complete:
        return f"not decided, {_ENDINGS[event.ending]}"
    if event.mode is Mode.SURVIVAL:
        return f"you won {event.score.left} round{'s' if event.score.left != 1 else ''} in a row"
    return outcomes.get(event.score.winner, "a draw")


def _score(score: Score) -> str:
    draws = f" and {score.draws} draw{'s' if score.draws > 1 else ''}" if score.draws else ""
    return f"{score.left}:{score.right}{draws}"

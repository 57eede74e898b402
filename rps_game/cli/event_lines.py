"""Formats events as lines of text; `rps_game.match.events.to_json` formats them for programs."""

from collections.abc import Mapping

from rps_game.gestures import Outcome, verb
from rps_game.match.events import (
    Ending,
    Event,
    MatchOver,
    MatchStarted,
    MoveSeen,
    Reason,
    Repeated,
    Result,
    Reveal,
    RoundStarted,
)
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
_OUTCOMES_OF_TWO = {Outcome.WIN: "left wins", Outcome.LOSE: "right wins"}
_ENDINGS = {
    Ending.QUIT: "you quit",
    Ending.RESTARTED: "restarted",
    Ending.INTERRUPTED: "interrupted",
    Ending.SOURCE_ENDED: "the source ended",
    Ending.SOURCE_FAILED: "the source failed",
    Ending.NOTHING_SEEN: "no move was seen for too long",
}


def describe(event: Event, two_players: bool = False) -> str:
    """An event as one line that starts with its time in the source.

    Examples:
        >>> from rps_game.match.events import RoundStarted
        >>> describe(RoundStarted(1.5, round=2, attempt=1, seal=None), two_players=True)
        '   1.50 s  round 2'
    """
    words = _between_two(event) if two_players else None
    return f"{event.time:7.2f} s  {words or _against_computer(event)}"


def _against_computer(event: Event) -> str:
    match event:
        case MatchStarted():
            return f"best of {event.best_of} against {event.opponent}, source: {event.source}"
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


def _between_two(event: Event) -> str | None:
    """The text of an event that reads differently with two players, otherwise None."""
    match event:
        case MatchStarted():
            return f"best of {event.best_of} between two players, source: {event.source}"
        case RoundStarted():
            return _round(event)
        case MoveSeen():
            return (
                f"round {event.round}: {event.side} shows {event.gesture} ({event.confidence:.0%})"
            )
        case Result():
            return f"round {event.round}: {_result(event, _OUTCOMES_OF_TWO)}, {_score(event.score)}"
        case Repeated():
            return f"{_again(event)}, {event.side} hand"
        case MatchOver():
            return f"match over: {_ending(event, _OUTCOMES_OF_TWO)}, {_score(event.score)}"
        case _:
            return None


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
    return outcomes[event.score.winner]


def _score(score: Score) -> str:
    draws = f" and {score.draws} draw{'s' if score.draws > 1 else ''}" if score.draws else ""
    return f"{score.left}:{score.right}{draws}"

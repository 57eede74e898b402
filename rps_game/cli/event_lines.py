"""Events as lines that people read; for programs there is ``events.to_json``."""

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
    Reason.UNSURE: "it was not clear what was shown",
    Reason.TOO_EARLY: 'the move was there before "shoot"',
    Reason.TOO_LATE: "the hand was not ready when it was looked at",
    Reason.CHANGED: "the hand changed while it was looked at",
}
_OUTCOMES = {Outcome.WIN: "you win", Outcome.LOSE: "you lose"}
_OF_TWO = {Outcome.WIN: "left wins", Outcome.LOSE: "right wins"}
_ENDINGS = {
    Ending.QUIT: "you left",
    Ending.RESTARTED: "started anew",
    Ending.INTERRUPTED: "interrupted",
    Ending.SOURCE_ENDED: "the source ended",
    Ending.SOURCE_FAILED: "the source broke",
    Ending.NOTHING_SEEN: "no move was seen for too long",
}


def describe(event: Event, two_players: bool = False) -> str:
    """One line of text, with the time in the source in front."""
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
    """What is said differently where two people play; None for the rest."""
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
            return f"round {event.round}: {_result(event, _OF_TWO)}, {_score(event.score)}"
        case Repeated():
            return f"{_again(event)}, {event.side} hand"
        case MatchOver():
            return f"match over: {_ending(event, _OF_TWO)}, {_score(event.score)}"
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

"""Events as lines that people read; for programs there is ``events.to_json``."""

from rps_game.events import (
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
    Score,
)
from rps_game.gestures import Outcome, verb

_REASONS = {
    Reason.NO_FRAMES: "no frame came while the window was open",
    Reason.NO_HAND: "no move was seen",
    Reason.UNSURE: "it was not clear what was shown",
}
_OUTCOMES = {Outcome.WIN: "you win", Outcome.LOSE: "you lose"}
_ENDINGS = {
    Ending.QUIT: "you left",
    Ending.INTERRUPTED: "interrupted",
    Ending.SOURCE_ENDED: "the source ended",
    Ending.SOURCE_FAILED: "the source broke",
    Ending.NOTHING_SEEN: "no move was seen for too long",
}


def describe(event: Event) -> str:
    """One line of text, with the time in the source in front."""
    return f"{event.time:7.2f} s  {_words(event)}"


def _words(event: Event) -> str:
    match event:
        case MatchStarted():
            return f"best of {event.best_of} against {event.opponent}, source: {event.source}"
        case RoundStarted():
            again = f" (attempt {event.attempt})" if event.attempt > 1 else ""
            return f"round {event.round}{again}: the computer has chosen, seal {event.seal}"
        case MoveSeen():
            return f"round {event.round}: you show {event.gesture} ({event.confidence:.0%})"
        case Reveal():
            return f"round {event.round}: the computer shows {event.move}, nonce {event.nonce}"
        case Result():
            return f"round {event.round}: {_result(event)}, {_score(event.score)}"
        case Repeated():
            return (
                f"round {event.round} again: {_REASONS[event.reason]}{_closest(event)}; "
                f"the computer had {event.move}, nonce {event.nonce}"
            )
        case MatchOver():
            return f"match over: {_ending(event)}, {_score(event.score)}"


def _closest(event: Repeated) -> str:
    if event.gesture is None or event.confidence is None:
        return ""
    return f", at best {event.gesture} ({event.confidence:.0%})"


def _result(event: Result) -> str:
    if event.outcome is Outcome.DRAW:
        return f"both show {event.player}, a draw"
    winner, loser = event.player, event.computer
    if event.outcome is Outcome.LOSE:
        winner, loser = loser, winner
    return f"{winner} {verb(winner, loser)} {loser}, {_OUTCOMES[event.outcome]}"


def _ending(event: MatchOver) -> str:
    if not event.complete:
        return f"not decided, {_ENDINGS[event.ending]}"
    return _OUTCOMES[event.score.winner]


def _score(score: Score) -> str:
    draws = f" and {score.draws} draw{'s' if score.draws > 1 else ''}" if score.draws else ""
    return f"{score.player}:{score.computer}{draws}"

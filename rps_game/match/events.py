"""What happens in a match, as plain records that turn into JSON lines.

Every event carries ``time`` in seconds of the source it was read from, so that a reader can find
the moment in a video. The rules that produce the events live in match.py, the printing in
report.py.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import ClassVar

from rps_game.gestures import Gesture, Outcome
from rps_game.match.score import Score


class Reason(StrEnum):
    """Why a round is played again."""

    NO_FRAMES = "no_frames"
    NO_HAND = "no_hand"
    UNSURE = "unsure"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    CHANGED = "changed"


class Side(StrEnum):
    """Which of two players, as the camera sees them."""

    LEFT = "left"
    RIGHT = "right"


class Ending(StrEnum):
    """How a match came to its end."""

    DECIDED = "decided"
    QUIT = "quit"
    RESTARTED = "restarted"
    INTERRUPTED = "interrupted"
    SOURCE_ENDED = "source_ended"
    SOURCE_FAILED = "source_failed"
    NOTHING_SEEN = "nothing_seen"


@dataclass(frozen=True)
class MatchStarted:
    """The first event: what is played, and at what pace."""

    kind: ClassVar[str] = "match_started"
    time: float
    best_of: int
    opponent: str
    source: str
    countdown: float
    settle: float
    window: float
    pause: float


@dataclass(frozen=True)
class RoundStarted:
    """The computer has chosen; the seal proves later that it did not change its mind.

    Between two people there is no seal.
    """

    kind: ClassVar[str] = "round_started"
    time: float
    round: int
    attempt: int
    seal: str | None


@dataclass(frozen=True)
class MoveSeen:
    """What the player showed, over the whole window.

    ``start`` and ``end`` are the window's times, ``frames`` how many frames were averaged; ``side``
    is set in a match of two.
    """

    kind: ClassVar[str] = "move_seen"
    time: float
    round: int
    gesture: Gesture
    confidence: float
    probabilities: Mapping[str, float]
    start: float
    end: float
    frames: int
    side: Side | None = None


@dataclass(frozen=True)
class Reveal:
    """The computer opens its seal."""

    kind: ClassVar[str] = "reveal"
    time: float
    round: int
    move: Gesture
    nonce: str


@dataclass(frozen=True)
class Result:
    """A round is decided; the score includes it."""

    kind: ClassVar[str] = "result"
    time: float
    round: int
    outcome: Outcome
    player: Gesture
    computer: Gesture
    score: Score


@dataclass(frozen=True)
class Repeated:
    """No move could be read; the seal is opened and the round is played again with a new one.

    ``gesture`` and ``confidence`` say what came closest, or are None when there was no frame;
    ``side`` says who of two players it was.
    """

    kind: ClassVar[str] = "repeated"
    time: float
    round: int
    attempt: int
    reason: Reason
    gesture: Gesture | None
    confidence: float | None
    start: float
    end: float
    frames: int
    move: Gesture | None
    nonce: str | None
    side: Side | None = None


@dataclass(frozen=True)
class MatchOver:
    """The last event. ``winner`` is None when the match was not played to its end."""

    kind: ClassVar[str] = "match_over"
    time: float
    complete: bool
    ending: Ending
    winner: str | None
    rounds: int
    score: Score


Event = MatchStarted | RoundStarted | MoveSeen | Reveal | Result | Repeated | MatchOver


_ALONE = frozenset({"side"})  # fields that say something only where two people play
_AGAINST_COMPUTER = frozenset({"opponent", "seal", "move", "nonce"})
_OF_TWO = {
    "player": "left",
    "computer": "right",
    Outcome.WIN.value: "left",
    Outcome.LOSE.value: "right",
}


def to_json(event: Event, two_players: bool = False) -> str:
    """One line of JSON: ``event`` names the kind, the other keys are the event's fields.

    In a match of two people it says ``left`` and ``right`` instead of ``player`` and
    ``computer``, and nothing of a computer.
    """
    fields = {key: _round(value) for key, value in asdict(event).items()}
    hidden = _AGAINST_COMPUTER if two_players else _ALONE
    fields = {key: value for key, value in fields.items() if key not in hidden}
    if two_players:
        fields = {_OF_TWO.get(key, key): _of_two(value) for key, value in fields.items()}
    return json.dumps({"event": event.kind} | fields, ensure_ascii=False)


def _of_two(value: object) -> object:
    """A value in a match of two: winners are named by their side."""
    if isinstance(value, dict):
        return {_OF_TWO.get(key, key): item for key, item in value.items()}
    return _OF_TWO.get(value, value) if isinstance(value, str) else value


def _round(value: object) -> object:
    """The value with its floats cut to four places: a tenth of a millisecond, or of a percent."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, Mapping):
        return {key: _round(item) for key, item in value.items()}
    return value

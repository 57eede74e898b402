"""What happens in a match, as plain records that are written as JSON lines.

Every event has a ``time`` in seconds of the source, so that the moment can be found in a video.
Internally the two sides are left and right. In JSON they keep these names only when two people
play; otherwise they are ``player`` and ``computer``. The rules that produce the events are in
machine.py, their text for people in cli/event_lines.py.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from rps_game.gestures import Gesture, Outcome
from rps_game.json_text import path_entries, to_json_text
from rps_game.match.rules import Mode
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
    """A side of the match; against the computer, the player is on the left."""

    LEFT = "left"
    RIGHT = "right"


class Ending(StrEnum):
    """How a match ended."""

    DECIDED = "decided"
    QUIT = "quit"
    RESTARTED = "restarted"
    INTERRUPTED = "interrupted"
    SOURCE_ENDED = "source_ended"
    SOURCE_FAILED = "source_failed"
    NOTHING_SEEN = "nothing_seen"


@dataclass(frozen=True)
class MatchStarted:
    """The first event: the way to play, the opponent, the source and the timing.

    ``best_of`` is set in a classic match, ``duration`` in a timed one. ``opponent`` is empty when
    two people play. ``names`` are those of the players, left to right, if they have any. ``match``
    counts the matches of the session, and ``matches`` is the score of those before this one.
    """

    kind: ClassVar[str] = "match_started"
    time: float
    best_of: int | None
    opponent: str
    source: str
    countdown: float
    settle: float
    window: float
    pause: float
    mode: Mode = Mode.CLASSIC
    duration: float | None = None
    names: tuple[str, ...] = ()
    match: int = 1
    matches: Score = field(default_factory=Score)


@dataclass(frozen=True)
class RoundStarted:
    """The computer has chosen its move; the seal later proves that it did not change it.

    When two people play, there is no seal.
    """

    kind: ClassVar[str] = "round_started"
    time: float
    round: int
    attempt: int
    seal: str | None


@dataclass(frozen=True)
class MoveSeen:
    """What a player showed over the whole window.

    ``start`` and ``end`` are the times of the window, ``frames`` is the number of frames that were
    averaged, and ``side`` is set when two people play.
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
    """The computer reveals its move, and the nonce that opens the seal."""

    kind: ClassVar[str] = "reveal"
    time: float
    round: int
    move: Gesture
    nonce: str


@dataclass(frozen=True)
class Result:
    """A round is decided; ``outcome`` is the left side's, and the score includes it."""

    kind: ClassVar[str] = "result"
    time: float
    round: int
    outcome: Outcome
    left: Gesture
    right: Gesture
    score: Score


@dataclass(frozen=True)
class Repeated:
    """No move counted; the seal is opened, and the round is played again with a new one.

    ``gesture`` is the most probable gesture and ``confidence`` its probability; both are None if
    there was no frame. ``side`` is the player concerned when two people play.
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
    """The end of a match.

    ``winner`` is None if the match was not played to its end, if a timed match is drawn, and always
    in survival, where ``score.left`` is the streak.
    """

    kind: ClassVar[str] = "match_over"
    time: float
    complete: bool
    ending: Ending
    winner: Side | None
    rounds: int
    score: Score
    mode: Mode = Mode.CLASSIC


class Tendency(StrEnum):
    """What a player often does next: repeats the move, plays another one, or a certain move."""

    REPEAT = "repeat"
    BEAT_OWN = "beat_own"  # plays what beats the player's last move
    LOSE_TO_OWN = "lose_to_own"  # plays what the player's last move beats
    ROCK = "rock"
    PAPER = "paper"
    SCISSORS = "scissors"


@dataclass(frozen=True)
class PlayerHabit:
    """A habit that the adaptive opponent has found.

    Attributes:
        after: The outcome of the round before, from the player's point of view; None for any.
        tendency: What the player then does.
        share: How often, 0 to 1.
        rounds: In how many rounds it was looked for.
    """

    after: Outcome | None
    tendency: Tendency
    share: float
    rounds: int


@dataclass(frozen=True)
class Learned:
    """After a match: the player's habits that the adaptive opponent has found, clearest first."""

    kind: ClassVar[str] = "learned"
    time: float
    habits: tuple[PlayerHabit, ...]


Event = MatchStarted | RoundStarted | MoveSeen | Reveal | Result | Repeated | MatchOver | Learned


_OF_TWO_PLAYERS = frozenset({"side"})  # keys omitted against the computer
_OF_COMPUTER = frozenset({"opponent", "seal", "move", "nonce"})  # omitted between two players
_AGAINST_COMPUTER: Mapping[str, str] = {Side.LEFT: "player", Side.RIGHT: "computer"}
_WINNING_SIDES = {Outcome.WIN: Side.LEFT, Outcome.LOSE: Side.RIGHT, Outcome.DRAW: Outcome.DRAW}


def to_json(event: Event, two_players: bool = False) -> str:
    """Write an event as one line of JSON: ``event`` is its kind, the other keys are its fields.

    Against the computer the sides are called ``player`` and ``computer``. Between two people they
    are ``left`` and ``right``, an outcome is the side that won, and keys about the computer are
    omitted.

    Examples:
        >>> to_json(Reveal(time=0.8, round=1, move=Gesture.ROCK, nonce="00ff"))
        '{"event": "reveal", "time": 0.8, "round": 1, "move": "rock", "nonce": "00ff"}'
    """
    fields = asdict(event)
    if two_players:
        if isinstance(event, Result):
            fields["outcome"] = _WINNING_SIDES[event.outcome]
    else:
        fields = _name_sides(fields)
        for key in ("score", "matches"):
            if key in fields:
                fields[key] = _name_sides(fields[key])
        if isinstance(event, MatchOver) and event.winner is not None:
            fields["winner"] = _AGAINST_COMPUTER[event.winner]
    hidden = _OF_COMPUTER if two_players else _OF_TWO_PLAYERS
    shown = {key: _round(value) for key, value in fields.items() if key not in hidden}
    if isinstance(event, MatchStarted):
        sides = Side if two_players else _AGAINST_COMPUTER.values()
        shown["names"] = dict(zip(sides, event.names, strict=False))
        shown |= path_entries("source", event.source)
    return to_json_text({"event": event.kind} | shown)


def _name_sides(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The same values, with ``player`` for ``left`` and ``computer`` for ``right``."""
    return {_AGAINST_COMPUTER.get(key, key): value for key, value in fields.items()}


def _round(value: object) -> object:
    """The value with floats rounded to four places: a tenth of a millisecond, 0.01 percent."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, Mapping):
        return {key: _round(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_round(item) for item in value]
    return value

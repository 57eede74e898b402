"""The matches of one session: their score, the records, and what the opponent has learned."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from rps_game.game.statistics import MAX_RECORDS
from rps_game.match import Round, State
from rps_game.match.audit import examine
from rps_game.match.events import (
    Event,
    Learned,
    MatchOver,
    MatchStarted,
    PlayerHabit,
    Side,
    to_json,
)
from rps_game.match.rules import Mode, Rules
from rps_game.match.score import Record, Score
from rps_game.match.standing import Standing

FindHabits = Callable[[Sequence[Round]], tuple[PlayerHabit, ...]]


@dataclass
class Series:
    """Follows the events of one match after another.

    Attributes:
        rules: The settings of each match.
        names: The names of the players, left to right; empty if they have none.
        past: The rounds before the current match, oldest first.
        records: The best results of earlier sessions, best first.
        find_habits: Finds what the opponent has learned; None if it does not learn.
        standing: What the players know so far.

    Examples:
        >>> series = Series(Rules())
        >>> series.begin(0.0, "random", "camera 0").match
        1
    """

    rules: Rules
    names: tuple[str, ...] = ()
    past: tuple[Round, ...] = ()
    records: tuple[Record, ...] = ()
    find_habits: FindHabits | None = None
    standing: Standing = field(init=False, default_factory=Standing)
    _count: int = field(init=False, default=0)
    _events: list[Event] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.standing = Standing(records=self.records)

    def begin(self, now: float, opponent: str, source: str) -> MatchStarted:
        """The first event of the next match."""
        self._count += 1
        self._events.clear()
        known = self.standing
        self.standing = Standing(known.matches, known.records)
        rules, timing = self.rules, self.rules.timing
        return MatchStarted(
            time=now,
            best_of=rules.best_of if rules.mode is Mode.CLASSIC else None,
            opponent=opponent,
            source=source,
            countdown=timing.countdown,
            settle=timing.settle,
            window=timing.window,
            pause=timing.pause,
            mode=rules.mode,
            duration=rules.duration if rules.mode is Mode.TIMED else None,
            names=self.names,
            match=self._count,
            matches=known.matches,
        )

    def follow(self, event: Event, state: State) -> tuple[Event, ...]:
        """Take note of an event, and return the events that follow from it.

        Args:
            event: The event.
            state: The match after it.
        """
        self._events.append(event)
        if not isinstance(event, MatchOver):
            return ()
        self.past += state.rounds
        latest = self._record(state)
        records = self.standing.records
        new_record = latest is not None and self._is_new_record(latest)
        if latest is not None and latest.won:
            ranked = sorted((*records, latest), key=lambda record: record.won, reverse=True)
            records = tuple(ranked[:MAX_RECORDS])
        habits = self.find_habits(self.past) if self.find_habits and state.rounds else None
        self.standing = Standing(
            self._matches(event),
            records,
            latest,
            habits,
            new_record=new_record,
            verified=0 if self._two else self._verified(),
        )
        return () if habits is None else (Learned(event.time, habits),)

    @property
    def _two(self) -> bool:
        return self.rules.two_players

    def _record(self, state: State) -> Record | None:
        if self.rules.mode is Mode.CLASSIC or self._two or not state.rounds:
            return None
        return Record(state.score.left, "".join(self.names), datetime.now().astimezone().date())

    def _is_new_record(self, latest: Record) -> bool:
        """Whether a result is better than all before; a first timed match has nothing to beat."""
        before = self.standing.records
        if not before:
            return latest.won > 0 and self.rules.mode is Mode.SURVIVAL
        return latest.won > before[0].won

    def _matches(self, over: MatchOver) -> Score:
        """The score of the matches after this one; survival has no winner."""
        score = self.standing.matches
        if not over.complete or over.mode is Mode.SURVIVAL:
            return score
        match over.winner:
            case Side.LEFT:
                return replace(score, left=score.left + 1)
            case Side.RIGHT:
                return replace(score, right=score.right + 1)
            case _:
                return replace(score, draws=score.draws + 1)

    def _verified(self) -> int:
        """How many rounds of the match pass the check of ``rps-play --verify``; 0 if any fails."""
        verdict = examine(to_json(event).encode() for event in self._events)
        return 0 if verdict.problems else verdict.results

"""Checks the course of each match in a log: its score, its length, and who has won."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rps_game.match.rules import Mode

_TOLERANCE = 0.001  # seconds; times in a log are rounded


class BrokenRuleError(ValueError):
    """A line of a log that breaks a rule."""


@dataclass
class Course:
    """The matches of a log, of which the latest may not be over yet.

    Attributes:
        sealed: Whether the match is against the computer.

    Examples:
        >>> course = Course()
        >>> course.begin({"best_of": 1, "opponent": "random"})
        >>> course.add("computer")
        >>> course.check_score({"player": 1, "computer": 0})
        Traceback (most recent call last):
        rps_game.match.audit_course.BrokenRuleError: the score is player 0, computer 1, not ...
    """

    sealed: bool = True
    _mode: Mode | None = None  # None before the first match
    _best_of: int = 0
    _duration: float = 0.0
    _started: float | None = None
    _score: dict[str, int] = field(default_factory=dict)
    _match: int = 0
    _matches: dict[str, int] = field(default_factory=dict)

    def begin(self, event: Mapping[str, Any]) -> None:
        """Begin a match.

        Raises:
            BrokenRuleError: If the score of the matches does not follow from those before.
        """
        self.sealed = event.get("opponent") is not None
        self._mode = Mode(event.get("mode", Mode.CLASSIC))
        self._best_of = int(event["best_of"]) if self._mode is Mode.CLASSIC else 0
        self._duration = float(event["duration"]) if self._mode is Mode.TIMED else 0.0
        self._started, self._score = None, {}
        self._check_matches(event)

    def begin_round(self, event: Mapping[str, Any]) -> None:
        """Begin a round.

        Raises:
            BrokenRuleError: If the match should be over by now.
        """
        time = float(event["time"])
        self._started = time if self._started is None else self._started
        if self._mode is Mode.SURVIVAL and self._score.get("computer"):
            raise BrokenRuleError("a round begins after the streak has ended")
        if self._mode is Mode.TIMED and time > self._started + self._duration + _TOLERANCE:
            raise BrokenRuleError(f"a round begins after the {self._duration:g} s of the match")

    def add(self, winner: str) -> None:
        """Count a round for the side that won, or for "draws"."""
        self._score[winner] = self._score.get(winner, 0) + 1

    def check_score(self, logged: Mapping[str, Any]) -> None:
        """Check the score in a log.

        Raises:
            BrokenRuleError: If it is wrong.
        """
        counted = {name: self._score.get(name, 0) for name in logged}
        if self._mode is not None and counted != logged:
            raise BrokenRuleError(f"the score is {_words(counted)}, not {_words(logged)}")

    def end(self, event: Mapping[str, Any]) -> None:
        """End a match.

        Raises:
            BrokenRuleError: If the score, the winner or the time is wrong.
        """
        self.check_score(event["score"])
        complete, winner = bool(event.get("complete", event["winner"] is not None)), event["winner"]
        match self._mode:
            case Mode.SURVIVAL:
                self._check_survival(complete, winner)
            case Mode.TIMED:
                self._check_timed(complete, winner, float(event["time"]))
            case _:
                self._check_majority(winner)
        if complete and self._mode is not Mode.SURVIVAL:
            self._matches[winner or "draws"] = self._matches.get(winner or "draws", 0) + 1

    def _check_majority(self, winner: str | None) -> None:
        if self._mode is None:
            if winner is not None:
                raise BrokenRuleError(f"the winner is {winner}, but the match never began")
            return
        reached = {
            name: won
            for name, won in self._score.items()
            if name != "draws" and won > self._best_of // 2
        }
        if winner is not None and winner not in reached:
            raise BrokenRuleError(
                f"the winner is {winner}, without the majority of {self._best_of} rounds"
            )
        if winner is None and reached:
            raise BrokenRuleError(
                f"there is no winner, though {next(iter(reached))} has the majority"
            )

    def _check_survival(self, complete: bool, winner: str | None) -> None:
        lost = self._score.get("computer", 0) > 0
        if winner is not None:
            raise BrokenRuleError(f"the winner is {winner}, but survival has none")
        if complete is not lost:
            raise BrokenRuleError(
                "the streak has ended, though no round was lost"
                if complete
                else "a round was lost, though the streak has not ended"
            )

    def _check_timed(self, complete: bool, winner: str | None, time: float) -> None:
        if complete and (self._started is None or time < self._started + self._duration):
            early = 0.0 if self._started is None else self._started + self._duration - time
            if self._started is None or early > _TOLERANCE:
                raise BrokenRuleError(f"the match ends before its {self._duration:g} s are over")
        won = {name: count for name, count in self._score.items() if name != "draws"}
        best = max(won.values(), default=0)
        ahead = [name for name, count in won.items() if count == best]
        expected = ahead[0] if complete and len(ahead) == 1 else None
        if winner != expected:
            raise BrokenRuleError(f"the winner is {expected or 'nobody'}, not {winner or 'nobody'}")

    def _check_matches(self, event: Mapping[str, Any]) -> None:
        """Check the score of the matches, unless the beginning of the session is missing."""
        number, before = event.get("match"), self._match
        if number is None:  # a log of an earlier version
            return
        self._match, logged = int(number), dict(event["matches"])
        if self._match == 1:
            self._matches = {}
        elif self._match != before + 1:
            self._matches = dict(logged)
        counted = {name: self._matches.get(name, 0) for name in logged}
        if counted != logged:
            raise BrokenRuleError(
                f"the score of the matches is {_words(counted)}, not {_words(logged)}"
            )


def _words(score: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {'?' if won is None else won}" for name, won in score.items())

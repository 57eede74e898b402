"""Checks the log of a match: every seal must be honoured, and every result must be correct.

A log is what ``rps-play --json`` prints. In every round, the seal must be shown before the window
in which the player's hand is recognized, the nonce must open it, the result must follow from the
moves, and the score from the results. Matches between two people have no seals.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rps_game.gestures import Gesture, Outcome, judge
from rps_game.match.audit_course import BrokenRuleError, Course
from rps_game.match.inputs import opens_commitment

_MAX_PROBLEMS = 1000  # problems kept with their text; further ones are only counted


@dataclass(frozen=True)
class Problem:
    """An error in a log; ``line`` counts from 1."""

    line: int
    text: str


@dataclass
class Verdict:
    """The result of checking a log.

    Attributes:
        matches: How many matches began.
        seals: How many seals were opened correctly.
        results: How many results were checked.
        problems: The first 1000 problems, in the order of the log.
        wrong: How many lines have a problem.
        events: How many lines are events of this game.
        unfinished: Whether the log stops before the end of its last match.
    """

    matches: int = 0
    seals: int = 0
    results: int = 0
    problems: list[Problem] = field(default_factory=list)
    wrong: int = 0
    events: int = 0
    unfinished: bool = False

    def add(self, line: int, text: str) -> None:
        """Record a problem with a line."""
        self.wrong += 1
        if len(self.problems) < _MAX_PROBLEMS:
            self.problems.append(Problem(line, text))


@dataclass
class _Checker:
    """Checks the events of one log in order."""

    verdict: Verdict = field(default_factory=Verdict)
    course: Course = field(default_factory=Course)
    seal: str | None = None  # of the current round, until it is opened
    sealed_at: float = 0.0  # when the seal was shown
    seen: Gesture | None = None  # the player's move
    window_end: float = 0.0
    opened: Gesture | None = None  # the computer's move
    time: float = 0.0

    def check(self, event: Mapping[str, Any]) -> None:
        """Check an event against those before it.

        Raises:
            BrokenRuleError: If it breaks a rule.
        """
        time = float(event["time"])
        kind = event["event"]
        if kind != "match_started" and time < self.time:
            raise BrokenRuleError(f"the time goes backwards, from {self.time:g} to {time:g} s")
        self.time = time
        match kind:
            case "match_started":
                self._begin_match(event)
            case "round_started":
                self._begin_round(event)
            case "move_seen" if self.course.sealed:
                self._check_move(event)
            case "reveal":
                self._open_seal(event)
            case "repeated" if self.course.sealed:
                self._check_repeat(event)
            case "result":
                self._check_result(event)
            case "match_over":
                self._check_end(event)
            case _:  # nothing to check, or an event of a later version
                pass

    def _begin_match(self, event: Mapping[str, Any]) -> None:
        self.verdict.matches += 1
        self.verdict.unfinished = True
        self._clear_round()
        self.course.begin(event)

    def _begin_round(self, event: Mapping[str, Any]) -> None:
        if not self.course.sealed:
            self.course.begin_round(event)
            return
        unopened = self.seal is not None
        self._clear_round()
        self.seal, self.sealed_at = str(event["seal"]), float(event["time"])
        if unopened:
            raise BrokenRuleError("the round before this one was never revealed")
        self.course.begin_round(event)

    def _check_move(self, event: Mapping[str, Any]) -> None:
        self.seen, self.window_end = Gesture(event["gesture"]), float(event["end"])
        if self.seal is None:
            raise BrokenRuleError("a hand is recognized, but no seal was shown before it")
        self._expect_seal_before_window(event)

    def _expect_seal_before_window(self, event: Mapping[str, Any]) -> None:
        if self.sealed_at > float(event["start"]):
            raise BrokenRuleError(
                f"the seal was shown at {self.sealed_at:g} s, after the window opened at "
                f"{float(event['start']):g} s"
            )

    def _open_seal(self, event: Mapping[str, Any]) -> None:
        """The nonce must open the seal, and must not be shown before the hand was recognized."""
        self.opened = Gesture(event["move"])
        seal, self.seal = self.seal, None
        if seal is None:
            raise BrokenRuleError("a move is revealed that was not sealed")
        if not opens_commitment(self.opened, str(event["nonce"]), seal):
            raise BrokenRuleError(
                f"the nonce does not open the seal: the sealed move was not {self.opened}"
            )
        early = self.seen is None or float(event["time"]) < self.window_end
        if event["event"] == "reveal" and early:
            raise BrokenRuleError("the move is revealed before the hand was recognized")
        self.verdict.seals += 1

    def _check_repeat(self, event: Mapping[str, Any]) -> None:
        self._open_seal(event)
        self._clear_round()
        self._expect_seal_before_window(event)

    def _check_result(self, event: Mapping[str, Any]) -> None:
        sealed = self.course.sealed
        names = ("player", "computer") if sealed else ("left", "right")
        first, second = (Gesture(event[name]) for name in names)
        outcome = judge(first, second)
        seen, opened = self.seen, self.opened
        self._clear_round()
        winner = {Outcome.WIN: names[0], Outcome.LOSE: names[1], Outcome.DRAW: "draws"}[outcome]
        self.course.add(winner)
        self.verdict.results += 1
        expected = outcome.value if sealed or outcome is Outcome.DRAW else winner
        if event["outcome"] != expected:
            logged = event["outcome"] or "nothing"
            raise BrokenRuleError(f"{first} against {second} is {expected}, not {logged}")
        if sealed and seen is not first:
            raise BrokenRuleError(
                f"the result says {first}, but the hand was recognized as {seen or 'nothing'}"
            )
        if sealed and opened is not second:
            raise BrokenRuleError(
                f"the computer plays {second}, but revealed {opened or 'nothing'}"
            )
        self.course.check_score(event["score"])

    def _check_end(self, event: Mapping[str, Any]) -> None:
        self.verdict.unfinished = False
        self._clear_round()
        self.course.end(event)

    def _clear_round(self) -> None:
        """Reset what belongs to a single round."""
        self.seal = self.seen = self.opened = None


def examine(lines: Iterable[bytes]) -> Verdict:
    """Check the lines of a log.

    Args:
        lines: JSON in UTF-8, one event per line; empty lines are skipped.

    Examples:
        >>> verdict = examine([b'{"event": "round_started", "time": 1, "seal": "ab"}', b"?"])
        >>> verdict.problems
        [Problem(line=2, text='damaged: not a valid event')]
    """
    checker = _Checker()
    verdict = checker.verdict
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            event = json.loads(line)
            if not (isinstance(event, dict) and isinstance(event.get("event"), str)):
                raise BrokenRuleError("not an event of this game")
            verdict.events += 1
            checker.check(event)
        except BrokenRuleError as error:
            verdict.add(number, str(error))
        except KeyError as error:
            verdict.add(number, f"the event has no {error.args[0]!r}")
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            verdict.add(number, "damaged: not a valid event")
    return verdict

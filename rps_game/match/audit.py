"""Checks the log of a match: that the computer kept to its seals, and the score to the rules.

A log is what ``rps-play --json`` prints. For every round the seal must have been there before the
window in which the player's hand was read, the nonce must open it, the result must follow from
the moves, and the score from the results. What is in a log of two people has no seals.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rps_game.gestures import Gesture, Outcome, judge
from rps_game.match.inputs import opens_commitment

_TOLD = 1000  # problems that are told; more are only counted


@dataclass(frozen=True)
class Problem:
    """Something that is not as it should be; ``line`` counts from 1."""

    line: int
    text: str


@dataclass
class Verdict:
    """What came out.

    Attributes:
        matches: Matches that the log tells of.
        seals: Seals that were opened and found good.
        results: Results that were checked.
        problems: What is wrong, in the order of the log; the first thousand.
        wrong: How many lines are wrong.
        events: Lines that are events of this game.
    """

    matches: int = 0
    seals: int = 0
    results: int = 0
    problems: list[Problem] = field(default_factory=list)
    wrong: int = 0
    events: int = 0

    def add(self, line: int, text: str) -> None:
        """Note down what is wrong with a line."""
        self.wrong += 1
        if len(self.problems) < _TOLD:
            self.problems.append(Problem(line, text))


class _BrokenRuleError(ValueError):
    """A line that breaks a rule."""


@dataclass
class _Checker:
    """Follows the events of one log."""

    verdict: Verdict = field(default_factory=Verdict)
    sealed: bool = True  # whether the match is one against the computer
    best_of: int | None = None
    score: dict[str, int] = field(default_factory=dict)
    seal: str | None = None  # of the round begun, until it is opened
    shown: float = 0.0  # when
    seen: Gesture | None = None
    read_until: float = 0.0
    opened: Gesture | None = None
    time: float = 0.0

    def take(self, event: Mapping[str, Any]) -> None:
        """Check an event against those before it."""
        time = float(event["time"])
        kind = event["event"]
        if kind != "match_started" and time < self.time:
            raise _BrokenRuleError(f"the time goes back, from {self.time:g} to {time:g} s")
        self.time = time
        match kind:
            case "match_started":
                self._begin_match(event)
            case "round_started" if self.sealed:
                self._begin_round(event)
            case "move_seen" if self.sealed:
                self._see(event)
            case "reveal":
                self._open(event)
            case "repeated" if self.sealed:
                self._see_nothing(event)
            case "result":
                self._decide(event)
            case "match_over":
                self._end(event)
            case _:  # what later versions tell about has nothing to do with seals
                pass

    def _begin_match(self, event: Mapping[str, Any]) -> None:
        self.verdict.matches += 1
        self.sealed = event.get("opponent") is not None
        self.best_of = int(event["best_of"])
        self.score = {}
        self._forget()

    def _begin_round(self, event: Mapping[str, Any]) -> None:
        unopened = self.seal is not None
        self._forget()
        self.seal, self.shown = str(event["seal"]), float(event["time"])
        if unopened:
            raise _BrokenRuleError("the round before this one was never revealed")

    def _see(self, event: Mapping[str, Any]) -> None:
        self.seen, self.read_until = Gesture(event["gesture"]), float(event["end"])
        self._expect_seal_before(event)

    def _expect_seal_before(self, event: Mapping[str, Any]) -> None:
        if self.seal is None:
            raise _BrokenRuleError("a hand is read, and no seal was shown before")
        if self.shown > float(event["start"]):
            raise _BrokenRuleError(
                f"the seal was shown at {self.shown:g} s, after the window opened at "
                f"{float(event['start']):g} s"
            )

    def _open(self, event: Mapping[str, Any]) -> None:
        """The nonce has to fit, and must not be known before the hand was read."""
        self.opened = Gesture(event["move"])
        seal, self.seal = self.seal, None
        if seal is None:
            raise _BrokenRuleError("a move is revealed that was not sealed")
        if not opens_commitment(self.opened, str(event["nonce"]), seal):
            raise _BrokenRuleError(
                f"the nonce does not open the seal: {self.opened} was not what it held"
            )
        early = self.seen is None or float(event["time"]) < self.read_until
        if event["event"] == "reveal" and early:
            raise _BrokenRuleError("the move is revealed before the hand was read")
        self.verdict.seals += 1

    def _see_nothing(self, event: Mapping[str, Any]) -> None:
        seal, shown = self.seal, self.shown
        self._open(event)
        self.seal, self.shown = seal, shown
        try:
            self._expect_seal_before(event)
        finally:
            self._forget()

    def _decide(self, event: Mapping[str, Any]) -> None:
        names = ("player", "computer") if self.sealed else ("left", "right")
        first, second = (Gesture(event[name]) for name in names)
        outcome = judge(first, second)
        seen, opened = self.seen, self.opened
        self._forget()
        winner = {Outcome.WIN: names[0], Outcome.LOSE: names[1], Outcome.DRAW: "draws"}[outcome]
        self.score[winner] = self.score.get(winner, 0) + 1
        self.verdict.results += 1
        told = outcome.value if self.sealed or outcome is Outcome.DRAW else winner
        if event["outcome"] != told:
            raise _BrokenRuleError(f"{first} against {second} is {told}, not {event['outcome']}")
        if self.sealed and seen is not first:
            raise _BrokenRuleError(
                f"the result says {first}, but the hand was read as {seen or 'nothing'}"
            )
        if self.sealed and opened is not second:
            raise _BrokenRuleError(
                f"the computer plays {second}, but revealed {opened or 'nothing'}"
            )
        self._compare(event["score"])

    def _end(self, event: Mapping[str, Any]) -> None:
        self._forget()
        self._compare(event["score"])
        winner = event["winner"]
        reached = {
            name: won
            for name, won in self.score.items()
            if name != "draws" and self.best_of is not None and won > self.best_of // 2
        }
        if winner is not None and winner not in reached:
            raise _BrokenRuleError(
                f"the winner is {winner}, without the majority of {self.best_of} rounds"
            )
        if winner is None and reached:
            raise _BrokenRuleError(
                f"there is no winner, though {next(iter(reached))} has the majority"
            )

    def _compare(self, told: Mapping[str, Any]) -> None:
        counted = {name: self.score.get(name, 0) for name in told}
        if self.best_of is not None and counted != told:
            raise _BrokenRuleError(f"the score is {_words(counted)}, not {_words(told)}")

    def _forget(self) -> None:
        """Nothing is open or sealed between rounds."""
        self.seal = self.seen = self.opened = None


def examine(lines: Iterable[bytes]) -> Verdict:
    """Check the lines of a log."""
    checker = _Checker()
    verdict = checker.verdict
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            event = json.loads(line)
            if not (isinstance(event, dict) and isinstance(event.get("event"), str)):
                raise _BrokenRuleError("no event of this game")
            verdict.events += 1
            checker.take(event)
        except _BrokenRuleError as error:
            verdict.add(number, str(error))
        except KeyError as error:
            verdict.add(number, f"the event has no {error.args[0]!r}")
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            verdict.add(number, "damaged: it cannot be understood")
    return verdict


def _words(score: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {won}" for name, won in score.items())

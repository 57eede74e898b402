"""Vectors of the rules: whole matches as observations, and the events that follow."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from rps_game.game.adaptive import Learner
from rps_game.game.series import Series
from rps_game.gestures import MOVES, Gesture
from rps_game.match import (
    Round,
    State,
    Step,
    advance,
    beat,
    begin_round,
    skip_pause,
    stop,
    watching,
)
from rps_game.match.events import Ending, to_json
from rps_game.match.inputs import Commitment, Observation, commitment_digest
from rps_game.match.rules import LIVE, LIVE_TIMED, RECORDED, Mode, Rules, Timing
from rps_game.match.state import Phase
from rps_game.match.voting import tally_window

LABELS = ("rock", "paper", "scissors", "none")
FPS = 10
_SEED = 20_261_126

Hand = Callable[[State, float], str]
"""What a player shows at a time: a label, "" for no frame, or "?" for something unclear."""


def shows(gesture: str, until: float = 0.4) -> Hand:
    """A fist during the countdown, a gesture until some time after the window, then nothing."""

    def hand(state: State, time: float) -> str:
        match state.phase:
            case Phase.COUNTDOWN:
                return gesture if time >= state.shoot + 0.1 else "rock"
            case Phase.WINDOW:
                return gesture
            case Phase.REVEAL | Phase.REPEAT:
                return gesture if time < state.since + until else "none"
            case _:
                return "none"

    return hand


def _early(gesture: str) -> Hand:
    return lambda state, time: gesture


def _late(first: str, second: str) -> Hand:
    def hand(state: State, time: float) -> str:
        middle = state.since + state.rules.timing.window / 2
        return second if state.phase is Phase.WINDOW and time >= middle else first

    return hand


def _in_window(label: str) -> Hand:
    def hand(state: State, time: float) -> str:
        return label if state.phase is Phase.WINDOW else "rock"

    return hand


@dataclass
class Recording:
    """Plays matches of one session, and records what was fed in and what came out."""

    name: str
    rules: Rules
    opponent: str = "random"
    names: tuple[str, ...] = ()
    matches: list[dict[str, Any]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    time: float = 0.0
    state: State = field(init=False)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(_SEED)
        self.series = Series(self.rules, self.names)
        self._moves: Iterator[str] = iter(())
        self._frames = 0

    def begin_match(self, moves: Sequence[str] = ()) -> "Recording":
        """Begin a match in which the computer plays these moves."""
        started = self.series.begin(self.time, self.opponent, "reference")
        self._moves = iter(moves)
        self.matches.append(
            {"start": self.time, "steps": [], "phases": [], "fists": [], "events": []}
        )
        self._apply(None, (State(self.rules, since=self.time), (started,)))
        return self

    def play(self, *hands: Hand, attempts: int = 1) -> "Recording":
        """Play attempts at a round up to the end of the last one's pause."""
        for _ in range(attempts):
            self._begin()
            self.frames(*hands, until=lambda s: s.phase in (Phase.READY, Phase.OVER))
        return self

    def frames(self, *hands: Hand, until: Callable[[State], bool], limit: int = 200) -> "Recording":
        """Observe frames until something is true of the state."""
        for _ in range(limit):
            self._frames += 1
            self.time = round(self._frames / FPS, 4)
            self.observe(*(hand(self.state, self.time) for hand in hands))
            if until(self.state):
                return self
        raise AssertionError(f"{self.name}: this does not end")

    def observe(self, *labels: str) -> None:
        """Observe hands that show these labels, or only the time."""
        seen = [self._probabilities(label) for label in labels if label]
        hands = tuple(dict(zip(LABELS, row, strict=True)) for row in seen)
        step = {"do": "observe", "time": self.time, "hands": seen}
        self._apply(step, advance(self.state, Observation(self.time, hands)))

    def stall(self, seconds: float) -> "Recording":
        """Let time pass without frames."""
        self._frames += round(seconds * FPS)
        self.time = round(self._frames / FPS, 4)
        return self

    def stop(self, ending: Ending) -> "Recording":
        """End the match."""
        step = {"do": "stop", "time": self.time, "ending": ending.value}
        self._apply(step, stop(self.state, self.time, ending))
        return self

    def skip(self) -> "Recording":
        """End the pause."""
        state = skip_pause(self.state, self.time)
        self._apply({"do": "skip", "time": self.time}, (state, ()))
        return self

    def _begin(self) -> None:
        step, commitment = {"do": "begin", "time": self.time}, None
        if not self.rules.two_players:
            nonce = self.rng.bytes(16).hex()
            commitment = Commitment(Gesture(next(self._moves)), nonce)
            step |= {"move": commitment.move.value, "nonce": nonce}
        self._apply(step, begin_round(self.state, commitment, self.time))

    def _probabilities(self, label: str) -> list[float]:
        """Probabilities of three decimals, which sum to 1; even if nothing is clear."""
        high = 0.4 if label == "?" else float(self.rng.uniform(0.86, 0.97))
        place = LABELS.index("scissors" if label == "?" else label)
        rest = self.rng.dirichlet([1.0, 1.0, 1.0]) * (1 - high)
        if label == "?":
            rest = np.full(3, 0.2)
        row = np.round(np.insert(rest, place, high), 3)
        row[place] = round(1 - (row.sum() - row[place]), 3)
        return row.tolist()

    def _apply(self, step: dict[str, Any] | None, result: Step) -> None:
        match = self.matches[-1]
        if step is not None:
            match["steps"].append(step)
        self.state, events = result
        number = len(match["steps"]) - 1  # -1 before the first step
        for event in events:
            for each in (event, *self.series.follow(event, self.state)):
                line = to_json(each, self.rules.two_players)
                match["events"].append({"step": number, "event": json.loads(line)})
                self.log.append(line)
        known = [number, self.state.phase.value, self.state.since]
        if not match["phases"] or match["phases"][-1][1:] != known[1:]:
            match["phases"].append(known)
        if self.state.phase in (Phase.READY, Phase.OVER) and step and step.get("hands"):
            match["fists"].append([number, round(self.state.trigger.fist_progress(self.time), 4)])

    def content(self) -> dict[str, Any]:
        """The session as JSON."""
        rules = asdict(self.rules)
        return {
            "name": self.name,
            "rules": rules,
            "opponent": self.opponent,
            "names": list(self.names),
            "labels": list(LABELS),
            "matches": self.matches,
        }


def record() -> list[Recording]:
    """All sessions."""
    return [
        _classic(),
        _repeats(),
        _nothing_seen(),
        _survival(),
        _timed(),
        _timed_in_a_pause(),
        _two_players(),
        _fists(),
        _stalls(),
    ]


def _classic() -> Recording:
    match = Recording("classic, best of 3", Rules(best_of=3), names=("Ada",))
    match.begin_match(["scissors", "paper", "rock", "paper"])
    match.play(shows("rock")).play(shows("paper")).play(shows("scissors")).play(shows("scissors"))
    match.begin_match(["scissors", "rock"])  # the next one is lost: the score of the matches is 1:1
    match.play(shows("paper", until=9)).play(shows("scissors"))
    return match.begin_match(["rock"]).play(shows("paper")).stop(Ending.QUIT)


def _repeats() -> Recording:
    match = Recording("every reason to repeat a round", Rules(best_of=1))
    match.begin_match(["rock", "paper", "scissors"] * 3)
    match.play(_in_window("none")).play(_early("paper")).play(_in_window("?"))
    match.play(_late("rock", "paper")).play(_late("paper", "scissors"))
    match.play(_late("scissors", "none")).play(_late("none", "paper"))
    match.play(lambda state, time: "")  # no frame in the window
    return match.play(_early("scissors"))  # too early, but by now it counts


def _nothing_seen() -> Recording:
    match = Recording("nothing seen", Rules(patience=2))
    match.begin_match(["rock", "paper", "scissors"]).play(shows("rock"))
    return match.play(_in_window("none"), attempts=2)


def _survival() -> Recording:
    match = Recording("survival", Rules(mode=Mode.SURVIVAL), opponent="adaptive")
    match.begin_match(["rock", "rock", "paper", "scissors"])
    return (
        match.play(shows("paper")).play(shows("rock")).play(shows("scissors")).play(shows("paper"))
    )


def _timed() -> Recording:
    match = Recording("timed", Rules(mode=Mode.TIMED, duration=8.0, timing=LIVE_TIMED))
    match.begin_match(["rock", "paper", "scissors", "rock"])
    # The third round has begun when the time is over, and counts.
    return match.play(shows("paper")).play(shows("scissors")).play(shows("scissors"))


def _timed_in_a_pause() -> Recording:
    rules = Rules(mode=Mode.TIMED, duration=3.5, timing=LIVE_TIMED)
    match = Recording("timed, over in a pause", rules).begin_match(["rock"]).play(shows("paper"))
    return match.begin_match(["rock"]).play(_in_window("none"))  # over while the round is repeated


def _two_players() -> Recording:
    rules = Rules(best_of=3, timing=RECORDED, two_players=True)
    match = Recording("two players", rules, opponent="", names=("Ada", "Bo")).begin_match()
    match.play(shows("rock"), shows("scissors")).play(shows("rock"), _in_window("none"))
    match.play(_late("none", "rock"), shows("rock")).play(shows("paper"), shows("paper"))
    return match.play(shows("paper"), shows("scissors")).play(shows("rock"), shows("paper"))


def _fists() -> Recording:
    """Each match is begun by a fist held up for a second, after the last one's was lowered."""
    match = Recording("begun by a fist", Rules(best_of=1))
    match.begin_match(["scissors"])

    def up(state: State) -> bool:
        return state.trigger.fist_progress(match.time) >= 1

    def changing(state: State, time: float) -> str:
        return "none" if time < 0.3 or 0.8 < time < 1.0 else "rock"

    match.frames(changing, until=up).play(shows("rock", until=9))
    over = match.time
    match.frames(lambda s, t: "none" if 1 < t - over < 1.3 else "rock", until=up)
    return match.begin_match(["rock"]).play(shows("paper", until=9))


def _stalls() -> Recording:
    match = Recording("late frames", Rules(best_of=3, timing=Timing(watch=0.5)))
    match.begin_match(["rock"] * 4).play(shows("paper")).stall(0.2).play(shows("paper", until=9))
    match.begin_match(["rock"] * 4).play(shows("rock")).stall(3).play(shows("rock"))
    match._begin()
    match.stall(20).observe("paper")  # a whole round without a frame
    return match.skip().play(shows("scissors")).stop(Ending.SOURCE_ENDED)


def voting() -> list[dict[str, Any]]:
    """What one hand showed in a window."""
    rng = np.random.default_rng(_SEED)
    cases = []
    for number in range(40):
        counts = rng.integers(0, 4, 3)
        concentration = rng.choice([0.3, 1.0, 6.0])
        favourites = rng.integers(0, 4, 3)
        times = (rng.uniform(2.0, 2.3, counts[0]), rng.uniform(2.3, 2.6, counts[1]))
        times = (*times, rng.uniform(1.4, 1.8, counts[2]))
        parts = [
            [
                [
                    round(float(time), 2),
                    np.round(
                        rng.dirichlet(concentration * (0.2 + 8 * (np.arange(4) == f))), 3
                    ).tolist(),
                ]
                for time in sorted(some)
            ]
            for some, f in zip(times, favourites, strict=True)
        ]
        votes, early = parts[0] + parts[1], parts[2] if number % 2 else []
        confidence = [0.6, 0.45][number % 2]
        result = tally_window(*map(_frames, (votes, early)), 2.3, confidence)
        cases.append(
            {
                "votes": votes,
                "early": early,
                "middle": 2.3,
                "confidence": confidence,
                "result": {
                    "gesture": result.gesture,
                    "confidence": result.confidence,
                    "probabilities": list(result.probabilities.values()),
                    "reason": result.reason,
                },
            }
        )
    return cases


def _frames(rows: Any) -> list[tuple[float, dict[str, float]]]:
    return [(time, dict(zip(LABELS, row, strict=True))) for time, row in rows]


def clock() -> list[dict[str, Any]]:
    """Which beat is called, and whether a frame can count, at some times of a round."""
    state = State(Rules(timing=LIVE), since=5.0)
    state, _ = begin_round(state, Commitment(Gesture.ROCK, "00ff"), 5.0)
    return [
        {
            "start": 5.0,
            "time": time,
            "beat": list(beat(state, time)),
            "counts": watching(state, time),
        }
        for time in (4.9, 5.0, 5.3, 5.6, 5.75, 6.25, 6.35, 6.5, 6.7, 6.8, 6.85)
    ]


def adaptive() -> list[dict[str, Any]]:
    """With what probabilities the adaptive opponent plays each move, and the round that follows."""
    rng, learner, rounds = np.random.default_rng(_SEED), Learner(), []
    left = 0
    for number in range(60):
        right = int(rng.integers(3))
        if number < 30:
            left = (left + int(rng.choice(3, p=[0.7, 0.2, 0.1]))) % 3  # mostly the same move again
        else:
            left = (right + 2) % 3 if number % 4 else int(rng.integers(3))
        mixture = list(learner.mixture())
        played = Round(MOVES[left], MOVES[right])
        rounds.append({"mixture": mixture, "left": played.left, "right": played.right})
        learner.learn(played)
    return rounds


def seals() -> list[dict[str, str]]:
    """Seals of moves."""
    rng = np.random.default_rng(_SEED)
    nonces = ["", "00ff", *(rng.bytes(16).hex() for _ in range(4))]
    return [
        {"move": move.value, "nonce": nonce, "seal": commitment_digest(move, nonce)}
        for nonce in nonces
        for move in (Gesture.ROCK, Gesture.PAPER, Gesture.SCISSORS)
    ]


def compute() -> dict[str, Any]:
    """All vectors of the rules."""
    content = {"seals": seals(), "clock": clock(), "voting": voting(), "adaptive": adaptive()}
    content["sessions"] = [session.content() for session in record()]
    return json.loads(json.dumps(content))

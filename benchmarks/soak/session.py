"""What both soak tests play, live rules, the shipped model, match after match; and report."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.soak.camera import Stamped
from rps_game.game.effects import Effects
from rps_game.game.opponents import AdaptiveOpponent
from rps_game.game.session import Session
from rps_game.game.session_config import SessionConfig
from rps_game.match.events import Event, MatchOver, Result
from rps_game.match.rules import LIVE, Rules
from rps_game.recognition.classifier import Classifier
from rps_game.sources.demo import DemoSource
from rps_game.ui.display import Display
from rps_game.ui.translations import load_texts


@dataclass
class Played:
    """How many matches and rounds were played to their end."""

    matches: int = 0
    rounds: int = 0


@dataclass(frozen=True)
class Report:
    """What both soak tests report; times in milliseconds."""

    minutes: float
    window: bool
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    matches: int
    rounds: int


def percentiles(
    seconds: npt.NDArray[np.float64] | list[float],
) -> tuple[float, float, float, float]:
    """The median, 95th, 99th percentile and maximum, in milliseconds; NaN if there are none."""
    if not len(seconds):
        return (float("nan"),) * 4
    p50, p95, p99, longest = (
        1000 * float(each) for each in np.percentile(seconds, (50, 95, 99, 100))
    )
    return p50, p95, p99, longest


def play(
    source: Stamped | DemoSource,
    display: Display,
    seed: int,
    effects: Effects,
    autostart: float | None = None,
    match_over: Callable[[], None] = lambda: None,
) -> Played:
    """Play as `rps-play` does, until the display quits.

    Args:
        source: of the frames; its player follows the match.
        display: where the screens go, and what presses the keys.
        seed: of the opponent and the nonces.
        effects: sounds and celebrations.
        autostart: seconds until the first round starts; None waits for a raised fist.
        match_over: called when a match has ended.
    """
    played = Played()

    def report(event: Event) -> None:
        if isinstance(event, Result):
            played.rounds += 1
        elif isinstance(event, MatchOver):
            played.matches += 1
            match_over()

    Session(
        SessionConfig(
            source=source,
            model=Classifier(),
            opponent=AdaptiveOpponent(random.Random(seed)),
            rng=random.Random(seed),
            rules=Rules(timing=LIVE),
            texts=load_texts(),
            report=report,
            on_state=source.follow,
            display=display,
            autostart=autostart,
            effects=effects,
        )
    ).play()
    return played

"""What `benchmarks.latency` prints: medians over the rounds, the ratios, and the targets."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.measuring import Aim, Report, median_ratio, percentile

P50_AIM, CORES_AIM, MEDIAPIPE_AIM = 1.3, 0.06, 15.0
P50_AIM_OF_TWO, MEDIAPIPE_AIM_OF_TWO = 3.5, 6.0
"""For a frame with the search and the close look."""


@dataclass(frozen=True)
class Figures:
    """Medians over rounds.

    Attributes:
        p50: milliseconds; also `p95` and `p99`.
        cores: kept busy at 30 fps.
        p50_of_rounds: the p50 of each round.
    """

    p50: float
    p95: float
    p99: float
    cores: float
    p50_of_rounds: tuple[float, ...]


def summarise(rounds: Iterable[tuple[Sequence[float], float]]) -> Figures:
    """Medians over rounds of times in seconds and of busy cores."""
    taken, cores = zip(*rounds, strict=True)
    p50s, p95s, p99s = (
        tuple(1e3 * percentile(seconds, percent) for seconds in taken) for percent in (50, 95, 99)
    )
    p50, p95, p99 = map(statistics.median, (p50s, p95s, p99s))
    return Figures(p50, p95, p99, statistics.median(cores), p50s)


def report(
    figures: Mapping[str, Figures],
    errors: Mapping[str, str],
    shipped: str,
    games: Sequence[str],
    title: str,
    two_looks: bool = False,
) -> Report:
    """The table, the targets and the output of `--json`.

    How many times faster the game is: the median over rounds of the ratio within a round, since
    other load on the machine changes from round to round.

    Args:
        figures: by name.
        errors: of those that could not compete, by name.
        shipped: the name of the variant that the game ships with.
        games: the names of all the game's own variants.
        title: for the table.
        two_looks: whether the game's model finds hands, which takes longer.
    """
    own = figures[shipped]
    faster = {
        name: median_ratio(its.p50_of_rounds, own.p50_of_rounds)
        for name, its in figures.items()
        if name not in games
    }
    head = ["way", "p50 ms", "p95 ms", "p99 ms", "cores at 30 fps", "game is faster"]
    table = [head]
    for name, its in figures.items():
        factor = f"{faster[name]:.1f} x" if name in faster else ""
        name = f"{name} (the game)" if name == shipped else name
        table.append(
            [name, f"{its.p50:.2f}", f"{its.p95:.2f}", f"{its.p99:.2f}", f"{its.cores:.3f}", factor]
        )
    table += [[f"{name}: {error}", "-", "-", "-", "-", "-"] for name, error in errors.items()]
    aims = [
        Aim(
            "p50 with one thread, ms",
            own.p50,
            "at most",
            P50_AIM_OF_TWO if two_looks else P50_AIM,
        ),
        *([] if two_looks else [Aim("cores at 30 fps", own.cores, "at most", CORES_AIM)]),
        Aim(
            "times as fast as MediaPipe Hands",
            faster.get("MediaPipe Hands"),
            "at least",
            MEDIAPIPE_AIM_OF_TWO if two_looks else MEDIAPIPE_AIM,
        ),
    ]
    return Report(
        title,
        table,
        aims,
        {
            "p50_ms_one_thread": own.p50,
            "cpu_share_30fps": own.cores,
            "times_faster": faster,
            "times_less_cpu": {name: figures[name].cores / own.cores for name in faster},
            "shipped": shipped,
            "ways": {name: vars(its) for name, its in figures.items()},
            "errors": dict(errors),
        },
    )

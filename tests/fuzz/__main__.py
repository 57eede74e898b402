"""Runs many cases and prints their outcomes as a table; see the package's docstring."""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.fuzz import images, lines, models, paths, videos
from tests.fuzz.cases import Case, Reply
from tests.fuzz.parent import Child

KINDS: dict[str, Callable[[int, int], Case]] = {
    "images": images.case,
    "models": models.case,
    "histories": lines.history,
    "logs": lines.log,
    "videos": videos.case,
    "paths": paths.case,
}
_OUTCOMES = {0: "done", 1: "in part", 2: "refused"}


@dataclass
class Tally:
    """Outcomes of the cases of one kind.

    Attributes:
        runs: How many there were.
        outcomes: How often each: "done", "in part" (exit status 1), "refused" (2), "broken".
        peak: The most memory that a case took, in MiB.
        peak_of: Which case that was.
        slowest: The most seconds that a case took.
        slowest_of: Which case that was.
        findings: How each broken case broke the contract, by its name.
    """

    runs: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    peak: int = 0
    peak_of: str = ""
    slowest: float = 0.0
    slowest_of: str = ""
    findings: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, case: Case, reply: Reply, problem: str) -> None:
        """Count a case."""
        self.runs += 1
        outcome = "broken" if problem else _OUTCOMES[int(reply.status)]
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        if reply.peak > self.peak:
            self.peak, self.peak_of = reply.peak, f"{name} ({case.name})"
        if reply.seconds > self.slowest:
            self.slowest, self.slowest_of = reply.seconds, f"{name} ({case.name})"
        if problem:
            self.findings[name] = f"{case.name}: {problem}"


@click.command()
@click.option("--images", default=0, help="How many images.")
@click.option("--models", default=0, help="How many models.")
@click.option("--histories", default=0, help="How many files of earlier matches.")
@click.option("--logs", default=0, help="How many logs of matches.")
@click.option("--videos", default=0, help="How many videos.")
@click.option("--paths", "with_paths", is_flag=True, help="All unusual paths.")
@click.option("--seed", default=0, show_default=True, help="Of the random numbers.")
@click.option(
    "--keep", type=click.Path(path_type=Path), help="Where to save what breaks something."
)
@click.option("--replay", type=click.Path(path_type=Path, exists=True), help="Rerun a saved case.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
def main(
    with_paths: bool,
    seed: int,
    keep: Path | None,
    replay: Path | None,
    as_json: bool,
    **counts: int,
) -> None:
    """Feed damaged and malicious input to the commands.

    The exit status is 1 if anything crashed, hung, took too much memory, or failed without one
    clear line.
    """
    if replay is not None:
        sys.exit(_replay(replay))
    counts["paths"] = paths.count() if with_paths else 0
    if not any(counts.values()):
        raise click.UsageError("say how much of what, such as --images 100")
    tallies = {
        kind: _run(kind, seed, range(count), keep) for kind, count in counts.items() if count
    }
    if as_json:
        click.echo(json.dumps({"seed": seed} | {k: asdict(t) for k, t in tallies.items()}))
    else:
        _print(tallies)
    sys.exit(any(tally.findings for tally in tallies.values()))


def _run(kind: str, seed: int, numbers: Iterable[int], keep: Path | None) -> Tally:
    tally, console = Tally(), Console(stderr=True)
    with Child() as child:
        for number in track(numbers, kind, console=console):
            case, name = KINDS[kind](seed, number), f"{kind}-{seed}-{number}"
            reply, problem = child.run(case)
            tally.add(name, case, reply, problem)
            if problem:
                console.print(f"{name}: {case.name}: {problem}", markup=False)
                if keep is not None:
                    _keep(keep / name, case, reply, problem)
    return tally


def _keep(folder: Path, case: Case, reply: Reply, problem: str) -> None:
    for name, data in case.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    found = {"problem": problem, "arguments": case.arguments} | asdict(reply)
    (folder / "finding.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _replay(folder: Path) -> int:
    """Run one case again, with its saved bytes, even if the mutations have changed."""
    kind, seed, number = folder.resolve().name.split("-")
    case = KINDS[kind](int(seed), int(number))
    case = replace(case, files={name: (folder / name).read_bytes() for name in case.files})
    with Child() as child:
        reply, problem = child.run(case)
    click.echo(f"{case.name}: {case.command} {' '.join(case.arguments)}")
    click.echo(f"exit status {reply.status}, {reply.seconds} s, {reply.peak} MiB\n{reply.out}")
    click.echo(reply.err)
    click.echo(f"broken: {problem}" if problem else "in order")
    return 1 if problem else 0


def _print(tallies: dict[str, Tally]) -> None:
    outcomes = (*_OUTCOMES.values(), "broken")
    table = Table("input", "runs", *outcomes, "most MiB", "most seconds")
    for kind, tally in tallies.items():
        counted = (str(tally.outcomes.get(outcome, 0)) for outcome in outcomes)
        table.add_row(kind, str(tally.runs), *counted, str(tally.peak), f"{tally.slowest:.1f}")
    console = Console(highlight=False)
    console.print(table)
    for tally in tallies.values():
        console.print(f"most memory: {tally.peak_of}; slowest: {tally.slowest_of}", markup=False)
        for name, problem in tally.findings.items():
            console.print(f"{name}: {problem}", markup=False)


if __name__ == "__main__":
    main()

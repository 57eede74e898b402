"""The input of a command, its reply, and the contract that the reply keeps or breaks."""

import hashlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_SECONDS = 30.0  # generous, for a busy machine, but far below a hang
_REMARKS = ("Warning: ", "skipped ")  # on standard error, of a run that succeeded
_MEBIBYTES = 2500  # a floating-point TIFF of as many pixels as are allowed takes 2.3 GB


def chance(kind: str, seed: int, number: int) -> random.Random:
    """The random numbers of one case, the same on every machine."""
    return random.Random(hashlib.sha256(f"{kind} {seed} {number}".encode()).digest())


@dataclass(frozen=True)
class Reply:
    """The outcome of a run.

    Attributes:
        status: The exit status; text if there was none: "traceback", "hang" or a signal.
        out: What was written to standard output.
        err: What was written to standard error, by native code too.
        seconds: How long it took.
        peak: The most memory held during it, in MiB.
    """

    status: int | str
    out: str = ""
    err: str = ""
    seconds: float = 0.0
    peak: int = 0


def _nothing(folder: Path) -> None:
    pass


def _content(folder: Path, reply: Reply) -> str:
    return ""


@dataclass(frozen=True)
class Case:
    """A run of a command.

    Attributes:
        name: The mutation, in words.
        command: "classify" or "play".
        arguments: As on the command line; the folder of the case is the working folder.
        files: Content by name, written before.
        stdin: The name of the file that is standard input.
        environment: Variables.
        statuses: Exit statuses that are right.
        output: What must be on standard output whatever the mutated input was.
        lines: The most lines on standard error where something failed.
        prepare: Called with the folder, to create what is not a regular file.
        examine: Called afterwards with the folder and the reply; returns what is wrong.
    """

    name: str
    command: str
    arguments: tuple[str, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    stdin: str = "/dev/null"
    environment: Mapping[str, str] = field(default_factory=dict)
    statuses: tuple[int, ...] = (0, 1, 2)
    output: tuple[str, ...] = ()
    lines: int = 1
    prepare: Callable[[Path], None] = _nothing
    examine: Callable[[Path, Reply], str] = _content

    def write(self, folder: Path) -> None:
        """Put the files where the command will find them."""
        for name, data in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        self.prepare(folder)


def broken(case: Case, reply: Reply) -> str:
    """How a reply breaks the contract; empty if it keeps it."""
    lines = reply.err.splitlines()
    if reply.status not in case.statuses:
        return f"exit status {reply.status}"
    if "Traceback" in reply.err:
        return "a traceback"
    if reply.status == 0 and not all(line.startswith(_REMARKS) for line in lines):
        return "succeeded, but with an error message"
    if reply.status != 0 and not (lines or reply.out):
        return "failed without a message"
    if len(lines) > case.lines:
        return f"{len(lines)} lines of error"
    if not all(line.isprintable() for line in lines):
        return "an error that is not printable"
    for text in case.output:
        if text not in reply.out:
            return f"{text!r} was not done"
    if reply.seconds > _SECONDS:
        return f"took {reply.seconds:.0f} s"
    if reply.peak > _MEBIBYTES:
        return f"took {reply.peak} MiB"
    return ""

"""The process in which the commands run: JSON lines in, one for each run; JSON lines out.

Only what the commands themselves import is imported here, so that they meet a fresh process.
"""

import contextlib
import io
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

COMMANDS = {"classify": "rps_game.classify", "play": "rps_game.play"}
_OUTPUT = 1_000_000  # bytes that are looked at


def main(memory: int) -> None:
    """Serve until standard input ends.

    Args:
        memory: Bytes of address space; a command that wants more gets an error, not the machine.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # File descriptors 0, 1 and 2 will belong to the commands.
    requests = os.fdopen(os.dup(0), "r")
    replies = os.fdopen(os.dup(1), "w", buffering=1)
    for line in requests:
        replies.write(json.dumps(_run(**json.loads(line))) + "\n")


def _run(
    command: str, arguments: list[str], folder: str, stdin: str, environment: dict[str, str]
) -> dict[str, Any]:
    """Run a command in a folder, as a shell would, and return the outcome."""
    os.chdir(folder)
    os.environ.update(environment)
    with _streams(stdin) as (out, err):
        _forget_peak()
        start = time.monotonic()
        try:
            import_module(COMMANDS[command]).main(arguments)
            status: object = 0
        except SystemExit as leaving:
            status = leaving.code
        except BaseException:
            import traceback

            traceback.print_exc()
            status = "traceback"
        seconds = time.monotonic() - start
        peak = _peak()
        sys.stdout.flush()
        sys.stderr.flush()
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read(_OUTPUT).decode(errors="backslashreplace"))
    return {
        "status": status or 0,
        "out": texts[0],
        "err": texts[1],
        "seconds": round(seconds, 3),
        "peak": peak,
    }


@contextlib.contextmanager
def _streams(stdin: str) -> Iterator[tuple[Any, Any]]:
    """Files in place of the standard streams, and Python's own streams recreated."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        source = os.open(stdin, os.O_RDONLY)
        for number, descriptor in enumerate((source, out.fileno(), err.fileno())):
            os.dup2(descriptor, number)
        os.close(source)
        sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False), "utf-8")
        sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8", write_through=True)
        sys.stderr = sys.__stderr__ = io.TextIOWrapper(
            io.FileIO(2, "w", closefd=False), "utf-8", "backslashreplace", write_through=True
        )
        yield out, err


def _forget_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> int:
    """The most memory held since `_forget_peak`, in MiB (of all runs if there is no /proc)."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""Starts the child, hands it cases, and returns their outcomes."""

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

from tests.fuzz.cases import Case, Reply, broken

_ADDRESSES = 12 * 1024**3  # bytes that the child may reserve; `cases` limits what it may hold
_TIMEOUT = 60.0  # seconds until a run counts as hanging; the first has to load libraries
_ROOT = Path(__file__).resolve().parents[2]


class Child:
    """A process that runs commands; it is replaced when it dies."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._work = tempfile.TemporaryDirectory(prefix="fuzz-")
        self._count = 0

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()
        self._work.cleanup()

    def run(self, case: Case) -> tuple[Reply, str]:
        """Run a case in its own folder.

        Returns:
            What came back, and how it breaks the contract (empty if it does not).
        """
        self._count += 1
        folder = Path(self._work.name, str(self._count))
        folder.mkdir()
        try:
            case.write(folder)
            request = {
                "command": case.command,
                "arguments": case.arguments,
                "folder": str(folder),
                "stdin": str(folder / case.stdin),
                "environment": {"RPS_GAME_DATA": str(folder), **case.environment},
            }
            reply = self._ask(json.dumps(request).encode() + b"\n")
            return reply, broken(case, reply) or case.examine(folder, reply)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _ask(self, request: bytes) -> Reply:
        process = self._process = self._process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # then there will be no answer either
            process.stdin.write(request)
            process.stdin.flush()
        if not select.select([process.stdout], [], [], _TIMEOUT)[0]:
            self._stop()
            return Reply("hang", seconds=_TIMEOUT)
        line = process.stdout.readline()
        if line:
            return Reply(**json.loads(line))
        code = process.wait()
        self._stop()
        return Reply(signal.Signals(-code).name if code < 0 else f"left with {code}")

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.child", str(_ADDRESSES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            # One arena: the address space is limited, and each thread would reserve some.
            env={**os.environ, "MALLOC_ARENA_MAX": "1", "COLUMNS": "200"},
        )

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            for stream in (self._process.stdin, self._process.stdout):
                with contextlib.suppress(BrokenPipeError):
                    if stream is not None:
                        stream.close()
            self._process.wait()
            self._process = None

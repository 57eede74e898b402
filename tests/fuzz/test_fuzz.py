"""A fixed sample of what `python -m tests.fuzz` does; and that it notices what is broken."""

import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

pytest.importorskip("onnx")

from tests.fuzz import images, paths
from tests.fuzz.__main__ import KINDS, main
from tests.fuzz.cases import Case, Reply, broken
from tests.fuzz.parent import Child

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")

_SMALL = {"images": 60, "models": 60, "histories": 80, "logs": 80, "videos": 15}
_SPREAD = 7  # every n-th path, so that all names and all ways occur


@pytest.mark.parametrize("kind", KINDS)
def test_the_contract_is_kept(kind: str) -> None:
    numbers = range(0, paths.count(), _SPREAD) if kind == "paths" else range(_SMALL[kind])
    found = {}
    with Child() as child:
        for number in numbers:
            case = KINDS[kind](0, number)
            reply, problem = child.run(case)
            if problem:
                found[number] = f"{case.name}: {problem}: {reply.err[-300:]}"
    assert not found


@pytest.mark.parametrize("kind", KINDS)
def test_cases_depend_on_seed_and_number_alone(kind: str) -> None:
    first, again = (KINDS[kind](3, 5) for _ in range(2))
    assert (first.name, first.arguments, first.files) == (again.name, again.arguments, again.files)
    if kind != "paths":
        assert any(KINDS[kind](4, number).files != first.files for number in range(5, 9))


KEPT = Case("any", "classify", (), lines=1)


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Reply(0), ""),
        (Reply(0, err="Warning: odd\n"), ""),
        (Reply(1, err="a.png: damaged\n"), ""),
        (Reply("SIGSEGV"), "exit status SIGSEGV"),
        (Reply("hang"), "exit status hang"),
        (Reply(1, err="Traceback (most recent call last):\n"), "a traceback"),
        (Reply(0, err="libpng error\n"), "succeeded, but with an error message"),
        (Reply(2), "failed without a message"),
        (Reply(1, err="one\ntwo\n"), "2 lines of error"),
        (Reply(1, err="\x1b[31mred\n"), "an error that is not printable"),
        (Reply(0, seconds=99.0), "took 99 s"),
        (Reply(0, peak=9999), "took 9999 MiB"),
    ],
)
def test_what_breaks_the_contract(reply: Reply, problem: str) -> None:
    assert broken(KEPT, reply) == problem


def test_the_good_file_must_be_classified_too() -> None:
    case = replace(KEPT, output=("good.png",))
    assert broken(case, Reply(1, err="a.png: damaged\n")) == "'good.png' was not done"


def good_case() -> Case:
    return Case("good", "classify", ("good.png",), {"good.png": images.good_image()})


def test_a_dead_child_is_one_finding_and_not_the_end() -> None:
    with Child() as child:
        child.run(good_case())
        assert child._process is not None
        child_id = child._process.pid
        fatal = replace(good_case(), prepare=lambda folder: os.kill(child_id, signal.SIGSEGV))
        reply, problem = child.run(fatal)
        assert (reply.status, problem) == ("SIGSEGV", "exit status SIGSEGV")
        reply, problem = child.run(good_case())
        assert (reply.status, problem) == (0, "")


def test_native_output_and_memory_are_seen() -> None:
    with Child() as child:
        reply, _ = child.run(replace(good_case(), files={}))
    assert reply.err == "good.png: no such file or directory\n"
    assert 20 < reply.peak < 1000
    assert reply.status == 1


def test_a_finding_is_kept_and_can_be_replayed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impossible = replace(good_case(), output=("never written",))
    monkeypatch.setitem(KINDS, "images", lambda seed, number: impossible)
    result = CliRunner().invoke(main, ["--images", "1", "--keep", str(tmp_path), "--json"])
    assert result.exit_code == 1
    found = json.loads(result.stdout)["images"]
    assert found["outcomes"] == {"broken": 1}
    assert found["findings"] == {"images-0-0": "good: 'never written' was not done"}
    kept = tmp_path / "images-0-0"
    assert (kept / "good.png").read_bytes() == images.good_image()
    (kept / "good.png").write_bytes(b"")  # what is kept counts, not what would be made today
    result = CliRunner().invoke(main, ["--replay", str(kept)])
    assert result.exit_code == 1
    assert "good.png: an empty file" in result.output
    assert "broken: 'never written' was not done" in result.output

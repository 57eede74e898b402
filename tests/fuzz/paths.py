"""Paths that are not regular files, and names nobody expects, wherever a path can be given."""

import functools
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.cases import Case
from tests.fuzz.images import good_image

_NAMES = (
    *("with space.png", "two\nlines.png", "\x1b[31mred.png", "tab\t.png", "-rf.png", "%03d.png"),
    *("a" * 250 + ".png", "a" * 4096, "d/" * 2000 + "a.png", "\udcff\udcfe.png", "ünï\u202e.png"),
    *("*", "~", "$(id)", "..", "/", "//", "../" * 500, ".", "good.png/", "good.png/inside", " "),
    *("text\udce9.png", "image\udce9.png", "good.png\udce9", "", "image\udce9"),
    *("http://127.0.0.1:9/a.png", "con", "a:b", "NUL", "\\\\host\\share", "file:///etc/passwd"),
)
_DEVICES = ("/dev/zero", "/dev/null", "/dev/full", "/dev/random", "/dev/tty", "/dev/stdin",
            "/dev/fd/0", "/proc/self/mem", "/proc/kmsg", "/proc/self/environ", "/proc",
            "/dev/fd/999", "/dev/stdout")  # fmt: skip
_SPECIAL = ("pipe", "socket", "loop", "loops/a", "broken", "closed", "closed/a.png", "folder",
            "link", "device")  # fmt: skip
# How a path gets in. Where several are given, the good one must still be done.
_WAYS: Sequence[tuple[str, tuple[str, ...], bool]] = (
    ("classify", ("PATH", "good.png"), True),
    ("classify", ("-",), True),
    ("classify", ("good.png", "--model", "PATH"), False),
    ("play", ("--verify", "PATH"), False),
    ("play", ("--source", "PATH", "--headless", "--no-history", "--best-of", "1"), False),
    ("play", ("--source", "good.png", "--headless", "--no-history", "--model", "PATH"), False),
    ("play", ("--source", "good.png", "--headless", "--no-history", "--record", "PATH"), False),
    ("play", ("--stats", "DATA"), False),
)


def count() -> int:
    """How many cases there are."""
    return len(_pairs())


def case(seed: int, number: int) -> Case:
    """An odd path in some place; there is no chance in it, and the seed does not matter."""
    path, way = _pairs()[number]
    return _case(path, *way)


@functools.cache
def _pairs() -> list[tuple[str, tuple[str, tuple[str, ...], bool]]]:
    odd = (*_NAMES, *_DEVICES, *_SPECIAL)
    return [(path, way) for path in odd for way in _WAYS if _sensible(path, way[1])]


def _sensible(path: str, arguments: tuple[str, ...]) -> bool:
    searched = "--model" not in arguments and "--record" not in arguments
    if path in ("/", "//", "/proc", "../" * 500) and searched and "--verify" not in arguments:
        return False  # the whole disk would be searched for images
    # OpenCV would read this one as a video and wait for the kernel's next message.
    return not (path == "/proc/kmsg" and "--source" in arguments and searched)


def _case(path: str, command: str, arguments: tuple[str, ...], several: bool) -> Case:
    reads_list = arguments == ("-",)
    if path.startswith("-"):
        path = f"./{path}"
    environment = {"RPS_GAME_DATA": path} if "DATA" in arguments else {}
    given = tuple(path if part == "PATH" else part for part in arguments if part != "DATA")
    # A line end within a list of paths makes two paths, neither of which is there.
    lines = 2 if reads_list and "\n" in path else 1
    if path in (".", ".."):  # in which more than one thing cannot be read
        lines = 10
    return Case(
        name=f"{' '.join(arguments[-2:])} {path[:40]!a}",
        command=command,
        arguments=given,
        environment=environment,
        files={
            "good.png": good_image(),
            "text\udce9.png": b"text",
            "image\udce9.png": good_image(),
            "folder/.keep": b"",
            ".list": os.fsencode(path) + b"\ngood.png\n",
        },
        stdin=".list" if reads_list else "/dev/null",
        output=("good.png\t",) if several else (),
        lines=lines,
        prepare=_prepare,
    )


def _prepare(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(folder)  # the path of a socket must be short
        try:
            server.bind("socket")
        finally:
            os.chdir(here)
    (folder / "loop").symlink_to("loop")
    (folder / "loops").mkdir()
    (folder / "loops" / "a").symlink_to("../loops")
    (folder / "broken").symlink_to("nowhere")
    (folder / "link").symlink_to("good.png")
    (folder / "device").symlink_to("/dev/zero")
    (folder / "closed").mkdir()
    (folder / "closed").chmod(0)  # which does not keep root out

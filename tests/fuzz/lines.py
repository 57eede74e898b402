"""The history of earlier matches, as a database and as lines, and logs of matches to verify."""

import functools
import json
import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

from rps_game.game.history import History
from rps_game.gestures import Gesture
from rps_game.match.inputs import commitment_digest
from tests.fuzz.cases import Case, Reply, chance
from tests.fuzz.images import good_picture
from tests.fuzz.mutations import mutate, splice

_VALUES = (
    *(None, True, 0, -1, 1, 2**31, 10**400, 1e308, float("inf"), float("nan"), "", "rock", "ROCK"),
    *("\ud800", "\x1b[31mred", "two\nlines", "\0", "x" * 100_000, [], [[]], {}, {"rock": 1}),
    *({"player": "\ud800"}, "2025-13-40T99:99:99", "2025-01-01", "9999-12-31T23:59:59-23:59"),
)
_ODD_LINES = (
    *(b"", b"[]", b"null", b"{}", b"NaN", b"\xff\xfe", b"\xef\xbb\xbf{}", b"1" * 5000),
    *(b'{"event": 5, "time": 0}', b'{"event": "result"}', b"[" * 100_000, b'{"a":' * 50_000),
    *(b"\0" * 100, b"\n" * 10_000, b"x\n" * 5_000),
)


def history(seed: int, number: int) -> Case:
    """A history, and what reads it: the statistics, or an opponent that learns from it."""
    rng = chance("histories", seed, number)
    lines = _rounds(rng)
    if rng.random() < 0.5:
        name, data = "history.jsonl", mutated(lines, rng)
    else:
        good = _database(lines)
        name, data = "history.sqlite3", rng.choice((mutate(good, rng), splice(good, good, rng)))
    command: tuple[str, ...] = ("--stats",) if rng.random() < 0.5 else ("--stats", "--json")
    plays = rng.random() < 0.1
    if plays:
        command = ("--source", "good.png", "--headless", "--opponent", "adaptive")
    return Case(
        name=name,
        command="play",
        arguments=command,
        files={name: data, "good.png": good_picture()},
        statuses=(1,) if plays else (0,),
        lines=3 if plays else 1,  # of reading, of writing, and that a second is too short
        examine=functools.partial(_nothing_lost, data),
    )


def _database(lines: bytes) -> bytes:
    """The history that is made of lines of JSON."""
    with tempfile.TemporaryDirectory() as name:
        Path(name, "history.jsonl").write_bytes(lines)
        kept = History(Path(name, "history.sqlite3"))
        kept.rounds()
        return kept.path.read_bytes()


def _nothing_lost(data: bytes, folder: Path, reply: Reply) -> str:
    """What cannot be read must not be thrown away."""
    aside = list(folder.glob("history-damaged*"))
    if aside and not reply.err:
        return "set aside without a word"
    if data in [path.read_bytes() for path in folder.glob("history*")]:
        return ""
    with tempfile.TemporaryDirectory() as name:
        before, after = (Path(name, f"{when}.sqlite3") for when in ("before", "after"))
        before.write_bytes(data)
        shutil.copy(folder / "history.sqlite3", after)
        earlier = History(before).rounds()
        added = History(after).rounds()[: len(earlier)] == earlier
    return "" if added and not aside else "the damaged history is lost"


def log(seed: int, number: int) -> Case:
    """A log, as a file or on standard input, and ``rps-play --verify``."""
    rng = chance("logs", seed, number)
    honest = _events(rng)
    data = honest if rng.random() < 0.02 else mutated(honest, rng)
    place = rng.choice(("log", "-"))
    return Case(
        name="honest log" if data == honest else "log",
        command="play",
        arguments=("--verify", place),
        stdin="log",
        files={"log": data},
        statuses=(0,) if data == honest else (0, 1, 2),
        examine=_told,
    )


def _told(folder: Path, reply: Reply) -> str:
    lines = reply.out.splitlines()
    if not all(line.isprintable() for line in lines):
        return "a line that is not printable"
    if (reply.status == 2) == bool(lines):
        return "a verdict and an error at once, or neither"
    return "" if reply.status == 2 or (reply.status == 1) == (len(lines) > 1) else "a wrong verdict"


def mutated(data: bytes, rng: random.Random) -> bytes:
    """Change bytes, values or lines."""
    kind = rng.choice(("bytes", "value", "value", "entry", "line", "line", "splice"))
    if kind == "bytes":
        return mutate(data, rng)
    if kind == "splice":
        return splice(data, data, rng)
    lines = data.splitlines()
    for _ in range(rng.choice((1, 1, 3))):
        at = rng.randrange(len(lines))
        if kind == "line":
            other = rng.choice((rng.choice(_ODD_LINES), rng.choice(lines)))
            lines[at : at + rng.randrange(3)] = [other] * rng.choice((1, 1, 2))
        else:
            event = json.loads(lines[at])
            _change(event, kind, rng)
            lines[at] = json.dumps(event).encode()
        lines = lines or [b""]
    return b"\n".join(lines) + rng.choice((b"", b"\n"))


def _change(event: Any, kind: str, rng: random.Random) -> None:
    if not isinstance(event, dict) or not event:
        return
    name = rng.choice(list(event))
    if kind == "entry":
        value = event.pop(name)
        if rng.random() < 0.3:
            event[rng.choice(("", "time", "event", "\ud800"))] = value
    elif isinstance(event[name], dict) and rng.random() < 0.7:
        _change(event[name], kind, rng)
    else:
        event[name] = rng.choice(_VALUES)


def _rounds(rng: random.Random) -> bytes:
    moves = ("rock", "paper", "scissors")
    entries = [
        {
            "at": f"2025-03-0{1 + number // 5}T12:00:0{number % 10}+00:00",
            "match": f"match{number // 5}",
            "opponent": rng.choice(("random", "adaptive")),
            "best_of": 5,
            "player": rng.choice(moves),
            "computer": rng.choice(moves),
        }
        for number in range(rng.choice((1, 10, 40)))
    ]
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)


def _events(rng: random.Random) -> bytes:
    """An honest log of a match of one round, after some draws."""
    events: list[dict[str, Any]] = []
    moves = [move for move in Gesture if move is not Gesture.NONE]
    events.append({"event": "match_started", "time": 0.0, "best_of": 1, "opponent": "random"})
    draws = rng.randrange(4)
    for number in range(draws + 1):
        player = rng.choice(moves)
        computer = player if number < draws else next(m for m in moves if player.beats(m))
        nonce, time = rng.randbytes(16).hex(), 10.0 * number
        seal = commitment_digest(computer, nonce)
        score = {"player": int(number == draws), "computer": 0, "draws": min(number + 1, draws)}
        outcome = "win" if number == draws else "draw"
        window = {"start": time + 2, "end": time + 3}
        for name, at, more in (
            ("round_started", time, {"round": 1, "seal": seal}),
            ("move_seen", time + 3, {"gesture": player, **window}),
            ("reveal", time + 3, {"move": computer, "nonce": nonce}),
            ("result", time + 3, {"outcome": outcome, "player": player, "computer": computer,
                                  "score": score}),
        ):  # fmt: skip
            events.append({"event": name, "time": at, **more})
    over = {"complete": True, "winner": "player", "rounds": draws + 1, "score": score}
    events.append({"event": "match_over", "time": time + 3, **over})
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)

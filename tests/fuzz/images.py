"""Image files for ``rps-classify``, each next to a good one that must be classified."""

import os
import random
from functools import cache

import cv2

from rps_game.cli.command import one_line
from tests.fuzz.bombs import claim, text_claim, whole_bomb
from tests.fuzz.cases import Case, Reply, chance
from tests.fuzz.mutations import mutate, splice
from tests.fuzz.seeds import hand, seed_image

_STEMS = ("mutated", "mutated", "z\udce9", "a:b", "100%")
_SUFFIXES = (".jpg", ".png", ".gif", ".tiff", ".webp", ".avif", ".jp2", ".txt", "")


@cache
def good_image() -> bytes:
    """An undamaged image of a hand."""
    return bytes(cv2.imencode(".png", hand(0))[1].tobytes())


def case(seed: int, number: int) -> Case:
    """One image file, one way of passing it, and ``rps-classify``."""
    rng = chance("images", seed, number)
    kind, suffix, data = image(rng)
    if rng.random() < 0.1:
        kind, suffix = f"{kind}, wrong extension", rng.choice(_SUFFIXES)
    name = f"{rng.choice(_STEMS)}{suffix}"
    arguments, stdin = rng.choice(
        (((".",), "/dev/null"), ((name, "good.png"), "/dev/null"), (("-",), ".list"))
    )
    return Case(
        name=f"{kind} {suffix}",
        command="classify",
        arguments=arguments,
        stdin=stdin,
        files={
            name: data,
            "good.png": good_image(),
            ".list": os.fsencode(f"{name}\ngood.png\n"),
        },
        statuses=(0, 1),
        output=("good.png\t",),
        examine=lambda folder, reply: _examine(name, reply),
    )


def image(rng: random.Random) -> tuple[str, str, bytes]:
    """What was done, the extension, and the bytes."""
    draw = rng.random()
    if draw < 0.02:
        return "bomb", *whole_bomb(rng)
    if draw < 0.12:
        return "claim", *claim(rng)
    if draw < 0.17:
        return "claim", *text_claim(rng)
    suffix, data = seed_image(rng)
    if draw < 0.22:
        return "whole", suffix, data
    if draw < 0.24:
        return "no image", suffix, rng.choice((b"", b"\n", bytes(999), rng.randbytes(999)))
    if draw < 0.34:
        other, more = seed_image(rng)
        return f"splice {other} into", suffix, splice(data, more, rng)
    return "mutated", suffix, mutate(data, rng)


def _examine(name: str, reply: Reply) -> str:
    """The status shows whether the file was read, and one line says why not.

    In a folder, a file that looks like no image may be skipped and counted instead.
    """
    name = one_line(name)
    read = f"{name}\t" in reply.out
    errors = [line for line in reply.err.splitlines() if not line.startswith("Warning: ")]
    refused = any(f"{name}: " in line for line in errors)
    if errors == ["skipped 1 file that is not an image"] and not read:
        return "" if reply.status == 0 else f"exit status {reply.status}"
    if read == refused:
        return "neither read nor refused" if not read else "read and refused"
    return "" if reply.status == int(refused) else f"exit status {reply.status}"

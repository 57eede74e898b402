"""Mutations of bytes, each a function of the bytes and a random generator."""

import random
from collections.abc import Callable, Sequence

Mutation = Callable[[bytes, random.Random], bytes]

_EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 20000, 2**31 - 1, 2**31, 2**32 - 1)


def truncate(data: bytes, rng: random.Random) -> bytes:
    """Cut the end off."""
    return data[: rng.randrange(len(data))]


def behead(data: bytes, rng: random.Random) -> bytes:
    """Cut the beginning off."""
    return data[rng.randrange(1, min(len(data), 64) + 1) :]


def flip(data: bytes, rng: random.Random) -> bytes:
    """Flip some bits, mostly at the beginning, where the headers are."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        changed[_place(data, rng)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def insert(data: bytes, rng: random.Random) -> bytes:
    """Insert random bytes."""
    at = _place(data, rng)
    return data[:at] + rng.randbytes(rng.choice((1, 2, 4, 100, 5000))) + data[at:]


def remove(data: bytes, rng: random.Random) -> bytes:
    """Remove some bytes."""
    at = _place(data, rng)
    return data[:at] + data[at + rng.choice((1, 2, 4, 100, 5000)) :]


def repeat(data: bytes, rng: random.Random) -> bytes:
    """Repeat some bytes, once or many times."""
    at = _place(data, rng)
    part = data[at : at + rng.choice((1, 4, 16, 300, len(data)))]
    return data[:at] + part * rng.choice((2, 2, 50)) + data[at:]


def blank(data: bytes, rng: random.Random) -> bytes:
    """Overwrite a stretch with one value."""
    at, length = _place(data, rng), rng.choice((1, 4, 16, 300))
    length = min(length, len(data) - at)
    return data[:at] + bytes([rng.choice((0, 0xFF, 0x20))]) * length + data[at + length :]


def edge(data: bytes, rng: random.Random) -> bytes:
    """Overwrite a number with one that programs often mishandle."""
    at, size = _place(data, rng), rng.choice((1, 2, 4))
    value = (rng.choice(_EDGES) % 256**size).to_bytes(size, rng.choice(("little", "big")))
    return data[:at] + value + data[at + size :]


MUTATIONS: Sequence[Mutation] = (truncate, behead, flip, flip, insert, remove, repeat, blank, edge)


def splice(first: bytes, second: bytes, rng: random.Random) -> bytes:
    """The beginning of one, then the rest of another."""
    return first[: rng.randrange(len(first))] + second[rng.randrange(len(second)) :]


def mutate(data: bytes, rng: random.Random) -> bytes:
    """Apply one to three mutations; empty bytes stay empty."""
    for _ in range(rng.choice((1, 1, 2, 3))):
        if data:
            data = rng.choice(MUTATIONS)(data, rng)
    return data


def _place(data: bytes, rng: random.Random) -> int:
    return rng.randrange(min(len(data), 128) if rng.random() < 0.5 else len(data))

"""What happens to files on their way: cut, damaged, mixed up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

BLOCK = 2880  # of a FITS file [bytes]


def cut(data: bytes, rng: np.random.Generator) -> bytes:
    """It ends too early."""
    return data[: rng.integers(0, len(data))]


def flip(data: bytes, rng: np.random.Generator) -> bytes:
    """Some bits have changed."""
    changed = bytearray(data)
    for place in rng.integers(0, len(data), rng.integers(1, 20)):
        changed[place] ^= 1 << rng.integers(8)
    return bytes(changed)


def flip_early(data: bytes, rng: np.random.Generator) -> bytes:
    """Some bits of the beginning have changed, where headers are."""
    return flip(data[:BLOCK], rng) + data[BLOCK:]


def blank(data: bytes, rng: np.random.Generator) -> bytes:
    """A piece is all zeros, as of a hole in a file."""
    start = rng.integers(0, len(data))
    size = min(int(rng.integers(1, 4096)), len(data) - start)
    return data[:start] + bytes(size) + data[start + size :]


def lose(data: bytes, rng: np.random.Generator) -> bytes:
    """A piece is missing."""
    start = rng.integers(0, len(data))
    return data[:start] + data[start + rng.integers(1, 4096) :]


def repeat(data: bytes, rng: np.random.Generator) -> bytes:
    """A piece is there twice."""
    start = rng.integers(0, len(data))
    piece = data[start : start + rng.integers(1, 4096)]
    return data[:start] + piece + data[start:]


def mix(data: bytes, rng: np.random.Generator) -> bytes:
    """Two blocks have changed places."""
    blocks = [data[k : k + BLOCK] for k in range(0, len(data), BLOCK)]
    if len(blocks) > 1:
        one, other = rng.choice(len(blocks), 2, replace=False)
        blocks[one], blocks[other] = blocks[other], blocks[one]
    return b"".join(blocks)


def page(data: bytes, rng: np.random.Generator) -> bytes:
    """It is a server's page."""
    return b"<!DOCTYPE html><title>502 Bad Gateway</title>"


OF_BYTES: list[Callable] = [cut, flip, flip_early, blank, lose, repeat, mix, page]

"""Whether a FITS file is as large as its headers say.

Nothing is allocated: a header may promise 10^11 pixels. The cards are those by which
the standard gives the size of a part (FITS standard 4.0, sections 4.4.1 and 7).
"""

import re
from math import prod

from mdwarfs.errors import InputError

BLOCK = 2880
"""Every part of a FITS file fills whole blocks of so many bytes."""

CARD = 80
MOST = 999
"""Axes of an array, and columns of a table: the standard allows no more."""

MOST_CARDS = 100_000
"""Of a header; real ones have some hundreds."""

LARGEST_IMAGE = 2**27
"""Of what a compressed image may become [bytes]."""

SIZES = re.compile(
    rb"(Z?BITPIX|Z?NAXIS\d*|ZTILE\d+|PCOUNT|GCOUNT|GROUPS|TFIELDS) *= *([-+\w.]+)"
)


def check_sizes(data: bytes) -> int:
    """Check that a file is whole, part by part.

    Parameters
    ----------
    data
        Beginning with the primary header.

    Returns
    -------
    end
        Where the last part ends [bytes]. What is behind it is no part of the file.

    Raises
    ------
    InputError
        If a part is truncated, or its header makes no sense.
    """
    position = 0
    while position == 0 or data.startswith(b"XTENSION=", position):
        cards, position = header_of(data, position)
        position += padded(size_of(cards, len(data)))
        if position > len(data):
            raise InputError("the file is truncated")
    behind = range(position, len(data), BLOCK)
    if any(data.startswith(b"XTENSION=", start) for start in behind):
        raise InputError("is damaged (a header promises less than the file holds)")
    return position


def header_of(data: bytes, position: int) -> tuple[dict[str, str], int]:
    """The cards that give the size of a part, and where its header ends [bytes]."""
    cards = {}
    for start in range(position, len(data), CARD)[:MOST_CARDS]:
        card = data[start : start + CARD]
        if card.rstrip() == b"END":
            return cards, position + padded(start + CARD - position)
        if match := SIZES.match(card):
            cards.setdefault(match[1].decode(), match[2].decode())
    raise InputError("the file is truncated")


def size_of(cards: dict[str, str], most: int) -> int:
    """Size of the data of a part [bytes].

    Parameters
    ----------
    cards
        See `header_of`.
    most
        Size of the whole file: no axis can be longer.

    Raises
    ------
    InputError
        If its numbers make no sense, or promise more than any such file can hold.
    """

    def number(key, default=None):
        try:
            return int(cards.get(key, default))
        except (TypeError, ValueError):
            said = f"{key} = {cards[key]}" if key in cards else f"no {key}"
            raise InputError(f"is damaged (a header says {said})") from None

    def numbers(axis, count):
        if not 0 <= (axes := number(count)) <= MOST:
            raise InputError(f"is damaged (a header says {count} = {axes})")
        return [number(f"{axis}{k}") for k in range(1, axes + 1)]

    shape = numbers("NAXIS", "NAXIS")
    if not 0 <= number("TFIELDS", 0) <= MOST:
        raise InputError(f"is damaged (a header says TFIELDS = {cards['TFIELDS']})")
    if "ZNAXIS" in cards:
        tile = [int(said) for key, said in cards.items() if key.startswith("ZTILE")]
        pixels = max(map(prod, (map(abs, numbers("ZNAXIS", "ZNAXIS")), map(abs, tile))))
        if abs(number("ZBITPIX")) // 8 * pixels > LARGEST_IMAGE:
            raise InputError(
                f"is damaged (a compressed image promises {pixels} pixels)"
            )
    extra, groups = number("PCOUNT", 0), number("GCOUNT", 1)
    for value in (*shape, extra, groups):
        if value < 0:
            raise InputError(f"is damaged (a header promises {value} pixels)")
        if value > most:
            raise InputError(
                f"the file is truncated or damaged: a header promises {value} pixels "
                f"or rows, it has {most} bytes"
            )
    if shape and shape[0] == 0 and cards.get("GROUPS") == "T":
        shape = shape[1:]
    pixels = prod(shape) if shape else 0
    return abs(number("BITPIX")) // 8 * groups * (extra + pixels)


def padded(size: int) -> int:
    """A size filled up to whole blocks."""
    return size + -size % BLOCK

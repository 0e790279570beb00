"""Queries in slices by the remainder of an integer; too large slices are divided."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.run.progress import Progress
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

PARTS = 3  # into which a slice is divided; odd, as the number of slices is
FINEST = 81  # as many times as slices at first there may be in the end


class TooMuch(InputError):
    """A service cannot answer so much at once: it timed out, or cut its answer."""


def divide(ask: Callable, slices: int, note: PathLike) -> tuple[list, list[list[int]]]:
    """Ask for all slices of a table; one that is too much is asked for in parts.

    Slice k of n holds the rows whose integer leaves k when it is divided by n. Its
    parts are k, k + n, k + 2 n, ... of `PARTS` n, which may be divided further.

    Parameters
    ----------
    ask
        Takes k and n; returns the answer, or raises `TooMuch`.
    slices
        How many to begin with.
    note
        JSON file of the slices that have been divided, so that a later run does not
        wait for them once more.

    Returns
    -------
    answers
        One of each slice that was asked for in the end.
    divided
        k and n of each slice that was too much.

    Raises
    ------
    InputError
        If a slice is too much that is not divided any more.
    """
    divided = read_note(note)
    todo, answers = [(k, slices) for k in range(slices)], []
    progress = Progress(slices, "queries")
    while todo:
        k, n = todo.pop(0)
        if [k, n] not in divided:
            try:
                answers.append(ask(k, n))
                progress.step()
                continue
            except TooMuch as error:
                if n * PARTS > slices * FINEST:
                    raise InputError(
                        f"{error} (slice {k} of {n}, which is not divided any further)"
                    ) from error
                logger.warning("slice %d of %d is too much: %s", k, n, error)
            divided.append([k, n])
            tables.write_text(note, json.dumps(divided))
        todo[:0] = [(k + part * n, n * PARTS) for part in range(PARTS)]
        progress.total += PARTS - 1
    return answers, divided


def read_note(path: PathLike) -> list[list[int]]:
    """The slices that an earlier run has divided; none, if the note is damaged."""
    try:
        noted = json.loads(Path(path).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    return noted if isinstance(noted, list) and all(map(is_slice, noted)) else []


def is_slice(noted: object) -> bool:
    """Whether a value from a note is k and n of a slice."""
    match noted:
        case [int(), int()]:
            return True
    return False

"""What each star of a given sample is for: to train, to test, or to be predicted."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from mdwarfs.errors import InputError
from mdwarfs.given.settings import LEAVE_ONE_OUT, SPLIT
from mdwarfs.samples.split import draw_roles
from mdwarfs.slam.folds import assign_folds

TRAIN, TEST, PREDICT = ROLES = ("train", "test", "predict")
NO_FOLD = -1

COLUMNS = {
    "role": ("", "train, test or predict"),
    "fold": ("", "Stars that are held out together; -1: none, or no folds"),
}


def identities(source_id: ArrayLike) -> np.ndarray:
    """An identifier for every row: its own, if no other row has it, or a new one.

    Parameters
    ----------
    source_id : int, shape (n,)
        0 where there is none; rows may share one.

    Returns
    -------
    int, shape (n,)
        Distinct and positive. A row without an identifier of its own gets the number
        of its row, counted from 1, or, where that is taken, the next one that is free.
    """
    source_id = np.asarray(source_id, np.int64)
    values, counts = np.unique(source_id, return_counts=True)
    own = (source_id > 0) & (counts[np.searchsorted(values, source_id)] == 1)
    taken, found = set(source_id[own].tolist()), source_id.copy()
    free = 1
    for row in np.flatnonzero(~own):
        number = int(row) + 1
        if number in taken:
            while free in taken:
                free += 1
            number = free
        taken.add(number)
        found[row] = number
    return found


def stars_of(star_id: ArrayLike) -> np.ndarray:
    """Number of the star of each row, from 0, in the order in which they appear.

    Parameters
    ----------
    star_id : int, shape (n,)
        Rows that share one are of the same star; 0: of no other.

    Returns
    -------
    int, shape (n,)
    """
    star_id = np.asarray(star_id, np.int64)
    alone = -1 - np.arange(len(star_id))
    key = np.where(star_id > 0, star_id, alone)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(np.argsort(first))
    return order[inverse]


def roles(
    given: ArrayLike,
    labelled: ArrayLike,
    star_id: ArrayLike,
    validation: str | int,
    sizes: dict[str, int],
    seed: int,
    numbers: ArrayLike | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """The role of each row, and its fold.

    Rows of the same star have the same role and the same fold.

    Parameters
    ----------
    given : str, shape (n,)
        One of `ROLES`, or "" where the role is to be drawn.
    labelled : bool, shape (n,)
        Fit for training and testing. Others are to be predicted.
    star_id : int, shape (n,)
        See `stars_of`.
    validation
        "split", "leave-one-out", or a number of folds.
    sizes
        See `mdwarfs.samples.split.draw_roles`.
    seed
        Of the run.
    numbers : int, shape (n,)
        Of the rows in the table, from 0, for messages. Default: all rows are there.

    Returns
    -------
    role : str, shape (n,)
    fold : int, shape (n,)
        `NO_FOLD` of those that are in no fold.

    Raises
    ------
    InputError
        If there are not enough stars, rows of one star have different roles, or some
        are there to test and folds are asked for.
    """
    given, labelled = np.asarray(given, str), np.asarray(labelled, bool)
    role, fold = np.full(len(given), PREDICT), np.full(len(given), NO_FOLD)
    rows = np.flatnonzero(labelled)
    numbers = np.arange(len(given)) if numbers is None else np.asarray(numbers)
    if not len(rows):
        raise InputError(
            "no star is fit for training: none has a spectrum and all labels, and "
            "passes files.cuts (samples/labels.fits would say why of each)"
        )
    star = stars_of(np.asarray(star_id)[rows])
    if validation == SPLIT:
        role[rows] = split_roles(given[rows], star, sizes, seed, numbers[rows])
    else:
        role[rows] = TRAIN
        fold[rows] = folds(given[rows], star, validation, seed, numbers[rows])
    return role, fold


def folds(
    given: np.ndarray,
    star: np.ndarray,
    validation: str | int,
    seed: int,
    numbers: np.ndarray,
) -> np.ndarray:
    """The fold of each row that is fit for training; raises InputError.

    Parameters
    ----------
    given : str, shape (n,)
    star : int, shape (n,)
        From `stars_of`.
    validation
        "leave-one-out", or a number of folds.
    numbers : int, shape (n,)
        Of the rows, from 0, for the message.
    """
    apart = numbers[given == TEST]
    if len(apart):
        raise InputError(
            f"files.validation: {len(apart)} labelled rows have the role test "
            f"(the first is row {apart[0] + 1}), but with {validation} every star is "
            "trained on in its turn: choose split, or leave role out of files.columns"
        )
    n = star.max() + 1
    parts = n if validation == LEAVE_ONE_OUT else validation
    if not 2 <= parts <= n:
        raise InputError(
            f"files.validation: {n} stars are fit for training, and cannot be "
            f"divided into {parts} folds"
        )
    return assign_folds(n, parts, np.random.default_rng([seed, parts]))[star]


def split_roles(
    given: np.ndarray,
    star: np.ndarray,
    sizes: dict[str, int],
    seed: int,
    numbers: np.ndarray,
) -> np.ndarray:
    """Train or test, for each row that is fit for it; raises InputError.

    Parameters
    ----------
    given, star, numbers
        As for `folds`.
    """
    role = of_stars(given, star, numbers).astype(np.asarray(ROLES).dtype)
    drawn = role == ""
    if drawn.any():
        names, number = np.unique(star[drawn], return_inverse=True)
        role[drawn] = draw_roles(len(names), sizes, seed)[number]
    for name in (TRAIN, TEST):
        if not (role == name).any():
            raise InputError(
                f"files.validation: split, but no labelled star has the role {name}: "
                "give roles, let them be drawn, or choose folds or leave-one-out"
            )
    return role


def of_stars(given: np.ndarray, star: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The roles that are given, each for all rows of its star; raises InputError.

    Parameters
    ----------
    given : str, shape (n,)
    star : int, shape (n,)
        From `stars_of`.
    rows : int, shape (n,)
        Numbers of the rows, from 0, for the message.
    """
    first, found = {}, given.copy()
    for k in np.flatnonzero(given != ""):
        before = first.setdefault(star[k], k)
        if given[before] != given[k]:
            raise InputError(
                f"files.table: row {rows[before] + 1} has the role {given[before]} and "
                f"row {rows[k] + 1} the role {given[k]}, but they are of the same "
                "star, which cannot be both. Give them one role"
            )
    for k in np.flatnonzero(given == ""):
        if star[k] in first:
            found[k] = given[first[star[k]]]
    return found

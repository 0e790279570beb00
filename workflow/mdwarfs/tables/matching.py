"""Joining tables by integer identifiers."""

import numpy as np
from numpy.typing import ArrayLike


def match(ids: ArrayLike, reference: ArrayLike) -> np.ndarray:
    """Find each identifier in a reference list.

    Parameters
    ----------
    ids : int, shape (n,)
        Identifiers to look for. Values <= 0 are nulls and never match.
    reference : int, shape (m,)
        Distinct identifiers to look among; nulls (<= 0) may repeat.

    Returns
    -------
    index : int, shape (n,)
        Position in `reference`, -1 where there is none.

    Raises
    ------
    TypeError
        If either list is not of integers: an identifier that has been through a
        float has lost its last digits.
    ValueError
        If a positive identifier occurs twice in `reference`.
    """
    ids, reference = np.asarray(ids), np.asarray(reference)
    for name, values in (("ids", ids), ("reference", reference)):
        if values.size and not np.issubdtype(values.dtype, np.integer):
            raise TypeError(f"{name} must be integers, not {values.dtype}")
    order = np.argsort(reference, kind="stable")
    ordered = reference[order]
    repeated = (ordered[1:] == ordered[:-1]) & (ordered[1:] > 0)
    if repeated.any():
        raise ValueError(f"identifier {ordered[1:][repeated][0]} occurs more than once")
    if not reference.size:
        return np.full(ids.shape, -1)
    place = np.minimum(np.searchsorted(ordered, ids), len(ordered) - 1)
    found = (ordered[place] == ids) & (ids > 0)
    return np.where(found, order[place], -1)


def best_of_each(ids: ArrayLike, quality: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Choose one row per identifier: the one of the largest quality.

    Parameters
    ----------
    ids : shape (n,)
        Identifier of each row.
    quality : shape (n,)
        The larger the better; NaN counts as the worst. Ties go to the earlier row.

    Returns
    -------
    rows : of int
        The chosen rows, in the order in which they stand.
    count : of int
        How many rows the identifier of each chosen row has.
    """
    ids = np.asarray(ids)
    quality = np.nan_to_num(np.asarray(quality, float), nan=-np.inf)
    _, group, sizes = np.unique(ids, return_inverse=True, return_counts=True)
    order = np.lexsort((np.arange(len(ids)), -quality, group))
    first = np.ones(len(ids), bool)
    first[1:] = group[order][1:] != group[order][:-1]
    rows = np.sort(order[first])
    return rows, sizes[group[rows]]

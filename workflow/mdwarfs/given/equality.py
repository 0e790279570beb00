"""Whether values of a column equal one that a configuration names.

A configuration writes numbers as people do (-9999, 0.1), a table as it was stored: as a
text, or in single precision, in which 0.1 is another number than in double.
"""

from __future__ import annotations

import numpy as np


def equal(values: np.ndarray, wanted: object) -> np.ndarray:
    """Where the values of a column are the one that is wanted.

    Parameters
    ----------
    values : shape (n,)
        Numbers, or texts (dtype U).
    wanted
        A number or a text. A text of digits is the number too, and a number is its
        text.

    Returns
    -------
    bool, shape (n,)
    """
    number = as_number(wanted)
    if values.dtype.kind == "U":
        same = values == str(wanted).strip()
        if number is not None:
            same |= np.array([as_number(word) == number for word in values], bool)
        return same
    if number is None:
        return np.zeros(values.shape, bool)
    with np.errstate(over="ignore", invalid="ignore"):
        same = values == number
        if isinstance(number, float) and number % 1:
            single = values.astype(np.float32)
            same |= (single == np.float32(number)) & (single == values)
    return same


def as_number(said: object) -> int | float | None:
    """What is said as a number; None if it is none."""
    if isinstance(said, (int, float)):
        return said
    for kind in (int, float):
        try:
            return kind(said)
        except (TypeError, ValueError):
            continue
    return None

"""Arrays as text that a script of the page unpacks: small, and the same every time."""

import base64
import json
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

STEPS = 2**16 - 2
"""Steps into which a column is divided; one more number is its null."""
NULL = 2**16 - 1
MADE = "data/made.js"
"""What the end of the run writes into the folder of the page."""
DECADES = 3.0
"""Columns of positive numbers that reach over more are divided in their logarithm."""


def column(values: ArrayLike) -> tuple[dict, np.ndarray]:
    """A column of numbers in two bytes each.

    Parameters
    ----------
    values : shape (n,)
        Null where not finite.

    Returns
    -------
    scale
        `low` and `step` of a number ``low + step * k``, or of its logarithm if `log`.
    k : little-endian uint16, shape (n,)
        `NULL` where null.
    """
    values = np.asarray(values, float)
    finite = np.isfinite(values)
    known = values[finite]
    log = bool(known.size and known.min() > 0)
    log = log and bool(np.log10(known.max() / known.min()) > DECADES)
    if log:
        values = np.log(np.where(finite & (values > 0), values, 1))
        known = values[finite]
    low, high = (known.min(), known.max()) if known.size else (0.0, 0.0)
    step = (high - low) / STEPS or 1.0
    k = np.full(len(values), NULL, "<u2")
    k[finite] = np.rint((values[finite] - low) / step)
    return {"low": float(low), "step": float(step), "log": log}, k


def text(array: np.ndarray) -> str:
    """The bytes of an array in base64."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def deflated(content: np.ndarray | bytes) -> str:
    """The bytes of an array, deflated, in base64."""
    return base64.b64encode(zlib.compress(bytes(content), 9)).decode()


def script(call: str, *values: object) -> str:
    """A script that calls a function of the page with values.

    Pages that are opened as files can fetch nothing but scripts.
    """
    written = ",".join(json.dumps(x, separators=(",", ":")) for x in values)
    return f"{call}({written});\n"


def made(lines: Sequence[str]) -> str:
    """The script that tells the page how the run was made, line by line.

    It is written once the run has ended: the page itself is the same whenever its run
    was made.
    """
    return script("mdwarfs.made", list(lines))

"""Numbers and tables in Markdown."""

from collections.abc import Iterable, Sequence

import numpy as np

DIGITS = 4
"""Significant digits of a number of which no error is known."""
OF_ERRORS = 2
"""Significant digits of an error; its number has as many decimals."""
SMALL = 1e-4
"""Numbers below are written with a power of ten."""


def number(value: float, error: float = np.nan) -> str:
    """A number with as many decimals as its error has; empty for NaN.

    Parameters
    ----------
    error
        Where it is not known, or 0 (of counts), the number has four significant digits,
        and all if it is whole.
    """
    if not np.isfinite(value):
        return ""
    if not (np.isfinite(error) and error > 0):
        if float(value).is_integer() and abs(value) >= 1:
            return f"{int(value):,}"
        if abs(value) >= 10 ** (DIGITS - 1):
            return f"{value:,.0f}"
        return f"{value:.{DIGITS}g}"
    if error < SMALL:
        return f"{value:.{OF_ERRORS}g}"
    place = int(np.floor(np.log10(float(f"{error:.{OF_ERRORS - 1}e}"))))
    text = f"{value:,.{max(OF_ERRORS - 1 - place, 0)}f}"
    return text.removeprefix("-") if not text.strip("-0.") else text


def grid(heads: Sequence[str], rows: Iterable[Sequence]) -> str:
    """A Markdown table.

    Parameters
    ----------
    rows
        Cells, as many as heads.
    """
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |"
        for line in lines
    )

"""Numbers and tables in Markdown."""

from collections.abc import Iterable, Sequence

import numpy as np


def number(value: float) -> str:
    """A number with four significant digits; counts in full; empty for NaN."""
    if not np.isfinite(value):
        return ""
    if float(value).is_integer() and abs(value) >= 1:
        return f"{int(value):,}"
    return f"{value:.4g}"


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

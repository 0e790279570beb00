"""Numbers and tables in Markdown."""

import numpy as np


def number(value):
    """A number with four significant digits; counts in full; empty for NaN."""
    if not np.isfinite(value):
        return ""
    if float(value).is_integer() and abs(value) >= 1:
        return f"{int(value):,}"
    return f"{value:.4g}"


def grid(heads, rows):
    """A Markdown table.

    Parameters
    ----------
    heads : sequence of str
    rows : sequence of sequence
        Cells, as many as heads.

    Returns
    -------
    str
    """
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(
        "| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |"
        for line in lines
    )

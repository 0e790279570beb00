"""How numbers of the audit are written, wherever they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from astropy.table import Row

from mdwarfs.tables.markdown import number

SIGNS = {"at_least": "≥ ", "at_most": "≤ "}
"""What stands before a limit, by the rule."""


def printed(value: float) -> str:
    """A number of the paper, with all digits that it has there."""
    return f"{value:,.10g}"


def paper(row: Row | Mapping) -> str:
    """What the paper says: a number, a limit, or a range.

    Parameters
    ----------
    row
        Of `mdwarfs.audit.claims.evaluate`.
    """
    text = SIGNS.get(row["judged"], "") + printed(row["paper"])
    if row["judged"] == "between":
        text += f" to {printed(row['paper_upper'])}"
    return text


def numbers(row: Row | Mapping) -> dict[str, str]:
    """The numbers of a row, by their columns; empty texts where it has none.

    They have as many decimals as the error of the run's number says.

    Parameters
    ----------
    row
        Of `mdwarfs.audit.claims.evaluate`.
    """
    error = row["e_found"]
    return {
        "paper": paper(row),
        "found": number(row["found"], error),
        "e_found": number(error, error) if error > 0 else "",
        "injected": number(row["injected"], error),
    }

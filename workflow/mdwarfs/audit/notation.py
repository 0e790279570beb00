"""How numbers of the audit are written, wherever they are shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from astropy.table import Row, Table

from mdwarfs.audit.ledger import DERIVED, EXPECTED, PRINTED
from mdwarfs.tables.markdown import number

SIGNS = {"at_least": "≥ ", "at_most": "≤ "}
"""What stands before a limit, by the rule."""
KINDS = {
    PRINTED: "printed in the paper",
    DERIVED: "that follow from printed ones",
    EXPECTED: "that the paper does not print, and which are our expectation",
}
"""How numbers of each kind are counted."""


def by_kind(claims: Table) -> Iterator[str]:
    """Yield of each kind how many numbers it has, and in which status they are.

    Parameters
    ----------
    claims
        As `mdwarfs.audit.claims.evaluate` makes it.
    """
    for kind, words in KINDS.items():
        states = np.asarray(claims["status"])[np.asarray(claims["kind"]) == kind]
        if len(states):
            told = ", ".join(
                f"{n} {x}" for x, n in zip(*np.unique(states, return_counts=True))
            )
            yield f"{len(states)} numbers {words}: {told}"


def apart(row: Row | Mapping) -> str:
    """A number that is not what a simulation put in: both, how far apart, and why.

    Parameters
    ----------
    row
        Of `mdwarfs.audit.claims.evaluate`.
    """
    said = number_texts(row)
    text = f"{row['id']} {row['quantity']}: found {said['found']}"
    if said["e_found"]:
        sigmas = (row["found"] - row["injected"]) / row["e_found"]
        text += f" ± {said['e_found']}, injected {said['injected']}"
        text += f" {row['unit']}".rstrip() + f", {sigmas:+.1f} sigma"
    else:
        text += f", injected {said['injected']} {row['unit']}".rstrip()
    return text + (f" ({row['cause']})" if row["cause"] else "")


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


def number_texts(row: Row | Mapping) -> dict[str, str]:
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

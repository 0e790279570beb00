"""The ledger of the paper's numbers as the page shows it: by claims."""

import re
from itertools import groupby

from astropy.table import Table

from mdwarfs.audit.claims import DIFFERS, NOT_TESTABLE, REPRODUCED, SIMULATED
from mdwarfs.audit.ledger import EXPECTED
from mdwarfs.audit.notation import number_texts
from mdwarfs.labels import LABELS
from mdwarfs.report.cells import LABELS_IN_NAMES, signed

TAKEN = (
    "id", "where", "claim", "quantity", "unit", "kind", "agrees", "status", "product",
    "rule", "note",
)  # fmt: skip
"""Columns of the audit that are told as they are."""
LABEL = re.compile(rf"\b(e_)?({'|'.join(sorted(LABELS, key=len, reverse=True))})\b")
STATUSES = {
    SIMULATED: "the stars are invented, so that no number speaks for or against the "
    "paper",
    REPRODUCED: "within the allowed difference from the paper's number and two "
    "standard errors of this run's",
    DIFFERS: "further off than that",
    NOT_TESTABLE: "the run has no such number, and says why",
}
"""What the audit says of a number, in words."""


def rows(claims: Table) -> list[dict]:
    """The rows of the audit's table of numbers, as texts by their columns.

    Parameters
    ----------
    claims
        As `mdwarfs.audit.claims.evaluate` makes it.
    """
    made = []
    for row in claims:
        told = {x: signed(text) for x, text in number_texts(row).items()}
        told |= {x: str(row[x]) for x in TAKEN}
        made.append(told)
    return made


def by_claim(claims: Table) -> list[dict]:
    """The claims of the paper, each with its numbers.

    Parameters
    ----------
    claims
        As `rows` takes it.

    Returns
    -------
    blocks
        `id`, `claim`, `where`, `product`, `rule`, the `reasons` behind the numbers that
        are expected or allowed, and the `rows`, of which each has a `name` in words.
    """
    blocks = []
    for _, own in groupby(rows(claims), lambda row: row["id"]):
        own = [row | {"name": named(row["quantity"])} for row in own]
        first = own[0]
        block = {x: first[x] for x in ("id", "where", "product", "rule")}
        block["claim"] = signed(first["claim"])
        blocks.append(block | {"rows": own, "reasons": _reasons(own)})
    return blocks


def named(quantity: str) -> str:
    """Which number of a claim it is, with symbols for the names of labels."""

    def told(match):
        symbol = LABELS_IN_NAMES[match[2]]
        return f"error of {symbol}" if match[1] else symbol

    return LABEL.sub(told, quantity)


def statuses(claims: Table) -> str:
    """What the status of the numbers means: once, if it is the same of all."""
    found = list(dict.fromkeys(map(str, claims["status"])))
    if len(found) == 1:
        return f"All {len(claims)} numbers are {found[0]}: {STATUSES[found[0]]}."
    told = (f"{x}, {STATUSES[x]}" for x in STATUSES if x in found)
    return f"The status of a number is one of: {'; '.join(told)}."


def _reasons(own):
    """Why numbers are expected, or may differ so much: the same words once.

    A simulated run is held against what was put in, not against the paper.
    """
    told = {}
    for row in own:
        expected = row["kind"] == EXPECTED
        if row["note"] and (expected or row["status"] in (REPRODUCED, DIFFERS)):
            why = "expected" if expected else "allowed difference"
            told.setdefault((why, row["note"]), []).append(row["name"])
    return [
        {"of": "" if len(names) == len(own) else _together(names)}
        | {"why": why, "note": note}
        for (why, note), names in told.items()
    ]


def _together(names):
    """Several numbers by what their names end in, if that is the same of all."""
    ends = {name.rpartition(", ")[2] for name in names}
    return ends.pop() if len(names) > 1 and len(ends) == 1 else "; ".join(names)

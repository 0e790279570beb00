"""Every number of the ledger, evaluated for a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.audit import answers
from mdwarfs.audit.run import NotTestable, Run
from mdwarfs.tables.tabulate import from_rows

if TYPE_CHECKING:
    from mdwarfs.audit.ledger import Ledger, Quantity


REPRODUCED, DIFFERS = "reproduced", "differs"
SIMULATED, NOT_TESTABLE = "simulated", "not testable here"
SIGMAS = 3  # standard errors by which a number may differ from the injected one

COLUMNS = {
    "id": ("", "Entry of the ledger"),
    "where": ("", "Where in the paper"),
    "claim": ("", "What is claimed"),
    "quantity": ("", "Which number of the claim"),
    "unit": ("", "Unit of the numbers of the row"),
    "judged": ("", "How a number is judged: within, at_least, at_most, between"),
    "kind": (
        "",
        "Whose number `paper` is: printed, the paper's; derived from numbers that it "
        "prints; expected, ours, where it gives words or nothing",
    ),
    "paper": ("", "What the paper says, or is expected; the lower end of a range"),
    "paper_upper": ("", "Upper end of a range"),
    "tolerance": ("", "Allowed difference, beside two standard errors of the run"),
    "found": ("", "The run's number"),
    "e_found": ("", "Its standard error"),
    "injected": ("", "What the simulation put in, where it sets such a number"),
    "agrees": ("", "yes: found is injected, within 3 e_found (counts: exactly)"),
    "status": ("", "reproduced, differs, simulated, or not testable here"),
    "product": ("", "The product that answers, below the run's results"),
    "rule": ("", "The rule that made it"),
    "note": ("", "Why there is no number, or the reason for the rule"),
    "cause": ("", "Of a number that is not the injected one: why, if that is known"),
}


def evaluate(ledger: Ledger, run: Run) -> Table:
    """Hold the run's numbers against the paper's, or against what was injected.

    A simulated run reproduces nothing, whatever its numbers: their status is
    "simulated". Those that the simulation sets are held against what it put in, by a
    rule of their own: the tolerances of the paper's numbers have no part in it.

    Returns
    -------
    table
        A row per quantity, `COLUMNS`.
    """
    rows = []
    rules = _rules(run)
    for claim in ledger.numbers:
        for quantity in claim.quantities:
            found, error, note = _found(quantity, run)
            truth, agrees = np.nan, ""
            if run.simulated:
                truth = _injected(claim, quantity, run)
                agrees = _agrees(found, error, truth)
            upper = np.nan if quantity.upper is None else quantity.upper
            rows.append(
                (claim.id, claim.where, claim.claim, quantity.name, quantity.unit)
                + (quantity.rule, quantity.kind, float(quantity.value), float(upper))
                + (float(quantity.tolerance), float(found), float(error), float(truth))
                + (agrees, _status(quantity, found, error, run.simulated))
                + (claim.product, rules.get(claim.product, ""), note)
                + (quantity.cause if agrees == "no" else "",)
            )
    return from_rows(rows, COLUMNS)


def judge(quantity: Quantity, found: float, error: float) -> bool:
    """Whether a number fulfils a quantity's rule.

    Parameters
    ----------
    found, error
        Number and standard error (NaN: unknown, and taken as 0).
    """
    allowed = quantity.tolerance + 2 * np.nan_to_num(error)
    low = found >= quantity.value - allowed
    high = found <= quantity.value + allowed
    if quantity.rule == "between":
        return bool(low and found <= quantity.upper + allowed)
    return bool(
        {"within": low and high, "at_least": low, "at_most": high}[quantity.rule]
    )


def _rules(run):
    """The rule that made each product; none where the run was not asked for them."""
    products = run.tables.get("products")
    return {} if products is None else dict(products.iterrows("path", "rule"))


def _found(quantity, run):
    """Number, standard error and note; NaN where the run cannot say."""
    arguments = dict(quantity.answer)
    try:
        found, error = answers.FUNCTIONS[arguments.pop("function")](run, **arguments)
    except NotTestable as reason:
        return np.nan, np.nan, str(reason)
    if not np.isfinite(found):
        return np.nan, np.nan, "the run's sample is too small for this number"
    return found, error, quantity.why


def _injected(claim, quantity, run):
    """What was put in; NaN if nothing is known."""
    try:
        row = run.row("expected", id=claim.id, quantity=quantity.name)
    except NotTestable:
        return np.nan
    return float(row["injected"])


def _agrees(found, error, truth):
    """Yes or no: the number is the injected one; empty if that cannot be said.

    What has an error may be off by `SIGMAS` of it; what is counted, not at all.
    """
    if not np.all(np.isfinite([found, error, truth])):
        return ""
    return "yes" if abs(found - truth) <= SIGMAS * error else "no"


def _status(quantity, found, error, simulated):
    if not np.isfinite(found):
        return NOT_TESTABLE
    if simulated:
        return SIMULATED
    return REPRODUCED if judge(quantity, found, error) else DIFFERS

"""Where each number of the ledger is in the products, or what it is computed from.

Says in words what the functions of `mdwarfs.audit.answers` do, with the same arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Cell(NamedTuple):
    """A number that is a cell of a product.

    Attributes
    ----------
    table
        The product, as the audit calls it.
    values
        What the columns of its row are; None: it is the last row.
    column
    """

    table: str
    values: dict | None
    column: str


class Computed(NamedTuple):
    """A number that the audit computes.

    Attributes
    ----------
    words
        Of what, and how; products by the names that the audit gives them, in braces.
    """

    words: str


def answer_origin(answer: Mapping) -> Cell | Computed:
    """Where a number is from.

    Parameters
    ----------
    answer
        That of a quantity of the ledger: `function` and its arguments.
    """
    arguments = dict(answer)
    return ORIGINS[arguments.pop("function")](**arguments)


TRAINING = "of stars whose role in {split} is train, column LABEL of {labels}"
FITTED = (
    "the terms of row fit = teff of {aspcap_correction} at Teff = TEFF K, "
    "[Fe/H] = FEH; its error follows from columns teff_aspcap and feh_aspcap of "
    "{aspcap} where selected, and from robust_std_after"
)
DIFFERENCES = (
    "column LABEL minus column LABEL_ref of {TABLE}, of rows that have both (and are "
    "used, where it has that column)"
)


def _cut_count(table, cut):
    return Cell(table, None if cut == "last" else {"cut": cut}, "n_left")


def _training(how, label):
    return Computed(f"{how} {TRAINING.replace('LABEL', label)}")


def _differences(how, table, label, where=""):
    words = DIFFERENCES.replace("TABLE", table).replace("LABEL", label)
    return Computed(f"{how} {words}{where}")


def _sigma(label, snr):
    row = f"row label = {label} of {{power_laws}}"
    return Computed(f"amplitude x {snr} ^ exponent, columns of {row}")


def _side(table, label, split, below):
    where = f", where {label}_ref {'<' if below else '>='} {split}"
    return _differences("median of", table, label, where)


def _sample_pairs(membership):
    rows = {
        "table": "membership is both or theirs and step is empty",
        "unexplained": "step = unexplained",
    }
    where = rows.get(membership, f"membership = {membership} and step is empty")
    return Computed(
        f"sum of column n_pairs of {{paper_sample_counts}}, of rows where {where}"
    )


ORIGINS = {
    "listed": lambda table: Computed(f"the header's N_ROWS of {{{table}}}"),
    "cut_count": _cut_count,
    "role_count": lambda role: Computed(f"number of rows of {{split}}, role = {role}"),
    "label_end": lambda label, end: _training(f"{end} value,", label),
    "outside_usable": lambda label: _training(
        f"number outside of prediction.usable.{label} of the configuration,", label
    ),
    "smallest_bin": lambda: Computed("smallest value of column n of {bins}"),
    "law": lambda label, column: Cell("power_laws", {"label": label}, column),
    "sigma": _sigma,
    "comparison": lambda id, label, column: Cell(
        "summary", {"comparison": id, "label": label}, column
    ),
    "slope": lambda table, label: _differences(
        f"slope, against column {label}_ref, of", table, label
    ),
    "side": _side,
    "correction": lambda column: Cell("aspcap_correction", {"fit": "teff"}, column),
    "surface": lambda teff, feh: Computed(
        FITTED.replace("TEFF", str(teff)).replace("FEH", str(feh))
    ),
    "niu_slope": lambda: Cell("niu_sign", {"chosen": True}, "slope"),
    "sample_pairs": _sample_pairs,
    "sample_difference": lambda quantity, column: Cell(
        "paper_sample", {"quantity": quantity}, column
    ),
    "setting": lambda keys: Computed(f"key {'.'.join(keys)} of {{configuration}}"),
}

"""The tables and texts of a run as the templates of its page take them."""

from collections.abc import Iterator

import numpy as np
from astropy.table import Table

from mdwarfs.report import cells, ledger
from mdwarfs.report.contents import SHOWN, Shown

FIRST_ROWS = 8
"""Of the tables that list stars, on the page."""
MOST_ROWS = 200
"""Of tables that stand alone."""
LISTS_STARS = ("table_3", "table_4")
LONG = 16
"""Tables with more rows are folded."""
LEDGER, NUMBERS = "claims", "numbers"
CUT_FLOWS = (
    "candidate_counts", "pairs_fgk_m_counts", "pairs_m_m_counts",
    "pairs_fgk_fgk_counts", "selected",
)  # fmt: skip
NARROW = {
    "comparisons": (
        "comparison", "name", "label", "n_matched", "n_all", "n", "median", "e_median",
        "std", "e_std", "robust_std", "n_unseen", "median_unseen", "e_median_unseen",
        "std_unseen", "e_std_unseen",
    ),
    "table_4": (
        "source_id", "sdss_id", "ra", "dec", "Teff", "e_Teff", "logg", "e_logg",
        "alphaM", "e_alphaM", "FeH", "e_FeH", "FeH_niu", "e_FeH_niu", "SNR",
        "flag_names", "recommended", "reason",
    ),
    "products": (
        "path", "rule", "n_rows", "n_columns", "n_nulls", "sha256", "problems",
    ),
}  # fmt: skip
"""Columns of tables that have more than a page is wide; of others, all."""
FILTERS = {LEDGER: ("kind", "status", "agrees"), NUMBERS: ("status", "of", "label")}
"""Columns by which rows of the ledger can be chosen."""


def of_section(section: str, read: dict) -> list[dict]:
    """What stands in a section of the page.

    Parameters
    ----------
    section
        One of `mdwarfs.report.contents.SECTIONS`.
    read
        Tables and texts by the names of `mdwarfs.report.contents.SHOWN`.

    Returns
    -------
    entries
        As the macro `show` of the templates takes them.
    """
    there = (x for x in SHOWN if x.section == section and x.name in read)
    return [_entry(x, read[x.name], FIRST_ROWS) for x in there]


def alone(read: dict) -> Iterator[dict]:
    """Each of them as it stands on a page of its own: unfolded, with more rows.

    Parameters
    ----------
    read
        As `of_section` takes it.
    """
    for shown in SHOWN:
        if shown.section and shown.name in read:
            entry = _entry(shown, read[shown.name], MOST_ROWS)
            yield entry | {"long": False, "filters": {}, "alone": True}


def _entry(shown: Shown, content: Table | str, most: int) -> dict:
    """A table, of which at most so many rows are told, or a text."""
    made = {x: getattr(shown, x) for x in ("name", "title", "words", "path")}
    made |= {"kind": "table", "long": False, "filters": {}, "alone": False, "alike": ""}
    if shown.name == LEDGER:
        return made | _ledger(content)
    if shown.path.endswith(".yaml"):
        return made | {"kind": "plain", "text": content}
    if isinstance(content, str):
        return made | {"kind": "text", "html": cells.html(content)}
    if shown.name in CUT_FLOWS:
        return made | {"kind": "flow", "steps": cells.flow(content)}
    return made | _table(shown.name, content, most)


def _table(name, content, most):
    count = len(content)
    if name in LISTS_STARS:
        content = content[:most]
    left_out, alike = {"rule"}, ""
    if name == NUMBERS and len(set(content["status"])) == 1:
        left_out.add("status")
        alike = f"All {count:,} numbers are of {content['status'][0]} stars."
    others = [x for x in content.colnames if x not in left_out]
    choices = _choices(name, content)
    return {
        **cells.table(content, NARROW.get(name, others)),
        "alike": alike,
        "count": count,
        "records": name in LISTS_STARS,
        "filters": choices,
        "data": [{x: str(row[x]) for x in choices} for row in content],
        "long": len(content) > LONG and name not in FILTERS,
    }


def _ledger(claims):
    choices = _choices(LEDGER, claims)
    return {
        "kind": "ledger",
        "blocks": ledger.by_claim(claims),
        "put_in": bool(np.isfinite(claims["injected"]).any()),
        "alike": ledger.statuses(claims),
        "varied": "status" in choices,
        "filters": choices,
    }


def _choices(name, content):
    """Values of the columns by which rows can be chosen: those that differ."""
    there = (x for x in FILTERS.get(name, ()) if x in content.colnames)
    choices = {x: sorted(set(map(str, content[x]))) for x in there}
    return {x: values for x, values in choices.items() if len(values) > 1}

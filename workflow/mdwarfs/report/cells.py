"""Tables and texts of a run as the page's template takes them."""

import re
from collections.abc import Sequence

import numpy as np
from astropy.table import Column, Table
from markdown_it import MarkdownIt

from mdwarfs.labels import LABELS
from mdwarfs.tables.markdown import number

DEEPER = 2
"""Levels by which headings of a text go down below that of a section."""
IDENTIFIERS = re.compile(r"(^|_)(id|source_id|sdss_id)\d?$|^bin$|^bits?$|^flags$")
CALLED = {"found": "this run", "e_found": "±"}
"""Columns that are called otherwise than by their names."""
NUMBERS = "fiu"
"""Kinds of columns of numbers."""
SHORT = {"sha256": 12}
"""Columns of which the first characters are enough."""


def table(rows: Table, columns: Sequence[str] | None = None) -> dict:
    """A table as heads and cells.

    Parameters
    ----------
    columns
        Those that are wanted; all others are left out.

    Returns
    -------
    entries
        `heads`, each with `name`, `unit` and `words`, and `rows` of cells, each with
        `text` and whether it is a `number`.
    """
    names = [x for x in columns or rows.colnames if x in rows.colnames]
    heads = [
        {
            "name": CALLED.get(name, name.replace("_", " ")),
            "unit": str(rows[name].info.unit or ""),
            "words": rows[name].info.description or "",
            "number": rows[name].dtype.kind in NUMBERS,
        }
        for name in names
    ]
    cells = [column(rows[name]) for name in names]
    return {"heads": heads, "rows": list(zip(*cells))}


def column(values: Column) -> list[dict]:
    """The cells of a column."""
    name, kind = values.name, values.dtype.kind
    plain = bool(IDENTIFIERS.search(name))
    if name == "label":
        values = [LABELS[x].short if x in LABELS else x for x in values]
    most = SHORT.get(name)
    return [
        {"text": _cell(x, kind, plain)[:most], "number": kind in NUMBERS}
        for x in values
    ]


def _cell(value, kind, plain):
    """One value as text; minus signs are such."""
    if kind == "b":
        return "yes" if value else "no"
    if kind in "iu":
        return f"{value}" if plain else f"{value:,}".replace("-", "−")
    if kind == "f":
        return number(value).replace("-", "−") if np.isfinite(value) else ""
    return str(value)


def html(text: str) -> str:
    """Markdown as HTML, without its first heading, the others below a section's.

    HTML within the text is shown as it is written.
    """
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    kept, skipped = [], False
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            if token.tag == "h1":
                skipped = token.type == "heading_open"
                continue
            token.tag = f"h{min(int(token.tag[1]) + DEEPER, 6)}"
        if not skipped:
            kept.append(token)
    made = parser.renderer.render(kept, parser.options, {})
    return made.replace("<table>", '<div class="wide"><table>').replace(
        "</table>", "</table></div>"
    )


def parts(text: str) -> dict[str, str]:
    """The parts of a Markdown text by their headings of the second level."""
    found = re.split(r"(?m)^## +(.+)$", text)
    return dict(zip(found[1::2], found[2::2]))


def flow(counts: Table) -> list[dict]:
    """A cut flow: what each step removes and leaves, and the share of what there was.

    Parameters
    ----------
    counts
        `n_left`, `n_removed`, of surveys `n_alone`, and `description` or `criterion`.
    """
    most = max(int(np.max(counts["n_left"])), 1) if len(counts) else 1
    told = "description" if "description" in counts.colnames else "criterion"
    alone = counts["n_alone"] if "n_alone" in counts.colnames else [None] * len(counts)
    return [
        {
            "words": str(row[told]),
            "removed": int(row["n_removed"]),
            "alone": None if other is None else int(other),
            "left": int(row["n_left"]),
            "share": round(100 * int(row["n_left"]) / most, 2),
        }
        for row, other in zip(counts, alone)
    ]

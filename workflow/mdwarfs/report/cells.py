"""Prepare tables and texts of a run for the template of the page."""

import re
from collections.abc import Sequence

import numpy as np
from astropy.table import Column, Table
from markdown_it import MarkdownIt

from mdwarfs.labels import LABELS
from mdwarfs.tables.markdown import OF_ERRORS, number

DEEPER = 2
"""Levels by which headings of a text go down below that of a section."""
IDENTIFIERS = re.compile(r"(^|_)(id|source_id|sdss_id)\d?$|^bin$|^bits?$|^flags$")
FLAGS = "flag_names"
CALLED = {
    "found": "this run",
    "n": "stars",
    "all": "stars, all",
    "matched": "stars in both",
    "chi2": "χ²",
    "dof": "degrees of freedom",
    "snr_factor": "factor of SNR",
    "snr_exponent": "exponent of SNR",
    "snr_scatter": "scatter of SNR",
    "snr_formats": "formats of SNR",
    "std": "standard deviation",
    "source_id": "Gaia DR3 source_id",
    "source_id1": "Gaia DR3 source_id, FGK",
    "source_id2": "Gaia DR3 source_id, M",
    "sdss_id": "SDSS id",
    FLAGS: "flags",
}
"""Columns that are called otherwise than by their names; `e_*` and `n_*` without it."""
LABELS_IN_NAMES = {
    name: label.heading
    for label in LABELS.values()
    for name in (label.name, label.paper)
    if name
}
"""Names of labels, in products and in the paper's tables, as they are in headings."""
DECIMALS = {x: 4 for x in ("ra", "dec", "ra1", "dec1", "ra2", "dec2")} | {
    x: 1 for x in ("snr", "SNR", "snr_min", "snr_max")
}
"""Of columns that have neither errors nor a label."""
NUMBERS = "fiu"
"""Kinds of columns of numbers."""
SHORT = {"sha256": 12}
"""Columns of which the first characters are enough."""


def table(rows: Table, columns: Sequence[str] | None = None) -> dict:
    """A table as heads and cells.

    Parameters
    ----------
    columns
        Those that are wanted; all others are left out, and those without any text.
        Numbers and their errors (`x`, `e_x`) share a cell.

    Returns
    -------
    entries
        `heads`, each with `name`, `unit` and `words`, and `rows` of cells, each with
        `text` and whether it is a `number`.
    """
    names = [x for x in columns or rows.colnames if x in rows.colnames]
    names = [x for x in names if not _is_empty(rows[x])]
    errors = {x: f"e_{x}" for x in names if f"e_{x}" in names}
    names = [x for x in names if x not in errors.values()]
    heads = [
        {
            "name": heading(name)
            .replace("± ", "±\N{NO-BREAK SPACE}")
            .replace("log g", "log\N{NO-BREAK SPACE}g"),
            "unit": str(rows[name].info.unit or ""),
            "words": _words(rows, [name, *([errors[name]] if name in errors else [])]),
            "number": rows[name].dtype.kind in NUMBERS,
        }
        for name in names
    ]
    cells = [column(rows[name], _errors(rows, name)) for name in names]
    for name, own in zip(names, cells):
        if name in errors:
            error = errors[name]
            _join(own, column(rows[error], _errors(rows, error)))
    return {"heads": heads, "rows": list(zip(*cells))}


def _words(rows, names):
    """What columns that share a cell say of themselves."""
    return "; ± ".join(rows[x].info.description or "" for x in names)


def _join(numbers, errors):
    """Put errors behind their numbers; in place."""
    for cell, error in zip(numbers, errors):
        if cell["text"] and error["text"]:
            cell["text"] += f" ± {error['text']}"


def heading(name: str) -> str:
    """What a column is called, in words."""
    if name in CALLED:
        return CALLED[name]
    for before, words in (("e_", "± "), ("n_", "")):
        if name.startswith(before):
            return words + heading(name.removeprefix(before))
    if name.endswith("_n"):
        return f"{heading(name.removesuffix('_n'))}, stars"
    for label in sorted(LABELS_IN_NAMES, key=len, reverse=True):
        if name == label or name.startswith(f"{label}_"):
            rest = name.removeprefix(label).replace("_", " ")
            return LABELS_IN_NAMES[label] + rest
    return re.sub(r"\bsnr\b", "SNR", name.replace("_", " "))


def column(values: Column, errors: Column | None = None) -> list[dict]:
    """The cells of a column.

    Parameters
    ----------
    errors
        Of numbers, which have as many decimals as these.
    """
    name, kind = values.name, values.dtype.kind
    plain = bool(IDENTIFIERS.search(name))
    if name == "label":
        values = [LABELS_IN_NAMES.get(x, x) for x in values]
    if name == FLAGS:
        values = [x.replace("_", " ").replace(",", ", ") for x in values]
    most = SHORT.get(name)
    errors = np.full(len(values), np.nan) if errors is None else errors
    none = name.endswith("_n")  # stars of a label: 0 where nothing is compared
    return [
        {
            "text": "" if none and not x else _cell(x, kind, plain, e)[:most],
            "number": kind in NUMBERS,
        }
        for x, e in zip(values, errors)
    ]


def signed(text: str) -> str:
    """A number with a minus sign, where it has a hyphen."""
    return re.sub(r"(?<![\w)])-(?=\d)", "−", text)


def _is_empty(values):
    return bool(len(values)) and values.dtype.kind in "US" and not np.any(values != "")


def _errors(rows, name):
    """By what the decimals of a column are told: that of its errors, if there is one.

    Columns of a label have those of the label, so that they are alike in all rows.
    """
    of_all = np.full(len(rows), np.nan)
    if name in DECIMALS:
        return np.full(len(rows), 10.0 ** (OF_ERRORS - 1 - DECIMALS[name]))
    plain = name.removeprefix("e_")
    for label in sorted(LABELS, key=len, reverse=True):
        of = LABELS[label]
        if any(f"{plain}_".startswith(f"{x}_") for x in (label, of.paper) if x):
            return np.full(len(rows), 10.0 ** (OF_ERRORS - 1 - of.digits))
    like = plain.removeprefix("robust_").removesuffix("_all")
    own = ["error"] if plain in ("value", "error") else []
    for error in (f"e_{plain}", f"e_{like}", *own):
        if error in rows.colnames and rows[error].dtype.kind == "f":
            return rows[error]
    return of_all


def _cell(value, kind, plain, error):
    """One value as text; minus signs are such."""
    if kind == "b":
        return "yes" if value else "no"
    if kind in "iu":
        return f"{value}" if plain else signed(f"{value:,}")
    if kind == "f":
        return signed(number(value, error))
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

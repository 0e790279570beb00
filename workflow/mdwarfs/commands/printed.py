"""What `mdwarfs predict` prints: a line for each star, and who has no labels."""

from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np
from astropy.table import Table

from mdwarfs.slam.infer.flags import Flag
from mdwarfs.star.printout import NONE, writer

ERRORS = ("sigma_", "e_", "formal_e_")
"""Of labels, in the order in which they are preferred; the first that all labels have
is printed."""
MOST_FILES = 10
"""That are named where there are no labels."""
WIDTH = 120
"""Of a terminal."""
INDENT = "    "


def readable(table: Table) -> str:
    """The labels as text: file, SNR, labels with an error, whether recommended, flags.

    A line for each spectrum, and below it the reason, if it has one.

    Parameters
    ----------
    table
        As `predict_files` makes it, of either method.
    """
    names = table.colnames
    labels = label_names(table)
    error = next(x for x in ERRORS if all(f"{x}{label}" in names for label in labels))
    columns = [
        ["file", "", *short(table["file"])],
        ["snr", "", *(NONE if np.isnan(x) else f"{x:.1f}" for x in table["snr"])],
    ]
    for label in labels:
        write, unit = writer(label), str(table[label].unit or "")
        pairs = zip(table[label], table[f"{error}{label}"])
        cells = (
            write(x) if np.isnan(x) else f"{write(x)}±{write(e)}" for x, e in pairs
        )
        columns.append([label, unit, *cells])
    said = ("yes" if x else "no" for x in table["recommended"])
    columns.append(["recom-", "mended", *said])
    columns.append(["flags", "", *table["flag_names"]])
    lines = aligned(columns)
    found = [f"labels ± {error}* (--output writes all columns)", *lines[:2]]
    for line, reason in zip(lines[2:], table["reason"]):
        found += [line, *indented(str(reason))]
    return "\n".join(found)


def label_names(table: Table) -> list[str]:
    """The labels of a table of predictions: what has an error, but the velocity."""
    names = table.colnames
    # hybrid labels have others beside them, without the prior: of x, x_flat
    aside = {"v_rad", *(f"{name}_flat" for name in names)}
    return [
        name
        for name in names
        if name not in aside and any(f"{error}{name}" in names for error in ERRORS)
    ]


def short(files: np.ndarray) -> list[str]:
    """Names of files, without their folders if these are not needed to tell them."""
    files = [str(file) for file in files]
    names = [Path(file).name for file in files]
    return names if len(set(names)) == len(set(files)) else files


def aligned(columns: list[list[str]]) -> list[str]:
    """Lines of columns, of which the first and the last begin at the left."""
    last = len(columns) - 1
    padded = []
    for k, cells in enumerate(columns):
        width = max(map(len, cells))
        padded.append(
            [x.ljust(width) if k in (0, last) else x.rjust(width) for x in cells]
        )
    return [" ".join(cells).rstrip() for cells in zip(*padded)]


def indented(reason: str) -> list[str]:
    """A reason in lines that a terminal holds; none of an empty one."""
    return textwrap.wrap(
        reason,
        WIDTH,
        initial_indent=INDENT,
        subsequent_indent=INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def without_labels(table: Table) -> str:
    """Which spectra have no labels, and why; empty if all have them."""
    lacking = table[(np.asarray(table["flags"]) & int(Flag.NO_LABELS)) > 0]
    if not len(lacking):
        return ""
    lines = [f"{len(lacking)} of {len(table)} have no labels:"]
    for row in lacking[:MOST_FILES]:
        lines.append(f"  {row['file']}: {row['reason']}")
    if len(lacking) > MOST_FILES:
        lines.append(f"  and {len(lacking) - MOST_FILES} more")
    return "\n".join(lines)

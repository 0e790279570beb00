"""Compare SLAM, the hybrid labels and other methods by label and SNR."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from astropy.table import Table

from mdwarfs.method_names import HYBRID, SLAM
from mdwarfs.samples.split import of_role
from mdwarfs.tables.by_method import from_long
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import from_rows, matrix
from mdwarfs.validation import by_snr, half_width
from mdwarfs.validation.half_width import (
    REFERENCES,
    TRUTH,
    half_width_and_error,
    slope_against,
    sound_unseen,
)

DRAWS = 200  # of the stars, for the errors of half widths and of their differences
SURE = 2.0  # standard errors, from which two half widths are different
LESS, ALIKE, MORE = "less", "as much", "more"

COLUMNS = {
    **half_width.COLUMNS,
    "e_half_width": ("", "Its standard error, from the stars drawn anew"),
    "rank": ("", "1: the least half width of all methods, on the same stars"),
    "beside_slam": (
        "",
        "Half width beside that of SLAM: less or more, by two standard errors of the "
        "difference (from the same stars drawn anew), or as much",
    ),
    "beside_hybrid": ("", "Half width beside that of the hybrid labels, likewise"),
}


def methods_by_snr(
    slam: Table,
    methods: Table,
    labels: Table,
    split: Table,
    truth: Table | None,
    *,
    names: Sequence[str],
    role: str,
    edges: Sequence[float],
    seed: int,
) -> Table:
    """How far off every method is, label by label and bin by bin.

    Parameters
    ----------
    slam
        Its labels, of stars that it was not trained with, and their SNR.
    methods
        From `mdwarfs.tables.by_method.long_table`.
    labels, split
        Reference labels, and the role of their stars.
    truth
        Of simulated stars: all that are sound and that no method has seen are compared
        with it, too.
    names
    role
        Of the stars that are compared with their references.
    edges
        Of the bins of SNR, see `mdwarfs.validation.by_snr.bins`.
    seed
        Of the stars that are drawn.

    Returns
    -------
    table
        `COLUMNS`; only stars with labels by all methods.
    """
    rows = compare(
        REFERENCES, of_role(split, role), slam, methods, labels, names, edges, seed
    )
    if truth is not None:
        stars = sound_unseen(np.unique(methods["source_id"]), truth, split)
        rows += compare(TRUTH, stars, slam, methods, truth, names, edges, seed)
    return from_rows(rows, COLUMNS)


def compare(
    against: str,
    stars: np.ndarray,
    slam: Table,
    methods: Table,
    reference: Table,
    names: Sequence[str],
    edges: Sequence[float],
    seed: int,
) -> list[tuple]:
    """Rows of `methods_by_snr`, of one sample.

    Parameters
    ----------
    stars : int, shape (n,)
        source_id of those to compare.
    reference
        Known labels.
    """
    own, known = (
        lookup(table, match(stars, table["source_id"])) for table in (slam, reference)
    )
    found = {SLAM: matrix(own, names), **from_long(methods, stars, names)}
    known, snr = matrix(known, names), np.asarray(own["snr"], float)
    rng, rows = np.random.default_rng([seed, len(stars)]), []
    for label, name in enumerate(names):
        difference = {
            x: values[:, label] - known[:, label] for x, values in found.items()
        }
        use = np.isfinite(list(difference.values())).all(axis=0) & np.isfinite(snr)
        said = {
            x: by_snr.statistics(name, np.where(use, values, np.nan), snr, edges)
            for x, values in difference.items()
        }
        for number, members in enumerate(by_snr.bins(snr, edges)):
            own = members & use
            found_here = {x: values[own] for x, values in difference.items()}
            for method, more in beside(found_here, rng).items():
                tilt = slope_against(known[own, label], found_here[method])
                rows.append(
                    (against, method, *said[method][number], *more[:2], tilt, *more[2:])
                )
    return rows


def beside(difference: dict[str, np.ndarray], rng: np.random.Generator) -> dict:
    """Half widths of several methods, on the same stars.

    Parameters
    ----------
    difference : each of shape (n,)
        By method.
    rng
        Of the stars that are drawn: the same for all methods, so that what all of them
        get wrong does not blur how they differ.

    Returns
    -------
    by method
        `half_width`, `e_half_width`, `rank`, `beside_slam`, `beside_hybrid`; without
        enough stars NaN, 0 and empty texts.
    """
    values = {name: half_width_and_error(x)[0] for name, x in difference.items()}
    n = len(next(iter(difference.values())))
    if not np.isfinite(list(values.values())).all():
        return dict.fromkeys(difference, (np.nan, np.nan, 0, "", ""))
    drawn = rng.integers(0, n, (DRAWS, n))
    widths = {
        name: half_width.half_width(x[drawn], axis=1) for name, x in difference.items()
    }
    order = sorted(values, key=values.get)

    def word(name, other):
        if other not in values or name == other:
            return ""
        error = np.std(widths[name] - widths[other])
        change = values[name] - values[other]
        return ALIKE if abs(change) <= SURE * error else LESS if change < 0 else MORE

    return {
        name: (
            value, np.std(widths[name]), order.index(name) + 1, word(name, SLAM),
            word(name, HYBRID),
        )
        for name, value in values.items()
    }  # fmt: skip

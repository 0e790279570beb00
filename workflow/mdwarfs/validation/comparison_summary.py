"""Statistics of the comparisons: the paper's Table 2."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.table import Table

from mdwarfs.labels import LABELS
from mdwarfs.samples.split import TRAINED_ON
from mdwarfs.statistics import summarise
from mdwarfs.tables.tabulate import from_rows


@dataclass(frozen=True)
class Comparison:
    """One line of the paper's Table 2, or one that we add to it.

    Attributes
    ----------
    id
        R1 to R7; of a line that the paper lacks, the name of the catalogue.
    table
        Which table of matched stars it is computed from.
    name
        What SLAM is compared with, in words.
    labels
        Those that are in the table; a run may have fewer.
    """

    id: str
    table: str
    name: str
    labels: tuple[str, ...]


OF_THE_RUN = (
    Comparison("R1", "test", "Test stars", tuple(LABELS)),
    Comparison("R2", "m_m", "M+M wide binaries", ("feh",)),
    Comparison("R6", "mann", "Mann et al. (2015, 2016)", ("teff",)),
    Comparison("R7", "mann", "Mann et al. (2016, 2019)", ("logg",)),
)
"""Lines without a catalogue; those with one are in `mdwarfs.catalogues.registry`."""

COLUMNS = {
    "comparison": ("", "R1 to R7: the lines of the paper's Table 2"),
    "name": ("", "What SLAM is compared with"),
    "label": ("", "Stellar label; its unit is the unit of the row"),
    "n_matched": ("", "Stars (pairs for R2) matched"),
    "n_all": ("", "Of those, with both values"),
    "n": ("", "Of those, used: R1 all, R2-R7 converged and within the usable range"),
    "median": ("", "Median of SLAM minus reference (R2: primary minus secondary)"),
    "e_median": ("", "Standard error of the median"),
    "std": ("", "Standard deviation of the differences"),
    "e_std": ("", "Standard error of the standard deviation"),
    "robust_std": ("", "1.4826 times the median absolute deviation of the differences"),
    "n_unseen": ("", "Of those used, stars (pairs) that SLAM was not trained on"),
    "median_unseen": ("", "Median over these"),
    "e_median_unseen": ("", "Standard error of the median over these"),
    "std_unseen": ("", "Standard deviation over these"),
    "e_std_unseen": ("", "Standard error of the standard deviation over these"),
    "median_all": ("", "Median over all that have both values"),
    "std_all": ("", "Standard deviation over all that have both values"),
    "robust_std_all": ("", "Robust standard deviation over all that have both values"),
    "product": ("", "The product that has the differences, below the run's results"),
    "rule": ("", "The rule that made it"),
}
WITH_OTHERS = {
    "comparison": (
        "",
        "R1 to R7: the lines of the paper's Table 2; others: the catalogue's name",
    ),
    "n": ("", "Of those, used: R1 all, others converged and within the usable range"),
}
"""What the columns are where there are lines that the paper's table lacks."""


def lines_of(catalogues: list[dict]) -> list[Comparison]:
    """The lines of Table 2: the paper's in its order, then those that it lacks.

    Parameters
    ----------
    catalogues
        `table`, `name`, `labels` and `line` (empty: the paper has none) of every
        catalogue that SLAM is compared with.
    """
    found = [
        Comparison(c["line"] or c["table"], c["table"], c["name"], tuple(c["labels"]))
        for c in catalogues
    ]
    own = {c["table"] for c in catalogues if not c["line"]}
    return sorted((*OF_THE_RUN, *found), key=lambda line: (line.id in own, line.id))


def summarise_comparisons(
    comparisons: dict[str, Table],
    lines: list[Comparison],
    origins: dict[str, Sequence[str]],
) -> Table:
    """Median and spread of SLAM minus reference, for every line of Table 2.

    Parameters
    ----------
    comparisons
        As `mdwarfs.validation.comparisons` makes them, by the `table` of the lines.
    origins
        Path and rule of each of them.

    Returns
    -------
    table
        A row per comparison and label, `COLUMNS`: statistics of the used rows, of
        those among them that SLAM was not trained on (`*_unseen`), and of all rows that
        have both values (`*_all`).
    """
    rows = []
    for comparison in lines:
        table = comparisons[comparison.table]
        for label in comparison.labels:
            if _sides(table, label)[0] not in table.colnames:
                continue
            difference = differences(table, label)
            use = np.array(table["used"], bool)
            used = summarise(difference[use])
            if TRAINED_ON in table.colnames:  # no test star is
                use &= ~np.asarray(table[TRAINED_ON], bool)
            unseen = summarise(difference[use])
            every = summarise(difference)
            rows.append(
                (comparison.id, comparison.name, label, len(table), every.n, used.n)
                + (used.median, used.e_median, used.std, used.e_std, used.robust_std)
                + (unseen.n, unseen.median, unseen.e_median, unseen.std, unseen.e_std)
                + (every.median, every.std, every.robust_std)
                + tuple(origins[comparison.table])
            )
    added = any(line.id == line.table for line in lines)
    return from_rows(rows, COLUMNS | (WITH_OTHERS if added else {}))


def differences(table: Table, label: str) -> np.ndarray:
    """SLAM minus reference; for pairs, primary minus secondary.

    Parameters
    ----------
    table
        A comparison.

    Returns
    -------
    shape (n,)
        NaN where either value is unknown.
    """
    minuend, subtrahend = _sides(table, label)
    return np.asarray(table[minuend], float) - np.asarray(table[subtrahend], float)


def _sides(table, label):
    """The two columns that are compared."""
    if f"{label}1" in table.colnames:
        return f"{label}1", f"{label}2"
    return label, f"{label}_ref"

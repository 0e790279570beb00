"""Compare a run's labels and its references with labels from other work.

For each star of another catalogue, both the label found here and the reference label
are compared with the catalogue's, because SLAM learns from its references and cannot do
better than they do.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
from astropy.table import Table, vstack

from mdwarfs.errors import InputError
from mdwarfs.given.raw_table import read_columns
from mdwarfs.given.settings import KEY, Column, asked_of_others
from mdwarfs.given.table import converted
from mdwarfs.labels import LABELS
from mdwarfs.statistics import summarise
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate, from_rows
from mdwarfs.validation.comparisons import usable
from mdwarfs.validation.methods import correlation

logger = logging.getLogger(__name__)

FOUND, REFERENCE = "SLAM", "reference"

STAR_COLUMNS = {
    "comparison": ("", "Whose labels they are compared with"),
    "flags": ("", "Bits of mdwarfs.slam.infer.flags"),
    "labelled": (
        "",
        "The run has all labels of the star, and trained or tested with it",
    ),
    "used": ("", "In the statistics of SLAM: converged and within the usable range"),
}
COLUMNS = {
    "comparison": ("", "Whose labels they are compared with"),
    "label": ("", "Stellar label"),
    "unit": ("", "Unit of the label"),
    "compared": ("", "SLAM, or the reference labels of the run, minus the other's"),
    "sample": (
        "",
        "labelled: stars with reference labels, not seen by the model; other: without",
    ),
    "n_all": ("", "Stars with both values"),
    "n": ("", "Of those, used: SLAM's fit converged within the usable range"),
    "median": ("", "Median difference"),
    "e_median": ("", "Standard error of the median"),
    "std": ("", "Standard deviation of the differences"),
    "e_std": ("", "Standard error of the standard deviation"),
    "robust_std": ("", "1.4826 times the median absolute deviation of the differences"),
    "correlation": ("", "Coefficient of correlation of the two"),
    "median_all": ("", "Median difference of all stars with both values"),
    "std_all": ("", "Their standard deviation"),
}


def others_labels(table: Table, key: str, columns: dict[str, str], where: str) -> Table:
    """Labels of another catalogue, under our names and in our units.

    Parameters
    ----------
    table
        With a row per star.
    key
        Its column of identifiers.
    columns
        Its columns, by our labels. A column without a unit is taken to be in ours.
    where
        What it is, for messages.

    Returns
    -------
    table
        `key`, and the labels: NaN where there is none.

    Raises
    ------
    InputError
        If a column is missing, or a unit cannot be converted.
    """
    lacking = [x for x in (key, *columns.values()) if x not in table.colnames]
    if lacking:
        raise InputError(
            f"{where} has no column {', '.join(lacking)}; it has "
            f"{', '.join(table.colnames)}"
        )
    found = Table({key: np.asarray(table[key])})
    for label, name in columns.items():
        try:
            values, _, trouble = converted(table[name], label, Column(name))
        except InputError as error:
            raise InputError(f"{where}: column {name}: {error}") from error
        if any(trouble):
            said = next(filter(None, trouble))
            n = sum(map(bool, trouble))
            logger.warning(
                "%s: column %s: %d without a value: %s", where, name, n, said
            )
        found[label] = values
    return found


def compared_with(
    catalogues: dict[str, dict], predictions: Table, labels: Table
) -> Table:
    """Compare with every catalogue that the configuration names.

    Parameters
    ----------
    catalogues
        By name: `table` (file; without it, the labels' own table has the columns),
        `key` (default source_id), and by our labels the catalogue's columns.
    predictions, labels
        As for `compare_others`.

    Returns
    -------
    table
        From `compare_others`, one catalogue after the other; NaN for labels that one
        lacks.
    """
    found = []
    for name, entry in catalogues.items():
        columns = {x: column for x, column in entry.items() if x in LABELS}
        path, key = entry.get("table"), entry.get("key", KEY)
        table = read_columns(path, asked_of_others(name, entry)) if path else labels
        other = others_labels(table, key, columns, str(path or f"compared.{name}"))
        found.append(compare_others(name, other, key, predictions, labels))
    return stacked(found)


def compare_others(
    name: str, other: Table, key: str, predictions: Table, labels: Table
) -> Table:
    """Labels found here and reference labels of the stars that another catalogue has.

    Parameters
    ----------
    name
        Of the catalogue.
    other
        From `others_labels`.
    key
        Column that tells the stars apart, in both.
    predictions
        Labels found, with `flags`; rows as in `labels`.
    labels
        `source_id`, `snr`, `labelled`, `key` and reference labels.

    Returns
    -------
    table
        A row per star of both: `comparison`, `source_id`, `snr`, `flags`, `labelled`,
        `used`; and of each label x that the other has `x` (found), `x_ref` (the
        other's) and `x_known` (the reference of the run).

    Raises
    ------
    InputError
        If `key` does not tell the stars apart.
    """
    index = place(labels[key], other[key], f"{name}: {key}")
    rows = np.flatnonzero(index >= 0)
    theirs, found, known = lookup(other, index[rows]), predictions[rows], labels[rows]
    table = Table({"comparison": np.full(len(rows), name)})
    for column in ("source_id", "snr", "labelled"):
        table[column] = np.asarray(known[column])
    table["flags"] = np.asarray(found["flags"])
    table["used"] = usable(table["flags"])
    described = dict(STAR_COLUMNS)
    for label in (x for x in LABELS if x in other.colnames and x in found.colnames):
        table[label] = np.asarray(found[label], float)
        table[f"{label}_ref"] = np.asarray(theirs[label], float)
        table[f"{label}_known"] = np.asarray(known[label], float)
        words = f"Reference label of the run: {LABELS[label].text}"
        described[f"{label}_known"] = LABELS[label].unit, words
    return annotate(table, described)


def place(ours: Sequence, theirs: Sequence, what: str) -> np.ndarray:
    """Row of each of our stars in the other catalogue; -1 if it is not there."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    if ours.dtype.kind not in "iu" or theirs.dtype.kind not in "iu":
        names = np.concatenate([np.char.strip(ours.astype(str)), theirs.astype(str)])
        _, codes = np.unique(np.char.strip(names), return_inverse=True)
        codes = np.where(np.char.strip(names) == "", 0, codes + 1)
        ours, theirs = codes[: len(ours)], codes[len(ours) :]
    try:
        return match(ours, theirs)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"files.compared.{what} does not tell the stars apart: {error}"
        ) from error


def summarise_others(stars: Table) -> Table:
    """Median and spread of SLAM, and of the references, minus the others' labels.

    Parameters
    ----------
    stars
        From `compare_others`, of one or more catalogues.

    Returns
    -------
    table
        A row per catalogue, label, side and sample, `COLUMNS`.
    """
    rows = []
    names = dict.fromkeys(str(x) for x in stars["comparison"])
    for name in names:
        own = stars[np.asarray(stars["comparison"]) == name]
        for label in (x for x in LABELS if f"{x}_ref" in own.colnames):
            for side, column in ((FOUND, label), (REFERENCE, f"{label}_known")):
                for sample, members in samples(own):
                    row = both(own[members], column, f"{label}_ref")
                    if row[0]:
                        unit = LABELS[label].unit
                        rows.append((name, label, unit, side, sample, *row))
    return from_rows(rows, COLUMNS)


def samples(stars: Table) -> list[tuple[str, np.ndarray]]:
    """Stars with reference labels, and those without, by name."""
    labelled = np.asarray(stars["labelled"], bool)
    return [("labelled", labelled), ("other", ~labelled)]


def both(stars: Table, column: str, other: str) -> tuple:
    """From `n_all` to `std_all`, of two columns."""
    value, reference = (np.asarray(stars[x], float) for x in (column, other))
    known = np.isfinite(value) & np.isfinite(reference)
    used = known & np.asarray(stars["used"], bool)
    every, found = (summarise((value - reference)[x]) for x in (known, used))
    return (
        *(every.n, found.n, found.median, found.e_median, found.std, found.e_std),
        *(found.robust_std, correlation(value[used], reference[used])),
        *(every.median, every.std),
    )


def stacked(tables: Sequence[Table]) -> Table:
    """The comparisons of several catalogues as one table: labels that one lacks NaN."""
    table = vstack(list(tables), metadata_conflicts="silent")
    for name in table.colnames:
        if table[name].dtype.kind == "f" and hasattr(table[name], "mask"):
            table[name] = table[name].filled(np.nan)
    return table

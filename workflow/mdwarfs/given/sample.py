"""A given sample: its table and its spectra become labels, roles and a set of spectra.

Every row of the table that is selected keeps its place in all of them. A row whose
spectrum cannot be used, that has no labels or fails a cut says why.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.given import cuts, roles
from mdwarfs.given.arrays import read_arrays
from mdwarfs.given.doubts import doubts
from mdwarfs.given.settings import Column, with_defaults
from mdwarfs.given.spectra import Found, read_files, read_rows, same_as
from mdwarfs.given.table import read_given
from mdwarfs.spectra import normalise_all
from mdwarfs.spectra.signal import COLUMNS as OF_FILES
from mdwarfs.tables.physical import DWARF
from mdwarfs.tables.tabulate import annotate

if TYPE_CHECKING:
    from mdwarfs.spectra.spectrum_set import SpectrumSet

logger = logging.getLogger(__name__)

MOST_REASONS = 5  # that an error or the log names, and stars of each

COLUMNS = {
    "v_rad_file": ("km / s", "Radial velocity of the table, or else of the file"),
    "correlation": ("", "Correlation with the median spectrum of the other stars"),
    "n_good": ("", "Good pixels"),
    "good_fraction": ("", "Share of good pixels"),
    "labelled": ("", "Fit for training and testing"),
    "reason": ("", "Why the row is not used for training or testing; empty if it is"),
}


@dataclass(frozen=True)
class Sample:
    """What a run begins with; rows as in the table, but those that are not selected.

    Attributes
    ----------
    spectra
    labels
        One row per spectrum.
    split
        source_id, sdss_id, role of the labelled ones.
    selected
        How many rows each criterion of `files.select` removes.
    """

    spectra: SpectrumSet
    labels: Table
    split: Table
    selected: Table


def read_sample(
    files: dict,
    paths: dict[str, str],
    settings: dict,
    names: Sequence[str],
    *,
    sizes: dict[str, int],
    seed: int,
    threads: int = 1,
    simulated: bool = False,
) -> Sample:
    """Read a given sample.

    Parameters
    ----------
    files
        The section `files` of the configuration.
    paths
        `table`, `folder` and `array`, see `mdwarfs.given.settings.paths`.
    settings
        The section `spectra`.
    names
        The labels of the model.
    sizes
        The section `split`.
    seed
        Of the run.
    threads
        Number of processes.
    simulated
        Whether the run is. A file that says otherwise is not used.

    Raises
    ------
    InputError
        If the table or the arrays cannot be used, or no star is fit for training.
    """
    files, path = with_defaults(files), paths["table"]
    given, wrong = read_given(path, files["columns"])
    rows, selected = selected_rows(given, files["select"], path)
    table = given[rows]
    wrong = {name: [words[k] for k in rows] for name, words in wrong.items()}
    labels = identified(table)
    spectra, labels["file"], found = spectra_of(
        table, rows, len(given), files=files, paths=paths, settings=settings,
        threads=threads, simulated=simulated,
    )  # fmt: skip
    add_measured(labels, table, spectra, found)
    for name in table.colnames:
        if name not in labels.colnames and name not in ("row", "role"):
            labels[name] = table[name]
    failed = cuts.failures(all_columns(labels, table), files["cuts"])
    role = np.char.lower(column(table, "role", "").astype(str))
    reason, labelled = judged(labels, spectra, wrong, names, failed, role)
    labels["labelled"], labels["reason"] = labelled, reason
    if not labelled.any():
        raise InputError(none_fit(reason))
    require_several(labels, path, files, names)
    labels["role"], labels["fold"] = roles.roles(
        role, labelled, labels["star_id"], files["validation"], sizes, seed, rows
    )
    logger.info("%s", ", ".join(f"{n} {x}" for x, n in counted(labels["role"])))
    report_left_out(labels, names)
    report_lost(labels, wrong, names)
    for doubt in doubts(labels, names):
        logger.warning("%s: %s", path, doubt)
    annotate(labels, COLUMNS | roles.COLUMNS)
    spectra = replace(spectra, stars=stars_of(labels, spectra))
    split = labels["source_id", "sdss_id", "role"][labelled]
    return Sample(spectra, labels, split, selected)


def selected_rows(table: Table, select: dict, path: str) -> tuple[np.ndarray, Table]:
    """The rows that `files.select` leaves, and how many each criterion removes.

    Raises
    ------
    InputError
        If there are none.
    """
    if not len(table):
        raise InputError(f"{path} has no rows: only names of columns")
    rows, selected = cuts.select(table, select)
    for line in selected:
        logger.info("%s: %d rows", line["criterion"], line["n_left"])
    if not len(rows):
        raise InputError(f"{path}: no row is left by files.select")
    return rows, selected


def spectra_of(
    table: Table,
    rows: np.ndarray,
    n: int,
    *,
    files: dict,
    paths: dict[str, str],
    settings: dict,
    threads: int,
    simulated: bool,
) -> tuple[SpectrumSet, Sequence[str], list[Found]]:
    """The spectra of the selected rows: of an array, or files that the table names.

    Parameters
    ----------
    table
        The selected rows.
    rows
        Their numbers among the n of the whole table.
    files, paths, settings, threads, simulated
        As for `read_sample`.

    Returns
    -------
    spectra
    names
        Of the spectra: file, or file[row].
    found
        Of their velocities.
    """
    how = {
        "numbers": rows,
        "v_rad": column(table, "v_rad", np.nan),
        "way": files["velocity"],
        "settings": settings,
        "simulated": simulated,
    }
    if files["array"]:
        array = paths["array"]
        arrays = read_arrays(
            files["array"], array or paths["table"], rows, n, array is not None
        )
        spectra, found = read_rows(arrays, **how)
        return spectra, spectra.stars["file"], found
    names = named(table)
    where = [str(Path(paths["folder"]) / name) for name in names]
    spectra, found = read_files(where, unread(names, rows), threads=threads, **how)
    return spectra, names, found


def stars_of(labels: Table, spectra: SpectrumSet) -> Table:
    """What the file of spectra says of each star."""
    stars = labels["source_id", "sdss_id", "id", "file", "snr", "n_good"]
    stars["snr_file"] = np.asarray(spectra.stars["snr"])
    for name in ("kind", "snr_pixels", "status"):
        stars[name] = np.asarray(spectra.stars[name])
    return annotate(stars, normalise_all.COLUMNS | OF_FILES)


def require_several(
    labels: Table, path: str, files: dict, names: Sequence[str]
) -> None:
    """Refuse a sample of one star, and labels that are the same of all stars.

    Parameters
    ----------
    labels
        With star_id, labelled and reason.
    path
        Of the table.
    files
        The section of the configuration.
    names
        The labels of the model.

    Raises
    ------
    InputError
        With what the rows share, or the column of the label and its key.
    """
    fit = labels[np.asarray(labels["labelled"])]
    star_id = np.asarray(fit["star_id"])
    if len(fit) > 1 and star_id[0] and (star_id == star_id[0]).all():
        said = Column.of(files["columns"]["source_id"]).name
        raise InputError(
            f"{path}: all {len(fit)} rows that are fit for training have one "
            f"{said} (files.columns.source_id), {star_id[0]}, and so are spectra of "
            "one star: one star cannot be trained and tested on"
        )
    if len(fit) == 1 and len(labels) > 1:
        raise InputError(
            f"{path}: of {len(labels)} rows only {fit['id'][0]} is fit for training, "
            f"and one star cannot be trained and tested on. Of the others\n  "
            + commonest(labels["reason"][~np.asarray(labels["labelled"])])
        )
    for name in names:
        values = np.asarray(fit[name], float)
        if len(values) > 1 and np.ptp(values) == 0:
            said = Column.of(files["columns"][name]).name
            raise InputError(
                f"{path}: column {said} (files.columns.{name}) is {values[0]:g} in all "
                f"{len(fit)} rows that are fit for training: nothing can be learnt "
                "from it. Map another column, or leave it out of slam.labels"
            )


def report_left_out(labels: Table, names: Sequence[str]) -> None:
    """Log the stars that have all labels and are not trained on, with the reasons."""
    known = np.all([np.isfinite(labels[name]) for name in names], axis=0)
    out = labels[known & ~np.asarray(labels["labelled"])]
    for reason, n in counted(out["reason"])[:MOST_REASONS]:
        ids = out["id"][out["reason"] == reason][:MOST_REASONS]
        logger.warning(
            "%d stars with labels are not trained on: %s (%s%s)",
            n, reason, ", ".join(ids), ", ..." if n > len(ids) else "",
        )  # fmt: skip


def report_lost(
    labels: Table, wrong: dict[str, list[str]], names: Sequence[str]
) -> None:
    """Log the rows with a value that was dropped, and those without some of the labels.

    Rows without any label are stars to be labelled, and nothing is lost.

    Parameters
    ----------
    wrong
        As for `judged`.
    """
    ids, dropped, partial = np.asarray(labels["id"]), [], []
    for k, star in enumerate(ids):
        said = [f"{name}: {wrong[name][k]}" for name in names if wrong[name][k]]
        known = [bool(np.isfinite(labels[name][k])) for name in names]
        missing = [x for x, has in zip(names, known) if not has and not wrong[x][k]]
        if said:
            dropped.append(f"{star} ({'; '.join(said)})")
        if missing and (any(known) or said):
            partial.append(f"{star} (no {', '.join(missing)})")
    for rows, what in (
        (dropped, "have a value that was dropped"),
        (partial, "lack some of the labels"),
    ):
        if rows:
            logger.warning(
                "%d of %d rows %s, and are not trained on: %s%s",
                len(rows), len(ids), what, ", ".join(rows[:MOST_REASONS]),
                f" and {len(rows) - MOST_REASONS} more" * (len(rows) > MOST_REASONS),
            )  # fmt: skip


def column(table: Table, name: str, null: float | str) -> np.ndarray:
    """A column of a table, or of nulls if the table has none."""
    if name in table.colnames:
        return np.asarray(table[name])
    return np.full(len(table), null)


def identified(table: Table) -> Table:
    """source_id, sdss_id (0), star_id and id of each row."""
    labels = Table()
    star_id = column(table, "source_id", 0).astype(np.int64)
    labels["source_id"] = roles.identities(star_id)
    labels["sdss_id"] = np.zeros(len(table), np.int64)
    labels["star_id"] = star_id
    name = column(table, "id", "").astype(str)
    labels["id"] = np.where(name == "", labels["source_id"].astype(str), name)
    changed = int(np.sum((labels["source_id"] != star_id) & (star_id > 0)))
    if changed:
        logger.warning(
            "%d rows share their source_id with another: their source_id here is the "
            "number of the row, and star_id that of the table",
            changed,
        )
    return annotate(
        labels,
        {
            "source_id": ("", "Identifier: of the table, or the number of its row"),
            "star_id": ("", "Identifier in the table, which rows may share; 0 if none"),
            "id": ("", "What the table calls the star or the spectrum"),
        },
    )


def named(table: Table) -> list[str]:
    """The spectrum of each row: file, or file[row]."""
    rows = column(table, "row", "").astype(str)
    return [
        f"{file}[{row}]" if file and row else str(file)
        for file, row in zip(table["file"], rows)
    ]


def unread(names: Sequence[str], rows: Sequence[int]) -> list[str]:
    """Why the file of a row is not read; empty if it is.

    Parameters
    ----------
    names
        Of the spectra.
    rows
        Numbers of their rows in the table, from 0.
    """
    first, found = {}, []
    for name, row in zip(names, rows):
        if not name:
            found.append("no file is named")
            continue
        before = first.setdefault(os.path.normpath(name), row)
        found.append("" if before == row else same_as(before))
    return found


def add_measured(
    labels: Table, table: Table, spectra: SpectrumSet, found: list
) -> None:
    """Add what the spectra tell: snr, velocities, good pixels; in place."""
    stars = spectra.stars
    snr = column(table, "snr", np.nan).astype(float)
    snr = np.where(np.isfinite(snr), snr, stars["snr"])
    labels["snr"] = np.where(np.isfinite(snr), snr, stars["snr_pixels"])
    if found:
        v_rad, of_file, correlation = np.transpose(found)
        labels["v_rad"] = np.where(np.isfinite(correlation), v_rad, np.nan)
        labels["v_rad_file"], labels["correlation"] = of_file, correlation
    else:
        labels["v_rad"] = labels["v_rad_file"] = np.asarray(stars["v_rad"])
        labels["correlation"] = np.full(len(labels), np.nan)
    labels["n_good"] = stars["n_good"]
    labels["good_fraction"] = stars["n_good"] / spectra.flux.shape[1]
    annotate(
        labels,
        {
            "file": ("", "Its spectrum: file, or file[row], below the run's folder"),
            "v_rad": ("km / s", "Radial velocity that was taken"),
        },
    )


def all_columns(labels: Table, table: Table) -> Table:
    """The labels, with the columns of the table that they do not have."""
    found = labels.copy(copy_data=False)
    for name in table.colnames:
        if name not in found.colnames:
            found[name] = table[name]
    return found


def judged(
    labels: Table,
    spectra: SpectrumSet,
    wrong: dict,
    names: Sequence[str],
    failed: Sequence[list[str]],
    role: np.ndarray,
) -> tuple[list[str], np.ndarray]:
    """Why each star is not fit for training or testing, and which are.

    Parameters
    ----------
    wrong
        By label, what is wrong with its value in each row.
    names
        Labels that a star has to have.
    failed
        For each star, why it fails cuts.
    role
        For each star, the role that the table gives it, or "".
    """
    reasons = []
    for k, status in enumerate(np.asarray(spectra.stars["status"])):
        words = [] if status == "ok" else [str(status)]
        words += failed[k]
        missing = [name for name in names if not np.isfinite(labels[name][k])]
        bad = [f"{x}: {wrong[x][k]}" for x in missing if wrong[x][k]]
        missing = [x for x in missing if not wrong[x][k]]
        if missing:
            words.append(f"no {', '.join(missing)} in the table")
        for name in names:
            value = labels[name][k]
            if np.isfinite(value) and not DWARF[name].holds(value):
                bad.append(f"{name} {value:g} is none of an M dwarf ({DWARF[name]})")
        if role[k] == roles.PREDICT:
            bad.append("its role is to be predicted")
        elif role[k] not in ("", *roles.ROLES):
            bad.append(f"its role {str(role[k])!r} is none of {', '.join(roles.ROLES)}")
        reasons.append("; ".join(words + bad))
    return reasons, np.array([not text for text in reasons])


def none_fit(reasons: Sequence[str]) -> str:
    """That no star is fit for training, and the commonest reasons."""
    return "no star is fit for training:\n  " + commonest(reasons)


def commonest(reasons: Sequence[str]) -> str:
    """The commonest reasons, a line each."""
    words = counted([str(reason) for reason in reasons])[:MOST_REASONS]
    return "\n  ".join(f"{n} of {len(reasons)}: {reason}" for reason, n in words)


def counted(values: Sequence) -> list[tuple]:
    """Values with how often they occur, the commonest first."""
    return Counter(map(str, values)).most_common()

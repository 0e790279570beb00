"""Find labels, and return them as the table that users of the Python interface get."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from numbers import Real
from typing import Any

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.api.training import BLOCK
from mdwarfs.errors import InputError
from mdwarfs.labelling.files import COLUMNS, label_columns
from mdwarfs.method_names import MAP
from mdwarfs.slam.infer.flags import LIMITED, RANGED, Flag, add_words, give_reason
from mdwarfs.slam.infer.prior import require_prior
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.velocities import COLUMNS as ORIGIN
from mdwarfs.spectra.weighting import IVAR
from mdwarfs.tables.columns import complete, meaning

SAID = {
    **{name: text for name, (_, text) in ORIGIN.items()},
    "file": "File that the spectrum was read from",
    "name": "What its file calls the spectrum",
    "v_rad": "Radial velocity: of the file, or else measured",
    "simulated": "Whether the file says that its spectrum is simulated",
    "simulated_model": "Whether the labels are by a model of simulated stars",
    "reason": COLUMNS["reason"][1],
}


def settings_of(
    names: Sequence[str],
    prior: dict[str, dict[str, float]] | None,
    usable: dict[str, tuple[float, float]] | None,
    snr_min: float,
) -> dict[str, Any]:
    """The section `prediction` of a configuration.

    Raises
    ------
    InputError
        If a usable range is none, or of no label that can have one; if a prior is none.
    """
    for name, ends in (usable or {}).items():
        if name not in names or name not in RANGED:
            can = ", ".join(x for x in names if x in RANGED) or "none of the model's"
            raise InputError(f"usable: {name} can have no range; {can} can")
        if np.shape(ends) != (2,) or not ends[0] < ends[1]:
            raise InputError(
                f"usable: {name} has {ends!r}; a lowest and a highest value are needed"
            )
    require_prior(prior or {}, names)
    if not isinstance(snr_min, Real):
        raise InputError(f"snr_min is {snr_min!r}, and has to be a number")
    return {
        "block": BLOCK,
        "method": MAP,
        "weighting": IVAR,
        "usable": dict(usable or {}),
        "snr_min": snr_min,
        "prior": dict(prior or {}),
    }


def whether_simulated(spectra: SpectrumSet) -> Iterator[tuple[str, bool]]:
    """Yield what each spectrum is called, and whether it says that it is simulated."""
    stars = spectra.stars
    for row in range(len(stars)):
        if "unread" in stars.colnames and stars["unread"][row]:
            continue  # it gets no labels
        name = stars["file"][row] if "file" in stars.colnames else ""
        simulated = "simulated" in stars.colnames and bool(stars["simulated"][row])
        yield str(name) or f"row {row} of the spectra", simulated


def mark_simulated(table: Table, spectra: SpectrumSet, simulated_model: bool) -> None:
    """Let a table of labels say what of it is simulated; in place."""
    simulated = np.zeros(len(table), bool)
    if "simulated" in spectra.stars.colnames:
        simulated = np.asarray(spectra.stars["simulated"], bool)
    anything = bool(simulated_model or simulated.any())
    table.meta["SIMULATD"], table.meta["SIMMODEL"] = anything, bool(simulated_model)
    if anything:
        place = table.colnames.index("flags")
        model = np.full(len(table), bool(simulated_model))
        table.add_column(simulated, place, "simulated")
        table.add_column(model, place + 1, "simulated_model")
        for name in ("simulated", "simulated_model"):
            table[name].info.description = SAID[name]
        give_reason(add_words(table, table["recommended"]))


def table_of(
    spectra: SpectrumSet, names: Sequence[str], found: Table, rows: np.ndarray
) -> Table:
    """What is handed to the user of stars of which some rows have been predicted.

    Parameters
    ----------
    found
        As `Prediction.table`, a row for each of `rows`.
    rows : int, shape (k,)

    Returns
    -------
    table
        One row per spectrum.
    """
    stars, n = spectra.stars, len(spectra)
    table = Table(meta={LIMITED: found.meta[LIMITED]})
    for name in ("source_id", "file", "name", "v_rad", *ORIGIN, "snr"):
        if name in stars.colnames and (name == "snr" or any_said(stars[name])):
            table[name] = np.asarray(stars[name])
    values = {name: name for name in names}
    values |= {f"formal_e_{name}": f"e_{name}" for name in names}
    for new, old in values.items():
        table[new] = np.full(n, np.nan)
        table[new][rows] = np.asarray(found[old], float)
    continued = np.full((n, len(names)), np.nan)
    continued[rows] = found["continued"]
    skipped = {*values.values(), *table.colnames, "covariance", "continued"}
    skipped |= {"status", "sdss_id"}
    for name in found.colnames:
        if name in skipped or name in ("source_id", "flags"):
            continue
        column = np.asarray(found[name])
        blank = np.nan if column.dtype.kind == "f" else np.zeros((), column.dtype)
        table[name] = np.full(n, blank, column.dtype)
        table[name][rows] = column
        table[name].info.description = found[name].info.description
        table[name].info.unit = found[name].info.unit
    for name, column in zip(names, continued.T):
        table[f"continued_{name}"] = column
    table["flags"] = np.full(n, int(Flag.NO_LABELS))
    table["flags"][rows] = np.asarray(found["flags"])
    # a spectrum that could not be used has no labels, whatever its placeholder gives
    table["flags"][~spectra.ok] = int(Flag.NO_LABELS)
    nothing = (np.asarray(table["flags"]) & int(Flag.NO_LABELS)) > 0
    table["flags"][nothing] = int(Flag.NO_LABELS)
    for name in values:
        table[name][nothing] = np.nan
    status = np.asarray(stars["status"]).astype("U200")
    of_fit = status.copy()
    of_fit[rows] = np.asarray(found["status"])
    reason = np.where(spectra.ok, of_fit, status)
    add_words(table, ~nothing)
    table["reason"] = np.where(nothing, reason, "")
    give_reason(table)
    for name, text in SAID.items():
        if name in table.colnames:
            table[name].info.description = text
    return describe_labels(table, names)


def any_said(column: ArrayLike) -> bool:
    """Whether a column says anything: not all are empty, 0 or NaN."""
    column = np.asarray(column)
    if column.dtype.kind == "f":
        return bool(np.isfinite(column).any())
    return bool(np.any(column != np.zeros((), column.dtype)))


def describe_labels(table: Table, names: Sequence[str]) -> Table:
    """Let columns of labels, of any name, say what they are; in place."""
    own = label_columns(names)
    for name, (unit, text) in label_columns(names).items():
        own[f"continued_{name}"] = unit, f"By a model beyond its training stars: {text}"
    for name in table.colnames:
        known = meaning(name) or meaning(name, own)
        if known is not None:
            complete(table[name], *known)
    return table


def identifiers(spectra: SpectrumSet) -> np.ndarray:
    """Those of the stars, or zeros."""
    if "source_id" in spectra.stars.colnames:
        return np.asarray(spectra.stars["source_id"])
    return np.zeros(len(spectra), np.int64)

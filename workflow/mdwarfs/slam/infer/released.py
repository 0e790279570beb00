"""Released labels for the candidates whose spectra are not fetched."""

from collections.abc import Sequence

import numpy as np
from astropy.table import Table, vstack
from numpy.typing import ArrayLike

from mdwarfs import labels
from mdwarfs.slam.infer import flags
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match

RELEASED = "released by Astra"
"""Status of labels that were not predicted here."""


def add_released(
    predictions: Table,
    candidates: Table,
    released: Table,
    label_names: Sequence[str],
    prediction: dict,
) -> Table:
    """Predictions, and released labels for the candidates that have none.

    Parameters
    ----------
    predictions
        As `mdwarfs.slam.infer.stars.label_stars` gives them.
    candidates
        `source_id`, `sdss_id`, `snr`.
    released
        The released SLAM table, one row per `sdss_id`.
    prediction
        Section of the configuration: `snr_min`, `usable`.

    Returns
    -------
    table
        The columns of `predictions`. A row with released labels has the status
        `RELEASED`; what only a fit has is null there, and so are labels that the
        released table lacks. Its flags say what the labels and the SNR alone can say.
    """
    names = [name for name in label_names if name in labels.RELEASED]
    usable = {x: limits for x, limits in prediction["usable"].items() if x in names}
    others = candidates[match(candidates["source_id"], predictions["source_id"]) < 0]
    index = match(others["sdss_id"], released["sdss_id"])
    others, index = others[index >= 0], index[index >= 0]
    found = lookup(released[[*names, *(f"e_{name}" for name in names)]], index)
    values = np.stack([np.asarray(found[name]) for name in names], axis=1)
    rows = Table()
    for name in ("source_id", "sdss_id", "snr"):
        rows[name] = np.asarray(others[name])
    rows["status"] = np.full(len(rows), RELEASED)
    rows["flags"] = flags.caution(
        values, names, rows["snr"], prediction | {"usable": usable}
    ) | flags.flag(~np.isfinite(values).all(axis=1), flags.Flag.NO_LABELS)
    for name in predictions.colnames:
        if name in found.colnames:
            rows[name] = np.asarray(found[name])
        elif name not in rows.colnames:
            rows[name] = null(predictions[name], len(rows))
    return vstack([predictions, rows[predictions.colnames]], join_type="exact")


def can_have(label: str, status: ArrayLike) -> np.ndarray:
    """Which stars have a label if they have labels at all.

    Parameters
    ----------
    status : str, shape (n,)
        As in the catalogue.

    Returns
    -------
    bool, shape (n,)
        Not those with released labels, if the released table lacks this one.
    """
    return (np.asarray(status) != RELEASED) | (label in labels.RELEASED)


def null(column: np.ndarray, n: int) -> np.ndarray:
    """As many nulls of a column's type and shape: NaN, 0 or an empty text."""
    fill = np.nan if column.dtype.kind == "f" else 0
    fill = "" if column.dtype.kind == "U" else fill
    return np.full((n, *column.shape[1:]), fill, column.dtype)

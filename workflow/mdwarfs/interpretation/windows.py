"""How labels change when a window of the spectrum is left out, or used alone.

The labels are those of maximum posterior, whatever method a run predicts with.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.interpretation.information import bin_edges
from mdwarfs.literature import features
from mdwarfs.statistics import summarise
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import from_rows

if TYPE_CHECKING:
    from mdwarfs.slam.infer.predictor import Predictor
    from mdwarfs.spectra.spectrum_set import SpectrumSet


ALL, WITHOUT, ONLY = "all pixels", "without", "only"

DESCRIBED = {
    "label": ("", "Label, by maximum posterior; its unit is the unit of the row"),
    "pixels": ("", f"'{ALL}'; '{WITHOUT}': all but the window; '{ONLY}': the window"),
    "wave_min": ("Angstrom", "Beginning of the window"),
    "wave_max": ("Angstrom", "End of the window"),
    "features": ("", "Known features that absorb in the window"),
    "n": ("", "Test stars with a label"),
    "bias": ("", "Median of SLAM minus reference"),
    "e_bias": ("", "Standard error of the median"),
    "std": ("", "Standard deviation of SLAM minus reference"),
    "e_std": ("", "Standard error of the standard deviation"),
    "robust_std": ("", "1.4826 times the median absolute deviation of the differences"),
    "formal": ("", "Median formal error"),
    "shift": ("", "Median change of the label against that from all pixels"),
    "shift_std": ("", "Robust standard deviation of these changes"),
}


def selections(
    wavelength: np.ndarray, width: float
) -> Iterator[tuple[str, float, float, np.ndarray]]:
    """The sets of pixels that labels are found from.

    Parameters
    ----------
    wavelength : shape (p,)
        Rising [Angstrom].
    width
        Of the windows, whose edges are its multiples [Angstrom].

    Yields
    ------
    kind
        `ALL`, `WITHOUT` or `ONLY`.
    low, high
        The window; the whole range for `ALL` [Angstrom].
    used : bool, shape (p,)
    """
    yield ALL, wavelength[0], wavelength[-1], np.ones(len(wavelength), bool)
    edges = bin_edges(wavelength, width)
    for low, high in zip(edges, edges[1:]):
        inside = (wavelength >= low) & (wavelength < high)
        yield WITHOUT, low, high, ~inside
        yield ONLY, low, high, inside


def table(
    predictor: Predictor,
    spectra: SpectrumSet,
    labels: Table,
    width: float,
    prediction: dict[str, int],
    threads: int,
) -> Table:
    """Labels of stars from parts of their spectra, against reference labels.

    Parameters
    ----------
    spectra
        Of stars that its model has not been trained on.
    labels
        source_id and the reference labels of the same stars, in any order.
    width
        Of the windows [Angstrom].
    prediction
        `block` (stars in memory at once) and, if there is one, `prior`.

    Returns
    -------
    table
        A row per selection of pixels and label, `DESCRIBED`.

    Raises
    ------
    InputError
        If a star has no reference labels.
    """
    stars = np.asarray(spectra.stars["source_id"])
    place = match(stars, labels["source_id"])
    if (place < 0).any():
        raise InputError(f"{(place < 0).sum()} star(s) have no reference labels")
    known = np.stack([np.asarray(labels[x], float) for x in predictor.label_names], 1)
    known, full, rows = known[place], None, []
    for kind, low, high, used in selections(spectra.wavelength, width):
        ivar = np.where(used, spectra.ivar, 0.0)
        found = predictor.predict(
            spectra.flux,
            ivar,
            block=prediction["block"],
            threads=threads,
            prior=prediction.get("prior"),
        )
        full = found.labels if full is None else full
        formal = np.sqrt(np.diagonal(found.covariance, axis1=1, axis2=2))
        named = "; ".join(feature.name for feature in features.overlaps(low, high))
        for i, label in enumerate(predictor.label_names):
            spread = summarise(found.labels[:, i] - known[:, i])
            change = summarise(found.labels[:, i] - full[:, i])
            error = formal[np.isfinite(formal[:, i]), i]
            rows.append(
                (label, kind, low, high, named if kind != ALL else "", spread.n)
                + (spread.median, spread.e_median, spread.std, spread.e_std)
                + (spread.robust_std, np.median(error) if len(error) else np.nan)
                + (change.median, change.robust_std)
            )
    return from_rows(rows, DESCRIBED)

"""How much errors of the training labels add to the errors of other stars' labels.

SLAM is trained anew on labels to which errors as large as their own have been added,
many times over. How much the labels of another star then differ from one training to
the next is what the errors of the training labels contribute to its error: to first
order, errors that are added have the effect of those that were there already.

The labels are those of maximum posterior, whatever method a run predicts with; where
it is another one, the column `shift` has the difference between the two as well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.labels import QUANTITIES
from mdwarfs.run.progress import Progress
from mdwarfs.tables.columns import CALIBRATED, FORMAL
from mdwarfs.tables.tabulate import from_rows
from mdwarfs.validation.by_snr import equal_bins, snr_extent
from mdwarfs.validation.calibration import reference_error
from mdwarfs.validation.comparisons import usable

if TYPE_CHECKING:
    from mdwarfs.spectra.spectrum_set import SpectrumSet


COLUMNS = {
    "label": ("", "Stellar label; its unit is that of the row"),
    "bin": ("", "SNR bin from 1 upwards; 0 is all stars"),
    "snr": ("", "Median SNR"),
    "snr_min": ("", "Smallest SNR"),
    "snr_max": ("", "Largest SNR"),
    "n": ("", "Stars"),
    "added": ("", "Root mean square of the errors added to the training labels"),
    "spread": (
        "",
        "Root mean square over stars of the spread between trainings, of labels of "
        "maximum posterior",
    ),
    "e_spread": ("", "Standard error of the spread, by jackknife over the trainings"),
    "shift": ("", "Median of the mean over trainings minus the unperturbed label"),
    "formal": ("", "Root mean square of the stars' formal uncertainties"),
    "sigma": ("", "Root mean square of the stars' calibrated uncertainties"),
    "share": ("", "Of the calibrated variance: spread^2 / sigma^2"),
}


def draw_errors(
    labels: Table, names: Sequence[str], rng: np.random.Generator
) -> np.ndarray:
    """Errors of the known labels, as their catalogues state them.

    Labels that are one quantity on two scales come from one measurement and share its
    error; `feh` has that of its scale as well, see
    `mdwarfs.validation.calibration.reference_error`. Where a catalogue states no error,
    the median one is taken.

    Parameters
    ----------
    labels : n rows
        Known labels with their errors `e_x`.
    names : length d

    Returns
    -------
    shape (n, d)
    """
    shared = [scales for scales in QUANTITIES.values() if len(scales) > 1]
    draws = rng.standard_normal((len(shared) + len(names), len(labels)))
    measured = {name: draw for scales, draw in zip(shared, draws) for name in scales}
    errors = []
    for name, own in zip(names, draws[len(shared) :]):
        error = _filled(reference_error(labels, name))
        if name in measured:
            stated = _filled(np.asarray(labels[f"e_{name}"], float))
            scale = np.sqrt(np.maximum(error**2 - stated**2, 0))
            errors.append(stated * measured[name] + scale * own)
        else:
            errors.append(error * own)
    return np.stack(errors, axis=1)


def _filled(errors):
    """Errors, the median one where there is none."""
    return np.where(np.isfinite(errors), errors, np.nanmedian(errors))


def propagate(
    train: Callable,
    values: np.ndarray,
    labels: Table,
    names: Sequence[str],
    stars: SpectrumSet,
    prediction: dict[str, int],
    *,
    realisations: int,
    seed: int,
    threads: int,
) -> np.ndarray:
    """Labels of stars by models trained on perturbed labels.

    Parameters
    ----------
    train
        From labels (n, d) of the training stars to the
        `mdwarfs.slam.infer.predictor.Predictor` that is trained on them.
    values : shape (n, d)
        The labels themselves.
    labels : n rows
        The same, with their errors.
    names : length d
    stars : m stars
    prediction
        `block` (stars in memory at once) and, if there is one, `prior`.
    realisations
        Trainings.

    Returns
    -------
    shape (realisations, m, d)
    """
    rng = np.random.default_rng([seed, realisations])
    progress = Progress(realisations, "trainings on perturbed labels")
    found = []
    for _ in range(realisations):
        predicted = train(values + draw_errors(labels, names, rng)).predict(
            stars.flux,
            stars.ivar,
            block=prediction["block"],
            threads=threads,
            prior=prediction.get("prior"),
        )
        found.append(predicted.labels)
        progress.step(1)
    return np.array(found)


def summarise(
    found: np.ndarray,
    catalogue: Table,
    labels: Table,
    names: Sequence[str],
    snr_bins: int,
) -> Table:
    """Spread of the labels between trainings, in SNR bins.

    Parameters
    ----------
    found : shape (k, m, d)
        As `propagate` gives it.
    catalogue : m rows
        The stars' `snr`, `flags`, unperturbed labels, and uncertainties `formal_e_x`,
        `sigma_x`; stars that lack these or are outside the usable range are left out.
    labels
        Of the training stars.
    names : length d
    snr_bins
        Bins of equal counts.

    Returns
    -------
    table
        A row per label and bin, `COLUMNS`.

    Raises
    ------
    InputError
        If no star is left.
    """
    snr, good = np.asarray(catalogue["snr"], float), usable(catalogue["flags"])
    rows = []
    for number, name in enumerate(names):
        values = found[:, :, number]
        formal, sigma, before = (
            np.asarray(catalogue[column], float)
            for column in (f"{FORMAL}{name}", f"{CALIBRATED}{name}", name)
        )
        shift = values.mean(0) - before
        known = good & np.isfinite(shift + sigma + formal + snr)
        added = np.sqrt(np.nanmean(reference_error(labels, name) ** 2))
        for place, one in enumerate(equal_bins(snr, known, snr_bins)):
            spread, e_spread = _spread(values[:, one])
            total = np.sqrt(np.mean(sigma[one] ** 2))
            rows.append(
                (name, place, *snr_extent(snr[one]), len(one), added, spread, e_spread)
                + (np.median(shift[one]), np.sqrt(np.mean(formal[one] ** 2)), total)
                + ((spread / total) ** 2,)
            )
    if not rows:
        raise InputError("no test star of usable labels has uncertainties")
    return from_rows(rows, COLUMNS)


def _spread(values):
    """Spread between trainings, root mean square over stars, and its standard error.

    All stars of one training share its perturbed labels, so that the trainings, not the
    stars, are what is independent.

    Parameters
    ----------
    values : ndarray, shape (k, n)
    """
    k = len(values)
    left = [np.sqrt(np.delete(values, i, 0).var(0, ddof=1).mean()) for i in range(k)]
    return np.sqrt(values.var(0, ddof=1).mean()), np.sqrt((k - 1) * np.var(left))

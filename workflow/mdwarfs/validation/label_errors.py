"""What the errors of the training labels add to the labels of other stars.

SLAM is trained anew on labels to which errors as large as their own have been added,
many times over. How much the labels of another star then differ from one training to
the next is what the errors of the training labels contribute to its error: to first
order, errors that are added have the effect of those that were there already.
"""

import numpy as np

from mdwarfs.progress import Progress
from mdwarfs.tabulate import from_rows
from mdwarfs.validation.calibration import reference_error
from mdwarfs.validation.comparisons import usable
from mdwarfs.validation.recovery import all_and_bins, extent

COLUMNS = {
    "label": ("", "Stellar label; its unit is that of the row"),
    "bin": ("", "SNR bin from 1 upwards; 0 is all stars"),
    "snr": ("", "Median SNR"),
    "snr_min": ("", "Smallest SNR"),
    "snr_max": ("", "Largest SNR"),
    "n": ("", "Stars"),
    "added": ("", "Root mean square of the errors added to the training labels"),
    "spread": ("", "Root mean square over stars of the spread between trainings"),
    "e_spread": ("", "Standard error of the spread"),
    "shift": ("", "Median of the mean over trainings minus the unperturbed label"),
    "formal": ("", "Root mean square of the stars' formal uncertainties"),
    "sigma": ("", "Root mean square of the stars' calibrated uncertainties"),
    "share": ("", "Of the calibrated variance: spread^2 / sigma^2"),
}


def draw_errors(labels, names, rng):
    """Errors of the known labels, as their catalogues state them.

    `feh` and `feh_niu` come from one measurement and share its error; `feh` has that
    of its scale as well, see `mdwarfs.validation.calibration.reference_error`.

    Parameters
    ----------
    labels : astropy.table.Table of n rows
        Known labels with their errors `e_x`.
    names : sequence of str, length d
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n, d)
    """
    measured, *draws = rng.standard_normal((1 + len(names), len(labels)))
    errors = []
    for name, own in zip(names, draws):
        error = reference_error(labels, name)
        if name in ("feh", "feh_niu"):
            stated = np.asarray(labels[f"e_{name}"], float)
            scale = np.sqrt(np.maximum(error**2 - stated**2, 0))
            errors.append(stated * measured + scale * own)
        else:
            errors.append(error * own)
    return np.stack(errors, axis=1)


def propagate(model, training, labels, stars, *, realisations, seed, block, threads):
    """Labels of stars by models trained on perturbed labels.

    Parameters
    ----------
    model : mdwarfs.slam.model.Slam
    training : mdwarfs.spectra.spectrum_set.SpectrumSet of n stars
        Spectra of the model's training stars, in their order.
    labels : astropy.table.Table of n rows
        Their labels and the errors of these.
    stars : mdwarfs.spectra.spectrum_set.SpectrumSet of m stars
    realisations : int
        Trainings.
    seed : int
    block : int
        Stars solved together.
    threads : int

    Returns
    -------
    ndarray, shape (realisations, m, d)
    """
    rng = np.random.default_rng([seed, realisations])
    progress = Progress(realisations, "trainings on perturbed labels")
    found = []
    for _ in range(realisations):
        perturbed = model.labels + draw_errors(labels, model.label_names, rng)
        other = model.refit(perturbed, training.flux, training.ivar, threads=threads)
        found.append(
            other.predict(stars.flux, stars.ivar, block=block, threads=threads).labels
        )
        progress.step(1)
    return np.array(found)


def summarise(found, catalogue, labels, names, snr_bins):
    """Spread of the labels between trainings, in SNR bins.

    Parameters
    ----------
    found : ndarray, shape (k, m, d)
        As `propagate` gives it.
    catalogue : astropy.table.Table of m rows
        The stars' `snr`, `flags`, unperturbed labels, and uncertainties `formal_e_x`,
        `sigma_x`; stars that lack these or are outside the usable range are left out.
    labels : astropy.table.Table
        Of the training stars.
    names : sequence of str, length d
    snr_bins : int
        Bins of equal counts.

    Returns
    -------
    astropy.table.Table
        A row per label and bin, `COLUMNS`.
    """
    snr, good = np.asarray(catalogue["snr"], float), usable(catalogue["flags"])
    rows = []
    for number, name in enumerate(names):
        values = found[:, :, number]
        formal, sigma, before = (
            np.asarray(catalogue[column], float)
            for column in (f"formal_e_{name}", f"sigma_{name}", name)
        )
        variance, shift = values.var(0, ddof=1), values.mean(0) - before
        known = good & np.isfinite(variance + sigma + formal + snr)
        added = np.sqrt(np.mean(reference_error(labels, name) ** 2))
        for place, one in enumerate(all_and_bins(snr, known, snr_bins)):
            spread = np.sqrt(np.mean(variance[one]))
            e_spread = np.std(variance[one]) / np.sqrt(len(one)) / (2 * spread)
            total = np.sqrt(np.mean(sigma[one] ** 2))
            rows.append(
                (name, place, *extent(snr[one]), len(one), added, spread, e_spread)
                + (np.median(shift[one]), np.sqrt(np.mean(formal[one] ** 2)), total)
                + ((spread / total) ** 2,)
            )
    return from_rows(rows, COLUMNS)

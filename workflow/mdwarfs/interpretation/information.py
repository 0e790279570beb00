"""Fisher information: which wavelengths tell the labels, and how well they can.

For a pixel of variance v whose flux changes by J per unit of the labels, the
information is J J' / v; sums over pixels, inverted, are the covariance of the labels
of maximum likelihood. The error of one label if the others are known is
1 / sqrt(sum J^2 / v). If they have to be found from the same spectrum, only the part of
J counts that no change of the other labels imitates: the residual r of J after least
squares on the other labels' derivatives. Its information, sum r^2 / v, is one over the
diagonal element of the covariance, and as a sum it says what each wavelength gives.

A model has learnt its slopes from noisy spectra and labels, and the noise of a slope,
squared, passes for information: about labels that the spectra hardly show, more than
there is. Hence the products are taken between the slopes of two models, each trained
on one half of the stars, whose noise is independent. Where there is nothing to know
they are zero on average, and may be negative. A label is told free of the others only
if they are told themselves: where some combination of them has negative information,
what it imitates cannot be taken off, and nothing is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.literature import features
from mdwarfs.run.parallel import one_blas_thread
from mdwarfs.slam.folds import assign_folds
from mdwarfs.spectra.good_pixels import good_pixels
from mdwarfs.tables.tabulate import from_rows

if TYPE_CHECKING:
    from mdwarfs.interpretation.sensitivity import Reference
    from mdwarfs.slam.trained_model import TrainedModel


DESCRIBED = {
    "teff": ("K", "Temperature of the training stars at which the model is taken"),
    "label": ("", "Quantity that is told; its unit is the unit of the errors"),
    "wave_min": ("Angstrom", "Beginning of the bin"),
    "wave_max": ("Angstrom", "End of the bin"),
    "features": ("", "Known features that absorb in the bin"),
    "n_pixels": ("", "Pixels of the bin"),
    "information": ("", "Fisher information of the bin, the other labels known"),
    "share": ("", "The same as a share of all bins"),
    "information_free": ("", "Information that no change of the others imitates"),
    "share_free": ("", "The same as a share of all bins"),
    "cumulative_free": ("", "Sum of these shares up to the end of the bin"),
    "error": ("", "Error from all pixels up to the end of the bin, the others known"),
    "error_free": ("", "Error from the same pixels, the other labels free"),
}


def noise_shape(flux: np.ndarray, ivar: np.ndarray, snr: ArrayLike) -> np.ndarray:
    """Error of the normalised flux along wavelength at a signal-to-noise ratio of 1.

    Parameters
    ----------
    flux, ivar : shape (n, p)
    snr : shape (n,)
        Signal-to-noise ratio of each spectrum.

    Returns
    -------
    shape (p,)
        Median over the stars of error times `snr`; NaN where no star is good.
    """
    good = good_pixels(flux, ivar) & (np.asarray(snr, float) > 0)[:, None]
    error = np.asarray(snr, float)[:, None] / np.sqrt(np.where(good, ivar, 1.0))
    shape = np.full(flux.shape[1], np.nan)
    some = good.any(0)
    shape[some] = np.nanmedian(np.where(good, error, np.nan)[:, some], axis=0)
    return shape


def weights(shape: np.ndarray, snr: float, variance: np.ndarray) -> np.ndarray:
    """Inverse variance of each pixel at a signal-to-noise ratio, model included.

    Parameters
    ----------
    shape : shape (p,)
        From `noise_shape`.
    variance : shape (p,)
        Of the model flux.

    Returns
    -------
    shape (p,)
        Zero where either is not known.
    """
    total = (shape / snr) ** 2 + variance
    good = np.isfinite(total) & (total > 0)
    return np.where(good, 1 / np.where(good, total, 1.0), 0.0)


def halves(
    model: TrainedModel, flux: np.ndarray, ivar: np.ndarray, seed: int, threads: int
) -> tuple[TrainedModel, TrainedModel]:
    """Fit a model anew to either half of its stars, drawn at random.

    Parameters
    ----------
    flux, ivar : shape (n, p)
        Of its training stars, in their order.
    """
    half = assign_folds(len(model.labels), 2, np.random.default_rng([seed, 2]))
    return tuple(
        model.refit(model.labels[mine], flux[mine], ivar[mine], threads=threads)
        for mine in (half == 0, half == 1)
    )


def errors(
    first: np.ndarray, second: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Errors of the labels, the others known and the others free.

    Parameters
    ----------
    first, second : shape (k, p)
        Independent estimates of the slopes; twice the same for the Fisher information
        of exact slopes.
    weight : shape (p,)

    Returns
    -------
    known, free : shape (k,)
        Infinite where the pixels do not tell.
    """
    fisher = _fisher(first, second, weight)
    free = [_left(fisher, i) for i in range(len(fisher))]
    return _error(np.diagonal(fisher)), _error(np.array(free))


def per_pixel(
    first: np.ndarray, second: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """What each pixel adds to the information on each label.

    Parameters
    ----------
    first, second, weight
        As for `errors`.

    Returns
    -------
    known, free : shape (k, p)
        The other labels known, and free.
    """
    fisher = _fisher(first, second, weight)
    first, second = (np.where(weight > 0, x, 0.0) for x in (first, second))
    free = np.empty_like(first)
    for i in range(len(first)):
        if _left(fisher, i) == 0:
            free[i] = 0.0
            continue
        others = np.arange(len(first)) != i
        alike = _solve(fisher[np.ix_(others, others)], fisher[others, i])
        one, two = (x[i] - alike @ x[others] for x in (first, second))
        free[i] = weight * one * two
    return weight * first * second, free


def bin_edges(wavelength: np.ndarray, width: float) -> np.ndarray:
    """Multiples of a width that enclose all wavelengths [Angstrom]."""
    first = np.floor(wavelength[0] / width)
    last = np.floor(wavelength[-1] / width) + 1
    return width * np.arange(first, last + 1)


@one_blas_thread  # the last digits must not hang on the number of cores
def table(
    first: Reference,
    second: Reference,
    wavelength: np.ndarray,
    weight: np.ndarray,
    width: float,
) -> Table:
    """Information in bins of wavelength.

    Parameters
    ----------
    first, second
        Two independent models at the same stars. A pixel about which one of them can
        say nothing does not count.
    wavelength : shape (p,)
        Rising [Angstrom].
    weight : shape (p,)
        Inverse variance of each pixel.
    width
        Of the bins [Angstrom].

    Returns
    -------
    table
        A row per temperature, quantity and bin, `DESCRIBED`.
    """
    known = np.isfinite(first.slopes + second.slopes).all((0, 1))
    weight = np.where(known, weight, 0.0)
    edges = bin_edges(wavelength, width)
    place = np.searchsorted(wavelength, edges)
    named = [
        "; ".join(feature.name for feature in features.overlaps(*pair))
        for pair in zip(edges, edges[1:])
    ]
    rows = []
    for teff, one, two in zip(first.teff, first.slopes, second.slopes):
        known, free = (_binned(x, place) for x in per_pixel(one, two, weight))
        so_far = [errors(one[:, :end], two[:, :end], weight[:end]) for end in place[1:]]
        for i, label in enumerate(first.names):
            shares = _share(known[i]), _share(free[i])
            for j, name in enumerate(named):
                rows.append(
                    (teff, label, edges[j], edges[j + 1], name)
                    + (place[j + 1] - place[j], known[i, j], shares[0][j])
                    + (free[i, j], shares[1][j], shares[1][: j + 1].sum())
                    + (so_far[j][0][i], so_far[j][1][i])
                )
    return from_rows(rows, DESCRIBED)


def _fisher(first, second, weight):
    """Information matrix, shape (k, k); pixels without weight may be NaN."""
    first, second = (np.where(weight > 0, x, 0.0) for x in (first, second))
    product = (first * weight) @ second.T
    return (product + product.T) / 2


def _error(information):
    """One over the root; infinite where there is no information."""
    with np.errstate(divide="ignore"):
        return 1 / np.sqrt(np.maximum(information, 0.0))


def _left(fisher, i):
    """Information on one label when the others are free; zero within rounding."""
    others = np.arange(len(fisher)) != i
    matrix, cross = fisher[np.ix_(others, others)], fisher[others, i]
    if not _positive(matrix):
        return 0.0
    left = min(fisher[i, i] - cross @ _solve(matrix, cross), fisher[i, i])
    return left if left > 1e-10 * abs(fisher[i, i]) else 0.0


def _positive(matrix):
    """No combination of labels has negative information, but for rounding."""
    scaled, _ = _unitless(matrix)
    return np.linalg.eigvalsh(scaled).min(initial=0.0) > -1e-10


def _solve(matrix, vector):
    """Solution of least norm of a symmetric system, whatever the labels' units."""
    scaled, unit = _unitless(matrix)
    return np.linalg.lstsq(scaled, vector / unit, rcond=1e-10)[0] / unit


def _unitless(matrix):
    """The matrix in units that make its diagonal 1, and these units."""
    unit = np.sqrt(np.abs(np.diagonal(matrix)))
    unit = np.where(unit > 0, unit, 1.0)
    return matrix / np.outer(unit, unit), unit


def _binned(values, place):
    """Sums between places along the last axis."""
    total = np.concatenate(
        [np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1
    )
    return np.diff(total[:, place], axis=1)


def _share(values):
    """Values over their sum; zero if that is not positive."""
    total = values.sum()
    return values / total if total > 0 else np.zeros_like(values)

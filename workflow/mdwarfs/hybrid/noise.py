"""The variance of every pixel of every star: noise, and what comes on top of it.

Spectra are *clean* here (`clean`): a bad pixel has flux zero and inverse variance zero,
and so has no weight in any sum.
"""

import numpy as np

from mdwarfs.statistics import MAD_TO_SIGMA

SPIKE = 6.0  # robust standard deviations at which a pixel of a star is cut
NO_NUMBER = 1e4
"""Times the median of a star, beyond which the flux of a pixel, or one over its error,
is none."""


def clean(flux: np.ndarray, ivar: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Spectra with zeros where a pixel is bad.

    Parameters
    ----------
    flux, ivar : shape (n, p)
        A pixel is good where both are finite and ivar is positive.

    Returns
    -------
    flux, ivar : shape (n, p)
        Of double precision.
    """
    flux, ivar = np.asarray(flux, float), np.asarray(ivar, float)
    good = np.isfinite(flux) & np.isfinite(ivar) & (ivar > np.finfo(float).tiny)
    return np.where(good, flux, 0.0), np.where(good, ivar, 0.0)


def without_spikes(flux: np.ndarray, ivar: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Spectra without pixels whose flux or errors are no numbers of that star.

    What is far off and might be one is left to
    `mdwarfs.hybrid.components.Components.place`.

    Parameters
    ----------
    flux, ivar : shape (m, p)
        Clean.

    Returns
    -------
    flux, ivar : shape (m, p)
    """
    good = ivar > 0
    bad = np.zeros(good.shape, bool)
    for values in (np.abs(flux), np.sqrt(ivar)):
        bar = values.max(axis=1, keepdims=True, initial=0) / NO_NUMBER
        # If more than half of a star are above this, so is their median.
        some = (2 * (values > bar).sum(axis=1) <= good.sum(axis=1)) & good.any(axis=1)
        usual = middle(values[some], good[some])
        bad[some] |= values[some] > NO_NUMBER * usual[:, None]
    return np.where(bad, 0.0, flux), np.where(bad, 0.0, ivar)


def largest_difference(offset: np.ndarray, good: np.ndarray) -> np.ndarray:
    """The largest difference of each pixel from its median that is no spike.

    Parameters
    ----------
    offset : shape (n, p)
    good : bool, shape (n, p)

    Returns
    -------
    shape (p,)
        `SPIKE` robust standard deviations of what is good; zero where nothing is.
    """
    usual = np.nan_to_num(middle(np.abs(offset).T, good.T))
    return SPIKE * MAD_TO_SIGMA * usual


def weights(ivar: np.ndarray, excess: np.ndarray | float) -> np.ndarray:
    """Inverse variance of pixels whose noise is not all that scatters.

    Parameters
    ----------
    ivar : shape (n, p)
        Clean.
    excess : shape (p,)
        Variance that spectra without noise would have about the model.

    Returns
    -------
    shape (n, p)
        Zero where the pixel is bad.
    """
    with np.errstate(divide="ignore"):
        return 1 / (1 / ivar + excess)


def middle(values: np.ndarray, good: np.ndarray) -> np.ndarray:
    """Median of the good values of each row.

    Parameters
    ----------
    values : shape (n, p)
    good : bool, shape (n, p)

    Returns
    -------
    shape (n,)
        NaN where none is good.
    """
    ordered, count = np.sort(np.where(good, values, np.inf), axis=1), good.sum(axis=1)
    rows = np.arange(len(values))
    low, high = (ordered[rows, k] for k in (np.maximum(count - 1, 0) // 2, count // 2))
    with np.errstate(invalid="ignore"):
        return np.where(count > 0, (low + high) / 2, np.nan)


def mean_flux(flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
    """Mean of each pixel, weighted with the inverse variances.

    Parameters
    ----------
    flux, ivar : shape (n, p)
        Clean.

    Returns
    -------
    shape (p,)
        Zero where all are bad.
    """
    total = np.einsum("np,np->p", ivar, flux)
    return total / np.maximum(ivar.sum(axis=0), np.finfo(float).tiny)


def excess_variance(
    squares: np.ndarray, weight: np.ndarray, excess: np.ndarray
) -> np.ndarray:
    """One step towards the variance that residuals have beyond their noise.

    Of the likelihood of Gaussian residuals of variance 1 / ivar + excess, with the
    weights of the present excess.

    Parameters
    ----------
    squares : shape (n, p)
        Of residuals, with what the uncertainty of the model adds to them.
    weight : shape (n, p)
        `weights` with the present excess.
    excess : shape (p,)

    Returns
    -------
    shape (p,)
    """
    square = weight**2
    total = square.sum(axis=0)
    # The noise of a pixel is 1 / weight - excess.
    more = np.einsum("np,np->p", square, squares) - weight.sum(axis=0)
    return np.maximum(more / np.maximum(total, np.finfo(float).tiny) + excess, 0.0)


def products(basis: np.ndarray) -> np.ndarray:
    """Products of all pairs of rows, each pair once.

    Parameters
    ----------
    basis : shape (k, p)

    Returns
    -------
    shape (k (k + 1) / 2, p)
        In the order of `numpy.triu_indices`.
    """
    a, b = np.triu_indices(len(basis))
    return basis[a] * basis[b]


def whole(pairs: np.ndarray, k: int) -> np.ndarray:
    """Symmetric matrices of what their upper triangles hold.

    Parameters
    ----------
    pairs : shape (n, k (k + 1) / 2)
        In the order of `numpy.triu_indices`.

    Returns
    -------
    shape (n, k, k)
    """
    a, b = np.triu_indices(k)
    place = np.empty((k, k), int)
    place[a, b] = place[b, a] = np.arange(len(a))
    return np.take(pairs, place, axis=1)

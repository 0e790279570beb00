"""What every pixel of every star is known to: noise, and what comes on top of it."""

import numpy as np


def weights(ivar: np.ndarray, excess: np.ndarray | float) -> np.ndarray:
    """Inverse variance of pixels whose noise is not all that scatters.

    Parameters
    ----------
    ivar : shape (n, p)
        Zero or not finite where a pixel is bad.
    excess : shape (p,)
        Variance that spectra without noise would have about the model.

    Returns
    -------
    shape (n, p)
        Zero where the pixel is bad.
    """
    good = np.isfinite(ivar) & (ivar > 0)
    return np.where(good, 1 / (1 / np.where(good, ivar, 1) + excess), 0.0)


def centred(flux: np.ndarray, mean: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Flux less a mean; zero where a pixel has no weight.

    Parameters
    ----------
    flux, weight : shape (n, p)
    mean : shape (p,)
    """
    return np.where(weight > 0, flux - mean, 0.0)


def mean_flux(flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
    """Mean of each pixel, weighted with the inverse variances.

    Returns
    -------
    shape (p,)
        Zero where all are bad.
    """
    weight = weights(ivar, 0.0)
    total = (weight * np.where(weight > 0, flux, 0.0)).sum(axis=0)
    return total / np.maximum(weight.sum(axis=0), np.finfo(float).tiny)


def excess_variance(
    residual: np.ndarray, ivar: np.ndarray, excess: np.ndarray | float
) -> np.ndarray:
    """One step towards the variance that residuals have beyond their noise.

    Of the likelihood of Gaussian residuals of variance 1 / ivar + excess, with the
    weights of the present excess.

    Parameters
    ----------
    residual, ivar : shape (n, p)
        Squares may be given with what the uncertainty of the model adds to them.
    excess : shape (p,)

    Returns
    -------
    shape (p,)
    """
    weight = weights(ivar, excess)
    good = weight > 0
    noise = np.where(good, 1 / np.where(good, ivar, 1), 0.0)
    square = np.where(good, residual, 0.0) - noise
    total = np.maximum((weight**2).sum(axis=0), np.finfo(float).tiny)
    return np.maximum((weight**2 * square).sum(axis=0) / total, 0.0)

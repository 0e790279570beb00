"""Which pixels of a spectrum can be used."""

import numpy as np

LARGEST = 1e6
"""Largest normalised flux. No star's is; the square of 1e19 has no place in float32."""


def good_pixels(flux: np.ndarray, ivar: np.ndarray) -> np.ndarray:
    """Where flux and inverse variance are sound numbers, and the latter is positive.

    Parameters
    ----------
    flux, ivar
        Normalised flux and its inverse variance.

    Returns
    -------
    of bool
    """
    with np.errstate(invalid="ignore"):
        return (np.abs(flux) < LARGEST) & (ivar > 0) & (ivar < np.inf)

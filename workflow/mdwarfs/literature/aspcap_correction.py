"""Correction of the [Fe/H] of ASPCAP to the scale of SLAM (paper, equation 10)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

TERMS = ("x2", "y2", "xy", "x", "y", "constant")


@dataclass(frozen=True)
class Correction:
    """Coefficients of the form of equation 10.

    Attributes
    ----------
    coefficients : shape (6,)
        In the order of `TERMS` [dex].
    errors : shape (6,)
        Their standard errors; NaN if unknown.
    """

    coefficients: np.ndarray
    errors: np.ndarray

    def __call__(self, teff, feh):
        """The correction to add to [Fe/H] of ASPCAP.

        Parameters
        ----------
        teff : array_like of float, shape (n,)
            Teff of ASPCAP [K].
        feh : array_like of float, shape (n,)
            [Fe/H] of ASPCAP [dex].

        Returns
        -------
        ndarray of float, shape (n,)
            [dex]
        """
        return design_matrix(teff, feh) @ self.coefficients


# Paper, equation 10.
PUBLISHED = Correction(
    np.array([-0.427, -0.158, 0.431, 2.767, -2.156, -4.405]), np.full(6, np.nan)
)


def design_matrix(teff: ArrayLike, feh: ArrayLike) -> np.ndarray:
    """Terms of equation 10: x^2, y^2, xy, x, y, 1.

    Parameters
    ----------
    teff : [K], shape (n,)
    feh : [dex], shape (n,)

    Returns
    -------
    shape (n, 6)
    """
    x, y = np.asarray(teff, float) / 1000, np.asarray(feh, float)
    return np.stack([x**2, y**2, x * y, x, y, np.ones_like(x)], axis=-1)

"""Correction of LAMOST [Fe/H] by temperature (Niu+2023; paper, equation 11)."""

import numpy as np
from numpy.typing import ArrayLike

SCALE, OFFSET = 0.358, -0.4  # [dex]
BREAK = 5281.4  # [K]
POWER_ABOVE, POWER_BELOW = -2.404, 1.254
VALID = (4000.0, 7000.0)  # [K], open range
SIGNS = {"none": 0, "add": 1, "subtract": -1}


def niu_offset(teff: ArrayLike) -> np.ndarray:
    """Delta [Fe/H] of equation 11, without a sign attached.

    Parameters
    ----------
    teff : shape (n,)
        LAMOST effective temperature [K].

    Returns
    -------
    shape (n,)
        [dex], between -0.22 and -0.04; NaN outside 4000-7000 K.
    """
    teff = np.asarray(teff, float)
    power = np.where(teff >= BREAK, POWER_ABOVE, POWER_BELOW)
    valid = (teff > VALID[0]) & (teff < VALID[1])
    teff = np.where(valid, teff, np.nan)
    return SCALE * (teff / BREAK) ** power + OFFSET


def to_niu_scale(feh: ArrayLike, teff: ArrayLike, sign: str) -> np.ndarray:
    """Put LAMOST [Fe/H] on the scale of Niu+2023.

    Parameters
    ----------
    feh : shape (n,)
        LAMOST [Fe/H] [dex].
    teff : shape (n,)
        LAMOST effective temperature of the same stars [K].
    sign
        "add" or "subtract" the Delta [Fe/H] of equation 11; "none" leaves [Fe/H] as
        it is.

    Returns
    -------
    shape (n,)
        [dex]; NaN outside 4000-7000 K, whatever the sign.
    """
    return np.asarray(feh, float) + SIGNS[sign] * niu_offset(teff)

"""Empirical relations of M dwarfs: Teff from colours, mass and radius from M_Ks.

The sources give them for main-sequence dwarfs; outside the range of the stars behind a
relation the result is NaN, never an extrapolation.
"""

import numpy as np
from numpy.typing import ArrayLike

# Mann+2015, ApJ 804, 64; erratum Mann+2016, ApJ 819, 87, Table 2, line "BP-RP, J-H":
# Teff / 3500 K = a + bX + cX^2 + dX^3 + eX^4 + f(J-H) + g(J-H)^2, scatter 49 K.
# The paper's equation 12 prints the powers of d and e as 2. Some transcriptions give g
# a minus sign: Mann's own stars settle it (tests/literature), -g is 100 K off.
TEFF_BP_RP = (3.172, -2.475, 1.082, -0.2231, 0.01738)
TEFF_J_H = (0.0, 0.08776, 0.04355)
# The sample is of spectral types K7 to M7, 2700-4100 K (Mann+2015, abstract). The
# quartic is flat at 4.4 mag and turns upwards; the reddest star has 4.75 mag.
TEFF_RANGE = (2700.0, 4100.0)
BP_RP_MAX = 4.75

# Mann+2015 with the erratum of 2016, Table 1: R / Rsun as a polynomial of M_Ks, 2.89 %.
# The paper's equation 13 prints the last term as (0.0168)^2, without M_Ks.
RADIUS = (1.9515, -0.3520, 0.01680)
RADIUS_RANGE = (4.6, 9.8)

# Mann+2019, ApJ 871, 63, Table 6, n = 5: log10(M / Msun) as a polynomial of M_Ks - 7.5.
MASS = (-0.642, -0.208, -8.43e-4, 7.87e-3, 1.42e-4, -2.13e-4)
MASS_ZERO_POINT = 7.5
MASS_RANGE = (4.0, 11.0)

# log10 of the surface gravity of the Sun in cm/s^2 (paper, equation 9).
LOGG_SUN = 4.438


def teff_from_colours(bp_rp: ArrayLike, j_h: ArrayLike) -> np.ndarray:
    """Effective temperature from BP-RP and J-H (paper, equation 12, corrected).

    Parameters
    ----------
    bp_rp : shape (n,)
        Intrinsic Gaia colour BP-RP [mag].
    j_h : shape (n,)
        Intrinsic 2MASS colour J-H [mag].

    Returns
    -------
    shape (n,)
        [K]; NaN outside `TEFF_RANGE` and redward of `BP_RP_MAX`.
    """
    bp_rp = np.asarray(bp_rp, float)
    polynomial = np.polynomial.polynomial.polyval
    teff = 3500 * (polynomial(bp_rp, TEFF_BP_RP) + polynomial(j_h, TEFF_J_H))
    return np.where(bp_rp <= BP_RP_MAX, _within(teff, teff, TEFF_RANGE), np.nan)


def radius_from_m_ks(m_ks: ArrayLike) -> np.ndarray:
    """Stellar radius from M_Ks (paper, equation 13, corrected).

    Parameters
    ----------
    m_ks : shape (n,)
        Absolute 2MASS Ks magnitude [mag].

    Returns
    -------
    shape (n,)
        [Rsun]; NaN outside `RADIUS_RANGE`.
    """
    radius = np.polynomial.polynomial.polyval(np.asarray(m_ks, float), RADIUS)
    return _within(radius, m_ks, RADIUS_RANGE)


def mass_from_m_ks(m_ks: ArrayLike) -> np.ndarray:
    """Stellar mass from M_Ks (paper, equation 14).

    Parameters
    ----------
    m_ks : shape (n,)
        Absolute 2MASS Ks magnitude [mag].

    Returns
    -------
    shape (n,)
        [Msun]; NaN outside `MASS_RANGE`.
    """
    offset = np.asarray(m_ks, float) - MASS_ZERO_POINT
    mass = 10 ** np.polynomial.polynomial.polyval(offset, MASS)
    return _within(mass, m_ks, MASS_RANGE)


def logg_from_mass_and_radius(mass: ArrayLike, radius: ArrayLike) -> np.ndarray:
    """Surface gravity, log g = 4.438 + log10 M - 2 log10 R (paper, equation 9).

    Parameters
    ----------
    mass, radius : shape (n,)
        [Msun] and [Rsun].

    Returns
    -------
    shape (n,)
        log10 of cm/s^2 [dex].
    """
    return LOGG_SUN + np.log10(mass) - 2 * np.log10(radius)


def _within(values, x, limits):
    """`values` where `x` lies within the limits, NaN elsewhere."""
    x = np.asarray(x, float)
    return np.where((x >= limits[0]) & (x <= limits[1]), values, np.nan)

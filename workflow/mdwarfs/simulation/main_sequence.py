"""The simulated main sequence: absolute magnitudes from Teff and metallicity.

M dwarfs (2900-4200 K) follow the real rows of Birky+2020 in colour and magnitude, on
the temperature scale of APOGEE Net; F, G and K dwarfs (4200-7000 K) follow PARSEC.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mdwarfs.literature import mann

polyval = np.polynomial.polynomial.polyval

# (BP-RP)_0 of an M dwarf of solar metallicity against Teff. It is the colour for which
# the relation of Mann+2015 gives a temperature 146 K higher, which is what the paper
# finds between that relation and the scale of APOGEE Net (section 4.3.2).
M_TEFF = np.arange(2800.0, 4301.0, 100.0)
M_BP_RP = (
    3.832, 3.542, 3.284, 3.056, 2.845, 2.653, 2.481, 2.328,
    2.193, 2.074, 1.969, 1.874, 1.789, 1.712, 1.641, 1.575,
)  # fmt: skip
M_BP_RP_FEH = 0.20  # mag/dex at fixed Teff; PARSEC gives 0.27, Birky+2020 0.3-0.5

# Polynomials in u = (BP-RP)_0 - 2.3, and their change per dex of [Fe/H] (linear in u),
# fitted here to the 12,050 stars of Birky+2020, table 6, that have a parallax good to
# 5 % and meet the paper's criteria 1-3. Robust scatter: 0.09 mag in M_G, 0.03 mag in
# each colour.
PIVOT = 2.3
M_G = (9.2591, 2.9736, 0.3764, -0.2225)
M_G_FEH = (-1.25, -0.9531)
G_J = (2.5417, 0.8582, -0.0904, -0.0032)
G_J_FEH = (0.0356, 0.085)
J_H = (0.6272, -0.0821, -0.0118, 0.0494)
J_H_FEH = (0.1469, 0.1443)
J_KS = (0.8489, -0.0013, -0.0454, 0.0831)
J_KS_FEH = (0.1388, 0.1811)
FEH_RANGE_U = (-0.5, 0.6)  # beyond, too few stars of known [Fe/H] for a slope

# PARSEC 1.2S at log age 9.0 (Bressan+2012, Chen+2014): solar metallicity, and the
# change per dex of [M/H] (of the mass: about), against Teff.
FGK_TEFF = np.arange(4200.0, 7001.0, 200.0)
FGK_BP_RP = (
    1.520, 1.388, 1.270, 1.170, 1.081, 1.002, 0.929, 0.862, 0.798, 0.737,
    0.678, 0.621, 0.568, 0.515, 0.464,
)  # fmt: skip
FGK_BP_RP_FEH = 0.05
FGK_M_G = (
    7.461, 7.110, 6.783, 6.433, 6.102, 5.783, 5.471, 5.163, 4.850, 4.525,
    4.190, 3.851, 3.520, 3.209, 2.933,
)  # fmt: skip
FGK_M_G_FEH = (
    -0.49, -0.42, -0.34, -0.55, -0.65, -0.71, -0.76, -0.82, -0.89, -0.96,
    -1.02, -1.04, -1.09, -1.15, -1.26,
)  # fmt: skip
FGK_MASS = (
    0.655, 0.690, 0.723, 0.765, 0.807, 0.852, 0.899, 0.949, 1.004, 1.064,
    1.129, 1.200, 1.275, 1.350, 1.423,
)  # fmt: skip
FGK_MASS_FEH = 0.25
FGK_LOGG = (
    4.668, 4.662, 4.661, 4.645, 4.627, 4.607, 4.583, 4.554, 4.519, 4.476,
    4.427, 4.373, 4.319, 4.271, 4.233,
)  # fmt: skip
# Of late F to K dwarfs (colours of the Sun and of K5 dwarfs); nothing depends on them.
FGK_G_KS = (0.03, 1.70)
FGK_J_H = (0.0, 0.38)
FGK_J_KS = (0.0, 0.46)

# G-RP against BP-RP, for both sequences: PARSEC to 1.5 mag, then Birky+2020, table 6.
G_RP_BP_RP = (
    0.464, 0.678, 0.862, 1.081, 1.270, 1.520, 1.60, 1.80, 2.00, 2.20, 2.40, 2.60,
    2.80, 3.00, 3.20, 3.40, 3.60, 3.80, 4.00,
)  # fmt: skip
G_RP = (
    0.295, 0.418, 0.515, 0.622, 0.708, 0.815, 0.852, 0.920, 0.994, 1.063, 1.125, 1.180,
    1.230, 1.280, 1.357, 1.449, 1.538, 1.613, 1.652,
)  # fmt: skip

# The scale of APOGEE Net's log g against that of mass and radius: 0.04 dex lower, and
# flatter, so that the difference changes sign near 4.6 (paper, section 4.3.3).
LOGG_PIVOT, LOGG_OFFSET, LOGG_SLOPE = 4.78, -0.04, 0.80


@dataclass
class Magnitudes:
    """Absolute magnitudes in the Gaia and 2MASS bands [mag], each of shape (n,)."""

    g: np.ndarray
    bp: np.ndarray
    rp: np.ndarray
    j: np.ndarray
    h: np.ndarray
    ks: np.ndarray


def m_dwarf(
    teff: ArrayLike, feh: ArrayLike, colour_offset: ArrayLike = 0.0
) -> Magnitudes:
    """Absolute magnitudes of single M dwarfs on the main sequence.

    Parameters
    ----------
    teff : shape (n,)
        Effective temperature on the scale of APOGEE Net [K], 2800-4300.
    feh : shape (n,)
        [Fe/H] [dex].
    colour_offset
        How much redder than its labels say a star is (spots, rotation) [mag]; it
        moves along the sequence of its metallicity.
    """
    feh = np.asarray(feh, float)
    bp_rp = np.interp(teff, M_TEFF, M_BP_RP) + M_BP_RP_FEH * feh + colour_offset
    u = bp_rp - PIVOT
    of_feh = np.clip(u, *FEH_RANGE_U)
    g = polyval(u, M_G) + feh * polyval(of_feh, M_G_FEH)
    j = g - polyval(u, G_J) - feh * polyval(of_feh, G_J_FEH)
    h = j - polyval(u, J_H) - feh * polyval(of_feh, J_H_FEH)
    ks = j - polyval(u, J_KS) - feh * polyval(of_feh, J_KS_FEH)
    return _with_gaia_colours(g, bp_rp, j, h, ks)


def fgk_dwarf(
    teff: ArrayLike, feh: ArrayLike, colour_offset: ArrayLike = 0.0
) -> Magnitudes:
    """Absolute magnitudes of F, G and K dwarfs on the main sequence.

    Parameters
    ----------
    teff : shape (n,)
        Effective temperature [K], 4200-7000.
    feh, colour_offset
        As in `m_dwarf`.
    """
    feh = np.asarray(feh, float)
    bp_rp = np.interp(teff, FGK_TEFF, FGK_BP_RP) + FGK_BP_RP_FEH * feh + colour_offset
    g = np.interp(teff, FGK_TEFF, FGK_M_G) + feh * np.interp(
        teff, FGK_TEFF, FGK_M_G_FEH
    )
    ks = g - polyval(bp_rp, FGK_G_KS)
    j = ks + polyval(bp_rp, FGK_J_KS)
    h = j - polyval(bp_rp, FGK_J_H)
    return _with_gaia_colours(g, bp_rp, j, h, ks)


def m_dwarf_structure(m_ks: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mass, radius and surface gravity of M dwarfs from M_Ks.

    Mass and radius are those of Mann+2015/2019; log g is theirs brought to the scale
    of APOGEE Net, which is the reference scale of this project.

    Parameters
    ----------
    m_ks : shape (n,)
        Absolute Ks magnitude [mag]. Beyond 4.6-9.8, where the relations end, the
        stars have the structure of the end.

    Returns
    -------
    mass, radius, logg : shape (n,)
        [Msun], [Rsun], log10 of cm/s^2 [dex].
    """
    m_ks = np.clip(m_ks, *mann.RADIUS_RANGE)
    mass = mann.mass_from_m_ks(m_ks)
    radius = mann.radius_from_m_ks(m_ks)
    physical = mann.logg_from_mass_and_radius(mass, radius)
    logg = LOGG_PIVOT + LOGG_OFFSET + LOGG_SLOPE * (physical - LOGG_PIVOT)
    return mass, radius, logg


def fgk_dwarf_structure(
    teff: ArrayLike, feh: ArrayLike
) -> tuple[np.ndarray | np.floating, ...]:
    """Mass, radius and surface gravity of F, G and K dwarfs from Teff.

    Parameters
    ----------
    teff : shape (n,)
        [K], 4200-7000.
    feh
        [Fe/H] [dex].

    Returns
    -------
    mass, radius, logg : shape (n,)
        [Msun], [Rsun], log10 of cm/s^2 [dex].
    """
    mass = np.interp(teff, FGK_TEFF, FGK_MASS) + FGK_MASS_FEH * np.asarray(feh)
    logg = np.interp(teff, FGK_TEFF, FGK_LOGG)
    radius = np.sqrt(mass / 10 ** (logg - mann.LOGG_SUN))
    return mass, radius, logg


def g_rp(bp_rp: ArrayLike) -> np.ndarray | np.floating:
    """G - RP of a star of given BP - RP [mag]."""
    return np.interp(bp_rp, G_RP_BP_RP, G_RP)


def _with_gaia_colours(g, bp_rp, j, h, ks):
    """Add BP and RP to the other bands."""
    rp = g - g_rp(bp_rp)
    return Magnitudes(g=g, bp=rp + bp_rp, rp=rp, j=j, h=h, ks=ks)

"""Extinction in the bands of Gaia and 2MASS."""

import numpy as np
from numpy.typing import ArrayLike

# Gaia Collaboration (Babusiaux+) 2018, A&A 616, A10, equation 1 and Table 1:
# k_X = c1 + c2 C + c3 C^2 + c4 C^3 + c5 A0 + c6 A0^2 + c7 C A0, with C = (BP-RP)_0.
# Made for the DR2 passbands; the paper uses them on DR3 photometry, and so do we.
COEFFICIENTS = {
    "g": (0.9761, -0.1704, 0.0086, 0.0011, -0.0438, 0.0013, 0.0099),
    "bp": (1.1517, -0.0871, -0.0333, 0.0173, -0.0230, 0.0006, 0.0043),
    "rp": (0.6104, -0.0170, -0.0026, -0.0017, -0.0078, 0.00005, 0.0006),
}
# The models behind the fit are of 3500-10,000 K, (BP-RP)_0 of about -0.06 to 2.5 mag.
# Beyond, the cubic runs away (k_BP rises again, and the iteration of `deredden`
# diverges for red stars behind A_V > 2), so the coefficients stay at the edge's.
# For an M5 dwarf behind A_V = 0.3 that shifts the colour by 0.03 mag.
COLOUR_RANGE = (-0.06, 2.5)


def gaia_extinction(
    bp_rp0: ArrayLike, a_v: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Extinction in the Gaia bands of stars of known intrinsic colour.

    Gaia Collaboration (Babusiaux+) 2018, equation 1. The extinction at 550 nm, A_0,
    is taken as A_V. Colours outside `COLOUR_RANGE` have the coefficients of its edge.

    Parameters
    ----------
    bp_rp0 : shape (n,)
        Intrinsic colour (BP-RP)_0 [mag].
    a_v : shape (n,)
        Extinction A_V [mag].

    Returns
    -------
    a_g, a_bp, a_rp : shape (n,)
        Extinction in each band [mag]; NaN where an input is NaN.
    """
    c, a = np.broadcast_arrays(np.asarray(bp_rp0, float), np.asarray(a_v, float))
    c = np.clip(c, *COLOUR_RANGE)
    terms = np.stack([np.ones_like(c), c, c**2, c**3, a, a**2, c * a])
    return tuple(a * np.tensordot(k, terms, 1) for k in COEFFICIENTS.values())


# Cardelli, Clayton & Mathis 1989, ApJ 345, 245, Table 3: A / A_V for R_V = 3.1.
TMASS_EXTINCTION = {"j": 0.282, "h": 0.190, "ks": 0.114}

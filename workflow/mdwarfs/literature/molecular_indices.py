"""Indices of the CaH and TiO bands near 7000 Angstrom, and zeta, which is made of them.

zeta_TiO/CaH = (1 - TiO5) / (1 - [TiO5]_Zsun), where [TiO5]_Zsun is what stars of the
Sun's metallicity have at the same CaH2 + CaH3: 1 for these, near 0 for the most
metal-poor (Lépine, Rich & Shara 2007, ApJ 669, 1235, equations 1 and 2). That zeta is
measured with a star's own instrument matters: Lépine+2013 (AJ 145, 102) found indices
of the same stars to differ between observatories, and corrected theirs before they
fitted their polynomial; no such correction exists for BOSS.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

BANDS_IN_AIR = {
    "cah2": (6814.0, 6846.0),
    "cah3": (6960.0, 6990.0),
    "tio5": (7126.0, 7135.0),
}
"""First and last wavelength of each band [Angstrom, air]: Reid, Hawley & Gizis 1995 (AJ
110, 1838), table 2, as Lépine+2007 take them over."""
REFERENCE_IN_AIR = (7042.0, 7046.0)
"""The pseudo-continuum by whose mean flux that of each band is divided; of the same."""


@dataclass(frozen=True)
class Zeta:
    """[TiO5]_Zsun as a polynomial of CaH2 + CaH3.

    Attributes
    ----------
    coefficients
        From the constant upwards.
    """

    coefficients: tuple[float, ...]

    def solar_tio5(self, cah: ArrayLike) -> np.ndarray:
        """TiO5 of stars of the Sun's metallicity at given CaH2 + CaH3."""
        return np.polynomial.polynomial.polyval(np.asarray(cah), self.coefficients)

    def slope(self, cah: ArrayLike) -> np.ndarray:
        """Derivative of `solar_tio5`."""
        slope = np.polynomial.polynomial.polyder(self.coefficients)
        return np.polynomial.polynomial.polyval(np.asarray(cah), slope)

    def __call__(self, cah: ArrayLike, tio5: ArrayLike) -> np.ndarray:
        """Zeta at given CaH2 + CaH3 and TiO5."""
        return (1 - np.asarray(tio5)) / (1 - self.solar_tio5(cah))


ZETAS = {
    # Lépine, Rich & Shara 2007 (ApJ 669, 1235), equation 1.
    "zeta": Zeta((-0.050, -0.118, 0.670, -0.164)),
    # Dhital+2012 (AJ 143, 67), fitted to wide pairs of M dwarfs in SDSS.
    "zeta_dhital2012": Zeta((-0.047, -0.127, 0.694, -0.183, -0.005)),
    # Lépine+2013 (AJ 145, 102), for indices that are corrected to those of MDM.
    "zeta_lepine2013": Zeta((0.622, -1.906, 2.211, -0.588)),
}
"""By name of the column. The first one's boundaries of classes are the original ones;
those of the other two are taken to be the same."""

CLASSES = {"sdM": 0.825, "esdM": 0.500, "usdM": 0.200}
"""Largest zeta of subdwarfs, extreme and ultra-subdwarfs (Lépine+2007, section 4)."""

FEH_OF_ZETA = -1.685, 1.632
"""[Fe/H] = a + b zeta, scatter 0.3 dex (Woolf, Lépine & Wallerstein 2009, PASP
121, 117), for zeta of 0.05 to 1.1."""

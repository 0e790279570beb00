"""Wavelengths in air and in vacuum."""

import numpy as np
from numpy.typing import ArrayLike

# Morton 2000, ApJS 130, 403, equation 8 (the IAU's standard, after Birch and Downs
# 1994): refractive index of dry air at 15 C, 101325 Pa and 0.045 % CO2 by the square s2
# of the wavenumber in vacuum [1/micron^2], n - 1 = a + b/(130 - s2) + c/(38.9 - s2).
A, B, C = 8.34254e-5, 2.406147e-2, 1.5998e-4
POLE_B, POLE_C = 130.0, 38.9

SHORTEST = 2000.0
"""[Angstrom]. Below it, wavelengths are given in vacuum by custom, and the formula does
not hold."""

ROUNDS = 4
"""Of the inversion: the index changes so little with wavelength that each round gains
four digits or more."""


def refractive_index(vacuum: ArrayLike) -> np.ndarray:
    """Refractive index of air.

    Parameters
    ----------
    vacuum : shape (n,)
        Wavelength in vacuum [Angstrom], above 2000.

    Returns
    -------
    shape (n,)
    """
    s2 = (1e4 / np.asarray(vacuum, float)) ** 2
    return 1 + A + B / (POLE_B - s2) + C / (POLE_C - s2)


def to_air(vacuum: ArrayLike) -> np.ndarray:
    """Wavelengths in air of such in vacuum [Angstrom], above 2000: shape (n,)."""
    return np.asarray(vacuum, float) / refractive_index(vacuum)


def to_vacuum(air: ArrayLike) -> np.ndarray:
    """Wavelengths in vacuum of such in air.

    Parameters
    ----------
    air : shape (n,)
        [Angstrom]. Those below 2000 are left as they are.

    Returns
    -------
    shape (n,)
        [Angstrom].
    """
    air = np.asarray(air, float)
    in_air = air >= SHORTEST
    vacuum = air.copy()
    for _ in range(ROUNDS):
        safe = np.where(in_air, vacuum, SHORTEST)
        vacuum = np.where(in_air, air * refractive_index(safe), air)
    return vacuum

"""The simulated dust: a smooth reddening E(B-V) as a function of place.

An exponential layer about the plane of the Galaxy, denser in some directions than in
others. It is modest, as it is towards stars within a kiloparsec, and smooth enough for
a map of coarse pixels.
"""

import numpy as np
from numpy.typing import ArrayLike

EBV_PER_KPC = 0.22  # in the plane, averaged over direction [mag/kpc]
SCALE_HEIGHT = 0.12  # [kpc]
R_V = 3.1  # A_V / E(B-V) of this dust, whatever the analysis assumes


def ebv(l: ArrayLike, b: ArrayLike, distance_modulus: ArrayLike) -> np.ndarray:  # noqa: E741 (l and b are the field's names)
    """Reddening E(B-V) between us and a place.

    Parameters
    ----------
    l, b
        Galactic longitude and latitude [deg].
    distance_modulus
        5 log10(d / 10 pc) [mag]. The three are broadcast together.

    Returns
    -------
    values
        [mag]; it never falls with distance.
    """
    longitude, latitude = np.radians(l), np.radians(b)
    distance = 10 ** (np.asarray(distance_modulus, float) / 5 - 2)  # kpc
    clumps = (
        1.0
        + 0.35 * np.cos(longitude - 0.8) * np.cos(latitude)
        + 0.25 * np.sin(2 * longitude + 0.5) * np.cos(latitude) ** 2
    )
    height = np.maximum(np.abs(np.sin(latitude)), 1e-6) * distance / SCALE_HEIGHT
    path = distance * -np.expm1(-height) / height  # kpc of dust as dense as the plane's
    return EBV_PER_KPC * clumps * path

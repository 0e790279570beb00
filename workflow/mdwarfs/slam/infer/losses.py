"""What a pixel's squared residual, over its variance, adds to chi-square.

A loss takes z, the square of residual over standard deviation, and gives rho(z) and
its derivative rho'(z), both of the shape of z.
"""

import numpy as np


def squared(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The Gaussian likelihood: rho = z."""
    return z, np.ones_like(z)


def soft_l1(z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """rho = 2 (sqrt(1 + z) - 1): outliers count linearly, not squared.

    The definition is that of `scipy.optimize.least_squares`; written so that small z
    do not cancel in single precision.
    """
    root = np.sqrt(1 + z)
    return 2 * z / (1 + root), 1 / root

"""The pixels that the released code repairs or drops before it looks at their noise."""

import numpy as np
from scipy.ndimage import binary_dilation, binary_opening

from mdwarfs.spectra.good_pixels import good_pixels

# Normalised flux above CEILING is set to 1, below 0 to 0 (pipelines/slam/__init__.py).
CEILING = 2.0

# A pixel is bad unless its normalised flux is inside BOUNDS and its weight above LEAST.
# Bad pixels are dropped together with their neighbours: one on either side of a run of
# bad pixels, two if the run has LONG pixels or more (slam3.py, heal_the_world: a
# quarter of its length, at least 1 and at most 2).
BOUNDS = 1e-3, 1e2
LEAST = 1.0
LONG = 6


def mend(flux: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Clip the flux, and drop pixels with their neighbours.

    Parameters
    ----------
    flux, weight : shape (m, p)
        Normalised flux, and what stands for its inverse variance. A pixel is bad
        where either is not finite or the weight is not positive.

    Returns
    -------
    flux, weight : shape (m, p)
        The weight is 0 at dropped pixels.
    """
    flux = np.where(flux > CEILING, 1.0, np.where(flux < 0, 0.0, flux))
    good = good_pixels(flux, weight)
    good &= (flux > BOUNDS[0]) & (flux < BOUNDS[1]) & (weight > LEAST)
    return flux, np.where(grown(~good), 0.0, weight)


def grown(bad: np.ndarray) -> np.ndarray:
    """Bad pixels and their neighbours: bool, shape (m, p)."""
    long = binary_opening(bad, np.ones((1, LONG)))
    return binary_dilation(bad, np.ones((1, 3))) | binary_dilation(
        long, np.ones((1, 5))
    )

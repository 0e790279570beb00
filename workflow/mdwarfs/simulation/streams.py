"""Random streams: what is drawn depends on the seed and the stream's name alone."""

from collections.abc import Callable

import numpy as np

NAMES = (
    "population", "contaminants", "missing", "snr", "identifiers", "photometry", "boss",
    "lamost", "apogee", "literature", "slam", "pairs", "spectrum",
    "paper_pairs", "dr20", "catalogue", "individual",
)  # fmt: skip


def stream(seed: int, name: str, *index: int) -> np.random.Generator:
    """A generator of random numbers.

    Parameters
    ----------
    seed
        Seed of the run.
    name
        One of `NAMES`.
    *index
        Such as the number of a star.
    """
    return np.random.default_rng([seed, NAMES.index(name), *index])


def redraw(n: int, sample: Callable, limits: tuple[float, ...]) -> np.ndarray:
    """Draw `n` numbers, those outside the limits again until all are inside.

    Parameters
    ----------
    sample
        Gives k numbers when called with k.
    limits
        Open range.

    Returns
    -------
    shape (n,)
    """
    values = np.asarray(sample(n), float)
    while True:
        outside = ~((values > limits[0]) & (values < limits[1]))
        if not outside.any():
            return values
        values[outside] = sample(int(outside.sum()))

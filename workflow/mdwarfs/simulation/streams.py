"""Random streams: what is drawn depends on the seed and the stream's name alone."""

import numpy as np

NAMES = (
    "population", "contaminants", "missing", "snr", "identifiers", "photometry", "boss",
    "lamost", "apogee", "literature", "slam", "pairs", "spectrum",
    "paper_pairs", "dr20", "catalogue",
)  # fmt: skip


def stream(seed, name, *index):
    """A generator of random numbers.

    Parameters
    ----------
    seed : int
        Seed of the run.
    name : str
        One of `NAMES`.
    *index : int
        Such as the number of a star.

    Returns
    -------
    numpy.random.Generator
    """
    return np.random.default_rng([seed, NAMES.index(name), *index])


def redraw(n, sample, limits):
    """Draw `n` numbers, those outside the limits again until all are inside.

    Parameters
    ----------
    n : int
    sample : callable
        Gives k numbers when called with k.
    limits : tuple of float
        Open range.

    Returns
    -------
    ndarray of float, shape (n,)
    """
    values = np.asarray(sample(n), float)
    while True:
        outside = ~((values > limits[0]) & (values < limits[1]))
        if not outside.any():
            return values
        values[outside] = sample(int(outside.sum()))

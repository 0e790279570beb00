"""Points that fill a box evenly: the sequence of Halton (1960)."""

import numpy as np


def halton(n: int, d: int) -> np.ndarray:
    """The first n points of the sequence, of which the first is zero.

    They are those of `scipy.stats.qmc.Halton` without scrambling, to the last bit; to
    import that takes half a second of every start of the command.

    Returns
    -------
    shape (n, d)
        From 0 to 1.
    """
    points = np.zeros((n, d))
    for axis, base in enumerate(primes(d)):
        left, share = np.arange(n), 1 / base
        while left.any():  # the digits of each number, mirrored at the point
            left, digit = np.divmod(left, base)
            points[:, axis] += digit * share
            share /= base
    return points


def primes(number: int) -> list[int]:
    """The first prime numbers."""
    found, candidate = [], 2
    while len(found) < number:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found

"""Joining the arms of a spectrograph to one spectrum."""

from collections.abc import Sequence

import numpy as np

SAME = 0.01
"""Distance of pixels of two arms, in pixels, that counts as none."""

GAP = 1.5
"""Distance of two arms, in pixels, from which on there is a gap between them."""

Arm = tuple[np.ndarray, np.ndarray, np.ndarray]


def join(arms: Sequence[Arm]) -> Arm:
    """Join arms to one spectrum.

    Pixels that two arms have in common are their mean, weighted by the inverse
    variances. Where arms overlap and their pixels do not coincide, each is used up to
    the middle of the overlap. Where there is a gap between arms, a bad pixel at each of
    its ends says so.

    Parameters
    ----------
    arms
        Wavelength, flux and inverse variance of each, shape (n,); bad pixels have
        inverse variance 0 and a finite flux.

    Returns
    -------
    wavelength, flux, ivar : shape (n,)
        Rising wavelengths.
    """
    joined, *others = sorted(arms, key=lambda arm: arm[0][0])
    for arm in others:
        joined = join_two(joined, arm)
    return joined


def join_two(blue: Arm, red: Arm) -> Arm:
    """Join two arms; `blue` is the one that begins first."""
    last, first = blue[0][-1], red[0][0]
    step = min(blue[0][-1] - blue[0][-2], red[0][1] - red[0][0])
    if first - last > GAP * step:
        ends = np.array([last + step, first - step])
        gap = ends if ends[1] > ends[0] else ends.mean(keepdims=True)
        none = np.zeros(len(gap))
        return glued(blue, (gap, none, none), red)
    if first > last:
        return glued(blue, red)
    n = np.searchsorted(blue[0], first - SAME * step)
    common = min(len(blue[0]) - n, len(red[0]))
    rest = max(len(blue[0]) - n - common, 0)
    apart = np.abs(blue[0][n : n + common] - red[0][:common])
    if rest == 0 and (apart < SAME * step).all():
        return glued(
            tuple(plane[:n] for plane in blue),
            mean(
                tuple(plane[n:] for plane in blue),
                tuple(plane[:common] for plane in red),
            ),
            tuple(plane[common:] for plane in red),
        )
    middle = (first + min(last, red[0][-1])) / 2
    kept, others = blue[0] < middle, red[0] >= middle
    return glued(
        tuple(plane[kept] for plane in blue), tuple(plane[others] for plane in red)
    )


def mean(first: Arm, second: Arm) -> Arm:
    """Mean of two arms on the same pixels, weighted by the inverse variances."""
    ivar = first[2] + second[2]
    flux = first[1] * first[2] + second[1] * second[2]
    return first[0], flux / np.where(ivar > 0, ivar, 1), ivar


def glued(*parts: Arm) -> Arm:
    """Parts of a spectrum behind each other."""
    return tuple(np.concatenate(planes) for planes in zip(*parts))

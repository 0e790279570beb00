"""Spectra of stars with their models and residuals, packed for the page.

A byte per pixel is finer than the noise of the spectra that are shown, and deflates to
less than half. Stars are packed in groups, and a browser loads those that it shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.report.packing import deflated

if TYPE_CHECKING:
    from mdwarfs.star.fitted import Fitted

GROUP = 100
"""Stars of a group."""
LEVELS = 254
"""Fluxes between the lowest and the highest of a star; one more number is the null."""
NULL = 255
SIGMAS = 12.7
"""Residuals beyond are shown there."""
TENTHS = 10
"""Parts of a standard deviation that residuals are told in."""
CLIPPED = 0.3
"""Per cent of the pixels of a star, at either end, that may lie beyond the range that
is shown, which always holds the model."""
BAD, DROPPED = 1, 2
"""Marks of pixels that are bad, and of those that the fit went without."""
PLANES = ("flux", "model", "residual", "mark")
BYTES_PER_PIXEL = 3.0
"""Size of a pixel of a packed star, its planes together, in base64; a little more than
the spectra of the default run take."""


def chosen(
    first: np.ndarray, snr: np.ndarray, has: np.ndarray, most: int
) -> np.ndarray:
    """The stars whose spectra the page holds.

    Parameters
    ----------
    first : bool, shape (n,)
        Stars to be taken before others.
    snr : shape (n,)
    has : bool, shape (n,)
        Which have a spectrum.
    most
        How many are taken at most: `first`, and of the others so many that are evenly
        spaced in the order of their SNR.

    Returns
    -------
    int, shape (m,)
        Their numbers, in order.
    """
    numbers = np.flatnonzero(has)
    if len(numbers) <= most:
        return numbers
    wanted = evenly(numbers[first[numbers]], snr, most)
    others = evenly(numbers[~first[numbers]], snr, most - len(wanted))
    return np.sort(np.concatenate([wanted, others]))


def evenly(numbers: np.ndarray, snr: np.ndarray, most: int) -> np.ndarray:
    """At most so many of some stars, evenly spaced in the order of their SNR."""
    order = numbers[np.argsort(snr[numbers], kind="stable")]
    if len(order) <= most:
        return order
    return order[np.linspace(0, len(order) - 1, most).astype(int)]


def capacity(megabytes: float, pixels: int) -> int:
    """How many stars fit into so many megabytes."""
    return int(megabytes * 1e6 / (BYTES_PER_PIXEL * pixels))


def groups(count: int) -> Iterator[slice]:
    """Slices of the stars that are packed together."""
    for start in range(0, count, GROUP):
        yield slice(start, min(start + GROUP, count))


def packed(fitted: Fitted) -> dict:
    """The spectra of a group.

    Parameters
    ----------
    fitted
        m stars.

    Returns
    -------
    packed
        `low` and `step` of each star, with which fluxes are ``low + step * k``, and
        `data`: bytes of shape (4, m, p), the `PLANES`, each pixel of the model less the
        one before it, deflated, in base64.
    """
    low, step = _scale(fitted)
    planes = np.stack(
        [
            _levels(fitted.flux, low, step),
            np.diff(_levels(fitted.model, low, step), axis=1, prepend=np.uint8(0)),
            _residuals(fitted.residual),
            np.where(fitted.dropped, DROPPED, np.where(fitted.bad, BAD, 0)),
        ]
    ).astype(np.uint8)
    return {
        "low": [float(f"{x:.5g}") for x in low],
        "step": [float(f"{x:.5g}") for x in step],
        "data": deflated(planes.tobytes()),
    }


def _scale(fitted):
    """Lowest flux and step of each star; rounded as the page has them."""
    low, high = np.zeros(len(fitted)), np.ones(len(fitted))
    for star in range(len(fitted)):
        good = fitted.flux[star][~fitted.bad[star]]
        model = fitted.model[star][np.isfinite(fitted.model[star])]
        ends = np.percentile(good, [CLIPPED, 100 - CLIPPED]) if good.size else []
        seen = np.concatenate([ends, model])
        if seen.size:
            low[star], high[star] = seen.min(), seen.max()
    step = np.where(high > low, high - low, 1.0) / (LEVELS - 1)
    low = np.array([float(f"{x:.5g}") for x in low])
    return low, np.array([float(f"{x:.5g}") for x in step * 1.0001])


def _levels(values, low, step):
    k = np.rint((values - low[:, None]) / step[:, None])
    k = np.clip(np.nan_to_num(k, nan=NULL, posinf=LEVELS - 1, neginf=0), 0, NULL)
    return np.where(np.isfinite(values), np.minimum(k, LEVELS - 1), NULL).astype("u1")


def _residuals(values):
    k = np.rint(np.clip(values, -SIGMAS, SIGMAS) * TENTHS) + LEVELS // 2
    return np.where(np.isfinite(values), np.nan_to_num(k), NULL).astype("u1")

"""Which simulated stars meet the criteria of the paper, as they will be observed.

The survey is to hold given numbers of stars that meet criteria 1 to 3 and of such that
fail a certain one, while each of them has the errors of measurement that it has. So
stars are drawn and observed, and kept if they are where they are wanted, until there
are enough.
"""

from collections.abc import Callable

import healpy
import numpy as np
from astropy.table import Table, vstack

from mdwarfs.literature.extinction import gaia_extinction
from mdwarfs.simulation import dust
from mdwarfs.simulation.files.bayestar import NSIDE

# Where the paper draws the lines of criteria 1 to 3 (section 2.2): least M_G0; slope
# and intercept of the lowest and of the highest M_G0 at a given (BP-RP)_0. What the
# survey holds does not depend on where an analysis draws its own.
BRIGHTEST = 6.0
LOWER_LINE, UPPER_LINE = (3.75, 7.50), (3.28, 0.10)
LEAST_PARALLAX = 1e-3  # [mas]: one that noise makes negative has a magnitude, too
CLEAR = 0.01
"""No star comes nearer to a line: so near, it would hang on the rounding of an
extinction on which side a run finds it, and the numbers could not be told [mag]."""


def criteria_margins(stars: Table) -> np.ndarray:
    """By how much stars meet criteria 1 to 3.

    Parameters
    ----------
    stars
        As `mdwarfs.simulation.photometry.observe` leaves them.

    Returns
    -------
    shape (3, n)
        [mag]; negative where a criterion is failed.
    """
    parallax = np.maximum(np.asarray(stars["parallax"]), LEAST_PARALLAX)
    pixel = healpy.ang2pix(NSIDE, stars["l"], stars["b"], nest=True, lonlat=True)
    centre = healpy.pix2ang(NSIDE, pixel, nest=True, lonlat=True)
    a_v = dust.R_V * dust.ebv(*centre, 10 - 5 * np.log10(parallax))
    extinction = gaia_extinction(stars["m_bp"] - stars["m_rp"], a_v)
    g, bp, rp = (
        np.asarray(stars[f"phot_{band}_mean_mag"]) - absorbed
        for band, absorbed in zip(("g", "bp", "rp"), extinction)
    )
    m_g = g + 5 * np.log10(parallax) - 10
    lower, upper = (
        slope * (bp - rp) + intercept for slope, intercept in (LOWER_LINE, UPPER_LINE)
    )
    return np.stack([m_g - BRIGHTEST, lower - m_g, m_g - upper])


def meets_criteria(stars: Table) -> np.ndarray:
    """Which stars meet criteria 1 to 3: bool, shape (n,)."""
    return np.all(criteria_margins(stars) > CLEAR, axis=0)


def fails(number: int) -> Callable[[Table], np.ndarray]:
    """A function of stars: which of them fail a criterion, and none before it."""

    def fail(stars):
        margin = criteria_margins(stars)
        before = np.all(margin[: number - 1] > CLEAR, axis=0)
        return before & (margin[number - 1] < -CLEAR)

    return fail


def draw_until(
    n: int,
    make: Callable[[int], tuple[Table, ...]],
    keep: Callable[..., np.ndarray],
) -> tuple[tuple[Table, ...], tuple[Table, ...]]:
    """Draw single stars or pairs until n of them are kept.

    Parameters
    ----------
    n
        How many.
    make
        Draws so many: a table of stars, or one of each component.
    keep
        Of these tables, which are kept: bool.

    Returns
    -------
    kept, others
        The first n that are kept, and those that were drawn before the last of these
        and are not.
    """
    parts = [make(n + n // 6 + 4 if n else 0)]
    kept = keep(*parts[0])
    while (lacking := n - int(np.sum(kept))) > 0:
        parts.append(make(2 * lacking + 8))
        kept = np.concatenate([kept, keep(*parts[-1])])
    end = np.flatnonzero(kept)[n - 1] + 1 if n else 0
    kept = kept[:end]
    every = [
        vstack(list(one), metadata_conflicts="silent")[:end] for one in zip(*parts)
    ]
    return tuple(one[kept] for one in every), tuple(one[~kept] for one in every)

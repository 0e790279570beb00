"""Figure 6: [Fe/H] of M+M pairs, and against Birky+2020 and Behmard+2025."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import comparison, scales, style

if TYPE_CHECKING:
    from mdwarfs.figures.comparison import Comparison


LEAST = 0.4  # shortest half-axis of the differences [dex]
BIN = 0.2  # width of the bins of the differences [dex]


@style.styled
def draw(m_m: Table, birky: Table, behmard: Table) -> Figure:
    """Three comparisons of [Fe/H], coloured by the signal-to-noise ratio.

    Parameters
    ----------
    m_m
        `feh1`, `feh2` [dex] of primary and secondary, the smaller `snr`, `used`.
    birky, behmard
        `feh`, `feh_ref` [dex], `snr`, `used`.
    """
    columns = [
        pair_members(m_m),
        comparison.with_reference(birky, "feh", "Birky+2020", LEAST),
        comparison.with_reference(behmard, "feh", "Behmard+2025", LEAST),
    ]
    return comparison.coloured_by_snr(6.0, columns, BIN)


def pair_members(pairs: Table) -> Comparison:
    """Primary against secondary; a point has the smaller of its two ratios."""
    pairs = pairs[np.asarray(pairs["used"], bool)]
    first, second, snr = scales.finite(pairs["feh1"], pairs["feh2"], pairs["snr"])
    names = (
        style.symbol("feh", "SLAM, secondary"),
        style.symbol("feh", "SLAM, primary"),
        "primary $-$ secondary",
    )
    return comparison.Comparison(
        "feh", second, first, first - second, snr, names, LEAST, "pairs"
    )

"""Figure 6: [Fe/H] of M+M pairs, and against Birky+2020 and Behmard+2025."""

import numpy as np

from mdwarfs.figures import comparison, panels, style

LEAST = 0.4  # shortest half-axis of the differences [dex]


@style.styled
def draw(m_m, birky, behmard):
    """Three comparisons of [Fe/H], coloured by the signal-to-noise ratio.

    Parameters
    ----------
    m_m : astropy.table.Table
        `feh1`, `feh2` [dex] of primary and secondary, the smaller `snr`, `used`.
    birky, behmard : astropy.table.Table
        `feh`, `feh_ref` [dex], `snr`, `used`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    columns = [
        pair_members(m_m),
        comparison.with_reference(birky, "feh", "Birky+2020", LEAST),
        comparison.with_reference(behmard, "feh", "Behmard+2025", LEAST),
    ]
    return comparison.coloured_by_snr(6.0, columns)


def pair_members(pairs):
    """Primary against secondary; a point has the smaller of its two ratios."""
    pairs = pairs[np.asarray(pairs["used"], bool)]
    first, second, snr = panels.finite(pairs["feh1"], pairs["feh2"], pairs["snr"])
    names = (
        style.symbol("feh", "SLAM, secondary"),
        style.symbol("feh", "SLAM, primary"),
        "primary $-$ secondary",
    )
    return comparison.Comparison(
        "feh", second, first, first - second, snr, names, LEAST, "pairs"
    )

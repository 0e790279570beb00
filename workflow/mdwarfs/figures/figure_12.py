"""Figure 12: [Fe/H] difference of FGK+FGK pairs before and after the correction."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import panels, scales, style
from mdwarfs.literature.niu import to_niu_scale
from mdwarfs.samples.niu import chosen_sign

LEAST = 0.3  # shortest half-axis of the differences [dex]
BIN = 250.0  # width of the bins of the running median [K]


@style.styled
def draw(pairs: Table, sign: Table) -> Figure:
    """Primary minus secondary against the primary's Teff.

    Parameters
    ----------
    pairs
        `teff1`, `teff2` [K], `feh1`, `feh2` [dex], `selected`. Pairs outside the range
        of the correction are in neither panel.
    sign
        As `mdwarfs.samples.niu.settle_sign` makes it: which sign the correction has.
    """
    figure = style.new(style.PAGE, 2.9)
    pairs = pairs[np.asarray(pairs["selected"], bool)]
    first, second = (
        to_niu_scale(pairs[f"feh{k}"], pairs[f"teff{k}"], chosen_sign(sign))
        for k in (1, 2)
    )
    teff, before, after = scales.finite(
        pairs["teff1"], pairs["feh1"] - pairs["feh2"], first - second
    )
    half = scales.half_width(np.concatenate([before, after]), LEAST, room=1.3)
    grid = figure.subplots(1, 2, sharex=True, sharey=True)
    for axes, difference, name in (
        (grid[0], before, "as catalogued"),
        (grid[1], after, "corrected (Niu+2023)"),
    ):
        axes.set(xlim=scales.span(teff, 1000.0), ylim=(-half, half))
        axes.scatter(
            teff, difference, s=panels.area(len(teff)), c=style.BLUE, alpha=0.5,
            linewidths=0, rasterized=len(teff) > panels.RASTER,
        )  # fmt: skip
        centre, median, std = scales.binned(teff, difference, BIN, least=10)
        axes.errorbar(
            centre, median, std, fmt="o", ms=4, mfc="white", mec="black", mew=0.8,
            ecolor="black", elinewidth=1.0, zorder=4,
        )  # fmt: skip
        between = r"primary $-$ secondary"
        panels.differences(axes, teff, difference, "primary", between, "pairs", name)
    return figure

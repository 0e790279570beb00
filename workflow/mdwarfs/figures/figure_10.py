"""Figure 10: [Fe/H] of SLAM minus that of ASPCAP, before and after the correction."""

import numpy as np
from astropy.table import Table
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from mdwarfs.figures import panels, scales, style

LEAST = 0.4  # shortest half-axis of the differences [dex]


@style.styled
def draw(aspcap: Table) -> Figure:
    """Differences against ASPCAP's Teff, coloured by ASPCAP's [Fe/H].

    Parameters
    ----------
    aspcap
        `feh`, `feh_aspcap`, `correction` [dex], `teff_aspcap` [K] and `selected`.
    """
    figure = style.new(style.PAGE, 2.9)
    aspcap = aspcap[np.asarray(aspcap["selected"], bool)]
    teff, slam, published, correction = scales.finite(
        aspcap["teff_aspcap"], aspcap["feh"], aspcap["feh_aspcap"], aspcap["correction"]
    )
    before = slam - published
    after = before - correction
    half = scales.half_width(np.concatenate([before, after]), LEAST, room=1.3)
    norm = Normalize(*scales.middle(published, 0.2))
    grid = figure.subplots(1, 2, sharex=True, sharey=True)
    for axes, difference, name in (
        (grid[0], before, "ASPCAP"),
        (grid[1], after, "corrected ASPCAP"),
    ):
        axes.set(xlim=scales.span(teff, 400.0), ylim=(-half, half))
        drawn = panels.points(axes, teff, difference, published, norm)
        between = rf"SLAM $-$ {name}"
        panels.differences(axes, teff, difference, "ASPCAP", between, "stars")
    bar = figure.colorbar(
        drawn, ax=grid, pad=0.015, extend=scales.arrows(norm, published)
    )
    bar.set_label(r"[Fe/H]$_{\rm ASPCAP}$ (dex)")
    return figure

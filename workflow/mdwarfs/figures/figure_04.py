"""Figure 4: SLAM against the reference labels of the test stars."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import panels, style

SHOWN = {"feh": 0.4, "teff": 200.0, "logg": 0.15}  # and the shortest residual axes


@style.styled
def draw(test: Table) -> Figure:
    """One column a label: one-to-one above, residuals below, coloured by SNR.

    Parameters
    ----------
    test
        `snr`, and for each label x of [Fe/H], Teff and log g the columns `x` (SLAM)
        and `x_ref`.
    """
    figure = style.new(style.PAGE, 3.5)
    grid = figure.subplots(2, len(SHOWN), sharex="col", height_ratios=(2, 1))
    norm = panels.snr_norm(test["snr"])
    for (upper, lower), (label, least) in zip(grid.T, SHOWN.items()):
        drawn = _column(upper, lower, test, label, least, norm)
    panels.log_bar(figure, drawn, grid, "SNR of the spectrum")
    return figure


def _column(upper, lower, test, label, least, norm):
    value, reference, snr = panels.finite(
        test[label], test[f"{label}_ref"], test["snr"]
    )
    residual = value - reference
    limits = panels.span(np.concatenate([value, reference]), 2 * least)
    half = panels.half_width(residual, least)
    upper.set(xlim=limits, ylim=limits)
    lower.set(ylim=(-half, half))
    drawn = panels.points(upper, reference, value, snr, norm)
    panels.points(lower, reference, residual, snr, norm)
    panels.identity(upper)
    panels.zero(lower)
    if len(value):
        text = panels.median_and_std(residual, label)
        panels.note(upper, f"{text}\n{len(value):,} stars")
        panels.count_beyond(upper, reference, value)
        panels.count_beyond(lower, reference, residual)
    else:
        panels.no_stars(upper)
    upper.set_ylabel(style.with_unit(style.symbol(label, "SLAM"), label))
    lower.set_ylabel(style.with_unit("SLAM $-$ ref", label))
    lower.set_xlabel(style.with_unit(style.symbol(label, "ref"), label))
    for axes in (upper, lower):
        panels.few_ticks(axes)
    return drawn

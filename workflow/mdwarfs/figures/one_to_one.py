"""SLAM against reference labels: Figure 4, and the same of given spectra."""

from collections.abc import Sequence

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import notes, panels, scales, style
from mdwarfs.labels import LABELS


@style.styled
def draw(test: Table, labels: Sequence[str]) -> Figure:
    """One column a label: one-to-one above, residuals below, coloured by SNR.

    The slope is that of the residuals against the reference.

    Parameters
    ----------
    test
        `snr`, and for each label x the columns `x` (SLAM) and `x_ref`.
    labels
        Those that are shown: up to three in a row.
    """
    rows, columns = panels.arranged(len(labels))
    figure = style.new(panels.width(columns), 3.5 * rows)
    grid = figure.subplots(
        2 * rows, columns, squeeze=False, height_ratios=(2, 1) * rows
    )
    norm = scales.snr_norm(test["snr"])
    pairs = grid.reshape(rows, 2, columns).transpose(0, 2, 1).reshape(-1, 2)
    for (upper, lower), label in zip(pairs, labels):
        lower.sharex(upper)
        upper.tick_params(labelbottom=False)
        drawn = _column(upper, lower, test, label, LABELS[label].half_axis, norm)
    for axes in pairs[len(labels) :].flat:
        axes.remove()
    shown = pairs[: len(labels)]
    arrows = scales.arrows(norm, test["snr"])
    panels.log_bar(figure, drawn, shown, "SNR of the spectrum", arrows)
    return figure


def _column(upper, lower, test, label, least, norm):
    value, reference, snr = scales.finite(
        test[label], test[f"{label}_ref"], test["snr"]
    )
    residual = value - reference
    limits = scales.span(np.concatenate([value, reference]), 2 * least)
    half = scales.half_width(residual, least)
    upper.set(xlim=limits, ylim=limits)
    lower.set(ylim=(-half, half))
    drawn = panels.points(upper, reference, value, snr, norm, style.BLUE_TO_RED)
    panels.points(lower, reference, residual, snr, norm, style.BLUE_TO_RED)
    panels.identity(upper)
    panels.zero(lower)
    if len(value):
        text = notes.median_and_std(residual, label)
        notes.above(upper, f"{text}\n{len(value):,} stars")
        notes.slope(lower, reference, residual)
        notes.count_beyond(upper, reference, value)
        notes.count_beyond(lower, reference, residual)
    else:
        notes.no_stars(upper)
    upper.set_ylabel(style.with_unit(style.symbol(label, "SLAM"), label))
    lower.set_ylabel(style.with_unit("SLAM $-$ ref", label))
    lower.set_xlabel(style.with_unit(style.symbol(label, "ref"), label))
    for axes in (upper, lower):
        panels.few_ticks(axes)
    return drawn

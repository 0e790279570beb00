"""Bias and scatter against SNR, and their laws: Figure 5, and that of given spectra."""

from collections.abc import Sequence

import numpy as np
from astropy.table import Row, Table
from matplotlib.figure import Figure
from scipy.special import chdtrc

from mdwarfs.figures import notes, panels, style

UNLIKELY = 0.01
"""Probability of a larger chi-square below which a law is a poor fit."""
SURE = 2.0
"""Standard errors that an exponent has to be below zero for a decrease."""


@style.styled
def draw(bins: Table, power_laws: Table, labels: Sequence[str]) -> Figure:
    """One panel a label: bias blue, scatter red, the fitted power law as a line.

    Parameters
    ----------
    bins
        One row per label and bin: `label`, `snr` (with `snr_min`, `snr_max`),
        `cv_bias` and `cv_scatter` with their errors, in the unit of the label.
    power_laws
        One row per label: `label`, `amplitude`, `exponent`, `chi2`, `dof`, and the
        range `snr_min` to `snr_max` over which the law is drawn.
    labels
        Those that are shown: up to three in a row.
    """
    rows, columns = panels.arranged(len(labels))
    figure = style.new(panels.width(columns), 2.5 * rows)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes, label in zip(grid.flat, labels):
        of_label = bins[np.asarray(bins["label"]) == label]
        law = power_laws[np.asarray(power_laws["label"]) == label]
        _panel(axes, of_label, law, label)
    for axes in grid.flat[len(labels) :]:
        axes.remove()
    marks = dict(zip(*reversed(grid[0, 0].get_legend_handles_labels())))
    if marks:
        figure.legend(
            marks.values(), marks.keys(), loc="outside lower center", ncols=len(marks)
        )
    return figure


def _panel(axes, bins, law, label):
    axes.set_xlabel("SNR of the spectrum")
    axes.set_ylabel(style.with_unit(rf"$\Delta$ {style.symbol(label)}", label))
    if not len(bins):
        notes.no_stars(axes)
        return
    snr = np.asarray(bins["snr"], float)
    reach = np.abs([snr - bins["snr_min"], bins["snr_max"] - snr])
    for column, hue, marker, what in (
        ("cv_bias", style.BLUE, "o", "CV bias"),
        ("cv_scatter", style.RED, "s", "CV scatter"),
    ):
        axes.errorbar(
            snr, bins[column], bins[f"e_{column}"], reach, fmt=marker, ms=4, color=hue,
            elinewidth=0.6, label=what,
        )  # fmt: skip
    known = law[np.isfinite(np.asarray(law["amplitude"], float))]
    if not len(known):
        notes.above(axes, "too few stars for a power law")
    for row in known:
        amplitude, exponent = float(row["amplitude"]), float(row["exponent"])
        x = np.geomspace(row["snr_min"], row["snr_max"], 200)
        axes.plot(x, amplitude * x**exponent, color=style.RED, label="power law")
        notes.above(axes, _law(row), linespacing=1.4)
        if poor(row):
            notes.above(axes, poor(row), "right", color=style.RED)
    axes.axhline(0, color="black", lw=0.8, ls="--")
    panels.log_snr(axes, 0.9 * min(bins["snr_min"]), 1.1 * max(bins["snr_max"]))


def _law(row):
    """A power law as text, and how well it fits."""
    error = float(row["e_exponent"]) if "e_exponent" in row.colnames else np.nan
    exponent = f"{row['exponent']:.2f}"
    if np.isfinite(error):
        exponent += rf" \pm {error:.2f}"
    text = rf"$\sigma = {row['amplitude']:.3g}\;{{\rm SNR}}^{{{exponent}}}$"
    if row["dof"] > 0:
        return text + "\n" + rf"$\chi^2$/dof = {row['chi2']:.1f}/{row['dof']}"
    return text + "\nthrough two points"


def poor(row: Row) -> str:
    """Why a power law is a poor one, in a word or two; "" if it is not.

    Parameters
    ----------
    row
        Of the table of power laws.
    """
    if row["dof"] > 0 and chdtrc(row["dof"], row["chi2"]) < UNLIKELY:
        return "poor fit"
    if "e_exponent" in row.colnames and np.isfinite(row["e_exponent"]):
        if row["exponent"] + SURE * row["e_exponent"] > 0:
            return "no decrease"
    return ""

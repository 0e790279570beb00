"""Bias and scatter against SNR, and their laws: Figure 5, and that of given spectra."""

from collections.abc import Sequence

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import panels, style


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
    return figure


def _panel(axes, bins, law, label):
    axes.set_xlabel("SNR of the spectrum")
    name = f"CV bias, CV scatter of {style.symbol(label)}"
    axes.set_ylabel(style.with_unit(name, label))
    if not len(bins):
        panels.no_stars(axes)
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
        panels.note(axes, "too few stars for a power law", "upper left")
    for row in known:
        amplitude, exponent = float(row["amplitude"]), float(row["exponent"])
        x = np.geomspace(row["snr_min"], row["snr_max"], 200)
        text = rf"$\sigma = {amplitude:.3g}\;{{\rm SNR}}^{{{exponent:.2f}}}$"
        if row["dof"] > 0:
            text += "\n" + rf"$\chi^2$/dof = {row['chi2']:.1f}/{row['dof']}"
        else:
            text += "\nthrough two points"
        axes.plot(x, amplitude * x**exponent, color=style.RED, label=text)
    axes.axhline(0, color="black", lw=0.8, ls="--")
    panels.log_snr(axes, 0.9 * min(bins["snr_min"]), 1.1 * max(bins["snr_max"]))
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.6 * (high - low))
    axes.legend(loc="upper right", labelspacing=0.25)

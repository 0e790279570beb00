"""Diagnostic: the wavelengths that constrain each label."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import notes, panels, spectral_features, style
from mdwarfs.labels import LABELS

QUARTERS = (0.25, 0.5, 0.75)
LINE = 0.28  # of the room above the shares, for each line of the note


@style.styled
def draw(table: Table, snr: float) -> Figure:
    """Share of the information on each label in bins of wavelength.

    A temperature at which the other labels, if they are free, can imitate all that is
    known has no line: a note says so.

    Parameters
    ----------
    table
        From `mdwarfs.interpretation.information.table`.
    snr
        Signal-to-noise ratio that it is for.
    """
    labels = list(dict.fromkeys(table["label"]))
    temperatures = np.unique(table["teff"])
    colours = style.SEQUENTIAL(np.linspace(0, 0.9, len(temperatures)))
    heights = [1.35] * len(labels)
    figure = style.new(style.PAGE, sum(heights) + spectral_features.HEIGHT + 0.7)
    wavelength = table["wave_min"].min(), table["wave_max"].max()
    rows = spectral_features.above(figure, heights, wavelength)
    for label, axes in zip(labels, rows):
        of_label = table[table["label"] == label]
        parts = [of_label[of_label["teff"] == teff] for teff in temperatures]
        edges = np.append(parts[0]["wave_min"], parts[0]["wave_max"][-1])
        known = np.mean([part["share"] for part in parts], axis=0)
        axes.stairs(
            100 * known,
            edges,
            fill=True,
            color="0.85",
            label="other labels known, mean",
        )
        for teff, part, colour in zip(temperatures, parts, colours):
            if not _tells(part):
                continue
            axes.stairs(
                100 * part["share_free"], edges, color=colour, lw=0.9,
                label=f"other labels free, {teff:.0f} K",
            )  # fmt: skip
        panels.zero(axes, style.GREY)
        _mark_quarters(axes, parts, edges)
        low, high = axes.get_ylim()
        said = _errors(label, parts, snr)
        axes.set_ylim(max(low, -0.35 * high), (1 + LINE * len(said)) * high)
        _count_below(axes, parts)
        axes.set_ylabel(f"{style.symbol(label)}: share (%)")
        notes.note(axes, "\n".join(said), "upper right")
    drawn = {}
    for axes in rows:
        drawn |= dict(zip(*axes.get_legend_handles_labels()[::-1]))
    figure.legend(
        drawn.values(), drawn.keys(), loc="outside lower center",
        ncols=3, columnspacing=1.5,
    )  # fmt: skip
    return figure


def _tells(part):
    """Whether a label is told at a temperature, the other labels free."""
    return bool(np.any(part["share_free"]))


def _mark_quarters(axes, parts, edges):
    """Triangles where the mean cumulative share passes the quarters."""
    told = [part["cumulative_free"] for part in parts if _tells(part)]
    if not told:
        return
    total = np.mean(told, axis=0)
    places = np.searchsorted(total, QUARTERS)
    places = places[places < len(total)]
    axes.plot(
        (edges[places] + edges[places + 1]) / 2, np.full(len(places), 0.96), "v", ms=3,
        color=style.RED, transform=axes.get_xaxis_transform(), clip_on=False,
        label="quarters of the sum (mean)",
    )  # fmt: skip


def _count_below(axes, parts):
    """Say above a panel how many bins go on below its lower end."""
    shares = [100 * np.asarray(part["share_free"]) for part in parts if _tells(part)]
    number = int(sum(np.sum(share < axes.get_ylim()[0]) for share in shares))
    if number:
        text = f"{number} {'steps end' if number > 1 else 'step ends'} below the axis"
        notes.above(axes, text, "right", color=style.GREY)


def _errors(label, parts, snr):
    """Lines of text: the errors that all pixels give, or why there are none."""
    unit = LABELS[label].unit
    at = ", ".join(f"{part['teff'][0]:.0f}" for part in parts)

    def written(column):
        values = (f"{part[column][-1]:{LABELS[label].form}}" for part in parts)
        return ", ".join(values).replace("inf", "none") + f" {unit}"

    lines = [
        f"error at S/N {snr:g} and {at} K: {written('error_free')} (others free)",
        f"{written('error')} (others known)",
    ]
    untold = [f"{part['teff'][0]:.0f}" for part in parts if not _tells(part)]
    if untold:
        lines.append(
            f"degenerate at {', '.join(untold)} K: two halves of the training stars "
            "disagree"
        )
    return lines

"""What each ingredient costs, as a text."""

import numpy as np
from astropy.table import Table

from mdwarfs.emulation.recipe import DESCRIPTIONS
from mdwarfs.labels import LABELS
from mdwarfs.tables.markdown import grid

SIMULATED = "**Simulated data.** Nothing here is a measurement of the sky."


def write(accuracy: Table, reference: str, run: str, simulated: bool) -> str:
    """The table as Markdown.

    Parameters
    ----------
    accuracy
        As `mdwarfs.emulation.accuracy.accuracy` makes it.
    reference
        What the labels are compared with, in words.
    run
        The run's name.
    """
    bins = accuracy[np.asarray(accuracy["bin"]) > 0]
    heads = ["variant", *_heads(bins)]
    parts = [
        f"# How the released labels were made, and what it costs: run {run}",
        *([SIMULATED] if simulated else []),
        f"Labels of the same stars by every variant, against {reference}, of stars "
        "whose labels there lie within the usable range and on which SLAM was not "
        "trained. "
        "The numbers of every label, with errors, and the standard deviations about "
        "the mean beside the robust ones, are in emulation.ecsv.",
        "## Variants",
        grid(["variant", "what it is"], DESCRIPTIONS.items()),
        "## Pixels that take part in the fit of a star (median), and stars that keep "
        "their first guess for want of pixels (in per cent)",
        grid(heads, _rows(bins[np.asarray(bins["label"]) == "teff"], _pixels)),
    ]
    for label, entry in LABELS.items():
        own = bins[np.asarray(bins["label"]) == label]
        if len(own):
            parts += [
                f"## {entry.short}: robust scatter, and standard deviation "
                f"({entry.unit})",
                grid(heads, _rows(own, _scatter)),
                f"## {entry.short}: median difference, and its error ({entry.unit})",
                grid(heads, _rows(own, _bias)),
            ]
    return "\n\n".join(parts) + "\n"


def _heads(bins):
    """SNR and number of stars of each bin."""
    first = bins[np.asarray(bins["variant"]) == bins["variant"][0]]
    first = first[np.asarray(first["label"]) == first["label"][0]]
    return [
        f"SNR {row['snr_min']:.1f} to {row['snr_max']:.1f}, {row['n']} stars"
        for row in first
    ]


def _rows(bins, cell):
    """A line of cells for each variant."""
    return [
        [variant, *map(cell, bins[np.asarray(bins["variant"]) == variant])]
        for variant in dict.fromkeys(bins["variant"])
    ]


def _pixels(row):
    return f"{row['pixels']:.0f} ({100 * row['kept']:.0f})"


def _scatter(row):
    form = LABELS[row["label"]].form
    return f"{row['robust_scatter']:{form}} ({row['scatter']:{form}})"


def _bias(row):
    form = LABELS[row["label"]].form
    return f"{row['robust_bias']:+{form}} ({row['e_robust_bias']:{form}})"

"""Figure 3: distributions of the training labels."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from mdwarfs.figures import notes, scales, style
from mdwarfs.labels import LABELS
from mdwarfs.samples.split import of_role
from mdwarfs.tables.matching import match

SHOWN = ("feh", "teff", "logg")
BOUND = {"color": style.RED, "ls": "--", "lw": 1.0}


@style.styled
def draw(labels: Table, split: Table, usable: dict[str, list[float]]) -> Figure:
    """One histogram a label, of the training stars; usable ranges as dashed lines.

    Parameters
    ----------
    labels
        `source_id`, `feh` [dex], `teff` [K], `logg` [dex].
    split
        `source_id` and `role`.
    usable
        Label to (low, high): the usable ranges of the paper's Table 1.
    """
    figure = style.new(style.PAGE, 2.5)
    train = of_role(split, "train")
    rows = labels[match(train, labels["source_id"])]
    for axes, label in zip(figure.subplots(1, len(SHOWN)), SHOWN):
        _panel(axes, rows[label], label, usable[label])
    figure.legend(
        handles=[Line2D([], [], label="usable range (Table 1)", **BOUND)],
        loc="outside lower center",
    )
    return figure


def _panel(axes, values, label, usable):
    (values,) = scales.finite(values)
    axes.set_xlabel(style.with_unit(style.symbol(label), label))
    axes.set_ylabel("Training stars")
    if not len(values):
        notes.no_stars(axes)
        return
    bins = int(np.clip(1.2 * np.sqrt(len(values)), 8, 30))
    axes.hist(
        values, bins=bins, histtype="stepfilled", facecolor=style.BLUE, alpha=0.5,
        edgecolor=style.BLUE,
    )  # fmt: skip
    for bound in usable:
        axes.axvline(bound, **BOUND)
    outside = np.sum((values < usable[0]) | (values > usable[1]))
    low, high = (notes.number(bound, label) for bound in (values.min(), values.max()))
    axes.set_title(
        f"{len(values):,} stars, {low} to {high} {LABELS[label].unit}; "
        f"{outside} outside",
        fontsize=7.5,
    )

"""Labels that others have given the same stars, against SLAM's and the references'."""

import numpy as np
from astropy.table import Table
from matplotlib.figure import Figure

from mdwarfs.figures import notes, panels, scales, style
from mdwarfs.labels import LABELS

# Stars that the run knows labels of, and those that it does not; and its references.
SIDES = {
    "SLAM, of stars with reference labels": (style.BLUE, "o", style.BLUE),
    "SLAM, of stars without them": (style.RED, "^", "white"),
    "reference labels": (style.GREY, "s", "white"),
}


@style.styled
def draw(stars: Table) -> Figure:
    """One column a catalogue and label: one-to-one above, differences below.

    Parameters
    ----------
    stars
        From `mdwarfs.given.others.compare_others`.
    """
    cells = [
        (name, label)
        for name in dict.fromkeys(str(x) for x in stars["comparison"])
        for label in LABELS
        if f"{label}_ref" in stars.colnames
        and np.isfinite(stars[f"{label}_ref"][stars["comparison"] == name]).any()
    ]
    rows, columns = panels.arranged(max(len(cells), 1))
    figure = style.new(panels.width(max(columns, 2)), 3.9 * rows + 0.2)
    grid = figure.subplots(
        2 * rows, columns, squeeze=False, height_ratios=(5, 3) * rows
    )
    pairs = grid.reshape(rows, 2, columns).transpose(0, 2, 1).reshape(-1, 2)
    for (upper, lower), (name, label) in zip(pairs, cells):
        lower.sharex(upper)
        upper.tick_params(labelbottom=False)
        own = stars[np.asarray(stars["comparison"]) == name]
        _column(upper, lower, own, name, label)
    for axes in pairs[len(cells) :].flat:
        axes.remove()
    if cells:
        handles, words = (x[::-1] for x in grid[0, 0].get_legend_handles_labels())
        figure.legend(handles, words, loc="outside lower center", ncols=len(words))
    else:
        figure.text(0.5, 0.5, "no stars", ha="center", color=style.GREY)
    return figure


def _column(upper, lower, stars, name, label):
    other = np.asarray(stars[f"{label}_ref"], float)
    labelled = np.asarray(stars["labelled"], bool)
    used = np.asarray(stars["used"], bool)
    found, known = (np.asarray(stars[x], float) for x in (label, f"{label}_known"))
    shown = dict(zip(SIDES, ((found, labelled), (found, ~labelled), (known, labelled))))
    least = LABELS[label].half_axis
    drawn = {
        side: scales.finite(other[members], values[members])
        for side, (values, members) in shown.items()
    }
    every = np.concatenate([one for both in drawn.values() for one in both])
    limits = scales.span(every, 2 * least)
    half = scales.half_width(np.concatenate([y - x for x, y in drawn.values()]), least)
    upper.set(xlim=limits, ylim=limits)
    lower.set(ylim=(-half, half))
    for zorder, (side, (x, y)) in enumerate(reversed(drawn.items()), start=2):
        hue, marker, face = SIDES[side]
        how = {"ls": "", "marker": marker, "mec": hue, "mfc": face, "zorder": zorder}
        how |= {"ms": 3, "mew": 0.6}
        upper.plot(x, y, label=side, **how)
        lower.plot(x, y - x, **how)
    panels.identity(upper)
    panels.zero(lower)
    upper.set_ylabel(style.with_unit(style.symbol(label), label))
    lower.set_ylabel(style.with_unit(f"minus {name}", label))
    lower.set_xlabel(style.with_unit(style.symbol(label, name), label))
    for axes in (upper, lower):
        panels.few_ticks(axes)
    upper.set_title(_said(found, known, other, labelled & used, label), fontsize=7.5)


def _said(found, known, other, members, label):
    """Median and standard deviation of both sides against the other's, as text."""
    members = members & np.isfinite(found + known + other)
    slam, reference = found[members] - other[members], known[members] - other[members]
    if not members.any():
        return "no stars within the usable range"
    of_slam = notes.median_and_std(slam, label)
    of_reference = notes.median_and_std(reference, label)
    return f"SLAM {of_slam}, ref {of_reference}; {len(slam):,} stars"

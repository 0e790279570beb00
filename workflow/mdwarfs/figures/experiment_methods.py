"""Experiment: errors of the labels of every method, by SNR and label."""

from astropy.table import Table
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from mdwarfs.figures import half_widths, notes, style
from mdwarfs.method_names import HYBRID, MEAN, SLAM

FIRST = {
    SLAM: {"color": style.RED, "marker": "s", "lw": 1.5, "ms": 4, "zorder": 5},
    HYBRID: {"color": "black", "marker": "o", "lw": 1.8, "ms": 4, "zorder": 6},
    MEAN: {"color": style.GREY, "marker": "", "ls": ":", "lw": 1.2},
}
MARKS = "D^vP*Xh<"  # of the others
SPREAD = 0.018  # between the methods of a bin, in the logarithm of SNR


@style.styled
def draw(table: Table) -> Figure:
    """A row a label: half widths of the differences, against each of what is known.

    Parameters
    ----------
    table
        From `mdwarfs.validation.methods_by_snr.methods_by_snr`.
    """
    looks = _looks(list(dict.fromkeys(str(x) for x in table["method"])))

    def panel(axes, rows, label):
        _panel(axes, rows, label, looks)

    def size(rows, _):
        return style.PAGE, 1.75 * rows + 0.7

    return half_widths.sheet(table, panel, size, ncols=4)


def _looks(methods):
    """Colour, marker and line of each method, by its name."""
    others = [name for name in methods if name not in FIRST]
    looks = dict(FIRST)
    for place, name in enumerate(others):
        hue, mark = style.MUTED[place % len(style.MUTED)], MARKS[place % len(MARKS)]
        looks[name] = {"color": hue, "marker": mark, "lw": 0.8, "ms": 3.2}
    return {name: {"elinewidth": 0.5, **looks[name]} for name in methods}


def _panel(axes, rows, label, looks):
    """One label: a line of points for each method."""
    binned = half_widths.lines(axes, rows, label, looks, SPREAD)
    if not len(binned):
        return
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    notes.note(axes, f"{max(rows['n']):,} stars", "upper right")

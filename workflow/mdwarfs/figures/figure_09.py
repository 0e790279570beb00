"""Figure 9: colour-magnitude diagram of all candidates by Teff and by log g."""

from astropy.table import Table
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from mdwarfs.figures import notes, panels, scales, style

SHOWN = ("teff", "logg")


@style.styled
def draw(catalogue: Table) -> Figure:
    """Two diagrams, coloured by SLAM's effective temperature and surface gravity.

    Parameters
    ----------
    catalogue
        `bp_rp0`, `mg0` [mag], `teff` [K], `logg` [dex]; stars without labels (NaN)
        are not drawn.
    """
    figure = style.new(style.PAGE, 3.3)
    for axes, label in zip(figure.subplots(1, 2, sharex=True, sharey=True), SHOWN):
        _panel(figure, axes, catalogue, label)
        axes.label_outer()
    return figure


def _panel(figure, axes, catalogue, label):
    colour, magnitude, value = scales.finite(
        catalogue["bp_rp0"], catalogue["mg0"], catalogue[label]
    )
    panels.cmd(axes, colour, magnitude)
    norm = Normalize(*scales.middle(value, {"teff": 400.0, "logg": 0.2}[label]))
    drawn = panels.points(axes, colour, magnitude, value, norm)
    if not len(value):
        notes.no_stars(axes)
    notes.above(axes, f"{len(value):,} stars")
    notes.count_beyond(axes, colour, magnitude)
    bar = figure.colorbar(drawn, ax=axes, pad=0.015, extend=scales.arrows(norm, value))
    bar.set_label(style.with_unit(style.symbol(label, "SLAM"), label))

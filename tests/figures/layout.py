"""Where the panels of a figure lie, which is found once: it is most of drawing it."""

from itertools import combinations

from matplotlib.ticker import NullLocator
from matplotlib.transforms import Bbox

from mdwarfs.figures import style


def without_minor_ticks(figure):
    """Take those away that have no numbers: they point inwards, and take a third of
    the time."""
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if axis.get_scale() == "linear":
                axis.set_minor_locator(NullLocator())


class Layout:
    """A figure, laid out as it is on paper, and the boxes of what is in it."""

    def __init__(self, figure):
        without_minor_ticks(figure)
        figure.get_layout_engine().execute(figure)
        figure.set_layout_engine(None)
        self.figure = figure
        self.axes = {axes: axes.get_tightbbox() for axes in figure.axes}

    @property
    def box(self):
        """Of all that there is [inch]."""
        parts = [self.figure, *self.figure.subfigs]
        others = [
            artist.get_tightbbox()
            for part in parts
            for artist in part.get_children()
            if artist not in (*self.figure.axes, *parts)
            and artist.get_visible()
            and artist.get_in_layout()
        ]
        box = Bbox.union([*self.axes.values(), *filter(None, others)])
        return box.transformed(self.figure.dpi_scale_trans.inverted())

    def is_on_the_page(self):
        """Whether nothing runs off, or into the line that names the run."""
        width, height = self.figure.get_size_inches()
        box = self.box
        return (
            width <= style.PAGE
            and min(box.x0, box.y0) > -0.01
            and box.x1 < width + 0.01
            and box.y1 < height - style.STRIP + 0.01
        )

    def overlaps(self, panels):
        """Pairs of some panels that overlap, by two pixels or more."""
        found = []
        for one, other in combinations(panels, 2):
            overlap = Bbox.intersection(self.axes[one], self.axes[other])
            if overlap is not None and min(overlap.width, overlap.height) >= 2:
                found.append((one, other))
        return found

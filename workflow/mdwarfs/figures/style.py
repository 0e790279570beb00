"""The style of all figures, and how they are written to files.

Figures are drawn with matplotlib's objects (`matplotlib.figure.Figure`) and never
with pyplot. Inside a function decorated by `styled` matplotlib has its own defaults and
the settings below, whatever a user's matplotlibrc, style or backend says; the user's
are put back afterwards.
"""

from collections.abc import Callable, Sequence
from functools import wraps

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.figure import Figure

from mdwarfs.labels import LABELS
from mdwarfs.tables import atomic
from mdwarfs.types import PathLike

COLUMN, PAGE = 3.35, 7.1  # widths of one journal column and of the page [inch]
STRIP = 0.17  # height of the line that names the run [inch]
DPI = 300

# The paper's colours, in the shades of Paul Tol's set that everybody can tell apart.
BLUE, RED = "#0077BB", "#CC3311"
GREY = "0.45"
# His muted colours, for many lines in one panel beside those.
MUTED = (
    "#332288", "#117733", "#44AA99", "#999933", "#DDCC77", "#AA4499", "#88CCEE",
    "#882255",
)  # fmt: skip

# Colour, marker and line of each uncertainty.
LOOKS = {
    "formal": (BLUE, "o", ":"),
    "power law": (GREY, "s", "--"),
    "calibrated": (RED, "D", "-"),
}


def _darkened(name, top=0.93):
    """A sequential map without its palest end, which is lost on white paper."""
    return ListedColormap(matplotlib.colormaps[name](np.linspace(0, top, 256)), name)


SEQUENTIAL = _darkened("viridis")
# Low values blue, high ones red: Paul Tol's "sunset" without its palest part, so that
# everybody can tell them apart, on white paper too.
BLUE_TO_RED = LinearSegmentedColormap.from_list(
    "blue_to_red",
    [
        "#364B9A",
        "#4A7BB7",
        "#6EA6CD",
        "#A9B9B0",
        "#FDB366",
        "#F67E4B",
        "#DD3D2D",
        "#A50026",
    ],
)
DENSITY = matplotlib.colormaps["viridis"]

SETTINGS = {
    "font.family": "STIXGeneral",
    "mathtext.fontset": "stix",
    "font.size": 8,
    "axes.labelsize": 8.5,
    "axes.titlesize": 8.5,
    "axes.linewidth": 0.6,
    "axes.unicode_minus": True,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "ytick.right": True,
    "xtick.minor.visible": True,
    "ytick.minor.visible": True,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "legend.handlelength": 1.4,
    "lines.linewidth": 1.0,
    "pdf.fonttype": 42,
    "svg.hashsalt": "mdwarfs",
}


def styled(draw: Callable) -> Callable:
    """Let a drawing function work under the settings of this module, and no others."""

    @wraps(draw)
    def inside(*args, **kwargs):
        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(SETTINGS)
            return draw(*args, **kwargs)

    return inside


def new(width: float, height: float) -> Figure:
    """Start a figure with room at its top for the line that names the run.

    Parameters
    ----------
    width, height
        Size [inch]; the height without that line.
    """
    figure = Figure(figsize=(width, height + STRIP))
    FigureCanvasAgg(figure)
    share = height / (height + STRIP)
    figure.set_layout_engine(
        "constrained", rect=(0, 0, 1, share), w_pad=0.03, h_pad=0.03
    )
    return figure


def symbol(label: str, tag: str = "") -> str:
    """Symbol of a label with a subscript that says whose value it is.

    Parameters
    ----------
    label
        One of `mdwarfs.labels.LABELS`.
    tag
        "SLAM", "Birky+2020", ...; empty for none.
    """
    text = LABELS[label].tex
    if not tag:
        return text
    tag = tag.replace(" ", r"\ ").replace("+", "{+}")
    if label == "teff":
        return rf"$T_{{\rm eff,\,{tag}}}$"
    return rf"{text}$_{{\rm {tag}}}$"


def with_unit(text: str, label: str) -> str:
    """A quantity's text followed by the label's unit in parentheses."""
    return f"{text} ({LABELS[label].unit})"


def save(figure: Figure, pdf: PathLike, png: PathLike, stamp: dict) -> None:
    """Write a figure as PDF and PNG; the same figure gives the same bytes.

    Parameters
    ----------
    figure
        Made by `new`.
    pdf, png
        The files to write.
    stamp
        `run` (name, "" of a model alone) and `simulated` (bool); the figure says both.
    """
    write(figure, [png, pdf], stamp)


METADATA = {
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None},
    ".svg": {"Date": None},
}
"""What is left out of files, by their suffix: the same figure gives the same bytes."""


@styled
def write(figure: Figure, files: Sequence[PathLike], stamp: dict) -> None:
    """Write a figure to files of any suffixes of `METADATA`.

    Parameters
    ----------
    figure
        Made by `new`.
    files
        To write.
    stamp
        As for `save`; and `of`, what is of the run, if that is not the data.
    """
    of = stamp.get("of", "run")
    width, height = figure.get_size_inches()
    level, edge = 1 - 0.4 * STRIP / height, 0.05 / width
    figure.text(
        1 - edge, level, f"{of}: {stamp['run']}" if stamp["run"] else "a model alone",
        ha="right", va="center", color=GREY, fontsize=7, parse_math=False,
    )  # fmt: skip
    simulated = bool(stamp["simulated"])
    figure.text(
        edge, level, "simulated data" if simulated else "real data", ha="left",
        va="center", color=RED if simulated else GREY, fontsize=8, fontweight="bold",
    )  # fmt: skip
    lay_out(figure)
    for path in files:
        with atomic(path) as part:
            metadata = METADATA.get(part.suffix)
            figure.savefig(part, dpi=DPI, metadata=metadata)


def lay_out(figure: Figure) -> None:
    """Give the panels of a figure their places, once for all files.

    That takes half the time; `savefig` would also draw all of it to do so.
    """
    engine = figure.get_layout_engine()
    if engine is not None:
        figure.set_dpi(DPI)
        engine.execute(figure)
        figure.set_layout_engine(None)

"""The plots of the page, empty: its script fills them with the stars and the spectra.

Bokeh draws them in the browser. They are one document, so that the page's script finds
the models by the names that are given here.
"""

import json
import re
from operator import itemgetter
from typing import Any

from bokeh.core.properties import value
from bokeh.document import Document
from bokeh.models import (
    BasicTicker,
    ColorBar,
    ColumnDataSource,
    CustomJSHover,
    FixedTicker,
    HoverTool,
    LinearColorMapper,
    Range1d,
    Span,
    TapTool,
)
from bokeh.palettes import Viridis256
from bokeh.plotting import figure
from bokeh.resources import Resources

from mdwarfs.figures import spectral_features

PLANES = ("diagram", "labels")
"""Plots of stars: by default the colour-magnitude diagram, and a plane of labels."""
SPECTRUM, RESIDUAL, FEATURES = "spectrum", "residual", "features"
WIDE, LETTER, TICK = 900, 7.5, "#0b69a3"
"""Of the names of features: width of the plot and of a letter [pixels], and lines."""
INK, MUTED, GRID, ACCENT = "#1f2933", "#616e7c", "#e4e7eb", "#b4231f"
OBSERVED, MODEL = "#52606d", "#b4231f"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif"
TIP = "white-space: pre; font: 13px/1.45 system-ui, sans-serif; padding: 2px 4px"
"""How the words beside the pointer look: one line for each label."""
PALETTE = list(Viridis256[:236])
"""Without its palest end, which is lost on white."""
SCRIPTS = ("bokeh",)
"""Parts of BokehJS that these plots need."""
IDENTIFIER = re.compile(r'"p(\d{4,})"')


def document(low: float, high: float) -> tuple[str, dict[str, str]]:
    """The plots as JSON that BokehJS takes.

    Parameters
    ----------
    low, high
        Ends of the spectra, in vacuum [Angstrom].

    Returns
    -------
    document
        The same whatever else has been plotted in this process.
    roots
        Identifier of each plot by its name, which is that of its place in the page.
    """
    plots = _planes() | _spectrum(low, high)
    together = Document(title="")
    for plot in plots.values():
        together.add_root(plot)
    content = in_order(together.to_json(deferred=False))
    written = json.dumps(content, separators=(",", ":"))
    numbers = {}
    for old in IDENTIFIER.findall(written):
        numbers.setdefault(old, f"p{len(numbers) + 1}")
    written = IDENTIFIER.sub(lambda x: f'"{numbers[x[1]]}"', written)
    return written, {name: numbers[plot.id[1:]] for name, plot in plots.items()}


def in_order(content: dict) -> dict:
    """A document of Bokeh with attributes and columns sorted: Bokeh's order is a set's.

    Parameters
    ----------
    content
        With each object where it is met first, and its identifier where it is met
        again; so is what is returned.
    """
    objects: dict[str, dict] = {}
    met = set()

    def collect(part: Any) -> None:
        if isinstance(part, dict):
            if part.keys() > {"id"}:
                objects[part["id"]] = part
            part = list(part.values())
        if isinstance(part, list):
            for inner in part:
                collect(inner)

    def ordered(part: Any) -> Any:
        if isinstance(part, list):
            return [ordered(inner) for inner in part]
        if not isinstance(part, dict):
            return part
        if (identifier := part.get("id")) in objects:
            if identifier in met:
                return {"id": identifier}
            met.add(identifier)
            part = objects[identifier]
        if part.get("type") == "map":
            part = part | {"entries": sorted(part["entries"], key=itemgetter(0))}
        return {name: ordered(part[name]) for name in sorted(part)}

    collect(content)
    return ordered(content)


def scripts() -> dict[str, str]:
    """BokehJS: the text of each of `SCRIPTS`, by the name of its file."""
    found = Resources(mode="inline", components=list(SCRIPTS), minified=True)
    texts = [text for text in found.js_raw if len(text) > 10_000]
    if len(texts) != len(SCRIPTS):
        raise RuntimeError("this version of Bokeh does not hand out its scripts")
    return {f"{name}.min.js": text for name, text in zip(SCRIPTS, texts)}


def _planes():
    """Two planes that share the stars, their colours and the chosen star."""
    columns = ["diagram_x", "diagram_y", "labels_x", "labels_y", "colour"]
    columns += ["star"]
    source = ColumnDataSource({name: [] for name in columns}, name="shown")
    ring = ColumnDataSource({name: [] for name in columns[:4]}, name="ring")
    mapper = LinearColorMapper(palette=PALETTE, low=0, high=1, nan_color="#c3c9d0")
    mapper.name = "colours"
    plots = {}
    for name in PLANES:
        plot = _plot(name, 420, "pan,wheel_zoom,box_zoom,reset")
        plot.xaxis.ticker = BasicTicker(desired_num_ticks=5)  # a phone has room for
        points = plot.scatter(
            f"{name}_x",
            f"{name}_y",
            source=source,
            size=5,
            line_color=None,
            fill_color={"field": "colour", "transform": mapper},
            fill_alpha=0.75,
            nonselection_fill_alpha=0.75,
            hover_line_color=INK,
            name=f"{name}_points",
        )
        plot.scatter(
            f"{name}_x",
            f"{name}_y",
            source=ring,
            size=15,
            line_color=ACCENT,
            line_width=2.5,
            fill_color=None,
        )
        plot.add_tools(
            HoverTool(
                renderers=[points],
                tooltips=f"<div style='{TIP}'>@star{{custom}}</div>",
                formatters={"@star": CustomJSHover(code="return mdwarfs.hover(value)")},
                limit=1,
            ),
            TapTool(renderers=[points]),
        )
        plots[name] = plot
    plots[PLANES[-1]].min_border_right = 84
    plots[PLANES[-1]].add_layout(
        ColorBar(
            color_mapper=mapper,
            width=12,
            padding=4,
            title=" ",
            name="bar",
            ticker=BasicTicker(desired_num_ticks=6),
            title_text_font=FONT,
            title_text_font_style="normal",
            title_text_color=INK,
            major_label_text_font=FONT,
            major_label_text_color=MUTED,
        ),
        "right",
    )
    return plots


def _spectrum(low, high):
    """The chosen star: flux and model over the residuals, with one wavelength axis."""
    names = ["wavelength", "flux", "model", "residual"]
    source = ColumnDataSource({name: [] for name in names}, name="pixels")
    marked = ColumnDataSource({"wavelength": [], "flux": []}, name="dropped")
    bad = ColumnDataSource({"wavelength": [], "flux": []}, name="bad")
    above = _plot(SPECTRUM, 330, "xpan,xwheel_zoom,box_zoom,reset")
    above.line(
        "wavelength",
        "flux",
        source=source,
        color=OBSERVED,
        line_width=1.2,
        legend_label="observed",
    )
    above.line(
        "wavelength",
        "model",
        source=source,
        color=MODEL,
        line_width=1.6,
        legend_label="model",
    )
    above.scatter(
        "wavelength",
        "flux",
        source=marked,
        marker="x",
        size=8,
        line_width=1.6,
        color="#0b69a3",
    )
    above.scatter(
        "wavelength",
        "flux",
        source=bad,
        marker="dash",
        size=5,
        angle=1.5708,
        color="#7b8794",
    )
    above.yaxis.axis_label = "normalised flux"
    above.legend.orientation = "horizontal"
    above.legend.location = "top_left"
    above.legend.border_line_color = None
    above.legend.background_fill_alpha = 0.8
    above.legend.label_text_font = FONT
    above.legend.label_text_color = INK
    above.legend.label_text_font_size = "12px"
    above.legend.padding = 4
    below = _plot(RESIDUAL, 190, "xpan,xwheel_zoom,box_zoom,reset")
    below.x_range = above.x_range
    below.toolbar_location = None
    below.line("wavelength", "residual", source=source, color=OBSERVED, line_width=1)
    for level, colour in ((0, INK), (3, "#9aa5b1"), (-3, "#9aa5b1")):
        dash = "solid" if level == 0 else "dashed"
        below.add_layout(
            Span(location=level, line_color=colour, line_dash=dash, line_width=1)
        )
    below.y_range = Range1d(-6, 6)
    below.yaxis.ticker = FixedTicker(ticks=[-6, -3, 0, 3, 6])
    below.xaxis.axis_label = "wavelength in vacuum, rest frame [Å]"
    below.yaxis.axis_label = "residual [σ]"
    names = _features(low, high)
    names.x_range = above.x_range
    return {FEATURES: names, SPECTRUM: above, RESIDUAL: below}


def _features(low, high):
    """What absorbs where, as `mdwarfs show` draws it, to stand above the spectrum."""
    plot = _plot(FEATURES, 120, "")
    plot.toolbar_location = None
    plot.y_range = Range1d(*spectral_features.ENDS)
    plot.axis.visible = plot.grid.visible = False
    plot.outline_line_color = None
    found = list(spectral_features.placed(low, high, LETTER * (high - low) / WIDE))
    bands = [x for x in found if x.band is not None]
    colours = spectral_features.STAR, spectral_features.AIR
    plot.quad(
        left=[x.band[0] for x in bands],
        right=[x.band[1] for x in bands],
        top=[x.ends[0] for x in bands],
        bottom=[x.ends[1] for x in bands],
        color=[colours[x.air] for x in bands],
    )
    ticks = [(line, *x.ends) for x in found for line in x.lines]
    plot.segment(
        x0=[x for x, *_ in ticks],
        x1=[x for x, *_ in ticks],
        y0=[y for _, y, _ in ticks],
        y1=[y for *_, y in ticks],
        color=TICK,
        alpha=0.45,
    )
    named = [x for x in found if x.name]
    plot.text(
        x=[x.middle for x in named],
        y=[x.lane for x in named],
        text=[_plain(x.name) for x in named],
        text_align="center",
        text_baseline="middle",
        text_font=value(FONT),
        text_font_size=value("11px"),
        text_color=INK,
    )
    return plot


def _plain(name):
    """A name of matplotlib's without TeX."""
    return name.replace(r"$\alpha$", "α").replace("$_2$", "₂")


def _plot(name, height, tools):
    """An empty plot as wide as its place, in the page's fonts and colours."""
    plot = figure(
        name=name,
        height=height,
        sizing_mode="stretch_width",
        tools=tools,
        active_scroll=None,
        toolbar_location="above",
        output_backend="canvas",
        x_range=Range1d(0, 1),
        y_range=Range1d(0, 1),
        min_border_left=58,
        min_border_right=8,
    )
    plot.toolbar.logo = None
    plot.toolbar.autohide = False
    plot.outline_line_color = "#cbd2d9"
    plot.background_fill_color = None
    plot.border_fill_color = None
    plot.grid.grid_line_color = GRID
    for axis in plot.axis:
        axis.axis_label_text_font = axis.major_label_text_font = FONT
        axis.axis_label_text_font_style = "normal"
        axis.axis_label_text_font_size = "14px"
        axis.major_label_text_font_size = "12px"
        axis.axis_label_text_color = INK
        axis.major_label_text_color = MUTED
        axis.axis_line_color = axis.major_tick_line_color = "#9aa5b1"
        axis.minor_tick_line_color = None
        axis.axis_label = " "
    return plot

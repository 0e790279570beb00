"""What every figure owes its reader."""

import re

import matplotlib
import numpy as np
import pytest

from mdwarfs.figures import style
from tests.figures.layout import Layout, without_minor_ticks

ALL = range(1, 13)
PANELS = {1: 1, 2: 2, 3: 3, 4: 6, 5: 3, 6: 9, 7: 9, 8: 6, 9: 2, 10: 2, 11: 3, 12: 2}
# One panel, a row of them, rows with a colour bar: the others are laid out like these.
KINDS = (1, 5, 8)
LAID_OUT = [pytest.param(n, marks=[] if n in KINDS else pytest.mark.dag) for n in ALL]
# Without stars: one with a colour bar, one without.
EMPTY_LAID_OUT = (3, 9)
# Quantities that have no unit.
BARE = {"Training stars", "Stars", "Pairs", "SNR of the spectrum", ""}
CELLS = r"Stars per cell of ([\d.]+) \u00d7 \1 (K|dex)"


@pytest.mark.parametrize("number", ALL)
def test_number_of_panels(figures, panels_of, number):
    assert len(panels_of(figures[number])) == PANELS[number]


@pytest.mark.parametrize("number", ALL)
def test_width_is_that_of_a_column_or_within_the_page(figures, number):
    width = figures[number].get_size_inches()[0]
    assert width == style.COLUMN or style.COLUMN < width <= style.PAGE


@pytest.mark.parametrize("number", ALL)
def test_every_axis_has_its_unit(figures, number):
    for axes in figures[number].axes:
        for text in (axes.get_xlabel(), axes.get_ylabel()):
            known = text in BARE or re.fullmatch(CELLS, text)
            assert known or re.search(r"\((K|dex|mag)\)$", text), text


@pytest.mark.parametrize("number", (1, 2, 9, 11))
def test_magnitudes_grow_downwards(figures, panels_of, number):
    for axes in panels_of(figures[number]):
        bottom, top = axes.get_ylim()
        assert bottom > top
        left, right = axes.get_xlim()
        assert left < right


@pytest.mark.parametrize("number", LAID_OUT)
def test_nothing_runs_off_the_page(layout_of, number):
    assert layout_of(number).is_on_the_page(), layout_of(number).box


@pytest.mark.parametrize("number", LAID_OUT)
def test_panels_do_not_overlap(layout_of, panels_of, number):
    panels = panels_of(layout_of(number).figure)
    assert layout_of(number).overlaps(panels) == []


@pytest.mark.dag
@pytest.mark.parametrize("number", LAID_OUT)
def test_a_run_without_stars_says_so(empty_figures, panels_of, texts_of, number):
    figure = empty_figures[number]
    assert len(panels_of(figure)) == PANELS[number]
    said = [text for axes in panels_of(figure) for text in texts_of(axes)]
    assert "no stars" in said
    if number in EMPTY_LAID_OUT:
        assert Layout(figure).is_on_the_page()
        return
    without_minor_ticks(figure)
    for axes in figure.axes:
        for artist in (axes.xaxis, axes.yaxis, *axes.texts):
            artist.get_tightbbox()  # ticks and texts can be placed


def test_settings_are_put_back(tables, config):
    from mdwarfs.figures import figure_01

    before = dict(matplotlib.rcParams)
    figure_01.draw(tables["m_type"], config["candidates"])
    assert dict(matplotlib.rcParams) == before


def test_sequential_map_darkens_steadily_and_never_reaches_white():
    rgb = style.SEQUENTIAL(np.linspace(0, 1, 50))[:, :3]
    luminance = rgb @ [0.2126, 0.7152, 0.0722]
    assert np.all(np.diff(luminance) > 0)
    assert luminance.max() < 0.85


def test_blue_and_red_differ_in_lightness_too():
    blue, red = (
        np.array(matplotlib.colors.to_rgb(colour)) @ [0.2126, 0.7152, 0.0722]
        for colour in (style.BLUE, style.RED)
    )
    assert abs(blue - red) > 0.03

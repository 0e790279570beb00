"""Figures of pulls and of the training labels' errors."""

from functools import cache

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.figures import diagnostic_pulls, experiment_label_errors, style
from mdwarfs.labels import LABELS
from mdwarfs.tables.columns import UNCERTAINTIES
from mdwarfs.validation.pulls import COLUMN, widths_by_snr
from tests.figures.layout import Layout
from tests.made_up import step

WIDTHS = dict(zip(UNCERTAINTIES, (3.0, 0.7, 1.0)))


@cache
def pulls_figure():
    rng = np.random.default_rng(1)
    stars = Table({"snr": rng.lognormal(2, 0.6, 900)})
    for label in LABELS:
        for name, width in WIDTHS.items():
            stars[COLUMN[name].format(label)] = width * rng.normal(size=900)
    stars["calibrated_pull_teff"][:2] = 9, np.nan
    return diagnostic_pulls.draw(widths_by_snr(stars, 5), stars)


def label_errors_figure():
    rows = [
        (label, number, snr, 0.3 * size, 0.01 * size, 0.5 * size / snr, size)
        for label, size in ((x, 2 * step(x)) for x in LABELS)
        for number, snr in enumerate((8.0, 3.0, 6.0, 9.0, 18.0))
    ]
    names = ("label", "bin", "snr", "spread", "e_spread", "formal", "sigma")
    return experiment_label_errors.draw(Table(rows=rows, names=names))


@pytest.mark.parametrize(
    ("make", "panels"),
    [
        pytest.param(pulls_figure, 2 * len(LABELS), marks=pytest.mark.dag),
        (label_errors_figure, len(LABELS)),
    ],
)
def test_figure_fits_the_page_and_says_what_is_what(make, panels):
    figure = make()
    assert len(figure.axes) == panels
    layout = Layout(figure)
    assert layout.is_on_the_page(), layout.box
    said = {text.get_text() for text in figure.legends[0].get_texts()}
    assert {"formal", "calibrated"} < said
    if make is label_errors_figure:  # whatever behaviour the run predicts with
        assert any("maximum posterior" in text for text in said)


def test_widths_are_drawn_where_they_are_and_what_is_beyond_is_counted():
    figure = pulls_figure()
    lines = {line.get_color(): line for line in figure.axes[0].get_lines()}
    for name, width in WIDTHS.items():
        drawn = lines[style.LOOKS[name][0]].get_ydata()
        assert len(drawn) == 5
        assert drawn == pytest.approx(width, rel=0.25)
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert texts == ["1 of 899 beyond"]

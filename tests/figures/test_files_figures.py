"""Figures of runs on given spectra, and the paper's with whatever labels there are."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.figures import (
    diagnostic_gained,
    experiment_methods,
    files_compared,
    files_labels,
    files_methods,
    files_pulls,
    files_scatter,
    scales,
)
from mdwarfs.labels import LABELS
from mdwarfs.method_names import HYBRID, MEAN, SLAM
from mdwarfs.methods.registry import METHODS as REGISTERED
from mdwarfs.validation.gained import FLAT, METHODS, REFERENCES, TRUTH
from mdwarfs.validation.methods import compare_methods
from mdwarfs.validation.pulls import COLUMN, widths_by_snr
from mdwarfs.validation.uncertainty import fit_power_laws, snr_bins
from tests.figures.layout import Layout

N = 120
NAMES = ("feh", "alpha_m", "teff", "logg")
SPREAD = {"feh": 0.3, "alpha_m": 0.05, "teff": 200.0, "logg": 0.15}
MIDDLE = {"feh": -0.2, "alpha_m": 0.0, "teff": 3800.0, "logg": 4.7}


def labelled(names):
    """Stars with found and reference labels."""
    rng = np.random.default_rng(2)
    table = Table({"source_id": np.arange(1, N + 1), "snr": rng.lognormal(4, 0.6, N)})
    for name in names:
        table[f"{name}_ref"] = MIDDLE[name] + SPREAD[name] * rng.normal(size=N)
        table[name] = table[f"{name}_ref"] + SPREAD[name] / 3 * rng.normal(size=N)
    return table


def methods():
    rng = np.random.default_rng(3)
    known = rng.normal(size=(N, 4)) * list(SPREAD.values())
    noise = rng.normal(size=(N, 4)) * list(SPREAD.values())
    found = {SLAM: known + noise / 2, HYBRID: known + noise / 3}
    found |= {"ridge regression": known + noise / 4, MEAN: known * 0}
    return files_methods.draw(compare_methods(NAMES, known, found, {}, 1))


def compared():
    stars = labelled(["feh", "teff"])
    stars["comparison"] = "Birky+2020"
    stars["labelled"], stars["used"] = np.arange(N) % 4 > 0, np.arange(N) % 5 > 0
    for name in ("feh", "teff"):
        stars[f"{name}_known"] = np.where(
            stars["labelled"], stars[f"{name}_ref"], np.nan
        )
    return files_compared.draw(stars)


def bins_of(methods, samples, names=NAMES):
    """A table by method, label and SNR bin, of so many samples."""
    rng = np.random.default_rng(5)
    rows = [
        (
            against,
            method,
            name,
            number,
            3.0 * 2**number,
            100 * (5 if number == 0 else 1),
        )
        + (SPREAD[name] * rng.uniform(0.3, 1) / (number + 1), SPREAD[name] / 20)
        for against in samples
        for method in methods
        for name in names
        for number in range(4)
    ]
    columns = ["against", "method", "label", "bin", "snr", "n"]
    return Table(rows=rows, names=[*columns, "half_width", "e_half_width"])


def gained(*samples, names=NAMES):
    return diagnostic_gained.draw(bins_of(METHODS, samples, names))


def by_snr(*samples, names=NAMES):
    methods = [SLAM, *(one.name for one in REGISTERED)]
    return experiment_methods.draw(bins_of(methods, samples, names))


def pulls():
    stars = labelled(NAMES)["source_id", "snr"]
    rng = np.random.default_rng(4)
    for name in NAMES:
        for column in COLUMN.values():
            stars[column.format(name)] = rng.normal(size=N)
    return files_pulls.draw(widths_by_snr(stars, 3), stars)


def laws():
    bins = snr_bins(labelled(NAMES), 30)
    return files_scatter.draw(bins, fit_power_laws(bins), NAMES)


TWINS = ("pulls", "labels", "scatter", "gained")
"""Drawn as diagnostic_pulls, figures 4, 5 and "by SNR", which are always laid out."""

DRAWN = {
    "methods": (methods, 4),
    "compared": (compared, 4),
    "pulls": (pulls, 8),
    "labels": (lambda: files_labels.draw(labelled(NAMES), NAMES), 8),
    "labels of one": (lambda: files_labels.draw(labelled(["teff"]), ["teff"]), 2),
    "scatter": (laws, 4),
    "gained": (lambda: gained(REFERENCES), 4),
    "by SNR": (lambda: by_snr(REFERENCES), 4),
}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(x, marks=pytest.mark.dag if x in TWINS else []) for x in DRAWN
    ],
)
def drawn(request):
    draw, n = DRAWN[request.param]
    return Layout(draw()), n


@pytest.mark.dag
def test_panels_are_as_many_as_they_have_to_be_and_lie_apart(drawn, panels_of):
    layout, n = drawn
    panels = panels_of(layout.figure)
    assert len(panels) == n
    assert layout.overlaps(panels) == []


@pytest.mark.dag
def test_everything_is_on_the_page(drawn):
    layout, _ = drawn
    assert layout.is_on_the_page(), layout.box


@pytest.mark.dag
def test_every_label_stands_on_an_axis_with_its_unit(drawn, panels_of):
    layout, _ = drawn
    said = [
        x for a in panels_of(layout.figure) for x in (a.get_xlabel(), a.get_ylabel())
    ]
    units = {LABELS[name].unit for name in NAMES}
    for text in filter(None, said):
        bare = ("SNR", "Standard deviation", "Density")
        assert (
            text.startswith(bare)
            or text.endswith(tuple(f"({u})" for u in units))
            or (r"\sigma" in text)
        )


@pytest.mark.parametrize("draw", [gained, by_snr])
def test_with_a_simulation_there_are_two_panels_for_each_label(draw, panels_of):
    names = NAMES[:2]
    assert len(panels_of(draw(REFERENCES, TRUTH, names=names))) == 2 * len(names)


@pytest.mark.parametrize("draw", [gained, by_snr])
def test_methods_without_stars_are_drawn(draw):
    figure = draw()
    assert "no stars" in [x.get_text() for axes in figure.axes for x in axes.texts]


def test_bins_of_too_few_stars_are_left_out_and_the_gain_is_said():
    table = bins_of([SLAM, HYBRID, FLAT], [REFERENCES], NAMES[:1])
    few = (table["method"] == FLAT) | (table["bin"] == 1)
    table["half_width"][few & (table["bin"] > 0)] = np.nan
    whole = table["bin"] == 0
    table["half_width"][whole & (table["method"] == SLAM)] = 0.2
    table["half_width"][whole & (table["method"] == HYBRID)] = 0.15
    axes = diagnostic_gained.draw(table).axes[0]
    points = [len(x[0].get_xdata()) for x in axes.containers]
    assert points == [2, 2, 0]
    assert axes.texts[0].get_text() == "hybrid: 25 % less than SLAM (500 stars)"


def test_no_two_methods_look_alike():
    figure = by_snr(REFERENCES, names=NAMES[:1])
    lines = [x[0] for x in figure.axes[0].containers]
    looks = {(x.get_color(), x.get_marker()) for x in lines}
    assert len(looks) == len(lines) == 1 + len(REGISTERED)


def test_a_comparison_without_stars_is_drawn():
    stars = Table(names=["comparison", "labelled", "used"], dtype=["U1", bool, bool])
    figure = files_compared.draw(stars)
    assert "no stars" in [text.get_text() for text in figure.texts]


def test_few_stars_without_a_power_law_are_drawn():
    bins = snr_bins(labelled(["teff"]), 200)
    figure = files_scatter.draw(bins, fit_power_laws(bins), ["teff"])
    (axes,) = figure.axes
    assert axes.get_title("left") == "too few stars for a power law"


def test_five_labels_leave_a_place_empty():
    test = labelled(NAMES)
    test["feh_niu"], test["feh_niu_ref"] = test["feh"], test["feh_ref"]
    figure = files_labels.draw(test, [*NAMES, "feh_niu"])
    assert len(figure.axes) == 11  # with the colour bar


@pytest.mark.parametrize("low, high", [(55, 140), (30, 34), (3, 400), (210, 290)])
def test_a_logarithmic_scale_has_ticks_however_short(low, high):
    ticks = scales.log_ticks(low, high)
    assert len(ticks) >= 3 and low <= min(ticks) < max(ticks) <= high

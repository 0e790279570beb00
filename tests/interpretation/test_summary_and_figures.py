"""The answer in words and pictures, from small tables."""

import numpy as np
import pytest

from mdwarfs.figures import (
    diagnostic_information,
    diagnostic_pixels,
    diagnostic_sensitivity,
    diagnostic_windows,
    style,
)
from mdwarfs.interpretation import information, pixels, sensitivity, summary, windows
from mdwarfs.interpretation.sensitivity import Reference
from mdwarfs.recovery import slopes
from tests.interpretation.test_pixels_and_windows import stars  # noqa: F401
from tests.slam.conftest import GRID


@pytest.fixture(scope="module")
def products(model, training, wavelength, stars, finder, spectral):  # noqa: F811
    _, flux, ivar = training
    places = sensitivity.neighbours(spectral, [3300, 3500, 3700])
    reference = Reference.of(spectral, places)
    weight = np.full(len(wavelength), 900.0)
    return {
        "sensitivity": sensitivity.table(reference, wavelength),
        "injected": slopes.slopes_table(reference, wavelength, reference.slopes),
        "information": information.table(
            reference, reference, wavelength, weight, 10.0
        ),
        "pixels": pixels.table(model, flux, ivar),
        "windows": windows.table(finder, *stars, 20.0, {"block": 64}, 1),
    }


def test_report_says_where_metallicity_comes_from(products):
    text = summary.report(**products, snr=15)
    bins = summary.mean_shares(products["information"], "feh")
    best = np.argmax(bins["free"])
    line = f"| {bins['low'][best]:.0f}-{bins['high'][best]:.0f} |"
    table = [row for row in text.splitlines() if row.startswith("| 70")]
    assert table[0].startswith(line)
    assert "**Simulated.**" in text
    assert "signal-to-noise ratio of 15" in text
    assert "test stars by maximum posterior" in text


def test_report_of_a_real_run_without_test_stars(products):
    """No word of a simulation, and none of windows."""
    given = products | {"windows": None, "injected": None}
    text = summary.report(**given, snr=15)
    assert "imulated" not in text
    assert "window" not in text


def test_slopes_that_are_the_injected_ones_correlate_fully(products):
    rows = summary.learnt(products["sensitivity"], products["injected"]).splitlines()[
        4:
    ]
    assert len(rows) == 3
    for row in rows:
        assert row.split(" | ")[1:] == ["1.00", "1.00", "1.00 |"]


def test_figures_show_every_label(products):
    drawn = {
        "sensitivity": diagnostic_sensitivity.draw(
            products["sensitivity"], products["injected"]
        ),
        "information": diagnostic_information.draw(products["information"], 15),
        "windows": diagnostic_windows.draw(products["windows"]),
    }
    for name, figure in drawn.items():
        shown = [axes for axes in figure.axes if axes.get_ylabel()]
        for label in ("feh", "teff", "logg"):
            own = [axes for axes in shown if style.symbol(label) in axes.get_ylabel()]
            assert own and all(values(axes) > 8 for axes in own), (name, label)


def values(axes):
    """How many finite values the curves of a panel show."""
    curves = [line.get_ydata() for line in axes.lines]
    curves += [step.get_data().values for step in axes.patches]
    return sum(np.isfinite(y).sum() for y in curves if len(y) > 2)


def test_the_figure_of_pixels_shows_what_each_has_chosen(products):
    table = products["pixels"]
    top, *rows = diagnostic_pixels.draw(table).axes[-1 - len(GRID) :]
    assert np.array_equal(top.lines[0].get_ydata(), table["r2"], equal_nan=True)
    for name, axes in zip(table.meta["hyperparameters"], rows, strict=True):
        wavelength, chosen = axes.collections[0].get_offsets().T
        assert np.array_equal(wavelength, table["wavelength"])
        assert np.array_equal(chosen, table[name], equal_nan=True)


def test_smoothing_keeps_a_constant_and_what_is_unknown():
    values = np.array([1.0, 1.0, np.nan, 1.0, 1.0, 1.0])
    found = diagnostic_sensitivity.smooth(values)
    np.testing.assert_allclose(found, values)


def test_a_model_that_does_not_know_metallicity_is_told_so(products):
    blank = products["information"].copy()
    blank["share_free"][blank["label"] == "feh"] = 0.0
    assert summary.sources(blank, "feh") == [summary.UNKNOWN.format("[Fe/H]")]


def test_shares_are_means_over_the_temperatures_that_tell(products):
    """They add up to one, also if one temperature has nothing to say."""
    partly = products["information"].copy()
    silent = (partly["label"] == "feh") & (partly["teff"] == 3300)
    partly["share_free"][silent] = 0.0
    assert summary.mean_shares(partly, "feh")["free"].sum() == pytest.approx(1)


def test_temperatures_that_tell_nothing_have_words_and_no_line(products):
    """Also if it is the first panel's label, from which a legend might be taken."""
    partly = products["information"].copy()
    silent = (partly["label"] == "feh") & (partly["teff"] != 3500)
    for name in ("share_free", "cumulative_free", "information_free"):
        partly[name][silent] = 0.0
    partly["error_free"][silent] = np.inf
    figure = diagnostic_information.draw(partly, 15)
    panels = {axes.get_ylabel(): axes for axes in figure.axes}
    told, other = (panels[f"{style.symbol(x)}: share (%)"] for x in ("feh", "teff"))
    assert len(other.patches) - len(told.patches) == 2
    said = {axes: " ".join(x.get_text() for x in axes.texts) for axes in (told, other)}
    assert "degenerate at 3300, 3700 K" in said[told] and "none, 0." in said[told]
    assert "degenerate" not in said[other] and "none" not in said[other]
    (legend,) = figure.legends
    named = [text.get_text() for text in legend.get_texts()]
    for teff in (3300, 3500, 3700):
        assert f"other labels free, {teff} K" in named
    # The one temperature that tells is the mean: the marks lie where its sum passes.
    (marks,) = [line for line in told.lines if line.get_marker() == "v"]
    one = partly[(partly["label"] == "feh") & (partly["teff"] == 3500)]
    first = np.searchsorted(one["cumulative_free"], 0.25)
    assert marks.get_xdata()[0] == (one["wave_min"] + one["wave_max"])[first] / 2
    text = summary.report(**products | {"information": partly}, snr=15)
    assert "| 3300 | [Fe/H] (dex) | 0." in text and " inf " not in text


def test_a_model_without_metallicity_says_where_its_first_label_comes_from(products):
    given = {
        name: table[table["label"] != "feh"] if "label" in table.colnames else table
        for name, table in products.items()
    }
    text = summary.report(**given, snr=15)
    assert "## Where Teff comes from" in text
    assert "[Fe/H]" not in text.partition("## How")[0]


def test_steps_that_leave_the_axis_of_information_are_counted(products):
    table = products["information"].copy()
    row = np.flatnonzero(table["label"] == table["label"][0])[3]
    table["share_free"][row] = -9.0
    figure = diagnostic_information.draw(table, 15)
    said = [axes.get_title("right") for axes in figure.axes]
    assert any(text.endswith("below the axis") for text in said), said
    notes = [text.get_text() for axes in figure.axes for text in axes.texts]
    temperatures = ", ".join(f"{teff:.0f}" for teff in np.unique(table["teff"]))
    assert any(f"and {temperatures} K: " in note for note in notes)

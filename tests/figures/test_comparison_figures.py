"""Figures 4 to 8 and 10: SLAM against others."""

import re

import numpy as np
import pytest
from astropy.table import Table
from matplotlib.colors import to_hex

from mdwarfs.figures import (
    comparison,
    figure_04,
    figure_06,
    notes,
    scales,
    snr_laws,
    style,
)
from mdwarfs.statistics import summarise


def said(sample, unit, decimals):
    median = round(sample.median, decimals) + 0.0  # no "-0.00"
    text = f"{median:.{decimals}f} \u00b1 {sample.std:.{decimals}f} {unit}"
    return text.replace("-", "\u2212")


def columns(axes, rows):
    """Panels, column by column."""
    return np.reshape(axes, (rows, -1)).T


def test_test_stars_are_at_their_values(figures, panels_of, tables, texts_of):
    test = tables["test"]
    order = np.argsort(test["snr"], kind="stable")
    for (upper, lower), (label, unit, decimals) in zip(
        columns(panels_of(figures[4]), 2),
        (("feh", "dex", 2), ("teff", "K", 0), ("logg", "dex", 2)),
    ):
        value, reference = np.array(test[label]), np.array(test[f"{label}_ref"])
        above, below = upper.collections[0], lower.collections[0]
        assert np.array_equal(
            above.get_offsets(), np.column_stack([reference, value])[order]
        )
        assert np.array_equal(below.get_offsets()[:, 1], (value - reference)[order])
        assert np.array_equal(above.get_array(), np.array(test["snr"])[order])
        expected = said(summarise(value - reference), unit, decimals)
        assert upper.get_title("left") == f"{expected}\n{len(test)} stars"
        assert not texts_of(upper)
        assert upper.get_xlim() == upper.get_ylim() == lower.get_xlim()


def test_stars_without_prediction_are_left_out(tables, panels_of):
    test = tables["test"].copy()
    test["teff"][:7] = np.nan
    figure = figure_04.draw(test)
    said = [axes.get_title("left") for axes in panels_of(figure)]
    assert said[1].endswith(f"{len(test) - 7} stars")
    assert said[0].endswith(f"{len(test)} stars")


def test_scatter_red_bias_blue_and_the_law_through_them(figures, panels_of, tables):
    for axes, law in zip(panels_of(figures[5]), tables["power_laws"]):
        containers = {c.get_label(): c.lines[0] for c in axes.containers}
        own = tables["bins"][tables["bins"]["label"] == law["label"]]
        for name, column, colour in (
            ("CV bias", "cv_bias", style.BLUE),
            ("CV scatter", "cv_scatter", style.RED),
        ):
            line = containers[name]
            assert to_hex(line.get_color()).upper() == colour
            assert np.array_equal(line.get_ydata(), own[column])
        (curve,) = [line for line in axes.lines if len(line.get_xdata()) == 200]
        x, y = curve.get_data()
        assert (x[0], x[-1]) == pytest.approx((law["snr_min"], law["snr_max"]))
        assert y == pytest.approx(law["amplitude"] * x ** law["exponent"])
        assert "12.3/10" in axes.get_title("left")
        assert axes.get_xscale() == "log"


CASES = [
    (6, 0, "m_m", "feh", "dex", 2),
    (6, 1, "birky", "feh", "dex", 2),
    (6, 2, "behmard", "feh", "dex", 2),
    (7, 0, "birky", "teff", "K", 0),
    (7, 1, "lamost_m", "teff", "K", 0),
    (7, 2, "mann", "teff", "K", 0),
    (8, 0, "lamost_m", "logg", "dex", 2),
    (8, 1, "mann", "logg", "dex", 2),
]


@pytest.mark.parametrize("number, place, name, label, unit, decimals", CASES)
def test_histogram_says_what_the_data_say(
    figures, panels_of, tables, texts_of, number, place, name, label, unit, decimals
):
    table = tables[name][tables[name]["used"]]
    first, second = ("feh1", "feh2") if name == "m_m" else (label, f"{label}_ref")
    sample = summarise(table[first] - table[second])
    lower = columns(panels_of(figures[number]), 3)[place][2]
    expected = said(sample, unit, decimals)
    members = "pairs" if name == "m_m" else "stars"
    assert lower.get_title("left") == f"{expected}\n{len(table)} {members}"
    assert not texts_of(lower)
    drawn = [line.get_xdata()[0] for line in lower.lines if len(line.get_xdata()) == 2]
    assert sample.median == pytest.approx(drawn[-1])


@pytest.mark.parametrize("number, rows", [(4, 2), (6, 3), (7, 3), (8, 3), (10, 1)])
def test_differences_say_what_is_subtracted_from_what(figures, panels_of, number, rows):
    for column in columns(panels_of(figures[number]), rows):
        said = column[min(rows, 2) - 1].get_ylabel()
        assert "SLAM $-$ " in said or said == "primary $-$ secondary (dex)"


@pytest.mark.parametrize("number", (7, 8))
def test_the_usable_range_ends_where_the_labels_do(figures, panels_of, config, number):
    ends = config["prediction"]["usable"]["teff" if number == 7 else "logg"]
    for upper, middle, _ in columns(panels_of(figures[number]), 3):
        drawn = [line.get_ydata()[0] for line in upper.lines if line.get_ls() == ":"]
        assert drawn == ends
        cut = [line for line in middle.lines if line.get_ls() == ":"]
        assert [line.get_xy1() for line in cut] == [(end, 0) for end in ends]
        assert {line.get_slope() for line in cut} == {-1}


@pytest.mark.parametrize("number", (7, 8))
def test_circles_are_binned_medians(figures, panels_of, tables, config, number):
    width = config["figures"]["teff_bin" if number == 7 else "logg_bin"]
    label = "teff" if number == 7 else "logg"
    table = tables["mann"][tables["mann"]["used"]]
    middle = columns(panels_of(figures[number]), 3)[-1][1]
    x, y = middle.containers[0].lines[0].get_data()
    reference = np.array(table[f"{label}_ref"])
    for centre, median in zip(x, y):
        inside = np.floor(reference / width) == np.floor(centre / width)
        difference = (table[label] - table[f"{label}_ref"])[inside]
        assert median == pytest.approx(np.median(difference))
    assert len(x) > 3
    circle = middle.containers[0].lines[0]
    assert circle.get_markerfacecolor() == "white"


def test_pairs_show_primary_minus_secondary(tables):
    column = figure_06.pair_members(tables["m_m"])
    assert column.difference == pytest.approx(0.05)
    assert "primary $-$ secondary" in column.names[2]


def test_correction_is_subtracted(figures, panels_of, tables):
    aspcap = tables["aspcap"][tables["aspcap"]["selected"]]
    before, after = panels_of(figures[10])
    order = np.argsort(np.array(aspcap["feh_aspcap"]), kind="stable")
    drawn = before.collections[0]
    assert np.asarray(drawn.get_offsets())[:, 1] == pytest.approx(
        np.array(aspcap["feh"] - aspcap["feh_aspcap"])[order]
    )
    assert np.array_equal(drawn.get_array(), np.array(aspcap["feh_aspcap"])[order])
    assert np.abs(after.collections[0].get_offsets()[:, 1]).max() < 1e-9
    said = f"0.00 \u00b1 0.00 dex, {len(aspcap)} stars"
    assert after.get_title("left") == said


@pytest.mark.parametrize("number, rows", [(4, 2), (6, 3), (7, 3), (8, 3)])
def test_slopes_against_the_reference_are_stated(figures, panels_of, number, rows):
    for column in columns(panels_of(figures[number]), rows):
        said = column[1].get_title("left")
        assert re.fullmatch("slope [+\u2212][0-9.]+ \u00b1 [0-9.]+", said)
    test = np.array([1.0, 2.0, 3.0, 4.0])
    axes = style.new(style.COLUMN, 2.0).subplots()
    notes.slope(axes, test, -0.5 * test + [0, 0.1, -0.1, 0])
    assert axes.get_title("left").startswith("slope \u22120.5")


@pytest.mark.parametrize("number", (4, 6))
def test_low_snr_is_blue_and_high_snr_red(figures, panels_of, number):
    drawn = panels_of(figures[number])[0].collections[0]
    low, high = drawn.get_cmap()(0.0), drawn.get_cmap()(1.0)
    assert low[2] > 2 * low[0] and high[0] > 2 * high[2]


@pytest.mark.parametrize(("number", "side"), [(7, 40.0), (8, 0.02)])
def test_densities_have_cells_of_one_size(figures, panels_of, number, side):
    for column in columns(panels_of(figures[number]), 3):
        for axes in column[:2]:
            mesh = next(x for x in axes.collections if hasattr(x, "get_coordinates"))
            corners = np.asarray(mesh.get_coordinates())
            assert np.diff(corners[0, :, 0]) == pytest.approx(side)
            assert np.diff(corners[:, 0, 1]) == pytest.approx(side)


def test_no_circle_is_the_median_of_a_few_stars(tables, config):
    mann = tables["mann"][tables["mann"]["used"]]
    x, *_ = scales.binned(mann["teff_ref"], mann["teff"], 100)
    for centre in x:
        assert np.sum(np.abs(mann["teff_ref"] - centre) <= 50) >= 5


@pytest.mark.parametrize(
    ("law", "said"),
    [
        ({"chi2": 60.0, "exponent": -0.5, "e_exponent": 0.05}, "poor fit"),
        ({"chi2": 12.0, "exponent": -0.1, "e_exponent": 0.08}, "no decrease"),
        ({"chi2": 12.0, "exponent": -0.5, "e_exponent": 0.08}, ""),
    ],
)
def test_a_poor_power_law_says_so(tables, law, said):
    laws = tables["power_laws"][:1].copy()
    for name, value in law.items():
        laws[name] = [value]
    label = laws["label"][0]
    figure = snr_laws.draw(tables["bins"], laws, [label])
    assert figure.axes[0].get_title("right") == said
    assert ("\\pm" in figure.axes[0].get_title("left")) and not figure.axes[0].texts


@pytest.mark.parametrize(("n", "said"), [(1, True), (30, False)])
def test_a_comparison_of_one_star_says_that_nothing_follows(n, said):
    rng = np.random.default_rng(1)
    table = Table({"feh": rng.normal(0, 0.2, n), "snr": np.full(n, 9.0)})
    table["feh_ref"], table["used"] = table["feh"] + 0.1, True
    figure = comparison.coloured_by_snr(
        5, [comparison.with_reference(table, "feh", "Birky+2020", 0.2)], 0.2
    )
    texts = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert ("one star: nothing follows from it" in texts) is said

"""Figures 1, 2, 3, 9, 11 and 12: the samples."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from mdwarfs.figures import figure_01, figure_02, figure_09, figure_11, style
from mdwarfs.literature.niu import to_niu_scale

BAR = "<colorbar>"


def hue(collection):
    return to_hex(collection.get_facecolor()[0]).upper()


def test_candidates_are_red_and_the_others_by_what_they_fail(figures, tables):
    drawn = figures[1].axes[0].collections
    table = tables["m_type"]
    between = (table["mg0"] > 6) & (table["mg0"] > 3.28 * table["bp_rp0"] + 0.1)
    candidate = table["candidate"]
    groups = (~candidate & ~between, candidate, ~candidate & between)
    assert [len(part.get_offsets()) for part in drawn] == [sum(x) for x in groups]
    assert [hue(part) for part in drawn] == [style.BLUE, style.RED, "#000000"]
    assert drawn[2].get_zorder() > drawn[1].get_zorder()  # the fewer are not hidden


def test_stars_without_a_place_are_not_drawn(tables, config):
    stars = tables["m_type"].copy()
    stars["mg0"][:10] = np.nan
    axes = figure_01.draw(stars, config["candidates"]).axes[0]
    assert sum(len(c.get_offsets()) for c in axes.collections) == len(stars) - 10


def test_criteria_are_drawn_as_configured(figures, config):
    lines = {line.get_slope(): line.get_xy1()[1] for line in figures[1].axes[0].lines}
    assert lines == {
        0.0: config["candidates"]["mg0_min"],
        3.75: config["candidates"]["below"]["intercept"],
        3.28: config["candidates"]["above"]["intercept"],
    }


def test_only_selected_pairs_are_drawn(figures, tables):
    for axes, name in zip(figures[2].axes, ("pairs_fgk_m", "pairs_m_m")):
        chosen = tables[name][tables[name]["selected"]]
        first, second = axes.collections
        assert (hue(first), hue(second)) == (style.BLUE, style.RED)
        for k, drawn in ((1, first), (2, second)):
            expected = np.column_stack([chosen[f"bp_rp0{k}"], chosen[f"mg0{k}"]])
            assert np.array_equal(drawn.get_offsets(), expected)


def test_histograms_hold_the_training_stars(figures, tables, config):
    train = tables["split"]["role"] == "train"
    for axes, label in zip(figures[3].axes, ("feh", "teff", "logg")):
        heights = axes.patches[0].get_xy()[:, 1]
        assert heights.max() > 0
        assert axes.get_title().startswith(f"{train.sum()} stars, ")
        values = tables["labels"][label][train]
        low, high = config["prediction"]["usable"][label]
        outside = np.sum((values < low) | (values > high))
        assert axes.get_title().endswith(f"; {outside} outside")
        bounds = [line.get_xdata()[0] for line in axes.lines]
        assert bounds == [low, high]


def test_dashed_lines_are_explained(figures):
    (legend,) = figures[3].legends
    assert [t.get_text() for t in legend.get_texts()] == ["usable range (Table 1)"]
    (sample,) = legend.get_lines()
    drawn = figures[3].axes[0].lines[0]
    assert (sample.get_color(), sample.get_linestyle()) == (
        drawn.get_color(),
        drawn.get_linestyle(),
    )


def test_solar_metallicity_has_no_sign(figures, panels_of):
    named = {line.get_label() for line in panels_of(figures[11])[0].lines}
    assert named == {"+0.3", "0.0", "\u22120.3", "\u22120.6"}


def test_catalogue_is_coloured_by_teff_and_by_gravity(figures, panels_of, tables):
    for axes, label in zip(panels_of(figures[9]), ("teff", "logg")):
        (drawn,) = axes.collections
        assert np.array_equal(drawn.get_array(), np.sort(tables["catalogue"][label]))
        assert drawn.get_cmap() is style.SEQUENTIAL


def test_isochrones_have_the_hue_of_their_metallicity(figures, panels_of):
    for axes in panels_of(figures[11]):
        (mesh,) = axes.collections
        assert len(axes.lines) == 4
        for line in axes.lines:
            m_h = float(line.get_label().replace("\u2212", "-"))
            assert to_hex(line.get_color()) == to_hex(mesh.cmap(mesh.norm(m_h)))
            assert line.get_xdata().max() <= 3.8  # evolved stars are left out


def test_cells_are_medians(tables, panels_of):
    stars = tables["catalogue"][:3].copy()
    stars["bp_rp0"], stars["mg0"] = 2.0, 9.0
    stars["feh"] = [-0.5, 0.1, 0.2]
    figure = figure_11.draw(stars, tables["aspcap"], tables["parsec"])
    mesh = panels_of(figure)[0].collections[0]
    assert mesh.get_array().compressed().tolist() == [0.1]


def test_three_metallicity_scales(figures, panels_of):
    titles = [axes.get_title("left") for axes in panels_of(figures[11])]
    assert ["SLAM" in titles[0], "corr" in titles[1], "corr" in titles[2]] == [1, 0, 1]


@pytest.mark.parametrize("number", (9, 11))
def test_colour_bars_say_where_they_end_before_the_values(figures, panels_of, number):
    for axes in panels_of(figures[number]):
        drawn = axes.collections[0]
        values = np.ma.compressed(drawn.get_array())
        low, high = drawn.norm.vmin, drawn.norm.vmax
        # A panel may share its scale with others.
        assert np.mean((values >= low) & (values <= high)) > 0.8
    bars = [axes._colorbar for axes in figures[number].axes if axes.get_label() == BAR]
    assert {bar.extend for bar in bars} == {"both"}


@pytest.mark.parametrize("number", (1, 2, 9, 11))
def test_stars_outside_the_axes_are_counted(tables, config, number):
    far = {name: tables[name].copy() for name in ("m_type", "pairs_m_m", "catalogue")}
    for table in far.values():
        for column in {"bp_rp0", "bp_rp01"} & set(table.colnames):
            table[column][1] = 9.0  # the first pair is not selected
    aspcap, parsec = tables["aspcap"], tables["parsec"]
    figure = {
        1: lambda: figure_01.draw(far["m_type"], config["candidates"]),
        2: lambda: figure_02.draw(tables["pairs_fgk_m"], far["pairs_m_m"]),
        9: lambda: figure_09.draw(far["catalogue"]),
        11: lambda: figure_11.draw(far["catalogue"], aspcap, parsec),
    }[number]()
    assert "1 beyond axes" in [axes.get_title("right") for axes in figure.axes]


def test_correction_flattens_the_pairs(figures, panels_of, tables):
    pairs = tables["pairs_fgk_fgk"]
    pairs = pairs[pairs["selected"]]
    before, after = (
        np.asarray(axes.collections[0].get_offsets())[:, 1]
        for axes in panels_of(figures[12])
    )
    known = np.isfinite(
        to_niu_scale(pairs["feh1"] + pairs["feh2"], pairs["teff2"], "add")
    )
    known &= np.isfinite(to_niu_scale(pairs["feh1"], pairs["teff1"], "add"))
    assert before == pytest.approx(np.asarray(pairs["feh1"] - pairs["feh2"])[known])
    assert np.abs(before).max() > 0.05
    assert np.abs(after).max() < 1e-9

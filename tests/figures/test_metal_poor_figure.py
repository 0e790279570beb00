"""The figure of candidates for metal-poor stars."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.figures import diagnostic_metal_poor
from mdwarfs.figures.style import RED, STRIP
from mdwarfs.recovery import metal_poor

LIMITS = {"v_halo_min": 210.0}


@pytest.fixture
def given():
    rng, n = np.random.default_rng(1), 60
    kinematics = Table({"source_id": np.arange(1, n + 1)})
    for name in ("u_lsr", "v_lsr", "w_lsr"):
        kinematics[name] = rng.normal(0, 30, n)
    kinematics["v_lsr"][0], kinematics["v_lsr"][1] = -300.0, np.nan
    kinematics["halo"] = np.arange(n) == 0
    indices = kinematics["source_id",][: n - 5]
    indices["cah2"], indices["cah3"] = rng.uniform(0.4, 0.9, (2, n - 5))
    indices["tio5"] = 0.5 * (indices["cah2"] + indices["cah3"])
    indices["weak_tio"] = np.arange(n - 5) < 3
    locus = Table({"coefficient": [-0.050, -0.118, 0.670, -0.164]})
    locus["cah_min"], locus["cah_max"] = 0.9, 1.8
    return {"kinematics": kinematics, "indices": indices, "locus": locus}


def recovered():
    rows = [
        (wanted, method, np.nan, np.nan, *metal_poor.counted(yes, yes[::-1]))
        for yes in [np.arange(9) < 4]
        for wanted in diagnostic_metal_poor.SHOWN
        for method in ("kinematics", "indices")
    ]
    return Table(rows=rows, names=list(metal_poor.COLUMNS))


def test_chosen_stars_stand_out_in_both_diagrams(given):
    figure = diagnostic_metal_poor.draw(**given, limits=LIMITS)
    toomre, bands = figure.axes
    drawn = {line.get_label(): line for line in toomre.lines}
    assert drawn["by their motion"].get_xdata().tolist() == [-300.0]
    assert len(drawn["by CaH and TiO"].get_xdata()) == 3
    circles = [line for line in bands.lines if line.get_markeredgecolor() == RED]
    assert any(len(line.get_xdata()) == 1 for line in circles)


def test_a_simulated_run_shows_what_is_found_and_nothing_runs_off_the_page(given):
    figure = diagnostic_metal_poor.draw(**given, limits=LIMITS, recovered=recovered())
    assert len(figure.axes) == 4
    for axes in figure.axes:
        assert axes.get_xlabel()
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    assert min(box.x0, box.y0) > -0.01
    assert box.x1 < width + 0.01 and box.y1 < height - STRIP + 0.01


def test_too_few_stars_for_a_locus_leave_its_lines_out(given):
    given["locus"]["coefficient"] = np.nan
    _, bands = diagnostic_metal_poor.draw(**given, limits=LIMITS).axes
    said = [text.get_text() for text in bands.get_legend().get_texts()]
    assert len(said) == 1 and "2007" in said[0]

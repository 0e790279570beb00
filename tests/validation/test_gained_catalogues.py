"""What the hybrid labels gain against the comparison catalogues."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.figures import diagnostic_gained_catalogues
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.validation.comparison_summary import lines_of
from mdwarfs.validation.gained import FLAT, HYBRID, SLAM
from mdwarfs.validation.gained_catalogues import gained_catalogues
from tests.figures.layout import Layout
from tests.made_up import described

N = 3000
OUT = 100  # stars outside the usable range by one of the two
OFFSET, ERROR = -30.0, 40.0
SCATTER = {SLAM: 100.0, HYBRID: 60.0, FLAT: 70.0}
COMPARED = [{"line": "R9", "table": "du", "name": "Du", "labels": ["teff"]}]
LINES = [line for line in lines_of(COMPARED) if line.id in ("R2", "R9")]


@pytest.fixture(scope="module")
def made():
    """One catalogue, M+M pairs, and the hybrid labels of all stars."""
    rng = np.random.default_rng(2)
    ids, true = np.arange(N) + 7, rng.normal(3500, 200, N)
    feh = rng.normal(0, 0.2, N // 2).repeat(2)
    du = Table({"source_id": ids})
    du["teff"] = true + OFFSET + rng.normal(0, SCATTER[SLAM], N)
    du["teff_ref"] = true + rng.normal(0, ERROR, N)
    du["trained_on"] = np.arange(N) % 3 == 0
    du["teff"] = np.where(du["trained_on"], du["teff_ref"] + OFFSET, du["teff"])
    du["used"] = np.arange(N) >= OUT
    m_m = Table({"source_id1": ids[::2], "source_id2": ids[1::2]})
    for k in "12":
        m_m[f"feh{k}"] = feh[::2] + rng.normal(0, 0.1, N // 2)
    m_m["used"], m_m["trained_on"] = True, False
    hybrid = Table({"source_id": ids, "flags": np.zeros(N, int)})
    hybrid["flags"][-OUT:] = Flag.OUTSIDE_TEFF
    hybrid["flags"][:50] = Flag.LOW_SNR  # which is no reason to leave a star out
    for column, method in (("teff", HYBRID), ("teff_flat", FLAT)):
        hybrid[column] = true + OFFSET + rng.normal(0, SCATTER[method], N)
    hybrid["feh"] = feh + rng.normal(0, 0.05, N)
    hybrid["feh_flat"] = np.where(ids % 3 == 0, np.nan, hybrid["feh"])
    return {"du": du, "m_m": m_m}, hybrid[rng.permutation(N)]


@pytest.fixture(scope="module")
def table(made):
    return gained_catalogues(made[0], LINES, made[1])


def of(table, line):
    return {x["method"]: x for x in table if x["comparison"] == line}


def test_offset_and_width_are_those_that_were_put_in(table):
    for method, row in of(table, "R9").items():
        width = np.hypot(SCATTER[method], ERROR)
        error = 4 * row["e_half_width_unseen"]
        assert row["half_width_unseen"] == pytest.approx(width, abs=error)
        assert row["n_unseen"] == np.sum(np.arange(OUT, N - OUT) % 3 > 0)
        if method == SLAM:  # whose labels of training stars are their references
            assert row["half_width"] < 0.8 * row["half_width_unseen"]
            continue
        assert row["half_width"] == pytest.approx(width, abs=4 * row["e_half_width"])
        assert row["std"] == pytest.approx(width, rel=0.06)
        assert row["median"] == pytest.approx(OFFSET, abs=4 * row["e_median"])
        assert row["n"] == N - 2 * OUT  # usable by both, the same for both


def test_pairs_are_held_against_each_other(table):
    found = of(table, "R2")
    for method, scatter in ((SLAM, 0.1), (HYBRID, 0.05)):
        width, e_width = found[method]["half_width"], found[method]["e_half_width"]
        assert width == pytest.approx(scatter * np.sqrt(2), abs=4 * e_width)
    assert found[FLAT]["n"] < found[HYBRID]["n"] == found[SLAM]["n"] == (N - OUT) / 2


def test_a_label_that_a_run_has_not_is_left_out(made):
    comparisons, hybrid = made
    hybrid = hybrid["source_id", "flags", "teff", "teff_flat"]
    assert set(gained_catalogues(comparisons, LINES, hybrid)["label"]) == {"teff"}


def test_the_figure_has_a_column_a_label_and_names_the_stars(table):
    figure = diagnostic_gained_catalogues.draw(table)
    boxes = Layout(figure).axes
    axes = figure.axes
    assert len(axes) == 4
    ticks = [x.get_text() for x in axes[2].get_xticklabels()]
    assert ticks == [f"R2\nM+M pairs\n({(N - OUT) // 2:,})"]
    heights = [x[0].get_ydata()[0] for x in axes[1].containers]
    assert heights == [row["half_width"] for row in of(table, "R9").values()]
    assert min(box.x0 for box in boxes.values()) >= 0
    empty = diagnostic_gained_catalogues.draw(table[:0])
    assert "no stars" in [x.get_text() for a in empty.axes for x in a.texts]


def test_the_script_writes_the_table(made, table, run_script, tmp_path):
    stamp = {"run": "made_up", "simulated": True}
    names = {**made[0], "hybrid": made[1], "mann": Table({"source_id": [1]})}
    names["mann"]["used"] = names["mann"]["trained_on"] = [False]
    for name, values in names.items():
        tables.write(described(values.copy()), tmp_path / f"{name}.fits", stamp)
    run_script(
        "compare_gain_catalogues",
        {name: tmp_path / f"{name}.fits" for name in names},
        {"gained": tmp_path / "gained.ecsv"},
        {"compared": COMPARED},
    )
    written = tables.read(tmp_path / "gained.ecsv")
    assert np.allclose(written["half_width"], table["half_width"])

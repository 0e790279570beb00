"""What the hybrid labels gain over SLAM's."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.validation.gained import (
    FLAT,
    HYBRID,
    REFERENCES,
    SLAM,
    TRUTH,
    gained,
    half_width_and_error,
    slope_against,
)
from tests.made_up import described

N = 4000
SCATTER = {SLAM: 100.0, HYBRID: 60.0, FLAT: 70.0}
REFERENCE_ERROR = 25.0
EDGES = [10]


@pytest.fixture(scope="module")
def made():
    """Labels by both, references of half of the stars and the truth of all."""
    rng = np.random.default_rng(8)
    ids, true = np.arange(N) + 5, rng.normal(3500, 200, N)
    snr = rng.uniform(5, 15, N)
    slam = Table({"source_id": ids, "snr": snr})
    slam["teff"] = true + rng.normal(0, SCATTER[SLAM], N)
    slam["e_teff"] = SCATTER[SLAM] / 2
    hybrid = Table({"source_id": ids, "snr": snr})
    drawn = -0.3 * (true - 3500)
    hybrid["teff"] = true + drawn + rng.normal(0, SCATTER[HYBRID], N)
    hybrid["e_teff"] = np.hypot(SCATTER[HYBRID], 60)
    hybrid["teff_flat"] = true + rng.normal(0, SCATTER[FLAT], N)
    hybrid["e_teff_flat"] = SCATTER[FLAT]
    labels = Table({"source_id": ids[::2]})
    labels["teff"] = true[::2] + rng.normal(0, REFERENCE_ERROR, N // 2)
    labels["e_teff"] = REFERENCE_ERROR
    split = Table({"source_id": ids[::2], "role": ["train", "test"] * (N // 4)})
    truth = Table(
        {"source_id": ids, "teff": true, "injected": ["", "", "", "hot"] * (N // 4)}
    )
    shuffled = rng.permutation(N)
    return slam, hybrid[shuffled], labels, split, truth


@pytest.fixture(scope="module")
def table(made):
    return gained(*made, names=["teff"], role="test", edges=EDGES)


def rows(table, against):
    """Rows of all SNR by method."""
    own = table[(table["against"] == against) & (table["bin"] == 0)]
    return {row["method"]: row for row in own}


def test_scatter_slope_and_pull_are_those_that_were_put_in(table):
    for method, row in rows(table, TRUTH).items():
        drawn = 0.3 * 200 if method == HYBRID else 0
        width = np.hypot(SCATTER[method], drawn)
        assert row["half_width"] == pytest.approx(width, abs=4 * row["e_half_width"])
        expected = -0.3 if method == HYBRID else 0.0
        assert row["slope"] == pytest.approx(expected, abs=0.04)
        assert row["pull"] == pytest.approx(2 if method == SLAM else 1, rel=0.08)


def test_errors_of_references_are_part_of_the_pull(table):
    for method, row in rows(table, REFERENCES).items():
        drawn = 0.3 * 200 if method == HYBRID else 0
        width = np.sqrt(SCATTER[method] ** 2 + drawn**2 + REFERENCE_ERROR**2)
        assert row["half_width"] == pytest.approx(width, abs=4 * row["e_half_width"])
        assert row["pull"] == pytest.approx(2 if method == SLAM else 1, rel=0.14)


def test_stars_are_those_of_the_role_and_those_that_were_not_trained_on(table):
    assert {row["n"] for row in rows(table, REFERENCES).values()} == {N // 4}
    # Every fourth star was trained on, and another fourth is no single sound star.
    assert {row["n"] for row in rows(table, TRUTH).values()} == {N // 2}


def test_a_star_without_labels_by_one_is_left_out_for_both(made):
    slam, hybrid, *others = made
    slam, hybrid = slam.copy(), hybrid.copy()
    slam["teff"][2::8] = np.nan
    found = gained(slam, hybrid, *others, names=["teff"], role="test", edges=EDGES)
    counts = {row["n"] for row in rows(found, REFERENCES).values()}
    assert len(counts) == 1 and counts < {N // 4, *range(N // 4)}
    hybrid["teff_flat"][:100] = np.nan  # the prior's alone
    found = rows(gained(slam, hybrid, *others, names=["teff"], role="test",
                        edges=EDGES), TRUTH)  # fmt: skip
    assert found[SLAM]["n"] == found[HYBRID]["n"] > found[FLAT]["n"]


def test_of_real_stars_there_is_no_truth(made):
    *four, _ = made
    found = gained(*four, None, names=["teff"], role="test", edges=EDGES)
    assert set(found["against"]) == {REFERENCES}
    assert len(found) == 3 * (2 + len(EDGES))


def test_too_few_stars_have_no_width_and_no_slope():
    assert np.isnan(half_width_and_error(np.arange(7.0))).all()
    assert np.isnan(slope_against(np.arange(7.0), np.arange(7.0)))
    assert np.isnan(slope_against(np.ones(20), np.arange(20.0)))
    half, error = half_width_and_error(np.random.default_rng(1).normal(size=40000))
    assert half == pytest.approx(1, abs=4 * error)


def test_the_script_writes_the_table(made, table, run_script, tmp_path):
    names = "slam", "hybrid", "labels", "split", "truth"
    stamp = {"run": "made_up", "simulated": True}
    for name, values in zip(names, made):
        tables.write(described(values.copy()), tmp_path / f"{name}.fits", stamp)
    run_script(
        "compare_gain",
        {name: tmp_path / f"{name}.fits" for name in names},
        {"gained": tmp_path / "gained.ecsv"},
        {"labels": ["teff"], "role": "test", "snr_edges": EDGES},
    )
    written = tables.read(tmp_path / "gained.ecsv")
    assert len(written) == len(table)
    assert np.allclose(written["half_width"], table["half_width"])

"""Pulls against reference labels."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.slam.infer.flags import Flag
from mdwarfs.validation.pulls import against_references, widths_by_snr

N, REFERENCE = 1500, 30.0
HOW = {"parts": 2, "min_per_bin": 30, "seed": 1}


@pytest.fixture
def sample():
    """Formal errors three times too small; references with errors of 30 K."""
    rng = np.random.default_rng(5)
    ids = np.arange(1, N + 1)
    labels = Table({"source_id": ids, "teff": rng.uniform(3000, 4000, N)})
    labels["e_teff"] = REFERENCE
    found = Table({"source_id": ids, "snr": rng.lognormal(3, 0.6, N)})
    found["flags"] = 0
    sigma = 1500 / found["snr"]
    right = labels["teff"] + REFERENCE * rng.normal(size=N)
    found["teff"] = right + sigma * rng.normal(size=N)
    found["e_teff"] = sigma / 3
    found["training_sparseness"] = rng.uniform(0.9, 1.1, N)
    return found, labels


def widths(found, labels, ranges=None):
    stars = against_references(found, labels, ["teff"], ranges or {}, **HOW)
    table = widths_by_snr(stars, 3)
    whole = table[table["bin"] == 0]
    return {str(row["uncertainty"]): row["std"] for row in whole}, stars, table


@pytest.mark.dag
def test_the_errors_of_the_references_are_added_in_quadrature(sample):
    found, labels = sample
    width, stars, table = widths(found, labels)
    assert len(stars) == N and len(table) == 3 * 4
    assert width["calibrated"] == pytest.approx(1, abs=0.06)
    assert width["power law"] == pytest.approx(1, abs=0.08)
    difference = np.asarray(found["teff"] - labels["teff"])
    formal = difference / np.hypot(np.asarray(found["e_teff"]), REFERENCE)
    assert width["formal"] == pytest.approx(np.std(formal, ddof=1))
    # Without them, the formal errors look worse than they are.
    labels["e_teff"] = np.nan
    without, _, _ = widths(found, labels)
    assert without["formal"] > 1.2 * width["formal"] and without["formal"] > 3
    del labels["e_teff"]
    assert widths(found, labels)[0] == without


def test_a_star_has_no_part_in_the_laws_of_its_pull(sample):
    """An outlier widens the law of the others, and not its own."""
    found, labels = sample
    _, stars, _ = widths(found, labels)
    found["teff"][0] += 3000
    _, again, _ = widths(found, labels)
    for name in ("pull_teff", "calibrated_pull_teff"):
        sigma = 3000 / (again[name][0] - stars[name][0])
        before = found["teff"][0] - 3000 - labels["teff"][0]
        assert before / sigma == pytest.approx(stars[name][0])
    assert not np.array_equal(stars["pull_teff"][1:], again["pull_teff"][1:])


def test_stars_for_which_the_model_is_not_meant_are_left_out(sample):
    found, labels = sample
    found["flags"][:4] = int(Flag.NOT_CONVERGED)
    found["snr"][4] = np.nan
    ranges = {"teff": (3000.0, 3900.0)}
    stars = widths(found, labels, ranges)[1]
    outside = np.asarray(labels["teff"]) > 3900
    assert len(stars) == N - np.sum(outside | (np.arange(N) < 5))


def test_few_stars_have_formal_pulls_alone(sample):
    found, labels = sample
    width, stars, table = widths(found[:15], labels)
    assert set(table["uncertainty"]) == {"formal"}
    assert np.isfinite(width["formal"]) and len(stars) == 15
    none = against_references(found[:0], labels, ["teff"], {}, **HOW)
    assert len(widths_by_snr(none, 3)) == 0

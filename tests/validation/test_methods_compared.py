"""SLAM beside other methods: on the same stars, and by SNR."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.method_names import HYBRID, MEAN, SLAM
from mdwarfs.tables.by_method import long_table
from mdwarfs.validation.gained import REFERENCES, TRUTH
from mdwarfs.validation.methods import compare_methods
from mdwarfs.validation.methods_by_snr import ALIKE, LESS, MORE, methods_by_snr

N = 400
NAMES = ("feh", "teff")
RIDGE, GOOD = "ridge", "good"


@pytest.fixture(scope="module")
def stars():
    """Labels, and what four methods make of them."""
    rng = np.random.default_rng(5)
    known = rng.normal([0, 3500], [0.3, 200], (N, 2))
    noise = rng.normal(0, [0.1, 50], (N, 2))
    own = rng.normal(0, [0.02, 10], (N, 2))
    return known, {
        SLAM: known + 2 * noise,
        HYBRID: known + noise,
        RIDGE: known + noise + own,
        GOOD: known + [0.1, 30] + 0.8 * noise,
        MEAN: np.tile(known.mean(axis=0), (N, 1)),
    }


def test_all_methods_are_held_against_each_other_on_the_same_stars(stars):
    known, found = stars
    slam = known + [0.02, 10]
    slam[20, 0], slam[30:33] = np.nan, np.nan
    absent = {"absent": np.full(known.shape, np.nan)}
    said = {RIDGE: "3 components"}
    table = compare_methods(NAMES, known, {**found, SLAM: slam, **absent}, said, seed=1)
    assert list(table["method"][table["label"] == "feh"]) == list(found)
    assert (table["n"][table["label"] == "feh"] == N - 4).all()
    assert (table["n"][table["label"] == "teff"] == N - 3).all()
    by = {(row["method"], row["label"]): row for row in table}
    row = by[SLAM, "teff"]
    assert row["median"] == pytest.approx(10) and row["std"] < 1e-9
    assert row["slope"] == pytest.approx(0, abs=1e-9)
    assert by[RIDGE, "feh"]["settings"] == "3 components"
    mean = by[MEAN, "feh"]
    assert mean["std"] == pytest.approx(0.3, rel=0.1)
    assert mean["slope"] == pytest.approx(-1) and np.isnan(mean["correlation"])


@pytest.fixture(scope="module")
def compared(stars):
    """A simulated survey: half train, every sixth star has reference labels."""
    known, found = stars
    rng = np.random.default_rng(6)
    ids = np.arange(1, N + 1)
    role = np.where(ids % 2, "train", "test")[ids % 6 < 2]
    split = Table({"source_id": ids[ids % 6 < 2], "role": role})
    unseen = ids % 6 != 1
    values = {x: np.where(unseen[:, None], v, np.nan) for x, v in found.items()}
    slam = Table({"source_id": ids, "snr": rng.uniform(2, 20, N)})
    truth = Table({"source_id": ids, "injected": np.where(ids % 10, "", "binary")})
    labels = Table({"source_id": split["source_id"]})
    for label, name in enumerate(NAMES):
        slam[name], truth[name] = values[SLAM][:, label], known[:, label]
        labels[name] = known[ids % 6 < 2, label]
    methods = long_table({x: values[x] for x in list(found)[1:]}, ids, NAMES)
    rest = {"names": NAMES, "role": "test", "edges": [5, 10], "seed": 1}
    return slam, methods, labels, split, truth, rest


@pytest.fixture(scope="module")
def table(compared):
    *tables, rest = compared
    return methods_by_snr(*tables, **rest)


def rows(table, **wanted):
    for name, value in wanted.items():
        table = table[np.asarray(table[name]) == value]
    return table


def test_truth_is_asked_of_sound_stars_that_nobody_has_seen(table):
    ids = np.arange(1, N + 1)
    n = int(np.sum((ids % 6 != 1) & (ids % 10 != 0)))
    assert set(rows(table, against=TRUTH, bin=0)["n"]) == {n}
    assert set(rows(table, against=REFERENCES, bin=0)["n"]) == {
        int(np.sum(ids % 6 == 0))
    }
    whole = rows(table, against=TRUTH, method=SLAM, label="feh")
    assert whole["n"][1:].sum() == n and len(whole) == 4
    assert whole["snr_max"][1] < 5 <= whole["snr_min"][2]


def test_who_wins_is_said_and_chance_is_told_apart(table):
    by = {r["method"]: r for r in rows(table, against=TRUTH, bin=0, label="teff")}
    assert by[HYBRID]["half_width"] == pytest.approx(50, rel=0.12)
    assert by[SLAM]["half_width"] == pytest.approx(2 * by[HYBRID]["half_width"])
    assert by[GOOD]["rank"] == 1 and by[GOOD]["beside_hybrid"] == LESS
    assert by[SLAM]["beside_hybrid"] == by[MEAN]["beside_slam"] == MORE
    assert by[HYBRID]["beside_slam"] == LESS and by[HYBRID]["beside_hybrid"] == ""
    assert by[RIDGE]["beside_hybrid"] == ALIKE
    assert sorted(int(r["rank"]) for r in by.values()) == [1, 2, 3, 4, 5]
    # The errors of a normal sample; those of a difference are smaller.
    n = by[HYBRID]["n"]
    assert by[HYBRID]["e_half_width"] == pytest.approx(
        0.93 * 50 * np.sqrt(2) / np.sqrt(n), rel=0.5
    )


def test_a_run_without_truth_has_references_alone_and_few_stars_no_widths(compared):
    slam, methods, labels, split, _, rest = compared
    few = split[np.asarray(split["role"]) == "test"][:5]
    table = methods_by_snr(slam, methods, labels, few, None, **rest)
    assert set(table["against"]) == {REFERENCES}
    assert np.isnan(table["half_width"]).all() and set(table["rank"]) == {0}
    assert set(table["beside_slam"]) == {""}

"""Plain methods beside SLAM."""

import numpy as np
import pytest

from mdwarfs.validation import methods
from mdwarfs.validation.methods import (
    MEAN,
    NEIGHBOURS,
    RIDGE,
    SLAM,
    compare_methods,
    of_plain_methods,
    trials,
)

N, PIXELS = 90, 40
NAMES = ("feh", "teff")


@pytest.fixture(scope="module", autouse=True)
def few_settings():
    """Fewer settings to choose from, of which searches take less time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(methods, "COMPONENTS", (8, 25))
        patch.setattr(methods, "NUMBERS", (3, 10))
        yield


@pytest.fixture(scope="module")
def stars():
    """Spectra that answer to both labels in straight lines, of SNR 100."""
    rng = np.random.default_rng(3)
    unit = rng.uniform(-1, 1, (N, 2))
    lines = rng.normal(size=(2, PIXELS))
    flux = 1 + 0.1 * unit @ lines + 0.01 * rng.normal(size=(N, PIXELS))
    return flux, np.full(flux.shape, 1e4), [0, 3500] + unit * [0.3, 200]


@pytest.fixture(scope="module")
def folds():
    fold = np.arange(N) % 3
    fold[:6] = -1  # not fit for training
    return trials(np.arange(N) >= 6, fold, np.full(N, ""))


@pytest.fixture(scope="module")
def found(stars, folds):
    return of_plain_methods(*stars, folds, seed=1)


def test_folds_hold_out_each_star_once_and_leave_the_others_alone(folds):
    assert len(folds) == 3
    times = np.sum([one.test for one in folds], axis=0)
    assert (times == (np.arange(N) >= 6)).all()
    assert not any((one.train & one.test).any() for one in folds)
    assert all((one.train | one.test)[6:].all() for one in folds)
    assert not any(one.train[:6].any() for one in folds)


def test_without_folds_the_roles_divide():
    role = np.array(["train", "train", "test", "predict"])
    (one,) = trials([True, True, True, False], np.full(4, -1), role)
    assert one.train.tolist() == [True, True, False, False]
    assert one.test.tolist() == [False, False, True, False]
    assert trials([True] * 4, np.full(4, -1), np.full(4, "train")) == []


def test_straight_lines_are_found_and_the_mean_finds_nothing(stars, found):
    table = compare_methods(NAMES, stars[2], *found, seed=1)
    by = {(row["method"], row["label"]): row for row in table}
    for label, spread in (("feh", 0.3), ("teff", 200)):
        ridge, near, mean = (by[x, label] for x in (RIDGE, NEIGHBOURS, MEAN))
        assert ridge["n"] == near["n"] == mean["n"] == N - 6
        assert ridge["std"] < 0.05 * spread and ridge["correlation"] > 0.995
        assert ridge["std"] < near["std"] < 0.4 * spread
        assert mean["std"] == pytest.approx(spread / np.sqrt(3), rel=0.15)
        assert mean["slope"] == pytest.approx(-1, abs=0.1)
        assert np.isnan(mean["correlation"])
    assert "neighbours" in by[NEIGHBOURS, "feh"]["settings"]
    assert "components" in by[RIDGE, "feh"]["settings"]


def test_a_test_star_has_no_part_in_what_is_said_of_it(stars, folds, found):
    flux, ivar, labels = stars
    changed = labels.copy()
    changed[folds[0].test] += [5, 5000]
    again, _ = of_plain_methods(flux, ivar, changed, folds, seed=1)
    for name in again:
        held = folds[0].test
        assert np.array_equal(again[name][held], found[0][name][held])
        assert not np.array_equal(
            again[name][folds[1].test], found[0][name][folds[1].test]
        )


def test_bad_pixels_are_no_information(stars, folds, found):
    flux, ivar, labels = stars
    ivar = ivar.copy()
    ivar[10, :5], ivar[:, 7] = 0, 0
    spoilt = np.where(ivar > 0, flux, 1e6)
    again, _ = of_plain_methods(spoilt, ivar, labels, folds, seed=1)
    error = again[RIDGE][10] - labels[10]
    assert (np.abs(error) < [0.1, 60]).all()
    assert np.isnan(again[RIDGE][:6]).all()


def test_all_methods_are_held_against_each_other_on_the_same_stars(stars, found):
    slam = stars[2] + [0.02, 10]
    slam[20, 0], slam[30:33] = np.nan, np.nan
    table = compare_methods(NAMES, stars[2], found[0] | {SLAM: slam}, {}, seed=1)
    assert set(table["method"]) == {SLAM, NEIGHBOURS, RIDGE, MEAN}
    assert (table["n"][table["label"] == "feh"] == N - 10).all()
    assert (table["n"][table["label"] == "teff"] == N - 9).all()
    row = table[(table["method"] == SLAM) & (table["label"] == "teff")][0]
    assert row["median"] == pytest.approx(10) and row["std"] < 1e-9
    assert row["slope"] == pytest.approx(0, abs=1e-9)


def test_few_stars_leave_the_mean_alone(stars):
    flux, ivar, labels = (x[:12] for x in stars)
    few = trials(np.full(12, True), np.arange(12) % 4, np.full(12, ""))
    table = compare_methods(
        NAMES, labels, *of_plain_methods(flux, ivar, labels, few, 1), seed=1
    )
    assert set(table["method"]) == {MEAN}


def test_leave_one_out_of_few_stars(stars, monkeypatch):
    """Of fourteen searches, with one setting to choose from each."""
    monkeypatch.setattr(methods, "COMPONENTS", (8,))
    monkeypatch.setattr(methods, "NUMBERS", (3,))
    flux, ivar, labels = (x[:14] for x in stars)
    each = trials(np.full(14, True), np.arange(14), np.full(14, ""))
    assert len(each) == 14
    table = compare_methods(
        NAMES, labels, *of_plain_methods(flux, ivar, labels, each, 1), seed=1
    )
    assert set(table["method"]) == {NEIGHBOURS, RIDGE, MEAN}
    assert set(table["n"]) == {14}

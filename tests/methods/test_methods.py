"""Ways from spectra to labels: what each finds, and what it must not see."""

import numpy as np
import pytest

from mdwarfs.method_names import HYBRID, MEAN
from mdwarfs.methods import on_components, registry
from mdwarfs.methods.registry import METHODS, Method, mean
from mdwarfs.methods.trials import by_methods, of_survey, spoken, trials
from mdwarfs.tables.by_method import from_long, long_table
from tests.fewer import search_shortly

N, PIXELS = 90, 40
NAMES = ("feh", "teff")
WAVELENGTH = 7000.0 + 5 * np.arange(PIXELS)
SPREAD = np.array([0.3, 200])


def labelled(flux, ivar, labels, divided):
    return by_methods(
        flux, ivar, labels, np.zeros(labels.shape), divided,
        names=NAMES, wavelength=WAVELENGTH, seed=1,
    )  # fmt: skip


@pytest.fixture(scope="module")
def stars():
    """Spectra that answer to both labels in straight lines, of SNR 100."""
    rng = np.random.default_rng(3)
    unit = rng.uniform(-1, 1, (N, 2))
    lines = rng.normal(size=(2, PIXELS))
    flux = 1 + 0.1 * unit @ lines + 0.01 * rng.normal(size=(N, PIXELS))
    return flux, np.full(flux.shape, 1e4), [0, 3500] + unit * SPREAD


@pytest.fixture(scope="module")
def half():
    """Two thirds train, the last third is tested; six are not fit for training."""
    labelled, role = np.arange(N) >= 6, np.where(np.arange(N) % 3, "train", "test")
    return trials(labelled, np.full(N, -1), role)


@pytest.fixture(scope="module")
def found(stars, half):
    """By all methods, which have less to choose among here."""
    with pytest.MonkeyPatch.context() as patch:
        search_shortly(patch)
        patch.setattr(on_components, "FOLDS", 3)
        patch.setattr(on_components, "FEWER", (5, 10))
        patch.setattr(on_components, "CONSTRAINTS", (5.0,))
        patch.setattr(on_components, "DECAYS", (0.1,))
        return labelled(*stars, half)


def test_folds_hold_out_each_star_once_and_leave_the_others_alone():
    fold = np.where(np.arange(N) >= 6, np.arange(N) % 3, -1)
    folds = trials(np.arange(N) >= 6, fold, np.full(N, ""))
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


def test_a_survey_tests_those_that_have_not_trained():
    split = {
        "source_id": np.array([5, 6, 7]),
        "role": np.array(["train"] * 2 + ["test"]),
    }
    stars, ok = np.array([4, 5, 6, 7, 8]), np.array([1, 1, 0, 1, 0], bool)
    (one,) = of_survey(stars, ok, split, every=False)
    assert one.train.tolist() == [False, True, False, False, False]
    assert one.test.tolist() == [False, False, False, True, False]
    (one,) = of_survey(stars, ok, split, every=True)
    assert one.test.tolist() == [True, False, False, True, False]


@pytest.mark.parametrize("name", [one.name for one in METHODS])
def test_straight_lines_are_found_and_the_mean_finds_nothing(stars, half, found, name):
    tested = half[0].test
    assert np.isnan(found[0][name][~tested]).all()
    off = (found[0][name] - stars[2])[tested] / SPREAD
    spread = off.std(axis=0)
    if name == MEAN:
        assert spread == pytest.approx(1 / np.sqrt(3), rel=0.2)
    else:
        assert (spread < (0.3 if name == "nearest neighbours" else 0.12)).all()
        assert (np.abs(off.mean(axis=0)) < 0.1).all()


def test_what_was_chosen_is_said(found):
    said = found[1]
    assert list(said) == [one.name for one in METHODS]
    assert "neighbours" in said["nearest neighbours"]
    assert "gamma" in said["support vectors"] and "decay" in said["neural network"]
    for name in (
        "ridge regression",
        "Gaussian process",
        "partial least squares",
        HYBRID,
    ):
        assert "components" in said[name]
    assert said[MEAN] == ""
    choices = [{"a": [1, 3], "b": [5]}, {"a": [2], "b": [5]}]
    assert spoken(choices) == "1 to 3 a, 5 b" and spoken([]) == ""


@pytest.fixture
def few(monkeypatch):
    """Of each kind one method, which are cheap."""
    search_shortly(monkeypatch)
    names = HYBRID, "quadratic per pixel", "ridge regression", MEAN
    kept = [one for one in METHODS if one.name in names]
    monkeypatch.setattr("mdwarfs.methods.trials.METHODS", kept)


@pytest.mark.dag
def test_a_test_star_has_no_part_in_what_is_said_of_it(stars, half, few):
    flux, ivar, labels = stars
    changed = labels.copy()
    changed[half[0].test] += [5, 5000]
    found, _ = labelled(*stars, half)
    again, _ = labelled(flux, ivar, changed, half)
    for name in again:
        np.testing.assert_array_equal(again[name], found[name])


def test_bad_pixels_are_no_information(stars, half, few):
    flux, ivar, labels = stars
    ivar = ivar.copy()
    ivar[12, :5], ivar[:, 7] = 0, 0
    spoilt = np.where(ivar > 0, flux, 1e6)
    again, _ = labelled(spoilt, ivar, labels, half)
    for name, values in again.items():
        if name != MEAN:
            assert (np.abs(values[12] - labels[12]) < SPREAD / 3).all(), name
        assert np.isnan(values[:6]).all()


def test_few_stars_leave_the_mean_alone(stars):
    flux, ivar, labels = (x[:12] for x in stars)
    folds = trials(np.full(12, True), np.arange(12) % 4, np.full(12, ""))
    found, _ = labelled(flux, ivar, labels, folds)
    assert [name for name in found if np.isfinite(found[name]).any()] == [MEAN]
    assert np.isfinite(found[MEAN]).all()


def test_leave_one_out_of_few_stars_has_what_so_few_suffice_for(stars, few):
    flux, ivar, labels = (x[:12] for x in stars)
    each = trials(np.full(12, True), np.arange(12), np.full(12, ""))
    assert len(each) == 12
    found, _ = labelled(flux, ivar, labels, each)
    assert (
        np.isnan(found[HYBRID]).all() and np.isfinite(found["ridge regression"]).all()
    )


def test_another_method_is_one_entry(stars, half, monkeypatch):
    def double(training, flux, ivar):
        return 2 * mean(training, flux, ivar)[0], {"factors": [2]}

    monkeypatch.setattr(
        "mdwarfs.methods.trials.METHODS", [Method("double", double), *METHODS[-1:]]
    )
    found, said = labelled(*stars, half)
    tested = half[0].test
    assert np.allclose(found["double"][tested], 2 * found[MEAN][tested])
    assert said["double"] == "2 factors"


def test_names_are_distinct_and_the_hybrid_labels_come_first():
    names = [one.name for one in registry.METHODS]
    assert len(set(names)) == len(names) and names[0] == HYBRID and names[-1] == MEAN


def test_the_table_of_labels_gives_back_what_it_was_made_of(found):
    ids = np.arange(1, N + 1)
    table = long_table(found[0], ids, NAMES)
    assert all(table[name].info.description for name in table.colnames)
    assert str(table["teff"].unit) == "K"
    again = from_long(table, ids[::-1], NAMES)
    assert list(again) == list(found[0])
    for name, values in again.items():
        np.testing.assert_array_equal(values[::-1], found[0][name])

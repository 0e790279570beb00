"""The trained model against scikit-learn's SVR, pixel by pixel."""

import logging
from itertools import product

import numpy as np
import pytest
from sklearn.model_selection import KFold
from sklearn.svm import SVR

from mdwarfs.errors import InputError
from mdwarfs.slam.folds import contiguous_folds
from mdwarfs.slam.labeller import labeller
from mdwarfs.slam.model import SupportVectors
from mdwarfs.slam.slam_spectra import SlamSpectra
from mdwarfs.slam.standardise import LabelScale, flux_scale
from mdwarfs.slam.train import exact, pixels, training
from mdwarfs.slam.train.crossvalidation import cross_validate
from mdwarfs.slam.train.problem import Problem
from mdwarfs.spectra.good_pixels import good_pixels

PIXELS = [0, 19]  # compared one by one
TWO_POINTS = {"C": [0.1, 10.0], "epsilon": [0.1], "gamma": [0.1]}


def standardised(labels, flux, ivar, grid, folds):
    x = LabelScale.of(labels, ["feh", "teff", "logg"]).forward(labels)
    good = good_pixels(flux, ivar)
    mean, scale = flux_scale(flux, good)
    y = np.where(good, flux - mean, 0.0) / scale
    return x, y, good, Problem.of(x, grid, folds, 3)


def libsvm_cube(x, y, good, fold, grid):
    """CV MSE of one pixel at every grid point, by scikit-learn."""
    shape = [len(grid[name]) for name in ("gamma", "C", "epsilon")]
    points = product(grid["gamma"], grid["C"], grid["epsilon"])
    cube = []
    for gamma, C, epsilon in points:
        machine = SVR(gamma=gamma, C=C, epsilon=epsilon, tol=1e-6)
        square = []
        for k in np.unique(fold):
            train, held = good & (fold != k), good & (fold == k)
            machine.fit(x[train], y[train])
            square.append((machine.predict(x[held]) - y[held]) ** 2)
        cube.append(np.concatenate(square).mean())
    return np.reshape(cube, shape)


def some_pixels(spectra, which):
    """Labels, and flux and ivar of some pixels."""
    labels, *planes = spectra
    return labels, *(plane[:, which].copy() for plane in planes)


@pytest.fixture(params=["survey", "lamost"])
def spectra(request):
    """The synthetic survey, then the real spectra."""
    return request.getfixturevalue(request.param)


@pytest.mark.dag
def test_cross_validation_agrees_with_libsvm(spectra, options):
    labels, flux, ivar = some_pixels(spectra, PIXELS)
    x, y, good, problem = standardised(labels, flux, ivar, options["grid"], 5)
    *_, cube = cross_validate(problem.grid, y, good, problem.fold)
    row, _ = pixels.fit_pixels(problem, flux, ivar)
    scale = flux_scale(flux, good)[1]
    for p in range(len(PIXELS)):
        theirs = libsvm_cube(x, y[:, p], good[:, p], problem.fold, options["grid"])
        near = theirs < 1.05 * theirs.min()
        np.testing.assert_allclose(cube[near, p], theirs[near], rtol=5e-3)
        chosen = theirs[
            options["grid"]["gamma"].index(row["gamma"][p]),
            options["grid"]["C"].index(row["C"][p]),
            options["grid"]["epsilon"].index(row["epsilon"][p]),
        ]
        assert chosen <= 1.001 * theirs.min()
        assert row["cv_mse"][p] == pytest.approx(theirs.min() * scale[p] ** 2, rel=1e-3)


def test_flux_agrees_with_libsvm(spectra, options):
    labels, flux, ivar = some_pixels(spectra, PIXELS)
    options = options | {"wavelength": np.arange(flux.shape[1])}
    model = SupportVectors.fit(labels, flux, ivar, **options)
    assert set(model.pixels["solver"]) <= {"splitting", "libsvm"}
    assert model.pixels["gap"].max() < 1e-4
    rng = np.random.default_rng(8)
    where = rng.uniform(labels.min(0), labels.max(0), (50, 3))
    predicted = SlamSpectra(model).spectra(where)
    for p in range(len(PIXELS)):
        pixel = model.pixels[p]
        good = ivar[:, p] > 0
        machine = SVR(
            C=pixel["C"], epsilon=pixel["epsilon"], gamma=pixel["gamma"], tol=1e-6
        )
        y = (flux[good, p] - pixel["mean"]) / pixel["scale"]
        machine.fit(model.scale.forward(labels[good]), y)
        expected = machine.predict(model.scale.forward(where))
        got = (predicted[:, p] - pixel["mean"]) / pixel["scale"]
        np.testing.assert_allclose(got, expected, atol=1e-3)


def test_clean_pixels_keep_their_large_penalty(options):
    """Early iterates flatter large C and gamma most where there is little noise."""
    rng = np.random.default_rng(2)
    labels = rng.normal(size=(80, 3))
    flux = 1 + 0.1 * np.sin(labels @ rng.normal(size=(3, 3)) * 0.7)
    flux += rng.normal(0, 2e-4, flux.shape)
    grid = {"C": [1.0, 10.0, 100.0], "epsilon": [0.05], "gamma": [0.1, 0.3, 1.0]}
    ivar = np.full_like(flux, 2.5e7)
    x, y, good, problem = standardised(labels, flux, ivar, grid, 4)
    row, _ = pixels.fit_pixels(problem, flux, ivar)
    for p in range(3):
        theirs = libsvm_cube(x, y[:, p], good[:, p], problem.fold, grid)
        chosen = grid["gamma"].index(row["gamma"][p]), grid["C"].index(row["C"][p])
        assert theirs[(*chosen, 0)] <= 1.001 * theirs.min()


def test_bad_pixels_take_no_part(survey, options):
    labels, flux, ivar = some_pixels(survey, slice(12))
    options = options | {"wavelength": options["wavelength"][:12], "grid": TWO_POINTS}
    model = SupportVectors.fit(labels, flux, ivar, **options)
    bad = ivar == 0
    flux[bad] = np.where(np.arange(bad.sum()) % 2, np.nan, -1e9)
    again = SupportVectors.fit(labels, flux, ivar, **options)
    np.testing.assert_array_equal(again.dual, model.dual)
    assert bad.sum() > 9 and not model.dual[bad].any()
    ivar[bad] = np.nan
    np.testing.assert_array_equal(
        SupportVectors.fit(labels, flux, ivar, **options).dual, model.dual
    )
    np.testing.assert_array_equal(model.pixels["n_good"], (~bad).sum(0))


def test_result_does_not_depend_on_threads_or_block(survey, options, monkeypatch):
    monkeypatch.setattr(training, "group_size", lambda stars, folds: 7)
    some = [part[..., :18] for part in survey]
    options = options | {"wavelength": options["wavelength"][:18], "grid": TWO_POINTS}
    models = [
        SupportVectors.fit(*some, **options | {"threads": threads, "block": block})
        for threads, block in [(1, 64), (3, 10)]
    ]
    np.testing.assert_array_equal(models[0].dual, models[1].dual)
    for name in pixels.COLUMNS:
        assert models[0].pixels[name].tolist() == models[1].pixels[name].tolist()


def test_what_the_splitting_misses_goes_to_scikit_learn(
    survey, options, model, monkeypatch, caplog, spectral
):
    labels, flux, ivar = (part[:, :6] for part in survey)
    monkeypatch.setattr(
        exact, "finish", lambda gram, y, *rest: (np.zeros_like(y), 0.0, np.inf)
    )
    with caplog.at_level(logging.INFO):
        other = SupportVectors.fit(
            labels, flux, ivar, **options | {"wavelength": np.arange(6)}
        )
        training.report(other.pixels, other.grid)
    assert set(other.pixels["solver"]) == {"libsvm"}
    assert "6 pixel(s): libsvm" in caplog.text
    assert other.pixels["gap"].max() < 1e-4
    difference = SlamSpectra(other).spectra(labels) - spectral.spectra(labels)[:, :6]
    assert np.abs(difference / model.pixels["scale"][:6]).max() < 1e-3


def test_degenerate_pixels(survey, options):
    labels, flux, ivar = some_pixels(survey, slice(20))
    options = options | {"wavelength": options["wavelength"][:20], "grid": TWO_POINTS}
    flux[:, 0] = 0.7
    ivar[4:, 1] = 0  # fewer good stars than the five folds
    ivar[:, 2] = 0
    flux[:, 3] = np.nan
    model = SupportVectors.fit(labels, flux, ivar, **options)
    assert model.pixels["solver"][:4].tolist() == ["constant", "none", "none", "none"]
    spectra = SlamSpectra(model).spectra(labels)
    np.testing.assert_allclose(spectra[:, 0], 0.7, rtol=1e-12)
    assert np.isnan(spectra[:, 1:4]).all()
    assert np.isfinite(spectra[:, 4:]).all()
    assert not model.dual[:, :4].any()
    prediction = labeller(model).predict(flux, ivar, block=50, threads=1)
    assert (prediction.status == "ok").all()
    assert prediction.n_good.max() <= 16


def test_good_stars_of_one_fold_alone_cannot_be_cross_validated(survey, options):
    labels, flux, ivar = some_pixels(survey, slice(2))
    options = options | {"wavelength": options["wavelength"][:2], "grid": TWO_POINTS}
    fold = Problem.of(labels, options["grid"], 5, options["seed"]).fold
    ivar[fold != 2, 0] = 0  # more good stars than folds, but all in one of them
    ivar[np.flatnonzero(fold != 2)[1:], 1] = 0  # and one more: a fold of one star
    model = SupportVectors.fit(labels, flux, ivar, **options)
    assert model.pixels["n_good"][0] >= 5
    assert model.pixels["solver"][:2].tolist() == ["none", "splitting"]
    assert np.isnan(SlamSpectra(model).spectra(labels)[:, 0]).all()
    assert np.isfinite(SlamSpectra(model).spectra(labels)[:, 1]).all()


def test_duplicate_stars(survey, options):
    some = some_pixels(survey, slice(5, 8))
    labels, flux, ivar = (np.concatenate([part, part[:30]]) for part in some)
    options = options | {"wavelength": options["wavelength"][5:8]}
    model = SupportVectors.fit(labels, flux, ivar, **options)
    assert model.pixels["gap"].max() < 1e-4
    x = model.scale.forward(labels)
    good = ivar[:, 0] > 0
    pixel = model.pixels[0]
    machine = SVR(
        C=pixel["C"], epsilon=pixel["epsilon"], gamma=pixel["gamma"], tol=1e-6
    )
    machine.fit(x[good], (flux[good, 0] - pixel["mean"]) / pixel["scale"])
    expected = machine.predict(x) * pixel["scale"] + pixel["mean"]
    np.testing.assert_allclose(
        SlamSpectra(model).spectra(labels)[:, 0], expected, atol=1e-3 * pixel["scale"]
    )


def test_useless_training_sets_are_refused(survey, options):
    labels, flux, ivar = survey
    with pytest.raises(InputError, match="the same for all 1 training star"):
        SupportVectors.fit(labels[:1], flux[:1], ivar[:1], **options)
    with pytest.raises(InputError, match="5-fold .* there are 3 star"):
        SupportVectors.fit(labels[:3], flux[:3], ivar[:3], **options)
    same = labels.copy()
    same[:, 1] = 3500
    with pytest.raises(InputError, match="label teff is the same"):
        SupportVectors.fit(same, flux, ivar, **options)
    missing = labels.copy()
    missing[[4, 9], 2] = np.nan
    with pytest.raises(InputError, match="star 4 has no logg .2 star"):
        SupportVectors.fit(missing, flux, ivar, **options)
    with pytest.raises(ValueError, match="are not"):
        SupportVectors.fit(labels, flux[:, :5], ivar, **options)


def test_cross_validated_figures_of_merit(survey, model):
    """In flux units: MSE = noise + model variance; deviations near zero."""
    labels, flux, ivar = survey
    columns = model.pixels
    good = ivar > 0
    noise = np.where(good, 1 / np.where(good, ivar, 1), 0).sum(0) / good.sum(0)
    assert columns["gap"].max() < 1e-4
    assert set(columns["solver"]) <= {"splitting", "libsvm"}
    assert np.median(columns["cv_mse"] / noise) == pytest.approx(1.05, abs=0.1)
    assert np.all(columns["variance"] < columns["cv_mse"])
    assert np.all(np.abs(columns["cv_md"]) < 4 * np.sqrt(columns["cv_mse"] / 120))
    assert np.any(columns["cv_md"] != columns["cv_median_deviation"])


@pytest.mark.parametrize(("n", "k"), [(103, 10), (870, 10), (12, 5)])
def test_contiguous_folds_are_those_of_scikit_learn(survey, n, k):
    fold = contiguous_folds(n, k)
    splits = KFold(k).split(np.zeros(n))
    for number, (_, held) in enumerate(splits):
        np.testing.assert_array_equal(np.flatnonzero(fold == number), held)


def test_fold_assignment_changes_the_folds_alone(survey, options):
    labels, flux, ivar = (part[..., :4] for part in survey)
    options = options | {"wavelength": np.arange(4)}
    grid = {"C": [1.0], "epsilon": [0.1], "gamma": [0.1]}
    drawn, ordered = (
        SupportVectors.fit(
            labels, flux, ivar, **options | {"grid": grid, "fold_assignment": how}
        )
        for how in ("random", "contiguous")
    )
    assert np.all(drawn.pixels["cv_mse"] != ordered.pixels["cv_mse"])
    np.testing.assert_array_equal(drawn.dual, ordered.dual)

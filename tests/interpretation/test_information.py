"""Fisher information: errors, what each wavelength adds, noise that is no signal."""

from dataclasses import replace

import numpy as np
import pytest

from mdwarfs.interpretation import information, sensitivity
from mdwarfs.interpretation.sensitivity import Reference
from mdwarfs.slam.slam_spectra import SlamSpectra
from tests.interpretation.conftest import BLANK, draw_labels, observe, true_slopes

RNG = np.random.default_rng(3)
SLOPES = RNG.normal(size=(3, 40)) * [[1.0], [1e-3], [10.0]]
WEIGHT = RNG.uniform(0, 400, 40) * (np.arange(40) % 7 > 0)


def test_errors_are_those_of_linear_least_squares():
    """Against the covariance of the weighted normal equations."""
    known, free = information.errors(SLOPES, SLOPES, WEIGHT)
    covariance = np.linalg.inv(SLOPES * WEIGHT @ SLOPES.T)
    np.testing.assert_allclose(free, np.sqrt(np.diag(covariance)), rtol=1e-6)
    np.testing.assert_allclose(known, 1 / np.sqrt((SLOPES**2) @ WEIGHT), rtol=1e-12)


def test_errors_are_the_scatter_of_fitted_labels():
    sigma = 1 / np.sqrt(WEIGHT[WEIGHT > 0])
    design = SLOPES[:, WEIGHT > 0]
    noise = RNG.normal(size=(4000, len(sigma)))
    fitted = np.linalg.lstsq((design / sigma).T, noise.T, rcond=None)[0]
    _, free = information.errors(SLOPES, SLOPES, WEIGHT)
    np.testing.assert_allclose(free, fitted.std(axis=1), rtol=0.05)


def test_contributions_add_up_to_the_information():
    known, free = information.per_pixel(SLOPES, SLOPES, WEIGHT)
    errors = information.errors(SLOPES, SLOPES, WEIGHT)
    np.testing.assert_allclose(known.sum(1) ** -0.5, errors[0])
    np.testing.assert_allclose(free.sum(1) ** -0.5, errors[1])
    assert (free >= 0).all()
    assert (free[:, WEIGHT == 0] == 0).all()


def test_what_another_label_imitates_is_no_information():
    """Two labels with the same slopes are known together and not apart."""
    slopes = np.array([SLOPES[0], 2 * SLOPES[0]])
    known, free = information.errors(slopes, slopes, WEIGHT)
    assert np.isfinite(known).all()
    assert np.isinf(free).all()


def test_pixels_about_which_nothing_is_known_do_not_count():
    slopes = SLOPES.copy()
    slopes[:, WEIGHT == 0] = np.nan
    for found, expected in zip(
        information.errors(slopes, slopes, WEIGHT),
        information.errors(SLOPES, SLOPES, WEIGHT),
    ):
        np.testing.assert_array_equal(found, expected)
    shape = np.array([1.0, np.nan, 1.0])
    weight = information.weights(shape, 10.0, np.array([0.03, 0.0, np.nan]))
    np.testing.assert_allclose(weight, [25.0, 0.0, 0.0])


def test_the_noise_of_the_slopes_is_no_information():
    """Of one noisy estimate it is taken for signal, of two it is not."""
    weight = np.full(2000, 1.0)
    truth = np.zeros((2, 2000))
    truth[:, :200] = RNG.normal(size=(2, 200))
    first, second = (truth + RNG.normal(0, 0.5, truth.shape) for _ in range(2))
    exact = information.errors(truth, truth, weight)[1] ** -2.0
    once = information.errors(first, first, weight)[1] ** -2.0
    twice = information.errors(first, second, weight)[1] ** -2.0
    assert (once > 2 * exact).all()
    np.testing.assert_allclose(twice, exact, rtol=0.3)


def test_slopes_that_are_but_noise_never_tell_more_when_less_is_known():
    """The matrix of two such halves has negative eigenvalues as often as not."""
    rng = np.random.default_rng(8)
    told = 0
    for _ in range(300):
        first, second = rng.normal(size=(2, 4, 30))
        known, free = information.errors(first, second, np.ones(30))
        assert (free >= known).all()
        shares = information.per_pixel(first, second, np.ones(30))[1].sum(1)
        np.testing.assert_allclose(shares, free**-2.0, atol=1e-9)
        told += np.isfinite(free).sum()
    assert 0 < told < 600


def test_a_label_alone_is_known_and_free_alike():
    known, free = information.errors(SLOPES[:1], SLOPES[:1], WEIGHT)
    np.testing.assert_array_equal(known, free)


def test_a_pixel_that_one_half_has_not_seen_does_not_count():
    """Its variance is known all the same: the model of all stars has seen it."""
    p = SLOPES.shape[1]
    names, one = ("feh", "teff", "logg"), np.array([3500.0])
    half = Reference(names, one, np.zeros((1, 3)), np.ones((1, p)), SLOPES[None])
    blind = replace(half, slopes=np.where(np.arange(p) == 5, np.nan, SLOPES[None]))
    wavelength = 7000.0 + np.arange(p)
    without = np.where(np.arange(p) == 5, 0.0, WEIGHT)
    expected = information.table(half, half, wavelength, without, 10.0)
    for pair in ((half, blind), (blind, half)):
        found = information.table(*pair, wavelength, WEIGHT, 10.0)
        for name in found.colnames:
            np.testing.assert_array_equal(found[name], expected[name])


def test_noise_shape_is_the_error_at_a_ratio_of_one():
    snr = np.array([5.0, 20.0, 80.0])
    shape = np.array([0.5, 1.0, 2.0])
    ivar = (snr[:, None] / shape) ** 2
    ivar[0, 0], ivar[:, 2] = 0.0, 0.0
    found = information.noise_shape(np.ones((3, 3)), ivar, snr)
    np.testing.assert_allclose(found, [0.5, 1.0, np.nan])


@pytest.fixture(scope="module")
def table(model, training, wavelength, spectral):
    _, flux, ivar = training
    places = sensitivity.neighbours(spectral, [3300, 3700])
    first, second = (
        Reference.of(SlamSpectra(half), places)
        for half in information.halves(model, flux, ivar, 4, 1)
    )
    weight = np.full(len(wavelength), 900.0)
    return information.table(first, second, wavelength, weight, 10.0)


def test_table_holds_the_information_of_the_stars(table):
    """The model is linear; what SLAM learns of it gives nearly the same errors."""
    truth = true_slopes()
    _, free = information.errors(truth, truth, np.full(truth.shape[1], 900.0))
    last = table["wave_max"] == table["wave_max"].max()
    for label, expected in zip(("feh", "teff", "logg"), free):
        found = table["error_free"][last & (table["label"] == label)]
        assert len(found) == 2
        np.testing.assert_allclose(found, expected, rtol=0.35)


def test_bins_add_up_and_end_where_the_spectrum_does(table, wavelength):
    assert table["wave_min"].min() <= wavelength[0]
    assert table["wave_max"].max() > wavelength[-1]
    for label in ("feh", "teff", "logg"):
        part = table[(table["label"] == label) & (table["teff"] == 3300)]
        assert part["n_pixels"].sum() == len(wavelength)
        assert part["share"].sum() == pytest.approx(1)
        assert part["cumulative_free"][-1] == pytest.approx(1)
        assert (np.diff(part["error"]) < 0.2 * part["error"][-1]).all()
        assert part["information"].sum() == pytest.approx(part["error"][-1] ** -2)


def test_blank_pixels_tell_nothing(table):
    part = table[table["wave_min"] >= 7050 + 10 - BLANK]
    assert not len(part) or np.abs(part["share"]).max() < 0.05
    last = table[(table["wave_min"] == 7050) & (table["label"] == "feh")]
    first = table[(table["wave_min"] == 7020) & (table["label"] == "feh")]
    assert (last["share"] < 0.75 * first["share"]).all()


def test_halves_are_of_different_stars_and_the_seed_decides(model, training):
    _, flux, ivar = training
    first, second = information.halves(model, flux, ivar, 4, 1)
    again, _ = information.halves(model, flux, ivar, 4, 1)
    assert len(first.labels) + len(second.labels) == len(model.labels)
    rows = {tuple(row) for row in first.labels} & {tuple(row) for row in second.labels}
    assert not rows
    np.testing.assert_array_equal(again.dual, first.dual)


def test_information_is_what_prediction_attains(model, finder, spectral):
    """The formal errors of prediction are those of the model's own slopes."""
    labels = draw_labels(40, np.random.default_rng(9))
    flux, ivar = observe(labels, 30.0, 10)
    found = finder.predict(flux, ivar, block=64, threads=1)
    slopes = sensitivity.derivatives(spectral, found.labels)
    variance = np.asarray(model.pixels["variance"])
    for i in np.flatnonzero(found.flags == 0)[:10]:
        weight = information.weights(1 / np.sqrt(ivar[i]), 1.0, variance)
        _, free = information.errors(slopes[i], slopes[i], weight)
        formal = np.sqrt(np.diag(found.covariance[i]))
        np.testing.assert_allclose(free, formal, rtol=0.02)

"""What the hybrid model is made of, each by itself."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.svm import SVR

from mdwarfs.hybrid import blend, flat, learning, regression, scatter
from mdwarfs.hybrid.components import STEPS, Components
from mdwarfs.hybrid.label_model import COMPONENTS, LabelModel
from mdwarfs.hybrid.noise import (
    clean,
    excess_variance,
    products,
    weights,
    whole,
    without_spikes,
)
from mdwarfs.hybrid.population import Population
from mdwarfs.hybrid.principal import Principal
from mdwarfs.hybrid.quadratic import Quadratic, derivatives, terms
from mdwarfs.hybrid.regression import BEGIN, Regression
from mdwarfs.hybrid.support import SupportRegression
from mdwarfs.hybrid.training_set import TrainingSet
from mdwarfs.run.parallel import one_blas_thread


@pytest.fixture
def rng():
    return np.random.default_rng(11)


def test_the_triangle_is_the_matrix(rng):
    basis = rng.normal(size=(4, 30))
    matrix = whole((products(basis) @ np.ones(30))[None], 4)[0]
    assert matrix == pytest.approx(basis @ basis.T)


def test_bad_pixels_are_clean_and_without_weight():
    flux = np.array([[1.0, np.nan, 1.0, np.inf, 1.0, 1.0]])
    ivar = np.array([[4.0, 4.0, np.inf, 4.0, -1.0, 1e-310]])
    flux, ivar = clean(flux, ivar)
    assert flux.tolist() == [[1, 0, 0, 0, 0, 0]]
    assert weights(ivar, 0.75).tolist() == [[1, 0, 0, 0, 0, 0]]


def test_the_variance_beyond_the_noise_is_found(rng):
    ivar = rng.uniform(1, 100, (4000, 2))
    ivar[::7, 1] = 0
    scatter = np.array([0.0, 0.3])
    residual = rng.normal(size=ivar.shape) * np.sqrt(
        1 / np.where(ivar > 0, ivar, 1) + scatter**2
    )
    excess = np.zeros(2)
    for _ in range(10):
        excess = excess_variance(residual**2, weights(ivar, excess), excess)
    assert excess[1] == pytest.approx(0.09, rel=0.1)
    assert excess[0] < 0.003


def test_components_are_those_that_spectra_have(rng):
    """Of stars of all brightnesses, some pixels bad; the faint are drawn to zero."""
    basis = rng.normal(size=(2, 40))
    place = rng.normal(size=(300, 2))
    snr = np.repeat([3.0, 30.0], 150)[:, None]
    true = 1 + 0.1 * place @ basis
    flux = true + rng.normal(size=true.shape) / snr
    ivar = np.tile(snr**2, 40)
    bad = rng.random(flux.shape) < 0.05
    flux[bad], ivar[bad] = 0, 0
    found = Components.fit(flux, ivar, 2)
    places, _ = found.place(flux, ivar)
    rest = (found.spectra(places.mean) - true).std(axis=1)
    assert rest[150:].mean() < 0.3 / 30
    assert rest[:150].mean() < 0.3 / 3
    assert (places.chi2 / (places.n_good - 2)).mean() == pytest.approx(1, abs=0.05)
    nothing, _ = found.place(flux, ivar * 1e-9)
    assert nothing.mean == pytest.approx(0, abs=1e-4)


def test_components_forget_stars_that_they_are_refitted_without(rng):
    """Those that have seen a spectrum have some of its noise in them."""
    basis = 0.1 * np.array([[1.0], [0.2]]) * rng.normal(size=(2, 300))
    flux = 1 + rng.normal(size=(2, 150, 2)) @ basis
    flux += rng.normal(size=flux.shape) / 4
    ivar = np.full(flux.shape[1:], 16.0)
    given = TrainingSet.of(
        np.arange(150.0)[:, None], np.zeros((150, 1)), flux[0], ivar, ["feh"],
        np.arange(1.0, 301), None, None,
    )  # fmt: skip
    reduced = one_blas_thread(learning.reduce)(given, 1, 1)
    places, unseen = reduced.places, reduced.looked[COMPONENTS].unseen
    seen, others = (reduced.components.place(x, ivar)[0] for x in flux)
    assert seen.chi2.mean() < 0.9 * others.chi2.mean()
    assert places.chi2.mean() == pytest.approx(others.chi2.mean(), rel=0.05)
    # The last of them has fitted noise: it is wide of the stars that it has seen.
    assert seen.mean[:, -1].std() > 1.5 * others.mean[:, -1].std()
    assert unseen[:, -1].std() == pytest.approx(others.mean[:, -1].std(), rel=0.2)


def test_long_steps_lead_where_short_ones_do(rng):
    """Seven of them go as far as eleven short ones."""
    basis = np.array([[0.1], [0.05], [0.025]]) * rng.normal(size=(3, 60))
    flux, snr = 1 + rng.normal(size=(150, 3)) @ basis, rng.uniform(2, 10, (150, 1))
    flux, ivar = flux + rng.normal(size=flux.shape) / snr, snr**2 * np.ones(60)
    start = Components.fit(flux, ivar, 3)
    start = replace(start, basis=np.round(start.basis, 1))

    def spectra(steps):
        one = start.refit(flux, ivar, steps)
        return one.spectra(one.place(flux, ivar)[0].mean)

    end = spectra([1.0] * 90)
    rest = [np.abs(spectra(s) - end).mean() for s in ([1.0] * 7, [1.0] * 11, STEPS)]
    assert rest[2] == pytest.approx(rest[1], rel=0.25)
    assert rest[2] < 0.7 * rest[0]
    assert spectra([1.0, *[1.8] * 50, 1.0]) == pytest.approx(end, abs=1e-4)


def test_a_pixel_far_off_is_left_out_and_no_other(rng):
    """However far: it draws the components, and with them other pixels, off."""
    basis = 0.1 * rng.normal(size=(5, 40))
    found = Components(np.ones(40), basis, np.zeros(40))
    place = rng.normal(size=(20, 5))
    flux = found.spectra(place) + rng.normal(size=(20, 40)) / 50
    for size in (10, 1000):
        spiked = flux.copy()
        spiked[:, 7] += size / 50
        places, ivar = found.place(spiked, np.full(flux.shape, 2500.0))
        assert (ivar[:, 7] == 0).all()
        assert places.n_outliers.mean() < 1.2
        assert np.abs(places.mean - place).max() < 0.4


def test_derivatives_are_those_of_the_terms(rng):
    t = rng.normal(size=(5, 3))
    for label in range(3):
        step = 1e-6 * np.eye(3)[label]
        numeric = (terms(t + step) - terms(t - step)) / 2e-6
        assert derivatives(t)[:, label] == pytest.approx(numeric, abs=1e-8)


def test_the_search_ends_where_no_label_is_more_probable(rng):
    t = rng.normal(size=(200, 2))
    made = 1 + 0.1 * terms(t) @ rng.normal(size=(6, 30)) / [[10.0]]
    ivar = np.full(made.shape, 1e4)
    flux = made + rng.normal(size=made.shape) / 100
    model = Quadratic.fit(t, flux, ivar)
    found, covariance = model.search(flux, ivar, np.eye(2))

    def misfit(t):
        rest = flux - model.mean - terms(t) @ model.coefficients
        return (rest**2 * weights(ivar, model.excess)).sum(axis=1) + (t**2).sum(axis=1)

    for step in 0.03 * np.vstack([np.eye(2), -np.eye(2)]):
        assert (misfit(found) < misfit(found + step) + 1e-6).mean() > 0.99
    error = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
    assert (np.abs(found - t) < 4 * error).mean() > 0.98


def test_the_population_is_that_of_labels_without_errors(rng):
    true = rng.normal([1.0, 4000], [0.3, 200], (4000, 2))
    errors = np.tile([0.3, 50.0], (4000, 1))
    given = Population.of(
        true + rng.normal(size=true.shape) * errors, errors, ("a", "b")
    )
    assert given.sigma == pytest.approx([0.3, 200], rel=0.06)
    exact = Population.of(true, 0 * errors, ("a", "b"))
    assert exact.sigma == pytest.approx(true.std(axis=0), rel=1e-3)


def test_the_population_is_found_where_some_labels_are_bad(rng):
    """As Teff of APOGEE Net: neither the mean nor the median error is that of all."""
    true = rng.normal(3500, 150, (4000, 1))
    errors = np.where(np.arange(4000) % 4, 60.0, 300.0)[:, None]
    known = true + rng.normal(size=true.shape) * errors
    given = Population.of(known, errors, ("teff",))
    assert given.sigma == pytest.approx([150], rel=0.04)
    unknown = np.where(errors > 100, 1e6, errors)  # any error, none
    assert Population.of(known, unknown, ("teff",)).sigma == pytest.approx(
        [150], rel=0.04
    )


def regress(rng, number=120, wrong=0):
    """A regression of a smooth function with errors, and new places with the truth."""

    def function(x):
        return 4 + np.tanh(x[:, 0]) + 0.2 * x[:, 1] ** 2

    x, places = rng.normal(size=(2, number, 3))
    error = np.full(number, 0.15)
    y = function(x) + rng.normal(0, error)
    y[:wrong] += 6
    fit = one_blas_thread(Regression.fit)
    one, held_out = fit(x, y, error, np.zeros(number), level=4.0, seed=1)
    mean, variance = one.predict(places, np.zeros(number))
    return (
        (mean - function(places)) / np.sqrt(variance),
        mean - function(places),
        held_out,
    )


def test_a_regression_knows_its_errors(rng):
    pull, difference, _ = regress(rng)
    assert 0.6 < pull.std() < 1.4
    assert difference.std() < 0.15


def test_wrong_values_have_no_say(rng):
    _, difference, _ = regress(rng, wrong=6)
    assert difference.std() < 0.2


def test_held_out_is_what_a_regression_without_the_star_would_say(rng):
    x = rng.normal(size=(60, 2))
    y = x[:, 0] + rng.normal(0, 0.1, 60)
    known = x, y, np.full(60, 0.1), np.zeros(60)
    fit = one_blas_thread(Regression.fit)
    for unseen in (x, x + 0.2 * rng.normal(size=x.shape)):
        one, (mean, variance) = fit(*known, level=0.0, seed=1, unseen=unseen)
        for star in (0, 17):
            expected = by_others(one, y, unseen, np.arange(60) != star, [star])
            assert mean[star] == pytest.approx(expected[0][0], rel=1e-6, abs=1e-8)
            assert variance[star] == pytest.approx(expected[1][0], rel=1e-5)


def by_others(one, y, places, others, own):
    """What a regression says with some of its stars, of stars at places."""
    x, z = (values * np.exp(one.hyper[5:]) for values in (one.inputs, places))

    def covariance(a, b):
        square = ((a[:, None] - b) ** 2).sum(-1)
        smooth = np.exp(one.hyper[1] - np.exp(one.hyper[0]) * square)
        return smooth + np.exp(one.hyper[2]) * a @ b.T

    total = covariance(x[others], x[others]) + np.diag(one.variance[others])
    cross = covariance(z[own], x[others])
    weight = np.linalg.solve(total, cross.T).T
    spread = np.diag(covariance(z[own], z[own]) - weight @ cross.T)
    return weight @ y[others], (spread + np.exp(one.hyper[3])) * one.size**2


def test_spectra_of_a_star_are_held_out_together(rng):
    """What is held out is what a regression without all four would say of each."""
    star = np.concatenate([np.arange(30), np.repeat([30, 31], 4)])
    x = rng.normal(size=(32, 2))[star] + 0.05 * rng.normal(size=(38, 2))
    y = (x[:, 0] + rng.normal(0, 0.3, 38))[np.unique(star, return_index=True)[1]][star]
    known = x, y, np.full(38, 0.3), np.zeros(38)
    fit = one_blas_thread(Regression.fit)
    for unseen in (x, x + 0.2 * rng.normal(size=x.shape)):
        one, held_out = fit(*known, level=0.0, seed=1, star=star, unseen=unseen)
        for number in (17, 30, 31):
            own = star == number
            expected = by_others(one, y, unseen, ~own, np.flatnonzero(own))
            assert held_out[0][own] == pytest.approx(expected[0], abs=1e-7)
            assert held_out[1][own] == pytest.approx(expected[1], rel=1e-5)


def test_a_star_is_as_good_as_one_however_many_spectra_it_has(rng):
    """Copies of a row say no more of the label, whose error they share."""
    x = rng.normal(size=(40, 2))
    y = x[:, 0] + rng.normal(0, 0.3, 40)
    fit = one_blas_thread(Regression.fit)
    four = np.concatenate([np.arange(40), np.repeat(np.arange(5), 3)])
    places = rng.normal(size=(50, 2))
    found = []
    for rows in (np.arange(40), four):
        known = x[rows], y[rows], np.full(len(rows), 0.3), np.zeros(len(rows))
        one, _ = fit(*known, level=0.0, seed=1, star=rows)
        found.append(one.predict(places, np.zeros(50)))
    (mean, variance), (again, other) = found
    assert np.abs(mean - again).max() < 0.25 * np.sqrt(variance).mean()
    assert other == pytest.approx(variance, rel=0.25)


def test_the_better_answer_counts_more_where_it_is_better(rng):
    known, open_ = rng.normal(size=400), np.linspace(-2, 2, 400)
    first = known + rng.normal(size=400) * np.where(open_ > 0, 0.05, 0.5)
    second = known + rng.normal(size=400) * np.where(open_ > 0, 0.5, 0.05)
    logits = blend.learn(np.array([first, second]), known, open_)
    share = blend.shares(logits, np.array([-1.5, 1.5]))
    assert share.sum(axis=0) == pytest.approx(1)
    assert share[0, 0] < 0.1 and share[0, 1] > 0.9
    blended = (blend.shares(logits, open_) * [first, second]).sum(axis=0)
    assert (blended - known).std() < 0.6 * (first - known).std()


def test_beyond_the_training_stars_shares_are_those_at_their_end():
    logits = np.array([[0.0, 2.0], [0.0, 0.0]])
    assert blend.shares(logits, np.array([50.0])) == pytest.approx(
        blend.shares(logits, np.array([blend.FARTHEST]))
    )


def test_a_component_that_says_nothing_has_a_smaller_scale(rng):
    x = rng.normal(size=(150, 4))
    y = np.tanh(x[:, 0]) + rng.normal(0, 0.1, 150)
    fit = one_blas_thread(Regression.fit)
    one, _ = fit(x, y, np.full(150, 0.1), np.zeros(150), level=0.0, seed=1)
    scales = one.hyper[len(BEGIN) :]
    assert scales[0] > scales[1:].max() + 0.2


@pytest.mark.parametrize("steep", [1.0, 100.0])
def test_the_search_ends_in_the_same_place_whatever_it_takes_the_curvature_for(
    rng, monkeypatch, steep
):
    x, places = rng.normal(size=(2, 120, 3))
    y = np.tanh(x[:, 0]) + rng.normal(0, 0.1, 120)
    known = x, y, np.full(120, 0.1), np.zeros(120)
    fit = one_blas_thread(Regression.fit)
    found = []
    for value in (regression.STEEP, steep):
        monkeypatch.setattr(regression, "STEEP", value)
        one, _ = fit(*known, level=0.0, seed=1)
        found.append(one.predict(places, np.zeros(120)))
    (mean, variance), (again, _) = found
    assert np.abs(mean - again).max() < 0.1 * np.sqrt(variance).min()


def test_principal_components_are_blind_to_spikes_and_bad_pixels(rng):
    basis = rng.normal(size=(2, 40))
    flux = 1 + 0.1 * rng.normal(size=(120, 2)) @ basis
    flux += rng.normal(size=flux.shape) / 50
    ivar = np.full(flux.shape, 2500.0)
    clean_ = Principal.fit(flux, ivar, 2)
    flux[::9, 3] += 1000
    flux[5, 20], ivar[5, 20] = np.nan, 0
    found = Principal.fit(flux, ivar, 2)
    along = np.linalg.svd(found.basis @ clean_.basis.T)[1]
    assert along == pytest.approx(1, abs=0.02)
    assert found.basis @ found.basis.T == pytest.approx(np.eye(2), abs=1e-8)
    assert np.isfinite(found.place(flux, ivar)).all()


def test_spikes_are_those_of_good_pixels_however_many_are_bad(rng):
    """A bad pixel is no difference of zero: it says nothing of what is usual."""
    flux = 1 + rng.normal(size=(400, 8)) / 50
    ivar = np.full(flux.shape, 2500.0)
    ivar[rng.random(flux.shape) < np.linspace(0, 0.7, 8)] = 0
    found = Principal.fit(*clean(flux, ivar), 2)
    assert found.limit == pytest.approx(6 / 50, rel=0.2)
    assert found.unit == pytest.approx(1)


def test_spikes_of_all_heights_are_left_out(rng):
    basis = 0.1 * rng.normal(size=(3, 60))
    found = Components(np.ones(60), basis, np.zeros(60))
    flux = found.spectra(rng.normal(size=(10, 3)))
    flux[:, ::6] += np.geomspace(20, 1e4, 10) / 50
    places, ivar = found.place(flux, np.full(flux.shape, 2500.0))
    assert (ivar[:, ::6] == 0).all()
    assert (places.n_outliers < 12).all()


def test_an_error_that_is_no_number_of_a_star_is_a_bad_pixel(rng):
    """However the others are, and for as many good pixels as there are."""
    flux = 1 + 0.1 * rng.normal(size=(5, 9))
    ivar = np.tile(rng.uniform(100, 300, (5, 1)), 9)
    flux[0, 3], ivar[1, 4] = 1e6, 1e12
    flux[2, :7], ivar[2, :7] = 0, 0
    ivar[2, 7] = 1e14  # of two, of which none is the usual one: it is left
    found = without_spikes(flux, ivar)
    bad = np.zeros(flux.shape, bool)
    bad[0, 3] = bad[1, 4] = True
    for before, after in zip((flux, ivar), found):
        assert np.array_equal(after, np.where(bad, 0, before))


def test_principal_components_without_a_star_know_nothing_of_its_noise(rng):
    """Where training stars lie by them is as wide as where other stars do."""
    basis = 0.1 * np.array([[1.0], [0.3]]) * rng.normal(size=(2, 200))
    flux = 1 + rng.normal(size=(2, 150, 2)) @ basis
    flux += rng.normal(size=flux.shape) / 4
    ivar = np.full(flux.shape[1:], 16.0)
    found = Principal.fit(flux[0], ivar, 4)
    seen, others = (found.place(x, ivar) for x in flux)
    unseen = found.unseen(flux[0], ivar, np.arange(150) % 5)
    assert seen[:, 2:].std() > 1.5 * others[:, 2:].std()
    assert unseen[:, 2:].std() == pytest.approx(others[:, 2:].std(), rel=0.15)
    assert np.corrcoef(unseen[:, 0], seen[:, 0])[0, 1] > 0.99


@pytest.fixture(scope="module")
def machine():
    """Support vectors of a curved function, stars of two brightnesses."""
    rng = np.random.default_rng(8)
    x = rng.normal(size=(400, 2))
    unsure = np.where(np.arange(400) % 2, 0.3, 0.05) ** 2
    error = np.full(400, 0.2)
    y = np.sin(x[:, 0]) + rng.normal(size=400) * np.sqrt(unsure + error**2)
    fit = SupportRegression.fit(x, y, error, unsure, level=0.0, seed=1)
    return x, y, unsure, *fit


def test_support_vectors_find_a_curve_and_know_how_far_off_they_are(machine):
    x, _, unsure, one, (mean, variance) = machine
    found, same = one.predict(x, unsure)
    assert (found - np.sin(x[:, 0])).std() < 0.12
    assert np.array_equal(same, variance)
    # The brightness says nothing of the function, but of the stars that it is held to.
    faint = unsure > 0.05
    assert np.sqrt(variance[faint]).mean() == pytest.approx(0.3, rel=0.25)
    assert np.sqrt(variance[~faint]).mean() < 0.2


def test_support_vectors_are_those_of_scikit_learn(machine):
    x, y, unsure, one, _ = machine
    unit = (x - x.mean(axis=0)) / x.std(axis=0)
    way = SVR(C=5.0, epsilon=0.1, gamma=0.75 / 2, tol=1e-6).fit(unit, y / y.std())
    places = np.random.default_rng(9).normal(size=(100, 2))
    expected = way.predict((places - x.mean(axis=0)) / x.std(axis=0)) * y.std()
    found, _ = one.predict(places, unsure[:100])
    assert found == pytest.approx(expected, abs=1e-4)


def test_held_out_stars_have_no_part_in_their_support_vectors(machine):
    x, y, unsure, _, (mean, _) = machine
    changed = y.copy()
    changed[7] += 50
    error = np.full(len(y), 0.2)
    _, (again, _) = SupportRegression.fit(x, changed, error, unsure, level=0.0, seed=1)
    assert abs(again[7] - mean[7]) < 1e-9
    assert np.abs(again - mean).max() > 1e-3
    star = np.arange(len(y))
    star[7] = star[8]  # one star, two spectra: neither says anything of the other
    _, star = np.unique(star, return_inverse=True)
    both = [
        SupportRegression.fit(x, known, error, unsure, level=0.0, seed=1, star=star)[1][
            0
        ]
        for known in (y, changed)
    ]
    assert both[0][[7, 8]] == pytest.approx(both[1][[7, 8]], abs=1e-9)


def test_the_factor_of_a_variance_is_that_of_normal_values(rng):
    error, variance = np.full(4000, 0.5), np.full(4000, 0.25)
    off = rng.normal(size=4000) * np.sqrt(4 * variance + error**2)
    assert scatter.factor(off, error, variance, 0.1, 9) == pytest.approx(4, rel=0.1)
    off[:40] += 50  # one in a hundred is wrong
    assert scatter.factor(off, error, variance, 0.1, 9) == pytest.approx(4, rel=0.2)
    assert scatter.factor(0 * off, error, variance, 0.1, 9) == 0.1
    assert scatter.factor(100 * off, error, variance, 0.1, 9) == 9


def test_bad_labels_say_little_of_how_far_off_others_are(rng):
    """Were errors of the bad ones a tenth too small, stars alike would have 9 for 4."""
    error = np.where(np.arange(4000) % 2, 0.3, 3.0)
    variance = np.full(4000, 0.25)
    own = rng.normal(size=4000) * np.where(error > 1, 1.1, 1) * error
    off = rng.normal(size=4000) * 2 * np.sqrt(variance) + own
    assert scatter.factor(off, error, variance, 0.1, 30) == pytest.approx(4, rel=0.12)


def test_the_pull_to_the_mean_is_measured_and_undone(rng):
    """Of answers that keep less than their variances say, though labels have errors."""
    true = rng.normal(size=6000)
    known = true + rng.normal(size=6000) * 0.8
    variance = np.where(np.arange(6000) % 2, 0.2, 0.5)
    share = 0.75 * (1 - variance)
    label = share * true + rng.normal(size=6000) * np.sqrt(variance * share)
    kept = flat.learn(label, variance, known, np.full(6000, 0.8), 1.0, 6000)
    assert kept == pytest.approx(0.75, rel=0.15)
    found, error = flat.undone(kept, label, variance, 0.0, 1.0)
    assert abs(np.polyfit(true, found - true, 1)[0]) < 0.05
    assert ((found - true) / error).std() == pytest.approx(1, rel=0.15)
    assert (error > np.sqrt(variance)).all()
    naive = np.polyfit(true, label / (1 - variance) - true, 1)[0]
    assert naive < -0.2
    nothing, _ = flat.undone(kept, label, np.full(6000, 0.99), 0.0, 1.0)
    assert np.isnan(nothing).all()


def test_labels_without_prior_are_as_far_off_as_they_say_wherever_they_are(rng):
    """A label far from the others is rather one that noise has brought there."""
    true, variance = rng.normal(size=40_000), np.full(40_000, 0.3)
    label = 0.7 * true + rng.normal(size=40_000) * np.sqrt(0.21)
    found, error = flat.undone(flat.AS_SAID, label, variance, 0.0, 1.0)
    for low, high in ((0, 0.5), (1, 1.5), (2, 9)):
        some = (np.abs(found) >= low) & (np.abs(found) < high)
        assert ((found - true) / error)[some].std() == pytest.approx(1, rel=0.05)
    assert np.mean(error**2) == pytest.approx(0.3 / 0.7, rel=0.02)


def test_every_answer_has_the_error_that_held_out_stars_show(rng):
    """Of answers whose variances are too small and too large by a factor of four."""
    known, off = rng.normal(size=2000), rng.normal(size=(3, 2000)) * 0.3
    said = 0.09 * np.array([[0.25], [1.0], [4.0]]) * np.ones(2000)
    held_out = np.stack([known + off, said], axis=1)
    error, open_ = np.full(2000, 0.2), rng.normal(size=2000)
    labels = known + rng.normal(size=2000) * error
    trusted = np.ones(2000, bool)
    learnt = LabelModel.learn(
        (None, None, None), held_out, open_, labels, error, trusted, 1.0, 2000
    )
    ratio = learnt.factors / learnt.factors[1]
    assert ratio == pytest.approx([4, 1, 0.25], rel=0.2)
    label, variance = learnt.blended(held_out, open_)
    assert ((label - known) / np.sqrt(variance)).std() == pytest.approx(1, rel=0.15)


def test_errors_that_labels_share_do_not_widen_the_population(rng):
    """Two scales of one measured metallicity: the same star, and the same error."""
    true = rng.normal(size=3000)
    known = true + rng.normal(size=3000)
    given = Population.of(
        np.stack([known, 1.1 * known], axis=1), np.tile([1.0, 1.1], (3000, 1)),
        ("a", "b"),
    )  # fmt: skip
    assert given.sigma == pytest.approx([1.0, 1.1], rel=0.08)

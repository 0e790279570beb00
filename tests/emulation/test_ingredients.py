"""Each ingredient of Astra 0.6.0 does what it says, and the bare recipe nothing."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from mdwarfs.emulation.bad_pixels import grown, mend
from mdwarfs.emulation.predictor import KEPT, AstraPredictor
from mdwarfs.emulation.recipe import (
    DESCRIPTIONS,
    INGREDIENTS,
    RELEASED,
    VARIANTS,
    Recipe,
)
from mdwarfs.errors import InputError
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.spectra.weighting import weighted
from tests.slam.conftest import draw_labels, observe, true_flux

RUN = {"block": 50, "threads": 1}
FAINT, BRIGHT = slice(0, 60), slice(60, 120)


def test_the_variants_are_nothing_each_all_but_the_weighting_and_all():
    recipes = list(VARIANTS.values())
    assert recipes[0] == Recipe() and recipes[-1] == RELEASED
    assert len(recipes) == len(INGREDIENTS) + 3 == len(set(recipes))
    for name in INGREDIENTS:
        assert VARIANTS[name] == Recipe(**{name: True})
    assert VARIANTS.keys() == DESCRIPTIONS.keys()
    assert all(getattr(RELEASED, name) for name in INGREDIENTS)


def test_without_ingredients_the_labels_are_of_maximum_posterior(
    emulator, finder, strangers
):
    _, flux, ivar = strangers
    found = emulator().predict(flux, ivar, **RUN)
    own = finder.predict(flux, ivar, **RUN)
    np.testing.assert_array_equal(found.labels, own.labels)
    np.testing.assert_allclose(found.covariance, own.covariance, rtol=1e-6, atol=1e-12)
    for name in ("chi2", "dof", "n_good", "n_outliers", "status", "flags"):
        np.testing.assert_array_equal(getattr(found, name), getattr(own, name))


def test_blocks_and_threads_change_nothing(emulator, strangers):
    _, flux, ivar = (part[25:95] for part in strangers)
    every = emulator(**dict.fromkeys(INGREDIENTS, True))
    one = every.predict(flux, ivar, block=200, threads=1)
    three = every.predict(flux, ivar, block=50, threads=3)
    np.testing.assert_array_equal(one.labels, three.labels)


def test_a_prior_is_refused(emulator, strangers):
    with pytest.raises(InputError, match="prior"):
        emulator().predict(
            *strangers[1:], **RUN, prior={"feh": {"mean": 0, "sigma": 1}}
        )


# the pixel cut


def test_the_cut_leaves_pixels_less_noisy_than_their_scatter(
    emulator, model, strangers
):
    _, flux, ivar = strangers
    *_, after = emulator(pixel_cut=True).weigh(flux, ivar)
    scatter = np.asarray(model.pixels["scale"])
    quiet = (ivar > 0) & (1 / np.sqrt(np.where(ivar > 0, ivar, 1)) <= scatter)
    np.testing.assert_array_equal(after > 0, quiet)


def test_the_cut_takes_most_pixels_of_faint_stars_and_few_of_bright_ones(
    emulator, strangers
):
    _, flux, ivar = strangers
    found = emulator(pixel_cut=True).predict(flux, ivar, **RUN)
    assert np.median(found.n_good[FAINT]) < 0.2 * flux.shape[1]
    assert np.median(found.n_good[BRIGHT]) > 0.9 * flux.shape[1]
    assert (found.flags[FAINT] & Flag.FEW_PIXELS).any()


@pytest.mark.parametrize(("snr", "costs"), [(16, True), (60, False)])
def test_the_cut_costs_scatter_where_noise_is_like_the_scatter(emulator, snr, costs):
    rng = np.random.default_rng(9)
    truth = draw_labels(200, rng)
    flux, ivar = observe(true_flux(truth, 40), np.full(200, snr), rng)
    own, cut = (
        (emulator(pixel_cut=on).predict(flux, ivar, **RUN).labels - truth).std(0)
        for on in (False, True)
    )
    assert np.all(cut > 1.15 * own) if costs else np.all(cut < 1.05 * own)


@pytest.mark.parametrize("first_guess", [False, True])
def test_a_star_without_pixels_keeps_its_first_guess_with_zero_error(
    emulator, model, strangers, first_guess
):
    _, flux, ivar = (part[[0, 1, 60]] for part in strangers)
    ivar[0] *= 1e-4  # every pixel is good, and noisier than it scatters
    ivar[1] = 0
    found = emulator(pixel_cut=True, first_guess=first_guess).predict(flux, ivar, **RUN)
    assert found.status[0] == KEPT and found.n_good[0] == 0
    np.testing.assert_array_equal(found.covariance[0], 0)
    assert np.isclose(model.labels, found.labels[0], rtol=1e-12).all(1).any()
    assert found.flags[0] & Flag.NO_LABELS and found.flags[0] & Flag.FEW_PIXELS
    assert found.status[1] == "no good pixels" and np.isnan(found.labels[1]).all()
    assert found.status[2] == "ok" and not found.flags[2] & Flag.NO_LABELS


def test_a_star_of_which_mending_leaves_nothing_is_taken_for_the_first_training_star(
    emulator, model, strangers
):
    _, flux, ivar = (part[[60, 61]] for part in strangers)
    ivar[0] = 0.5 * (ivar[0] > 0)
    found = emulator(mended_pixels=True, first_guess=True).predict(flux, ivar, **RUN)
    assert found.status.tolist() == [KEPT, "ok"]
    np.testing.assert_allclose(found.labels[0], model.labels[0])


# the loss


@pytest.mark.parametrize("first_guess", [False, True])
def test_soft_l1_resists_outliers(emulator, strangers, first_guess):
    truth, flux, ivar = (part[BRIGHT][::2].copy() for part in strangers)
    flux[:, [3, 17, 29]] += 0.5
    spread = {}
    for soft in (False, True):
        one = emulator(soft_l1=soft, first_guess=first_guess, kept_outliers=True)
        error = one.predict(flux, ivar, **RUN).labels - truth
        spread[soft] = np.sqrt((error**2).mean(0))
    assert np.all(spread[True] < 0.7 * spread[False])


# outliers


@pytest.mark.dag
@pytest.mark.parametrize("first_guess", [False, True])
def test_outliers_are_dropped_unless_they_are_kept(emulator, strangers, first_guess):
    truth, flux, ivar = (part[BRIGHT][::2].copy() for part in strangers)
    flux[:, 17] += 0.5
    ivar[:, 17] = ivar[:, 16]
    masked = np.where(np.arange(40) == 17, 0.0, ivar)
    kept, dropped = (
        emulator(kept_outliers=keep, first_guess=first_guess).predict(flux, ivar, **RUN)
        for keep in (True, False)
    )
    known = emulator(first_guess=first_guess).predict(flux, masked, **RUN)
    assert kept.n_outliers.sum() == 0
    np.testing.assert_array_equal(dropped.n_outliers, ivar[:, 17] > 0)
    np.testing.assert_array_equal(dropped.dof, known.dof)
    error = [np.abs(one.labels - truth).mean(0) for one in (kept, dropped, known)]
    assert np.all(error[1] < 0.7 * error[0])
    np.testing.assert_allclose(error[1], error[2], rtol=0.02)


# the error of the model


def test_the_variance_is_the_square_of_the_training_error(
    emulator, model, survey, spectral
):
    labels, flux, ivar = survey
    scale = np.asarray(model.pixels["scale"])
    good = ivar > 0
    square = np.where(good, (spectral.spectra(labels) - flux) / scale, 0) ** 2
    mse = square.sum(0) / good.sum(0)
    variance = emulator(training_mse=True).variance
    np.testing.assert_allclose(variance, mse**2 * scale**2, rtol=1e-4)
    np.testing.assert_array_equal(emulator().variance, model.pixels["variance"])


def test_pixels_that_the_model_does_not_fit_are_dropped(model, survey, strangers):
    _, flux, ivar = survey
    spoilt = flux.copy()
    spoilt[:, 5] += 3 * model.pixels["scale"][5]
    one = AstraPredictor.of(model, spoilt, ivar, Recipe(training_mse=True))
    *_, after = one.weigh(*strangers[1:])
    assert (after[:, 5] == 0).all()
    assert (after[:, 6] > 0).mean() > 0.9


# the weighting


def test_errors_taken_for_inverse_variances_mislead(emulator, as_set, strangers):
    """A quarter of the pixels is noisy: the weighting of Astra counts them most."""
    truth, flux, ivar = (part[BRIGHT].copy() for part in strangers)
    rng = np.random.default_rng(8)
    ivar[:, ::4] = np.where(ivar[:, ::4] > 0, 5.0**2, 0)
    flux[:, ::4] += rng.normal(size=flux[:, ::4].shape) / 5.0
    spread = {}
    for name in ("ivar", "astra-0.6.0"):
        stars = weighted(as_set(flux, ivar), name)
        found = emulator().predict(stars.flux, stars.ivar, **RUN)
        spread[name] = (found.labels - truth).std(0)
    assert np.all(spread["astra-0.6.0"] > 1.5 * spread["ivar"])


# the first guess, and the fit from it


def test_the_first_guess_is_the_training_star_of_most_similar_spectrum(
    emulator, model, survey
):
    _, flux, ivar = survey
    one = emulator(first_guess=True)
    observed, before, _ = one.weigh(flux, ivar)
    np.testing.assert_array_equal(one.first_guess(observed, before), one.places)


def test_bad_pixels_of_training_spectra_do_not_enter_the_first_guess(
    model, survey, strangers
):
    _, flux, ivar = survey
    recipe = Recipe(first_guess=True)
    guesses = []
    for filling in (1.0, np.nan, 1e3):
        one = AstraPredictor.of(model, np.where(ivar > 0, flux, filling), ivar, recipe)
        observed, before, _ = one.weigh(*strangers[1:])
        guesses.append(one.first_guess(observed, before))
    np.testing.assert_array_equal(guesses[0], guesses[1])
    np.testing.assert_array_equal(guesses[0], guesses[2])


@pytest.mark.dag
def test_the_fit_is_that_of_scipy_with_its_own_jacobian(
    emulator, model, strangers, spectral
):
    _, flux, ivar = strangers
    rows = [2, 30, 61, 90]
    one = emulator(first_guess=True, soft_l1=True)
    found = one.predict(flux[rows], ivar[rows], **RUN)
    observed, before, after = one.weigh(flux[rows], ivar[rows])
    start = one.first_guess(observed, before)
    sigma = np.sqrt(np.diagonal(found.covariance, axis1=1, axis2=2))
    for k in range(len(rows)):
        root = np.sqrt(after[k])

        def residual(x, k=k, root=root):
            return root * (observed[k] - spectral.spectra(model.scale.back(x))[0])

        slow = least_squares(residual, start[k], loss="soft_l1", diff_step=1e-3)
        assert found.chi2[k] == pytest.approx(2 * slow.cost, rel=1e-3)
        apart = (found.labels[k] - model.scale.back(slow.x)) / sigma[k]
        assert np.abs(apart).max() < 0.05
    assert np.all(found.status == "ok") and np.all(sigma > 0)


def test_the_fit_has_no_bounds(emulator, model, spectral):
    """A spectrum hotter than all training stars: the posterior ends at the edge."""
    middle = model.labels.mean(0)
    slope = spectral.spectra(middle + [0, 450, 0]) - spectral.spectra(middle)
    flux = spectral.spectra(middle) + 3 * slope
    ivar = np.full_like(flux, 1e4)
    bounded = emulator().predict(flux, ivar, **RUN)
    free = emulator(first_guess=True).predict(flux, ivar, **RUN)
    assert bounded.flags[0] & Flag.AT_EDGE and not free.flags[0] & Flag.AT_EDGE
    assert free.chi2[0] < bounded.chi2[0]


def test_one_pixel_is_enough_for_the_released_fit_but_not_for_this_one(
    emulator, strangers
):
    _, flux, ivar = (part[60:62].copy() for part in strangers)
    ivar[:, 2:] = 0
    own, free = (
        emulator(pixel_cut=True, first_guess=on).predict(flux, ivar, **RUN)
        for on in (False, True)
    )
    assert own.status.tolist() == [KEPT, KEPT]
    assert free.status.tolist() == ["ok", "ok"] and np.isfinite(free.labels).all()
    values = np.linalg.eigvalsh(
        free.covariance / free.covariance.max((1, 2))[:, None, None]
    )
    assert np.all(np.abs(values[:, 0]) < 1e-6)  # of a direction not known: no variance


# the pixels that are mended


def test_flux_is_clipped_as_the_released_code_clips_it():
    flux = np.array([[1.0, 2.5, -0.2, 1.1, 2.0, 0.9]])
    clipped, weight = mend(flux, np.full(flux.shape, 9.0))
    np.testing.assert_array_equal(clipped, [[1.0, 1.0, 0.0, 1.1, 2.0, 0.9]])
    np.testing.assert_array_equal(weight, [[9, 0, 0, 0, 9, 9]])  # flux 0: dropped


def test_pixels_of_small_weight_are_dropped():
    weight = np.array([[4.0, 4.0, 4.0, 1.0, 4.0, 4.0]])
    _, kept = mend(np.ones(weight.shape), weight)
    np.testing.assert_array_equal(kept > 0, [[1, 1, 0, 0, 0, 1]])


@pytest.mark.parametrize(
    ("length", "growth"), [(1, 1), (2, 1), (5, 1), (6, 2), (7, 2), (40, 2)]
)
@pytest.mark.parametrize("place", ["first", "middle", "last"])
def test_runs_of_bad_pixels_grow_by_a_quarter_of_their_length(length, growth, place):
    bad = np.zeros((2, 60), bool)
    start = {"first": 0, "middle": 8, "last": 60 - length}[place]
    bad[1, start : start + length] = True
    wanted = np.zeros((2, 60), bool)
    wanted[1, max(start - growth, 0) : start + length + growth] = True
    np.testing.assert_array_equal(grown(bad), wanted)


def test_mended_pixels_are_those_that_the_fit_uses(emulator, strangers):
    _, flux, ivar = (part[BRIGHT].copy() for part in strangers)
    flux[0, 10] = 3.0
    ivar[0] = 1e4
    observed, *_ = emulator(mended_pixels=True).weigh(flux, ivar)
    plain, *_ = emulator().weigh(flux, ivar)
    assert observed[0, 10] == 1.0 and plain[0, 10] == 3.0

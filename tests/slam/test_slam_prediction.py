"""Maximum-posterior labels against a slow, independent search, and against truth."""

import numpy as np
import pytest
from astropy.table import Table
from scipy.optimize import least_squares

from mdwarfs.slam.infer.flags import Flag
from mdwarfs.slam.infer.losses import squared
from mdwarfs.slam.infer.prior import Prior
from mdwarfs.slam.infer.starts import Starts
from mdwarfs.slam.labeller import labeller
from mdwarfs.slam.model import SupportVectors
from mdwarfs.slam.pixel_columns import COLUMNS
from mdwarfs.slam.slam_spectra import SlamSpectra


@pytest.fixture(scope="module")
def prediction(finder, strangers):
    _, flux, ivar = strangers
    return finder.predict(flux, ivar, block=50, threads=1)


def test_jacobian_is_the_derivative(spectral):
    t = np.random.default_rng(0).normal(size=(6, 3))
    flux, jacobian = spectral.flux_and_jacobian(t)
    np.testing.assert_allclose(flux, spectral.flux(t), rtol=2e-7)
    h = 1e-2
    for d in range(3):
        step = h * np.eye(3)[d]
        # differences of fourth order, so that float32 fluxes allow a large step
        terms = [spectral.flux(t + k * step).astype(float) for k in (-2, -1, 1, 2)]
        slope = (terms[0] - 8 * terms[1] + 8 * terms[2] - terms[3]) / (12 * h)
        np.testing.assert_allclose(jacobian[d], slope, atol=5e-5)


def spectra_of(labels, gamma, dual):
    """Of a SLAM with one gamma, and coefficients in the unit of the flux."""
    p = dual.shape[1]
    pixels = Table({name: np.zeros(p) for name in COLUMNS})
    pixels["scale"], pixels["gamma"] = 1.0, gamma
    names = tuple("abcd")
    wavelength = np.arange(p) + 6000.0
    slam = SupportVectors(
        names, labels, np.arange(len(labels)), wavelength, pixels, dual, {}, {}
    )
    return SlamSpectra(slam)


def test_sums_that_cancel_are_exact():
    """Coefficients of 1e4 and more, of which 1e-5 is left, as at large C."""
    rng = np.random.default_rng(6)
    labels = rng.normal(size=(150, 4))
    labels = (labels - labels.mean(0)) / labels.std(0)  # standardised as they are
    for gamma in (0.01, 0.3):
        square = ((labels[:, None] - labels) ** 2).sum(-1)
        ridge = np.exp(-gamma * square) + 1e-8 * np.eye(150)
        smooth = np.tanh(labels @ rng.normal(size=(4, 30)))
        dual = np.linalg.solve(ridge, smooth)
        mild = rng.normal(0, 0.01, (150, 30))
        assert np.abs(dual).max() > 100
        spectra = spectra_of(labels, gamma, np.c_[dual, mild])
        t = rng.normal(size=(20, 4))
        square = ((t[:, None] - labels) ** 2).sum(-1)
        exact = np.exp(-gamma * square) @ np.c_[dual, mild]
        scale = np.abs(exact).max()
        np.testing.assert_allclose(spectra.flux(t), exact, atol=1e-5 * scale)
        single = np.exp(-gamma * square).astype("f4") @ dual.astype("f4")
        if gamma < 0.1:
            assert np.abs(single - exact[:, :30]).max() > 1e-4 * scale


def test_curvature_is_the_derivative_of_the_jacobian(spectral):
    rng = np.random.default_rng(0)
    t = rng.normal(size=(6, 3))
    weight = rng.normal(size=(6, 40)).astype(np.float32)
    found, h = spectral.curvature(t, weight), 1e-2
    for d in range(3):
        step = h * np.eye(3)[d]
        up, down = (spectral.flux_and_jacobian(t + k * step)[1] for k in (1, -1))
        slope = np.einsum("dsp,sp->sd", (up - down) / (2 * h), weight)
        np.testing.assert_allclose(found[:, d], slope, atol=2e-3 * abs(found).max())


def test_model_spectra_sum_the_kernel_functions(model, strangers, spectral):
    labels = strangers[0][:20]
    pixels, x = model.pixels, model.scale.forward(model.labels)
    square = ((model.scale.forward(labels)[:, None] - x) ** 2).sum(-1)
    kernel = np.exp(-square[:, :, None] * np.asarray(pixels["gamma"]))
    sums = (kernel * model.dual).sum(1) + pixels["intercept"]
    expected = pixels["mean"] + pixels["scale"] * sums
    np.testing.assert_allclose(spectral.spectra(labels), expected, atol=1e-6)


@pytest.mark.dag
def test_posterior_maximum_is_that_of_a_slow_search(
    model, strangers, prediction, finder, spectral
):
    labels, flux, ivar = strangers
    rng = np.random.default_rng(3)
    variance = np.asarray(model.pixels["variance"])
    domain = finder.domain
    worse = 0
    for star in range(0, 120, 20):
        good = ivar[star] > 0
        sigma = np.sqrt(1 / ivar[star, good] + variance[good])

        def residual(place, star=star, good=good, sigma=sigma):
            spectrum = spectral.spectra(model.scale.back(domain.outward(place[None])))
            return (flux[star, good] - spectrum[0, good]) / sigma

        starts = [domain.inward(model.scale.forward(labels[star][None]))[0]]
        starts += list(rng.uniform(domain.low, domain.high, (5, 3)))
        limits = domain.low - 1e-9, domain.high + 1e-9
        least = min(
            2
            * least_squares(
                residual, np.clip(start, *limits), bounds=limits, diff_step=1e-3
            ).cost
            for start in starts
        )
        excess = prediction.chi2[star] - least
        assert excess < 1 or prediction.flags[star] & Flag.MULTIPLE_MINIMA
        worse += excess > 0.01
    assert worse == 0


def test_labels_are_recovered(strangers, prediction):
    """Unbiased within the errors; the scatter falls with signal-to-noise."""
    assert (prediction.status == "ok").all()
    error = prediction.labels - strangers[0]
    faint, bright = error[:60], error[60:]
    for part in (faint, bright):
        assert np.all(np.abs(part.mean(0)) < 4 * part.std(0) / np.sqrt(60))
    assert np.all(bright.std(0) < 0.5 * faint.std(0))
    assert np.all(bright.std(0) < 0.15 * strangers[0].std(0))
    sigma = np.sqrt(np.diagonal(prediction.covariance, axis1=1, axis2=2))
    pull = (error / sigma)[60:].std(0)
    assert np.all((pull > 0.6) & (pull < 2))


def test_chi_square_is_that_of_the_model_spectrum(
    model, strangers, prediction, spectral
):
    _, flux, ivar = strangers
    total = 1 / np.where(ivar > 0, ivar, np.inf) + np.asarray(model.pixels["variance"])
    weight = np.where(ivar > 0, 1 / total, 0)
    weight[ivar == 0] = 0
    residual = np.where(ivar > 0, flux - spectral.spectra(prediction.labels), 0)
    np.testing.assert_allclose(
        prediction.chi2, (weight * residual**2).sum(1), rtol=1e-3
    )
    np.testing.assert_array_equal(prediction.dof, (ivar > 0).sum(1) - 3)
    assert np.median(prediction.chi2 / prediction.dof) == pytest.approx(1, abs=0.15)


def test_rounding_of_the_model_does_not_keep_a_fit_from_converging():
    from mdwarfs.slam.infer.losses import squared
    from mdwarfs.slam.infer.posterior import Posterior, minimise
    from mdwarfs.slam.infer.prior import Prior

    class Domain:
        low, high, axes = np.full(1, -3.0), np.full(1, 3.0), np.eye(1)

        def outward(self, place):
            return place

    class Steps:
        def flux(self, t):
            return np.round(t / 0.04) * 0.04

        def flux_and_jacobian(self, t):
            return self.flux(t), np.ones((1, *t.shape))

        def curvature(self, t, weight):
            return np.zeros((len(t), 1, 1))

    between = np.array([[0.5]])  # no label gives this flux
    posterior = Posterior(
        Steps(), Domain(), between, np.ones((1, 1)), Prior.flat(1), squared
    )
    found = minimise(posterior, np.zeros(1, int), np.zeros((1, 1)))
    assert found.converged[0]
    assert found.chi2[0] == pytest.approx(0.02**2, rel=1e-6)


def test_bad_pixels_take_no_part(finder, strangers, prediction):
    _, flux, ivar = (part.copy() for part in strangers)
    flux[ivar == 0] = np.nan
    again = finder.predict(flux, ivar, block=50, threads=1)
    np.testing.assert_array_equal(again.labels, prediction.labels)


def test_same_labels_for_any_number_of_threads(finder, strangers, prediction):
    again = finder.predict(*strangers[1:], block=50, threads=3)
    np.testing.assert_array_equal(again.labels, prediction.labels)
    np.testing.assert_array_equal(again.covariance, prediction.covariance)


def test_block_changes_nothing(finder, strangers, prediction):
    for block in (1, 100, 1000):
        other = finder.predict(*strangers[1:], block=block, threads=1)
        for name in ("labels", "covariance", "chi2", "flags", "n_iter"):
            np.testing.assert_array_equal(
                getattr(other, name), getattr(prediction, name)
            )


def test_stars_without_enough_pixels_have_no_labels(finder, strangers):
    _, flux, ivar = (part[:4].copy() for part in strangers)
    ivar[0] = 0
    ivar[1, 3:] = 0
    ivar[2, 15:] = 0
    flux[3] = np.nan
    found = finder.predict(flux, ivar, block=50, threads=1)
    assert found.status.tolist() == [
        "no good pixels", "too few good pixels", "ok", "no good pixels",
    ]  # fmt: skip
    assert np.isnan(found.labels[[0, 1, 3]]).all()
    assert np.isnan(found.covariance[[0, 1, 3]]).all()
    assert np.isfinite(found.labels[2]).all()
    assert (found.flags[[0, 1, 3]] & Flag.NO_LABELS).all()
    assert (found.flags & Flag.FEW_PIXELS).all()


def test_hardly_more_pixels_than_labels_are_enough_to_go_on(finder, strangers):
    """Some directions are then unknown, but for rounding."""
    flux, ivar = strangers[1], 1e6 * np.ones_like(strangers[2])
    rng = np.random.default_rng(3)
    for row in ivar:
        row[rng.permutation(40)[4:]] = 0
    found = finder.predict(flux, ivar, block=120, threads=1)
    assert np.isfinite(found.labels).all()
    assert (found.n_good == 4).all() and (found.dof == 1).all()


def test_absurd_flux_is_that_of_a_bad_pixel(finder, strangers):
    _, flux, ivar = (part[60:].copy() for part in strangers)
    masked = ivar.copy()
    for k, absurd in enumerate([1e7, -1e19, 1e30, np.inf]):
        flux[k::4, k::8], masked[k::4, k::8] = absurd, 0.0
    found, expected = (
        finder.predict(flux, weight, block=60, threads=1) for weight in (ivar, masked)
    )
    np.testing.assert_array_equal(found.labels, expected.labels)
    assert np.isfinite(found.chi2).all() and np.all(found.n_good <= 36)


def test_star_beyond_the_training_set_is_flagged_not_clipped(model, finder, spectral):
    """A spectrum hotter than all training stars ends at the edge, and is told so."""
    from_inside = model.labels.mean(0)
    direction = spectral.spectra(from_inside + [0, 450, 0]) - spectral.spectra(
        from_inside
    )
    flux = spectral.spectra(from_inside) + 3 * direction
    found = finder.predict(flux, np.full_like(flux, 1e4), block=1, threads=1)
    assert found.flags[0] & Flag.OUTSIDE_HULL
    assert found.flags[0] & (Flag.AT_EDGE | Flag.LOW_DENSITY)
    assert found.labels[0, 1] > model.labels[:, 1].max()


def test_fits_that_end_at_the_edge_or_too_early_say_so(
    model, strangers, monkeypatch, finder
):
    flux, ivar = strangers[1][:20], strangers[2][:20]
    beyond = {"teff": {"mean": 9000.0, "sigma": 1.0}}
    found = finder.predict(flux, ivar, block=20, threads=1, prior=beyond)
    assert (found.flags & Flag.AT_EDGE > 0).all()
    place = finder.domain.inward(model.scale.forward(found.labels))
    assert np.all(place <= finder.domain.high + 1e-9)
    assert np.all(place >= finder.domain.low - 1e-9)
    monkeypatch.setattr("mdwarfs.slam.infer.posterior.MAX_ITERATIONS", 1)
    found = finder.predict(flux, ivar, block=20, threads=1)
    unfinished = found.flags & Flag.NOT_CONVERGED > 0
    assert unfinished.sum() > 10
    np.testing.assert_array_equal(found.status == "not converged", unfinished)


def test_stars_like_the_training_set_are_inside_its_domain(model, prediction, finder):
    x = finder.domain.inward(model.scale.forward(model.labels))
    assert not finder.domain.outside_hull(x).any()
    assert (finder.domain.sparseness(x) <= 1).mean() >= 0.98
    centre, far = np.zeros((1, 3)), np.full((1, 3), 9.0)
    assert not finder.domain.outside_hull(centre)[0]
    assert finder.domain.outside_hull(far)[0]
    assert finder.domain.outside_hull(far, 0.1 * np.eye(3)[None])[0]
    assert not finder.domain.outside_hull(far, 100 * np.eye(3)[None])[0]
    assert not finder.domain.outside_hull(far, np.full((1, 3, 3), np.inf))[0]
    assert finder.domain.sparseness(far)[0] > 1 > finder.domain.sparseness(centre)[0]
    bright = prediction.flags[60:]
    assert np.mean(bright & Flag.AT_EDGE > 0) < 0.1
    # these labels are draws from the same distribution, measured with large errors
    assert np.mean(prediction.flags & Flag.OUTSIDE_HULL > 0) < 0.1


def test_two_fits_that_are_equally_good_are_told(model):
    """A degenerate model: flux depends on the square of the first coordinate."""
    from mdwarfs.slam.infer import posterior

    class Domain:
        low, high, axes = np.full(2, -3.0), np.full(2, 3.0), np.eye(2)

        def outward(self, place):
            return place

    class Square:
        def flux(self, t):
            return np.stack([t[:, 0] ** 2, t[:, 1], t.sum(1) * 1e-3], axis=1)

        def curvature(self, t, weight):
            return weight[:, :1, None] * np.diag([2.0, 0.0])

        def flux_and_jacobian(self, t):
            one, zero = np.ones(len(t)), np.zeros(len(t))
            jacobian = np.stack(
                [
                    np.stack([2 * t[:, 0], zero, 1e-3 * one], axis=1),
                    np.stack([zero, one, 1e-3 * one], axis=1),
                ]
            )
            return self.flux(t), jacobian

    places = np.stack(np.meshgrid(*2 * [np.linspace(-2.5, 2.5, 11)]), -1).reshape(-1, 2)
    square = Square()
    templates = square.flux(places)
    flux = np.array([[1.9, 0.3, 0.0], [0.0, 0.3, 0.0]])
    problem = posterior.Posterior(
        square, Domain(), flux, np.full_like(flux, 400.0), Prior.flat(2), squared
    )
    starts = Starts.of(places, templates)
    cost = posterior.coarse_cost(problem, starts)
    found = posterior.search(problem, starts, cost)
    assert found.rival.tolist() == [True, False]
    np.testing.assert_allclose(
        abs(found.coordinates[0]), [np.sqrt(1.9), 0.3], atol=1e-2
    )


def test_table_describes_itself(prediction, stamp, tmp_path):
    from mdwarfs import tables

    tables.write(prediction.table(), tmp_path / "predictions.fits", stamp)
    table = tables.read(tmp_path / "predictions.fits")
    assert table.colnames[:6] == ["feh", "teff", "logg", "e_feh", "e_teff", "e_logg"]
    assert table["covariance"].shape == (120, 3, 3)
    np.testing.assert_allclose(
        table["e_teff"], np.sqrt(table["covariance"][:, 1, 1]), rtol=1e-12
    )
    assert "feh, teff, logg" in table["covariance"].info.description
    assert "64 low_snr" in table["flags"].info.description


def test_a_model_that_learnt_nothing_says_so(survey, options):
    labels, flux, ivar = survey
    finder = labeller(SupportVectors.fit(labels, np.ones_like(flux), ivar, **options))
    np.testing.assert_allclose(finder.model.spectra(labels[:2]), 1.0)
    result = finder.predict(flux[:3], ivar[:3], block=2, threads=1)
    assert (result.status == "no good pixels").all()


def test_labels_that_repeat_one_another_have_no_edge_between_them(survey, options):
    labels, flux, ivar = survey
    twice = np.c_[labels, labels[:, 0]]
    changes = {"label_names": (*options["label_names"], "again")}
    changes["grid"] = {"C": [10.0], "epsilon": [0.05], "gamma": [0.1]}
    finder = labeller(SupportVectors.fit(twice, flux, ivar, **options | changes))
    result = finder.predict(flux[:30], ivar[:30], block=30, threads=1)
    assert (result.flags & int(Flag.AT_EDGE)).astype(bool).mean() < 0.5

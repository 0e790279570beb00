"""Minima and draws of the posterior of one star."""

import numpy as np
import pytest

from mdwarfs.slam.infer.map import MaximumPosterior
from mdwarfs.slam.spectral_model import SpectralModel
from mdwarfs.star.posterior import posterior
from tests.star.small import FAINT, NAMES, SPOILT


def test_of_a_bright_star_it_is_its_labels_and_their_covariance(predictor, sky):
    found = posterior(predictor, sky.flux[55], sky.ivar[55])
    answer = predictor.predict(sky.flux[55:56], sky.ivar[55:56], block=1, threads=1)
    assert found.names == NAMES
    np.testing.assert_allclose(found.minima[0], answer.labels[0], rtol=1e-3)
    assert found.depth.tolist() == [0] and found.share.tolist() == [1]
    sigma = np.sqrt(np.diagonal(answer.covariance[0]))
    np.testing.assert_allclose(found.errors[0], sigma, rtol=0.02)
    # the spectra are nearly linear over such small errors
    np.testing.assert_allclose(found.draws.std(0), sigma, rtol=0.15)
    assert (np.abs(found.draws.mean(0) - answer.labels[0]) < 0.3 * sigma).all()
    assert found.effective > 1000


def test_draws_have_the_density_of_the_posterior(predictor, sky):
    """Along a label, by brute force: a grid of the two others, of a faint star."""
    flux, ivar = sky.flux[FAINT], sky.ivar[FAINT] * 4
    found = posterior(predictor, flux, ivar, draws=6000)
    model, domain = predictor.model, predictor.domain
    axes = [np.linspace(low, high, 31) for low, high in zip(domain.low, domain.high)]
    places = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
    labels = model.scale.back(domain.outward(places))
    good = ivar > 0
    weight = 1 / (1 / ivar[good] + model.variance[good[model.informative]])
    spectra = model.spectra(labels)[:, good]
    chi2 = (weight * (flux[good] - spectra) ** 2).sum(1)
    density = np.exp(-0.5 * (chi2 - chi2.min()))
    density /= density.sum()
    mean = density @ labels
    width = np.sqrt(density @ (labels - mean) ** 2)
    np.testing.assert_allclose(found.draws.std(0), width, rtol=0.06)
    assert (np.abs(found.draws.mean(0) - mean) < 0.08 * width).all()
    deepest = labels[chi2.argmin()]
    assert (np.abs(found.minima[0] - deepest) < 0.5 * width).all()


def test_all_minima_are_found_and_share_the_draws():
    """A model that is even in a label: a star is as like either sign of it."""
    flux = np.where(Even.half, 1.1, 1.0)
    found = posterior(MaximumPosterior(Even()), flux, np.full(Even.p, 400.0))
    assert len(found.minima) == 2
    np.testing.assert_allclose(np.sort(found.minima[:, 0]), [-1, 1], atol=0.02)
    assert found.depth[1] == pytest.approx(0, abs=0.01)
    np.testing.assert_allclose(found.share, 0.5, atol=0.05)


class Even(SpectralModel):
    """Flux of pixels: half of them go with the square of the first label."""

    p = 40
    half = np.arange(p) < p // 2
    label_names = ("feh", "teff")
    labels = np.random.default_rng(1).normal(size=(200, 2))
    wavelength = 6000.0 + np.arange(p)
    normalisation = {}
    informative = np.ones(p, bool)
    variance = np.full(p, 1e-6)
    level = np.full(p, np.nan)

    def flux(self, t):
        x = self.scale.back(t)
        flux = 1 + 0.1 * np.where(self.half, x[:, :1] ** 2, x[:, 1:])
        return flux.astype(np.float32)

    def flux_and_jacobian(self, t):
        x, width = self.scale.back(t), self.scale.scale
        first = np.where(self.half, 0.2 * width[0] * x[:, :1], 0)
        other = np.broadcast_to(np.where(self.half, 0, 0.1 * width[1]), first.shape)
        return self.flux(t), np.stack([first, other]).astype(np.float32)

    def curvature(self, t, weight):
        out = np.zeros((len(t), 2, 2))
        out[:, 0, 0] = (weight * self.half).sum(1) * 0.2 * self.scale.scale[0] ** 2
        return out


def test_outliers_take_no_part(predictor, sky):
    spoilt = posterior(predictor, sky.flux[SPOILT], sky.ivar[SPOILT])
    ivar = sky.ivar[SPOILT].copy()
    ivar[[7, 30]] = 0
    without = posterior(predictor, sky.flux[SPOILT], ivar)
    np.testing.assert_allclose(spoilt.minima, without.minima, rtol=1e-4)


def test_a_prior_narrows_it(predictor, sky):
    flat = posterior(predictor, sky.flux[FAINT], sky.ivar[FAINT])
    prior = {"feh": {"mean": 0.0, "sigma": 0.05}}
    known = posterior(predictor, sky.flux[FAINT], sky.ivar[FAINT], prior)
    assert known.draws[:, 0].std() < 0.06 < flat.draws[:, 0].std()


def test_the_same_seed_draws_the_same(predictor, sky):
    one, same, other = (
        posterior(predictor, sky.flux[3], sky.ivar[3], draws=200, seed=seed).draws
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()


def test_a_star_without_good_pixels_has_none(predictor, sky):
    assert posterior(predictor, sky.flux[3], np.zeros_like(sky.ivar[3])) is None

"""Draws from the posteriors of many stars, and of those that a catalogue flags."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.slam.infer.drawn_stars import FLAGGED, described, draw_stars
from mdwarfs.slam.infer.draws import draw
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.slam.infer.map import MaximumPosterior
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.star.posterior import posterior
from tests.star.small import EMPTY, FAINT, NAMES
from tests.star.test_label_posterior import Even

SOME = np.array([3, 55, FAINT])


@pytest.fixture(scope="module")
def found(predictor, sky):
    flux, ivar = sky.flux[SOME], sky.ivar[SOME]
    return draw(predictor, flux, ivar, SOME + 1, draws=256, seed=1)


def test_they_have_the_distribution_that_one_star_is_shown_with(found, predictor, sky):
    assert found.labels.shape == (3, 3, 256) and found.labels.dtype == np.float32
    assert (found.effective == 256).all()
    for k, row in enumerate(SOME):
        long = posterior(predictor, sky.flux[row], sky.ivar[row]).draws
        sigma = long.std(0)
        # a standard error is a sixteenth of a standard deviation
        assert (np.abs(found.labels[k].mean(1) - long.mean(0)) < 0.25 * sigma).all()
        np.testing.assert_allclose(found.labels[k].std(1), sigma, rtol=0.2)


def test_a_star_alone_has_the_same_draws(found, predictor, sky):
    for k, row in enumerate(SOME):
        flux, ivar, star = sky.flux[[row]], sky.ivar[[row]], np.array([row + 1])
        alone = draw(predictor, flux, ivar, star, draws=256, seed=1)
        same = np.isclose(alone.labels[0], found.labels[k], rtol=1e-4, atol=1e-4)
        assert same.mean() > 0.95


def test_draws_hang_on_seed_and_star_alone(predictor, sky):
    flux, ivar = sky.flux[[3, 3]], sky.ivar[[3, 3]]
    one = draw(predictor, flux, ivar, np.array([5, 6]), draws=64, seed=1).labels
    again = draw(predictor, flux, ivar, np.array([5, 6]), draws=64, seed=1).labels
    other = draw(predictor, flux, ivar, np.array([5, 6]), draws=64, seed=2).labels
    np.testing.assert_array_equal(one, again)
    assert (one[0] != one[1]).any() and (one != other).any()


def test_both_of_two_minima_have_their_share():
    flux = np.where(Even.half, 1.1, 1.0)[None]
    predictor = MaximumPosterior(Even())
    ivar = np.full((1, Even.p), 400.0)
    found = draw(predictor, flux, ivar, np.ones(1, int), draws=512, seed=0)
    assert found.minima[0] == 2
    assert (found.labels[0, 0] > 0).mean() == pytest.approx(0.5, abs=0.12)


def test_a_star_without_good_pixels_has_none(predictor, sky):
    ivar = sky.ivar[[3, 55]].copy()
    ivar[0] = 0
    found = draw(predictor, sky.flux[[3, 55]], ivar, np.array([1, 2]), draws=64, seed=0)
    assert np.isnan(found.labels[0]).all() and found.effective[0] == 0
    assert np.isfinite(found.labels[1]).all()


def test_only_stars_that_are_flagged_are_drawn_for(predictor, sky):
    """By any number of threads; and those without a spectrum have nothing."""
    ids = np.arange(len(sky.flux)) + 10**9
    status = np.where(np.arange(len(ids)) == EMPTY, "no file", "ok")
    stars = Table({"source_id": ids, "sdss_id": ids, "status": status, "snr": sky.snr})
    spectra = SpectrumSet(predictor.wavelength, sky.flux, sky.ivar, stars)
    flags = np.zeros(len(ids), int)
    flags[[3, 55]], flags[EMPTY] = [Flag.AT_EDGE, Flag.MULTIPLE_MINIMA], Flag.AT_EDGE
    flags[20] = Flag.LOW_SNR
    catalogue = Table({"source_id": ids, "flags": flags})[::-1]
    first, second = (
        next(
            draw_stars(
                predictor, spectra, catalogue, ids[:10], {}, draws=64, seed=3, threads=x
            )
        )
        for x in (1, 2)
    )
    assert first["source_id"].tolist() == ids[[3, 55]].tolist()
    assert ((first["flags"] & int(FLAGGED)) > 0).all()
    assert first["trained_on"].tolist() == [True, False]
    for name in described(NAMES, 64).colnames:
        np.testing.assert_array_equal(first[name], second[name])

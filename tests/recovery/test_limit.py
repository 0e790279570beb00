"""The least possible errors of labels of simulated stars."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.recovery import limit
from mdwarfs.recovery.limit import PHYSICAL, Response

CONTINUUM = {
    "first_smoothing": 1e-8, "second_smoothing": 1e-7, "bin_width": 10.0,
    "quantile": 0.7, "clip": 2.0,
}  # fmt: skip
K = len(PHYSICAL)


@pytest.fixture(scope="module")
def rng():
    return np.random.default_rng(4)


@pytest.fixture(scope="module")
def straight(rng):
    """Spectra that answer in straight lines, with residuals that go together."""
    factors = 0.3 * rng.normal(size=(3, 60))
    return Response(3500.0, rng.normal(size=(K, 60)), factors)


def test_the_best_labels_of_straight_spectra_reach_the_bound(straight, rng):
    """Generalised least squares, by the whole covariance matrix."""
    n, prior = 3000, 2.0 * np.eye(K)
    ivar = np.tile(rng.uniform(0.5, 2, 60) * (rng.random(60) > 0.2), (n, 1))
    good = ivar[0] > 0
    noise = np.diag(limit.ERROR_FACTOR**2 / ivar[0, good])
    cov = noise + straight.factors[:, good].T @ straight.factors[:, good]
    slopes = straight.slopes[:, good]
    true = rng.normal(size=(n, K)) / np.sqrt(2)
    root = np.linalg.cholesky(cov)
    flux = true @ slopes + rng.normal(size=(n, good.sum())) @ root.T
    weighted = np.linalg.solve(cov, slopes.T)
    towards, information = flux @ weighted, slopes @ weighted
    least = limit.bounds([straight], np.full(n, 3500.0), ivar, prior)
    names = [name for name in PHYSICAL]
    found = {
        "free": np.linalg.solve(information, towards.T).T,
        "prior": np.linalg.solve(information + prior, towards.T).T,
    }
    table = limit.distances(found, names, true, np.full(n, 12.0), *least, [10.0])
    whole = table[(table["snr_low"] == 8) & (table["snr_high"] == 20)]
    free, with_prior = (whole[whole["method"] == x] for x in ("free", "prior"))
    assert np.abs(free["ratio"] - 1) == pytest.approx(0, abs=0.06)
    assert np.abs(with_prior["ratio_prior"] - 1) == pytest.approx(0, abs=0.06)
    assert (free["bound_prior"] < free["bound"]).all()
    empty = table[table["snr_high"] == 10]
    assert not len(empty) or (empty["n"] == 0).all()


def test_a_spectrum_that_tells_nothing_has_no_bound(straight):
    least = limit.bounds([straight], np.array([3500.0]), np.zeros((1, 60)), np.eye(K))
    assert np.isnan(least[0]).all()
    assert least[1] == pytest.approx(np.ones((1, K)))


@pytest.fixture(scope="module")
def response():
    stars = Table({name: np.full(5, 0.0) for name in PHYSICAL})
    stars["teff"], stars["logg"], stars["v_rad"] = 3400.0, 4.9, 10.0
    stars["halpha_ew"] = [-0.2, -0.2, 1.0, -0.1, -0.2]
    stars["companion_teff"] = [0.0, 0, 0, 3000, 0]
    wavelength = 10 ** np.arange(np.log10(7000), np.log10(7600), 4e-4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limit, "DRAWS", 24)
        groups = limit.responses(stars[:1], wavelength, CONTINUUM, 1)
        again = limit.responses(stars[:1], wavelength, CONTINUUM, 1)
    assert np.array_equal(groups[0].factors, again[0].factors)
    return groups[0]


def test_spectra_answer_to_all_labels_and_differ_otherwise(response):
    assert (np.abs(response.slopes).max(axis=1) > 0).all()
    size = np.sqrt((response.factors**2).sum(axis=0))
    assert 0.002 < np.median(size) < 0.05
    # What they differ by goes together over many pixels.
    _, strength, _ = np.linalg.svd(response.factors)
    share = strength**2 / (strength**2).sum()
    assert share[:4].sum() > 0.6


def test_more_light_tells_more(response):
    ivar = np.array([[10.0**2], [30.0**2]]) * np.ones((1, response.slopes.shape[1]))
    least, with_prior = limit.bounds(
        [response], np.full(2, 3400.0), ivar, np.diag([1e-4, 100, 25, 400])
    )
    assert (least[1] < least[0]).all() and (with_prior < least).all()
    # What goes together does not fall with the noise.
    assert (least[1] > least[0] / 3).all()

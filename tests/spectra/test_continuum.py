import time

import numpy as np
import pytest
from scipy.interpolate import make_smoothing_spline

from mdwarfs.errors import InputError
from mdwarfs.spectra.continuum import bin_quantile, normalise, smoothing_spline
from mdwarfs.spectra.resampling import log_grid

GRID = log_grid(6001.755, 8957.321, 1e-4)
SETTINGS = {
    "first_smoothing": 1e-8,
    "second_smoothing": 1e-7,
    "bin_width": 10.0,
    "quantile": 0.7,
    "clip": 2.0,
}


def star(seed=5):
    """A flux in odd units with a red slope, molecular bands and lines."""
    rng = np.random.default_rng(seed)
    flux = np.exp((GRID - 7500) / 1500)
    for head in (6150, 6650, 7050, 7600, 8430):
        flux *= 1 - 0.35 * (GRID > head) * np.exp(-(GRID - head) / 120)
    for line in rng.uniform(6000, 8950, 150):
        flux *= 1 - rng.uniform(0, 0.3) * np.exp(-0.5 * ((GRID - line) / 1.8) ** 2)
    return 30 * flux


@pytest.fixture
def spectrum():
    flux = star()
    ivar = np.full(len(GRID), (100 / np.median(flux)) ** 2)
    noise = np.random.default_rng(6).normal(size=len(GRID)) / np.sqrt(ivar)
    return flux + noise, ivar


@pytest.mark.parametrize("p", [1e-8, 1e-7, 1e-4])
def test_the_spline_is_that_of_scipy(p):
    rng = np.random.default_rng(0)
    x = np.sort(rng.uniform(6000, 9000, 400))
    y = np.sin(x / 200) + rng.normal(0, 0.1, 400)
    expected = make_smoothing_spline(x, y, lam=(1 - p) / p)(GRID[20:-20])
    inside = (GRID[20:-20] > x[0]) & (GRID[20:-20] < x[-1])
    got = smoothing_spline(x, y, p)(GRID[20:-20])
    np.testing.assert_allclose(got[inside], expected[inside], atol=1e-6)


def test_the_spline_goes_on_as_a_straight_line():
    x = np.linspace(0, 10, 50)
    outside = smoothing_spline(x, np.sin(x), 0.9)(
        np.array([-3.0, -2, -1, 0, 10, 11, 12])
    )
    assert np.diff(outside[:4], 2) == pytest.approx([0, 0], abs=1e-12)
    assert np.diff(outside[4:], 2) == pytest.approx([0], abs=1e-12)


def test_quantiles_of_bins_are_those_of_numpy():
    rng = np.random.default_rng(2)
    bins = np.sort(rng.integers(0, 20, 150))
    bins[0], bins[-1] = 0, 19
    values = rng.normal(size=150)
    got = bin_quantile(bins, values, 0.7)
    for k in np.unique(bins):
        assert got[k] == pytest.approx(np.quantile(values[bins == k], 0.7))


def test_a_smooth_spectrum_becomes_one():
    flux = 5 * np.exp((GRID - 7000) / 4000)
    rng = np.random.default_rng(3)
    noisy = flux * (1 + rng.normal(0, 0.01, len(GRID)))
    normalised, ivar, _ = normalise(GRID, noisy, 1 / (0.01 * flux) ** 2, SETTINGS)
    assert np.median(normalised) == pytest.approx(1, abs=0.002)
    assert ((normalised - 1) * np.sqrt(ivar)).std() == pytest.approx(1, abs=0.05)


def test_the_continuum_scales_with_the_flux(spectrum):
    flux, ivar = spectrum
    a = normalise(GRID, flux, ivar, SETTINGS)
    b = normalise(GRID, 1e-17 * flux, 1e34 * ivar, SETTINGS)
    for one, other, scale in zip(a, b, (1, 1, 1e17)):
        np.testing.assert_allclose(one, other * scale, rtol=1e-9)


def test_a_slow_tilt_of_the_flux_calibration_goes_into_the_continuum(spectrum):
    flux, ivar = spectrum
    tilt = 1 + 0.2 * (GRID - 7500) / 1500 + 0.05 * np.sin(GRID / 500)
    a, _, _ = normalise(GRID, flux, ivar, SETTINGS)
    b, _, _ = normalise(GRID, flux * tilt, ivar / tilt**2, SETTINGS)
    assert np.std(a - b) < 0.01
    assert np.std(a) > 10 * np.std(a - b)


def test_bad_pixels_have_no_part_in_the_continuum(spectrum):
    flux, ivar = spectrum
    bad = np.zeros(len(GRID), bool)
    bad[[5, 700, 1739]] = True
    bad[300:340] = True
    reference = flux.copy()
    reference[bad] = 0
    ivar = np.where(bad, 0, ivar)
    results = []
    for value in (0.0, np.nan, -1e6, np.inf):
        results.append(normalise(GRID, np.where(bad, value, flux), ivar, SETTINGS))
    for result in results[1:]:
        for one, other in zip(result, results[0]):
            np.testing.assert_array_equal(one, other)
    normalised, weight, _ = results[0]
    assert (weight[bad] == 0).all() and (normalised[bad] == 1).all()
    assert (weight[~bad] > 0).all()


def test_a_nan_with_an_inverse_variance_is_bad_as_well(spectrum):
    flux, ivar = spectrum
    flux[800] = np.nan
    normalised, weight, continuum = normalise(GRID, flux, ivar, SETTINGS)
    assert weight[800] == 0 and np.isfinite(normalised).all()
    assert np.isfinite(continuum).all()


def test_a_masked_stretch_hardly_moves_the_continuum_beside_it(spectrum):
    flux, ivar = spectrum
    _, _, whole = normalise(GRID, flux, ivar, SETTINGS)
    ivar[900:960] = 0
    flux[900:960] = 0
    _, _, gap = normalise(GRID, flux, ivar, SETTINGS)
    away = np.r_[0:800, 1060:1740]
    assert np.abs(gap[away] / whole[away] - 1).max() < 0.005
    assert np.abs(gap[:900] / whole[:900] - 1).max() < 0.03


def test_a_cosmic_ray_does_not_lift_the_continuum(spectrum):
    flux, ivar = spectrum
    _, _, clean = normalise(GRID, flux, ivar, SETTINGS)
    flux[1000:1002] += 20 * np.median(flux)
    normalised, _, hit = normalise(GRID, flux, ivar, SETTINGS)
    assert np.abs(hit / clean - 1).max() < 0.01
    assert normalised[1000] > 10


@pytest.mark.parametrize("snr", [3, 5, 10])
def test_noise_does_not_lift_the_continuum(snr):
    ratios = []
    for seed in range(10):
        flux = star(seed)
        sigma = np.median(flux) / snr * np.sqrt(flux / np.median(flux))
        noise = np.random.default_rng([seed, snr]).normal(0, sigma)
        quiet = normalise(GRID, flux, (100 / snr / sigma) ** 2, SETTINGS)[2]
        noisy = normalise(GRID, flux + noise, 1 / sigma**2, SETTINGS)[2]
        ratios.append(np.median(noisy / quiet))
    assert np.mean(ratios) == pytest.approx(1, abs=0.015)


def test_the_inverse_variance_is_that_of_the_normalised_flux(spectrum):
    flux, ivar = spectrum
    normalised, weight, continuum = normalise(GRID, flux, ivar, SETTINGS)
    np.testing.assert_allclose(normalised * continuum, flux)
    np.testing.assert_allclose(normalised**2 * weight, flux**2 * ivar)


def test_what_has_no_signal_is_refused():
    ivar = np.ones(len(GRID))
    with pytest.raises(InputError, match="no signal"):
        normalise(GRID, -5 - 0.1 * np.sin(GRID), ivar, SETTINGS)
    with pytest.raises(InputError, match="only 4 pixels"):
        few = np.zeros(len(GRID))
        few[:4] = 1
        normalise(GRID, np.ones(len(GRID)), few, SETTINGS)


def test_it_is_fast(spectrum):
    flux, ivar = spectrum
    start = time.process_time()
    for _ in range(20):
        normalise(GRID, flux, ivar, SETTINGS)
    assert (time.process_time() - start) / 20 < 0.015

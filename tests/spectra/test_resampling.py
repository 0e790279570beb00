import numpy as np
import pytest

from mdwarfs.spectra.resampling import linear_grid, log_grid, resample, same_pixels

BOSS = 10 ** (3.5523 + 1e-4 * np.arange(4648))


def features(wavelength):
    """A spectrum with bands and lines that R = 2000 resolves."""
    flux = 10 + 2 * np.sin(wavelength / 60) - 3 * (np.sin(wavelength / 300) > 0.8)
    return flux - 4 * np.exp(-0.5 * ((wavelength - 8186) / 3) ** 2)


def test_the_default_grid_is_that_of_the_released_model():
    grid = log_grid(6001.755, 8957.321, 1e-4)
    assert len(grid) == 1740
    assert grid[0] == 6001.755
    assert grid[-1] == pytest.approx(8957.321, abs=0.005)
    np.testing.assert_allclose(np.diff(np.log10(grid)), 1e-4, rtol=1e-9)


def test_a_grid_that_coincides_changes_nothing():
    flux, ivar = features(BOSS), np.linspace(1, 5, len(BOSS))
    ivar[1000] = 0
    new_flux, new_ivar = resample(BOSS, flux, ivar, BOSS[500:2500])
    good = np.arange(500, 2500) != 1000
    np.testing.assert_array_equal(new_flux[good], flux[500:2500][good])
    np.testing.assert_allclose(new_ivar, ivar[500:2500], rtol=1e-14)


def test_rounding_of_the_file_does_not_spread_a_bad_pixel():
    ivar = np.ones(len(BOSS))
    ivar[1000] = 0
    rounded = BOSS.astype(np.float32).astype(float)
    _, new_ivar = resample(rounded, features(BOSS), ivar, BOSS[500:2500])
    assert (new_ivar == 0).sum() == 1


@pytest.mark.parametrize("step", [1e-4, 0.7e-4, 3.3e-4])
def test_flux_is_conserved(step):
    grid = log_grid(6001.755, 8957.321, step)
    flux = features(BOSS) + np.random.default_rng(0).normal(0, 1, len(BOSS))
    new, _ = resample(BOSS, flux, np.ones(len(BOSS)), grid)
    log = np.log(grid)
    lower = np.exp(log[0] - step * np.log(10) / 2)
    upper = np.exp(log[-1] + step * np.log(10) / 2)
    total = (new * grid * 2 * np.sinh(step * np.log(10) / 2)).sum()
    half = np.exp(1e-4 * np.log(10) / 2)
    left, right = np.maximum(BOSS / half, lower), np.minimum(BOSS * half, upper)
    assert total == pytest.approx((flux * np.maximum(right - left, 0)).sum(), rel=1e-9)


def test_the_variance_is_the_scatter():
    rng = np.random.default_rng(1)
    grid = log_grid(6001.755, 6300, 1e-4)
    near = BOSS[(BOSS > 5990) & (BOSS < 6310)]
    sigma = np.linspace(0.5, 3, len(near))
    draws = np.array(
        [resample(near, rng.normal(0, sigma), sigma**-2, grid)[0] for _ in range(1200)]
    )
    _, ivar = resample(near, np.zeros(len(near)), sigma**-2, grid)
    ratio = draws.std(axis=0) * np.sqrt(ivar)
    assert ratio.mean() == pytest.approx(1, abs=0.005)
    assert np.abs(ratio - 1).max() < 0.08


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e9])
def test_a_bad_pixel_spoils_what_it_overlaps_and_no_more(bad):
    grid = log_grid(6001.755, 8957.321, 1e-4)
    flux, ivar = features(BOSS), np.ones(len(BOSS))
    clean, _ = resample(BOSS, flux, ivar, grid)
    flux[3000], ivar[3000] = bad, 0
    new, new_ivar = resample(BOSS, flux, ivar, grid)
    spoilt = np.flatnonzero(new_ivar == 0)
    assert len(spoilt) == 2
    assert (np.abs(grid[spoilt] / BOSS[3000] - 1) < 2.4e-4).all()
    kept = new_ivar > 0
    np.testing.assert_array_equal(new[kept], clean[kept])
    assert (new[spoilt] == 0).all()


def test_pixels_outside_the_spectrum_are_bad():
    grid = log_grid(3000, 11000, 1e-4)
    flux, ivar = resample(BOSS, features(BOSS), np.ones(len(BOSS)), grid)
    covered = (grid > BOSS[1]) & (grid < BOSS[-2])
    assert (ivar[covered] > 0).all()
    outside = (grid < BOSS[0] * (1 - 1e-4)) | (grid > BOSS[-1] * (1 + 1e-4))
    assert outside.any() and (ivar[outside] == 0).all() and (flux[outside] == 0).all()


def test_pixels_of_a_linear_grid_are_copied_to_the_ends_and_others_are_not():
    """Its edges in log10 are not those of the spectrum at the ends of the range."""
    wide = linear_grid(3360, 10200, 20)
    grid = linear_grid(4000, 10000, 20)
    assert len(wide) == 343 and len(grid) == 301 and grid[-1] == 10000
    flux, ivar = np.random.default_rng(1).normal(1, 0.5, (2, len(wide)))
    ivar = np.abs(ivar)
    ivar[40], flux[50] = 0, np.nan
    own = slice(32, 333)
    copied, weight = resample(wide, flux, ivar, grid)
    good = np.isfinite(flux[own]) & (ivar[own] > 0)
    np.testing.assert_array_equal(copied, np.where(good, flux[own], 0))
    np.testing.assert_allclose(weight, np.where(good, ivar[own], 0), rtol=1e-12)
    assert same_pixels(wide, grid + 5) is None
    assert same_pixels(wide, linear_grid(4000, 10000, 40)) is None
    assert same_pixels(wide, linear_grid(4000, 10400, 20)) is None

import numpy as np
import pytest

from mdwarfs.spectra.cross_correlation import measure
from mdwarfs.spectra.resampling import log_grid
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT

GRID = log_grid(6001.755, 8957.321, 1e-4)


def lines(wavelength):
    rng = np.random.default_rng(4)
    flux = np.ones(len(wavelength))
    for centre in rng.uniform(5950, 9000, 120):
        depth = rng.uniform(0.02, 0.3)
        flux -= depth * np.exp(-0.5 * ((wavelength - centre) / 2) ** 2)
    return flux


@pytest.mark.parametrize("v_rad", [-237.0, -12.3, 0.0, 41.7, 390.0])
def test_a_known_shift_is_found(v_rad):
    rng = np.random.default_rng(0)
    flux = lines(GRID / (1 + v_rad / SPEED_OF_LIGHT)) + rng.normal(0, 0.02, len(GRID))
    found, correlation = measure(GRID, flux, np.ones(len(GRID)), lines(GRID))
    assert found == pytest.approx(v_rad, abs=3)
    assert correlation > 0.9


def test_bad_pixels_and_the_air_do_not_matter():
    flux = lines(GRID / (1 + 50 / SPEED_OF_LIGHT))
    ivar = np.ones(len(GRID))
    clean = measure(GRID, flux, ivar, lines(GRID))
    ivar[400:500] = 0
    flux[400:500] = 50
    flux[(GRID > 7590) & (GRID < 7700)] *= 0.2
    spoilt = measure(GRID, flux, ivar, lines(GRID))
    assert spoilt[0] == pytest.approx(clean[0], abs=2)
    assert spoilt[1] > 0.99


def test_without_good_pixels_there_is_no_velocity():
    found = measure(GRID, lines(GRID), np.zeros(len(GRID)), lines(GRID))
    assert np.isnan(found).all()

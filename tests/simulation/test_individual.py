"""What labels do not say: it changes many pixels of a spectrum together."""

import numpy as np
import pytest

from mdwarfs.simulation import individual
from mdwarfs.simulation.instrument import BOSS_LOGLAM
from mdwarfs.simulation.stellar_spectrum import spectra

WAVELENGTH = 10**BOSS_LOGLAM
USED = (WAVELENGTH > 6002) & (WAVELENGTH < 8957)


def stars(n, **changes):
    """So many stars of the same labels."""
    values = {
        "teff": 3500.0, "logg": 4.8, "feh_niu": 0.0, "alpha_m": 0.0, "halpha_ew": 0.0,
        "companion_teff": 0.0,
    } | changes  # fmt: skip
    return {name: np.full(n, value) for name, value in values.items()}


def flux(seeds, **changes):
    rngs = [np.random.default_rng([3, seed]) for seed in seeds]
    return individual.flux(WAVELENGTH, stars(len(seeds), **changes), rngs)


@pytest.fixture(scope="module")
def deviations():
    """Relative difference from the spectrum of the labels, shape (n, p)."""
    plain = spectra(WAVELENGTH, 3500.0, 4.8, 0.0, 0.0)[0]
    return (flux(range(60)) / plain - 1)[:, USED]


def test_each_star_has_its_own_spectrum_and_always_the_same(deviations):
    np.testing.assert_allclose(flux([4, 5])[1], flux([5])[0], rtol=1e-10)
    np.testing.assert_array_equal(flux([4, 5]), flux([4, 5]))
    assert np.std(deviations, axis=0).max() > 0.02
    assert np.abs(np.mean(deviations)) < 0.01


def test_deviations_go_together_over_many_pixels(deviations):
    """Of the variance a few components have most, and neighbours share it."""
    centred = deviations - deviations.mean(axis=0)
    share = np.linalg.svd(centred, compute_uv=False) ** 2
    assert np.sum(share[:8]) > 0.85 * np.sum(share)
    together = np.mean(centred[:, :-20] * centred[:, 20:])
    assert together > 0.4 * np.mean(centred**2)


def test_a_companion_and_spots_make_a_spectrum_cooler():
    single, double = flux([1]), flux([1], companion_teff=3000.0)
    tio = (WAVELENGTH > 7050) & (WAVELENGTH < 7150)
    beside = (WAVELENGTH > 7030) & (WAVELENGTH < 7050)

    def depth(one):
        return 1 - one[0, tio].mean() / one[0, beside].mean()

    assert depth(double) > depth(single) + 0.005
    assert depth(flux([1], halpha_ew=3.0)) > depth(single)


def test_activity_fills_the_calcium_triplet():
    core = np.argmin(np.abs(WAVELENGTH - 8544.4))
    beside = (WAVELENGTH > 8560) & (WAVELENGTH < 8580)
    quiet, active = (
        np.mean(
            [one[core] / one[beside].mean() for one in flux(range(8), halpha_ew=ew)]
        )
        for ew in (0.0, 8.0)
    )
    assert active > quiet + 0.02

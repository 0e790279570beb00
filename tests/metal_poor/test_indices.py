"""The indices of CaH and TiO, and zeta."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.literature.air import to_vacuum
from mdwarfs.literature.molecular_indices import (
    BANDS_IN_AIR,
    CLASSES,
    REFERENCE_IN_AIR,
    ZETAS,
)
from mdwarfs.metal_poor.indices import (
    Locus,
    error_of_zeta,
    indices,
    is_weak,
    measure,
    share_of_pixels,
    zetas,
)
from mdwarfs.simulation import stellar_spectrum
from mdwarfs.spectra.spectrum_set import SpectrumSet

WAVELENGTH = 10 ** np.arange(np.log10(6700), np.log10(7300), 1e-4)
LIMITS = {"zeta_max": 0.825, "zeta_sigmas": 2.0}
LEPINE = Locus(ZETAS["zeta"], 100, 0.5, 2.0, 0.0)


def steps(**depths):
    """A spectrum of 1 with the bands at given levels, on fine pixels."""
    flux = np.ones(len(WAVELENGTH))
    for name, level in depths.items():
        low, high = to_vacuum(np.array(BANDS_IN_AIR[name]))
        flux[(WAVELENGTH > low - 3) & (WAVELENGTH < high + 3)] = level
    return flux[None]


def test_a_pixel_counts_by_its_share_of_the_band():
    share = share_of_pixels(np.array([10.0, 11.0, 12.0, 13.0]), (10.75, 12.0))
    np.testing.assert_allclose(share, [0, 0.75, 0.5, 0])


def test_the_indices_are_ratios_of_mean_fluxes_in_bands_of_air():
    flux = steps(cah2=0.5, cah3=0.7, tio5=0.4)
    table = indices(WAVELENGTH, 7 * flux, np.ones_like(flux))
    for name, level in (("cah2", 0.5), ("cah3", 0.7), ("tio5", 0.4)):
        assert table[name][0] == pytest.approx(level)
    # Without the shift of 2 A from air to vacuum an edge of 4 A would be in the band.
    low, _ = to_vacuum(np.array(REFERENCE_IN_AIR))
    assert low - REFERENCE_IN_AIR[0] == pytest.approx(1.94, abs=0.02)


def test_the_errors_are_those_of_the_pixels():
    rng, n, sigma = np.random.default_rng(3), 4000, 0.05
    true = steps(cah2=0.6, cah3=0.8, tio5=0.5)
    flux = true + rng.normal(0, sigma, (n, true.shape[1]))
    table = indices(WAVELENGTH, flux, np.full(flux.shape, sigma**-2.0))
    for name in BANDS_IN_AIR:
        stated = np.median(table[f"e_{name}"])
        assert np.std(table[name]) == pytest.approx(stated, rel=0.07)
    found = zetas(table, LEPINE)
    assert np.std(found["zeta"]) == pytest.approx(np.median(found["e_zeta"]), rel=0.15)


def test_bad_pixels_take_no_part_and_a_band_of_them_gives_none():
    flux = steps(cah2=0.5, cah3=0.7, tio5=0.4)
    ivar = np.ones_like(flux)
    (band,) = np.nonzero(flux[0] == 0.5)
    flux[0, band[3]], ivar[0, band[3]] = 1e6, 0
    assert indices(WAVELENGTH, flux, ivar)["cah2"][0] == pytest.approx(0.5)
    ivar[0, band[: len(band) // 2 + 3]] = 0
    table = indices(WAVELENGTH, flux, ivar)
    assert np.isnan(table["cah2"][0]) and np.isfinite(table["tio5"][0])
    assert not is_weak(zetas(table, LEPINE), LIMITS).any()


def test_zeta_is_one_on_its_own_locus_and_none_without_tio():
    for law in ZETAS.values():
        assert law(1.2, law.solar_tio5(1.2)) == pytest.approx(1)
        assert law(1.2, 1.0) == 0
        step = (law.solar_tio5(1.201) - law.solar_tio5(1.199)) / 0.002
        assert law.slope(1.2) == pytest.approx(step, rel=1e-4)
    # The three laws are of the same stars, and agree where most of these are.
    values = [law.solar_tio5(1.1) for law in ZETAS.values()]
    assert np.ptp(values) < 0.02
    assert list(CLASSES.values()) == sorted(CLASSES.values(), reverse=True)


def test_real_templates_of_the_suns_metallicity_have_zeta_of_one(real):
    """Bochanski+2007, M1 to M7, in vacuum."""
    with np.load(real / "templates" / "m_dwarf_templates.npz") as file:
        types = [f"M{k}" for k in range(2, 8)]
        use = (file["source"] == "bochanski2007_sdss") & np.isin(file["spt"], types)
        flux, wavelength = np.nan_to_num(file["flux"][use]), file["wave"]
    table = indices(wavelength, flux.astype(float), np.ones(flux.shape))
    zeta = np.asarray(zetas(table, LEPINE)["zeta"])
    assert len(zeta) == 6 and np.all(np.abs(zeta - 1) < 0.04)


def simulated(teff, feh):
    wavelength = WAVELENGTH
    zero = np.zeros_like(teff)
    logg = 4.62 - 0.52e-3 * (teff - 4000)
    return stellar_spectrum.spectra(wavelength, teff, logg, feh, zero, zero)


def test_the_locus_of_the_runs_own_stars_tells_simulated_subdwarfs():
    rng = np.random.default_rng(2)
    teff = rng.uniform(3000, 3800, 300)
    flux = simulated(teff, rng.uniform(-0.1, 0.1, 300))
    sun = indices(WAVELENGTH, flux, 1e6 / flux**2)
    locus = Locus.of(sun)
    assert locus.n > 280 and locus.scatter < 0.05
    found = zetas(sun, locus)
    assert np.nanmedian(found["zeta_own"]) == pytest.approx(1, abs=0.03)
    assert is_weak(found, LIMITS).mean() < 0.05
    metals = np.array([0.0, -0.5, -1.0, -1.5])
    flux = simulated(np.full(4, 3400.0), metals)
    poor = zetas(indices(WAVELENGTH, flux, 1e6 / flux**2), locus)
    assert np.all(np.diff(poor["zeta_own"]) < 0)
    assert is_weak(poor, LIMITS).tolist()[2:] == [True, True]


def test_outside_the_locus_and_with_too_few_stars_nothing_is_said():
    table = indices(
        WAVELENGTH, steps(cah2=0.5, cah3=0.7, tio5=0.9), np.ones((1, len(WAVELENGTH)))
    )
    narrow = Locus(ZETAS["zeta"], 100, 1.3, 1.9, 0.0)
    found = zetas(table, narrow)
    assert np.isnan(found["zeta_own"][0]) and np.isfinite(found["zeta"][0])
    few = Locus.of(table)
    assert few.n == 1 and not is_weak(zetas(table, few), LIMITS).any()
    assert len(few.table()) == 4
    wider = error_of_zeta(ZETAS["zeta"], table, scatter=0.5)
    assert wider[0] > error_of_zeta(ZETAS["zeta"], table)[0]


def test_the_continuum_is_put_back_before_anything_is_measured():
    flux = steps(cah2=0.5, cah3=0.7, tio5=0.4)
    slope = np.linspace(1, 3, len(WAVELENGTH))[None]
    stars = Table({"source_id": [5], "sdss_id": [6], "snr": [20.0]})
    sets = SpectrumSet(
        WAVELENGTH, (flux / slope).astype(np.float32),
        np.ones(flux.shape, np.float32), stars, slope.astype(np.float32),
    )  # fmt: skip
    labels = Table({"source_id": [5], "feh": [0.0]})
    table, locus = measure(sets, labels, LIMITS)
    assert table["tio5"][0] == pytest.approx(0.4, rel=1e-5)
    assert locus.n == 1 and not table["weak_tio"][0]

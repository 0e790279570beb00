"""Spectra are matched with templates of known [Fe/H]."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.metal_poor.templates import chi2, match_templates, on_grid
from mdwarfs.simulation import stellar_spectrum
from mdwarfs.spectra.spectrum_set import SpectrumSet

WAVE = 10 ** np.arange(np.log10(6000), np.log10(7600), 1e-4)
GRID = WAVE[50:-50]
CONTINUUM = {
    "first_smoothing": 1e-8, "second_smoothing": 1e-7, "bin_width": 10.0,
    "quantile": 0.7, "clip": 2.0,
}  # fmt: skip
LIMITS = {"template_gain_min": 0.03}
TEFF = np.array([3300.0, 3300.0, 3600.0, 3600.0])
FEH = np.array([0.0, -1.2, 0.0, -1.2])


def flux_of(teff, feh):
    zero = np.zeros_like(teff)
    return stellar_spectrum.spectra(WAVE, teff, 4.8 + zero, feh, zero, zero)


@pytest.fixture(scope="module")
def templates():
    return {
        "wave": WAVE, "flux": flux_of(TEFF, FEH), "source": np.full(4, "made"),
        "spt": np.array(["M3", "M3", "M1", "M1"]), "feh_lo": FEH - 0.5,
        "feh_hi": FEH + 0.2,
    }  # fmt: skip


def test_each_spectrum_finds_the_template_that_it_is(templates):
    flux, types, feh = on_grid(templates, GRID, CONTINUUM)
    rng = np.random.default_rng(4)
    noisy = flux + rng.normal(0, 0.05, flux.shape)
    ivar = np.full(flux.shape, 400.0)
    ivar[:, :40] = 0
    stars = Table({"source_id": np.arange(1, 6), "sdss_id": np.arange(1, 6)})
    noisy, ivar = (np.vstack([x, np.zeros(len(GRID))]) for x in (noisy, ivar))
    spectra = SpectrumSet(GRID, np.float32(noisy), np.float32(ivar), stars)
    table = match_templates(spectra, templates, CONTINUUM, LIMITS)
    assert table["template_type"].tolist() == ["M3", "M3", "M1", "M1", ""]
    np.testing.assert_allclose(table["template_chi2"][:4], 1, atol=0.15)
    assert table["poor_template"].tolist() == [False, True, False, True, False]
    assert np.isnan(table["template_feh"][4]) and np.isnan(table["template_gain"][4])


def test_chi_square_is_that_of_the_good_pixels_that_all_templates_have():
    templates = np.array([[1.0, 1.0, np.nan], [0.0, 1.0, 1.0]])
    found = chi2(np.array([[1.0, 3.0, 9.0]]), np.array([[4.0, 1.0, 7.0]]), templates)
    np.testing.assert_allclose(found, [[2.0, 4.0]])


def test_templates_of_one_kind_cannot_tell_the_other(templates):
    rich = templates | {"feh_hi": np.full(4, 0.5)}
    with pytest.raises(InputError, match=r"diagnostics\.templates"):
        on_grid(rich, GRID, CONTINUUM)

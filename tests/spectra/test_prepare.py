import numpy as np
import pytest

from mdwarfs.errors import InputError
from mdwarfs.spectra.formats import read
from mdwarfs.spectra.prepare import configured_grid, prepare
from mdwarfs.spectra.spectrum import Spectrum
from tests.spectra.observed import LOGLAM


def test_a_spectrum_of_unknown_velocity_is_refused(settings):
    pixels = 10**LOGLAM
    spectrum = Spectrum(pixels, pixels, pixels, at_rest=False)
    with pytest.raises(InputError, match="velocity"):
        prepare(spectrum, settings)


def invented(settings, factor=1.0, ivar=1.0):
    """Flux and ivar that `prepare` makes of an invented star, times a factor."""
    pixels = 10**LOGLAM
    flux = factor * 20 * (pixels / 7000) ** 2 * (1 + 0.1 * np.sin(pixels / 40))
    ivar = np.full(len(pixels), ivar)
    spectrum = Spectrum(pixels, flux, ivar, at_rest=True)
    return prepare(spectrum, settings)[:2]


@pytest.mark.parametrize("absurd", [1e10, 1e19, 1e25, 1e38])
def test_absurd_pixels_are_bad_and_spoil_no_others(settings, absurd):
    struck = np.abs(10**LOGLAM - 7000) < 0.8
    clean, _ = invented(settings)
    flux, ivar = invented(settings, np.where(struck, absurd, 1.0))
    bad = ivar == 0
    assert 1 <= bad.sum() <= 3 and (flux[bad] == 1).all()
    assert np.abs(configured_grid(settings)[bad] - 7000).max() < 4
    np.testing.assert_allclose(flux[~bad], clean[~bad], atol=0.05)


def test_ten_pixels_in_a_row_that_no_star_has_do_not_cost_the_spectrum(settings):
    """The continuum has to go over them as over a gap."""
    struck = np.abs(10**LOGLAM - 7000) < 8
    clean, _ = invented(settings)
    flux, ivar = invented(settings, np.where(struck, 1e30, 1.0))
    far = np.abs(configured_grid(settings) - 7000) > 60
    assert (ivar[far] > 0).all() and (ivar == 0).sum() < 20
    np.testing.assert_allclose(flux[far], clean[far], atol=0.01)


@pytest.mark.parametrize("ivar", [1e-60, 1e60])
def test_errors_that_single_precision_cannot_hold_are_refused(settings, ivar):
    with pytest.raises(InputError, match="only 0 of 1740 pixels are good"):
        invented(settings, ivar=ivar)


def test_the_noise_of_a_real_star_is_what_its_inverse_variance_says(real, settings):
    name = "pyhammer_spec-3764-55514-0972.fits.gz"
    flux, ivar, _ = prepare(read(real / "boss" / name), settings)
    assert len(flux) == len(configured_grid(settings)) == 1740
    good = (ivar > 0) & (configured_grid(settings) < 6800)
    chi = (flux[good] - np.median(flux[good])) * np.sqrt(ivar[good])
    assert 0.7 < 1.4826 * np.median(np.abs(chi)) < 1.3


@pytest.mark.parametrize(
    "factor, hint",
    [
        (0.1, "are they in nm.* Check"),
        (1e-4, "are they in micron.* Check"),
        (10, "are they in Angstrom, though labelled nm.* Check"),
        (1e4, "are they in Angstrom, though labelled micron.* Check"),
        (3.0, ": check their unit"),
    ],
)
def test_wavelengths_that_do_not_reach_the_grid_ask_for_their_unit(
    settings, factor, hint
):
    pixels = 10**LOGLAM
    spectrum = Spectrum(factor * pixels, pixels, pixels, at_rest=True)
    with pytest.raises(
        InputError, match=f"Angstrom, are outside of 6002 to 895.*{hint}"
    ):
        prepare(spectrum, settings)

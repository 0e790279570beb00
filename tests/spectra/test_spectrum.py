import numpy as np
import pytest

from mdwarfs.errors import InputError
from mdwarfs.spectra.spectrum import Spectrum, without_rounding
from tests.spectra.observed import LOGLAM


def test_rounding_to_single_precision_is_undone():
    rounded = (10**LOGLAM).astype(np.float32).astype(float)
    np.testing.assert_allclose(np.log10(without_rounding(rounded)), LOGLAM, atol=1e-12)
    irregular = np.linspace(6000, 9000, 500)
    np.testing.assert_array_equal(without_rounding(irregular), irregular)
    with pytest.raises(InputError, match="rising"):
        without_rounding(irregular[::-1])


def test_spectra_know_their_frame():
    pixels = np.array([6000.0, 6001.0])
    spectrum = Spectrum(pixels, pixels, pixels, at_rest=False, snr=1.0)
    moved = spectrum.shifted(299.792458)
    np.testing.assert_allclose(moved.wavelength, pixels / 1.001, rtol=1e-12)
    assert moved.at_rest and moved.v_rad == 299.792458

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.weighting import weighted


@pytest.fixture
def spectra():
    """One spectrum of continuum 4 with the errors 0.5, 1 and a bad pixel."""
    stars = Table({"source_id": [1], "sdss_id": [2], "file": ["x"], "snr": [9.0]})
    stars["n_good"], stars["status"] = [2], ["ok"]
    continuum = np.full((1, 3), 4, np.float32)
    ivar = np.array([[4**2 / 0.5**2, 4**2 / 1.0**2, 0]], np.float32)
    return SpectrumSet(
        np.arange(3.0), np.ones((1, 3), np.float32), ivar, stars, continuum
    )


def test_inverse_variances_stay_what_they_are(spectra):
    assert weighted(spectra, "ivar") is spectra


def test_the_weight_of_astra_is_the_error_times_the_continuum_squared(spectra):
    found = weighted(spectra, "astra-0.6.0")
    np.testing.assert_allclose(found.ivar, [[0.5 * 16, 1.0 * 16, 0]])
    assert found.ivar.dtype == np.float32
    np.testing.assert_array_equal(found.flux, spectra.flux)

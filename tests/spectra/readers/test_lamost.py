import numpy as np
import pytest

from mdwarfs.spectra.formats import read
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT
from tests.spectra.observed import POTASSIUM, SODIUM, depth_centre, write_lamost


def test_lamost_is_shifted_by_the_redshift_of_its_header(tmp_path):
    path = tmp_path / "lamost.fits"
    write_lamost(
        path, 3e-4, 3e-4 * SPEED_OF_LIGHT, SNRI=33.0, CLASS="STAR", SUBCLASS="M2"
    )
    spectrum = read(path).in_rest_frame()
    assert spectrum.kind == "lamost" and spectrum.snr == 33
    assert spectrum.subclass == "M2"
    for line in (POTASSIUM, SODIUM):
        assert depth_centre(spectrum, line) == pytest.approx(line, abs=0.02)
    np.testing.assert_array_equal(np.flatnonzero(spectrum.ivar == 0), [100])


def test_lamost_without_a_redshift_stays_in_the_observed_frame(tmp_path):
    path = tmp_path / "lamost.fits"
    write_lamost(path, -9999.0)
    spectrum = read(path)
    assert not spectrum.at_rest and np.isnan(spectrum.v_rad) and np.isnan(spectrum.snr)
    with pytest.raises(ValueError, match="already"):
        spectrum.shifted(10.0).shifted(10.0)


def test_real_lamost_spectra(real):
    files = sorted((real / "lamost" / "spectrum").glob("*.fits"))
    spectra = [read(path) for path in files]
    assert len(spectra) == 54
    assert {spectrum.kind for spectrum in spectra} == {"lamost"}
    assert sum(np.isnan(spectrum.v_rad) for spectrum in spectra) == 4
    saturated = [(s.ivar[(s.wavelength > 6002) & (s.wavelength < 8957)] == 0).sum()
                 for s in spectra]  # fmt: skip
    assert sorted(saturated)[-3:] == pytest.approx([418, 748, 880], abs=10)

import numpy as np
import pytest

from mdwarfs.errors import InputError
from mdwarfs.spectra.formats import read
from mdwarfs.spectra.sdss_masks import BRIGHTSKY
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT
from tests.spectra.observed import LOGLAM, POTASSIUM, SODIUM, depth_centre, write_spec


@pytest.mark.parametrize("upper", [True, False])
def test_boss_spectra_are_shifted_by_the_xcsao_velocity(tmp_path, upper):
    path = tmp_path / "spec-1.fits"
    row = {
        "CLASS": "STAR  ", "SUBCLASS": "M3 (1)", "Z": 5e-4, "XCSAO_RV": 120.0,
        "XCSAO_RXC": 9.0, "SN_MEDIAN_ALL": 12.5,
    }  # fmt: skip
    write_spec(path, row, upper=upper, v_rad=120.0)
    observed = read(path)
    assert observed.kind == "spec" and not observed.at_rest
    spectrum = observed.in_rest_frame()
    assert spectrum.v_rad == 120 and spectrum.snr == 12.5
    assert (spectrum.star_class, spectrum.subclass) == ("STAR", "M3 (1)")
    for line in (POTASSIUM, SODIUM):
        assert depth_centre(spectrum, line) == pytest.approx(line, abs=0.01)


def test_without_a_good_xcsao_velocity_the_redshift_of_a_star_is_used(tmp_path):
    row = {"CLASS": "STAR", "Z": -2e-4, "XCSAO_RV": 300.0, "XCSAO_RXC": 2.0}
    write_spec(tmp_path / "1.fits", row)
    assert read(tmp_path / "1.fits").v_rad == pytest.approx(-2e-4 * SPEED_OF_LIGHT)
    write_spec(tmp_path / "2.fits", {"CLASS": "STAR", "Z": -2e-4}, name="SPECOBJ")
    assert read(tmp_path / "2.fits").v_rad == pytest.approx(-2e-4 * SPEED_OF_LIGHT)
    write_spec(tmp_path / "3.fits", {"CLASS": "QSO", "Z": 2.1})
    with pytest.raises(InputError, match="velocity is not known"):
        read(tmp_path / "3.fits").in_rest_frame()


def test_sky_pixels_of_the_and_mask_are_bad_and_those_of_the_or_mask_are_not(tmp_path):
    and_mask = np.zeros(len(LOGLAM), "i4")
    and_mask[[10, 20]] = BRIGHTSKY, 1 << 16
    write_spec(tmp_path / "1.fits", {"CLASS": "STAR", "Z": 0.0}, and_mask=and_mask)
    spectrum = read(tmp_path / "1.fits")
    np.testing.assert_array_equal(np.flatnonzero(spectrum.ivar == 0), [10])


def test_real_boss_spectra(real):
    expected = {
        "1123-52882-0065": ("M4", -21.9475, 3843),
        "3764-55514-0972": ("M6III (148783)", 2.7873, 4597),
        "5047-55833-0936": ("M1 (204445)", -57.7278, 4599),
    }
    for name, (subclass, v_rad, n) in expected.items():
        spectrum = read(real / "boss" / f"pyhammer_spec-{name}.fits.gz")
        assert (spectrum.star_class, spectrum.subclass) == ("STAR", subclass)
        assert spectrum.v_rad == pytest.approx(v_rad, abs=1e-3)
        assert len(spectrum.wavelength) == n
        pixel = np.log10(spectrum.wavelength) / 1e-4
        np.testing.assert_allclose(pixel, np.round(pixel), atol=1e-6)


def test_the_sodium_lines_of_a_real_star_are_at_rest(real):
    name = "pyhammer_spec-5047-55833-0936.fits.gz"
    spectrum = read(real / "boss" / name).in_rest_frame()
    near = np.abs(spectrum.wavelength - 8185.51) < 5
    deepest = spectrum.wavelength[near][np.argmin(spectrum.flux[near])]
    assert deepest == pytest.approx(8185.51, abs=2)

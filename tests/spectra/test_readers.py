import gzip

import numpy as np
import pytest
from astropy.io import fits

from mdwarfs.errors import InputError
from mdwarfs.simulation.files.boss import write_mwm_star
from mdwarfs.spectra.readers import (
    BRIGHTSKY,
    SPEED_OF_LIGHT,
    Spectrum,
    read,
    without_rounding,
)

LOGLAM = 3.5523 + 1e-4 * np.arange(4648)
POTASSIUM, SODIUM = 7701.09, 8185.51
"""Laboratory wavelengths in vacuum [Angstrom]."""


def flux_with_lines(wavelength, v_rad):
    flux = np.full(len(wavelength), 50.0)
    for line in (POTASSIUM, SODIUM):
        line *= 1 + v_rad / SPEED_OF_LIGHT
        flux -= 20 * np.exp(-0.5 * ((wavelength - line) / 2.5) ** 2)
    return flux


def depth_centre(spectrum, line):
    """Centroid of an absorption line."""
    near = np.abs(spectrum.wavelength - line) < 12
    depth = 50 - spectrum.flux[near]
    return (depth * spectrum.wavelength[near]).sum() / depth.sum()


def write_spec(path, row, upper=True, and_mask=None, v_rad=0.0, name="SPALL"):
    wavelength = 10**LOGLAM
    columns = {
        "flux": flux_with_lines(wavelength, v_rad).astype("f4"),
        "loglam": LOGLAM.astype("f4"),
        "ivar": np.ones(len(LOGLAM), "f4"),
        "and_mask": np.zeros(len(LOGLAM), "i4") if and_mask is None else and_mask,
        "or_mask": np.full(len(LOGLAM), BRIGHTSKY, "i4"),
    }
    data = np.rec.fromarrays(
        list(columns.values()),
        names=[key.upper() if upper else key for key in columns],
    )
    table = np.rec.fromrecords([tuple(row.values())], names=list(row))
    hdus = [fits.PrimaryHDU(), fits.BinTableHDU(data, name="COADD")]
    fits.HDUList([*hdus, fits.BinTableHDU(table, name=name)]).writeto(path)


def write_lamost(path, redshift, v_rad=0.0, **header):
    wavelength = 10 ** (3.5682 + 1e-4 * np.arange(3909))
    flux = flux_with_lines(wavelength, v_rad)
    data = np.array(
        [flux, np.ones(3909), wavelength, np.zeros(3909), np.zeros(3909)], "f4"
    )
    data[3, 100] = 4
    data[4, 200] = 4
    hdu = fits.PrimaryHDU(data)
    hdu.header["Z"] = redshift
    for key, value in header.items():
        hdu.header[key] = value
    hdu.writeto(path)


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


def test_mwm_star_is_at_rest_and_keeps_its_grid(tmp_path):
    path = tmp_path / "mwmStar-0.6.0-7.fits"
    flux = flux_with_lines(10**LOGLAM, 0.0)
    flux[:50] = np.nan
    ivar = np.full(len(flux), 4.0)
    ivar[60] = 0
    flags = np.zeros(len(flux), int)
    flags[70], flags[80] = BRIGHTSKY, 1 << 19
    write_mwm_star(path, {"sdss_id": 7, "snr": 9.5, "v_rad": 31.0}, flux, ivar, flags)
    spectrum = read(path)
    assert spectrum.kind == "mwmStar" and spectrum.at_rest
    assert spectrum.v_rad == 31 and spectrum.snr == 9.5
    np.testing.assert_allclose(np.log10(spectrum.wavelength), LOGLAM, atol=1e-12)
    bad = np.r_[0:50, 60, 70]
    np.testing.assert_array_equal(np.flatnonzero(spectrum.ivar == 0), bad)
    assert depth_centre(spectrum, SODIUM) == pytest.approx(SODIUM, abs=0.01)


def test_mwm_star_without_a_boss_spectrum_is_refused(tmp_path):
    path = tmp_path / "mwmStar.fits"
    empty = np.zeros(0, [("flux", "f4", 8), ("snr", "f4")])
    hdus = [fits.BinTableHDU(empty, name=f"BOSS/{place}") for place in ("APO", "LCO")]
    fits.HDUList([fits.PrimaryHDU(), *hdus]).writeto(path)
    with pytest.raises(InputError, match="no BOSS spectrum"):
        read(path)


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


def test_gzip_is_found_by_content_not_by_name(tmp_path):
    plain = tmp_path / "plain.fits.gz"
    write_lamost(tmp_path / "plain.fits", 0.0)
    plain.write_bytes((tmp_path / "plain.fits").read_bytes())
    packed = tmp_path / "packed.fits"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    for path in (plain, packed):
        np.testing.assert_array_equal(read(path).flux, read(plain).flux)


def test_what_is_not_a_spectrum_is_named_with_its_reason(tmp_path):
    good = tmp_path / "good.fits"
    write_lamost(good, 0.0)
    data = good.read_bytes()
    image = tmp_path / "image.fits"
    fits.PrimaryHDU(np.zeros((8, 8))).writeto(image)
    table = tmp_path / "table.fits"
    fits.BinTableHDU(np.zeros(3, [("ra", "f8")])).writeto(table)
    cases = {
        "absent.fits": (None, "no such file"),
        "empty.fits": (b"", "not a FITS file"),
        "text.fits": (b"SIMPLE is not FITS", "not a FITS file"),
        "page.html": (b"<html>404</html>", "not a FITS file"),
        "short.fits": (data[: len(data) // 2], "truncated"),
        "short.fits.gz": (gzip.compress(data)[:5000], "truncated"),
        "image.fits": (image.read_bytes(), "no spectrum"),
        "table.fits": (table.read_bytes(), "no spectrum"),
    }
    for name, (content, reason) in cases.items():
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(InputError, match=reason) as caught:
            read(path)
        assert str(caught.value).startswith(f"{path}: ")


def test_rounding_to_single_precision_is_undone():
    rounded = (10**LOGLAM).astype(np.float32).astype(float)
    np.testing.assert_allclose(np.log10(without_rounding(rounded)), LOGLAM, atol=1e-12)
    irregular = np.linspace(6000, 9000, 500)
    np.testing.assert_array_equal(without_rounding(irregular), irregular)
    with pytest.raises(InputError, match="rising"):
        without_rounding(irregular[::-1])


def test_spectra_know_their_frame():
    pixels = np.array([6000.0, 6001.0])
    spectrum = Spectrum(pixels, pixels, pixels, "spec", False, np.nan, 1.0)
    moved = spectrum.shifted(299.792458)
    np.testing.assert_allclose(moved.wavelength, pixels / 1.001, rtol=1e-12)
    assert moved.at_rest and moved.v_rad == 299.792458


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


def test_real_lamost_spectra(real):
    files = sorted((real / "lamost" / "spectrum").glob("*.fits"))
    spectra = [read(path) for path in files]
    assert len(spectra) == 54
    assert {spectrum.kind for spectrum in spectra} == {"lamost"}
    assert sum(np.isnan(spectrum.v_rad) for spectrum in spectra) == 4
    saturated = [(s.ivar[(s.wavelength > 6002) & (s.wavelength < 8957)] == 0).sum()
                 for s in spectra]  # fmt: skip
    assert sorted(saturated)[-3:] == pytest.approx([418, 748, 880], abs=10)

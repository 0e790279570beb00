"""Tables of a spectrum: units, medium, names, and what is refused."""

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.literature.air import to_air
from mdwarfs.spectra.formats import read, read_all
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT
from mdwarfs.spectra.table_columns import dissected

WAVELENGTH = np.linspace(6000.0, 9000.0, 40) + np.sin(np.arange(40))
FLUX = 3 + np.cos(WAVELENGTH / 50)
ERROR = 0.1 * FLUX


def table(wavelength="wavelength_vac", unit="Angstrom", error="error", **meta):
    found = Table({wavelength: WAVELENGTH, "flux": FLUX, error: ERROR}, meta=meta)
    found[wavelength].unit = unit
    return found


def write(path, table):
    table.write(path, overwrite=True)
    return path


def same(spectrum):
    assert spectrum.kind == "table"
    np.testing.assert_allclose(spectrum.wavelength, WAVELENGTH, rtol=1e-12)
    np.testing.assert_allclose(spectrum.flux, FLUX)
    np.testing.assert_allclose(spectrum.ivar, 1 / ERROR**2)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Wavelength_Air_nm", ("wavelength", "air", "nm")),
        ("wave [Angstrom] (vac)", ("wave", "vacuum", "angstrom")),
        ("lambda(micron)", ("lambda", "", "micron")),
        ("AWAV", ("wavelength", "air", "")),
        ("flux_err", ("flux_err", "", "")),
        ("Flux [erg/s/cm2/A]", ("flux", "", "erg/s/cm2/a")),
        ("", ("", "", "")),
    ],
)
def test_names_say_medium_and_unit(name, found):
    assert dissected(name) == found


@pytest.mark.parametrize(
    "key", [{"AIRORVAC": "vac"}, {"VACUUM": True}, {"medium": "Vacuum"}]
)
@pytest.mark.parametrize("suffix", ["fits", "ecsv"])
def test_the_header_declares_the_medium(tmp_path, key, suffix):
    same(read(write(tmp_path / f"a.{suffix}", table("wave", **key))))


def test_air_is_brought_to_vacuum(tmp_path):
    found = table("lam", AIRORVAC="air")
    found["lam"] = to_air(WAVELENGTH)
    found["lam"].unit = "Angstrom"
    same(read(write(tmp_path / "a.ecsv", found)))


@pytest.mark.parametrize("suffix", ["fits", "ecsv"])
@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (table("wavelength"), "whether its wavelengths are in air or in vacuum: name"),
        (table(unit=None), "the unit of its wavelengths: .* WAVEUNIT"),
        (table(unit="Hz"), "wavelengths in Hz, which is no known unit"),
        (table(error="other"), "no column of errors of its flux"),
        (table(AIRORVAC="air"), "are in air and in vacuum"),
        (table("wave", AIRORVAC="water"), "says that its wavelengths are in 'water'"),
    ],
)
def test_what_is_not_said_is_not_guessed(tmp_path, suffix, found, reason):
    with pytest.raises(InputError, match=reason):
        read(write(tmp_path / f"a.{suffix}", found))


def test_lines_of_csv_say_what_its_header_would(tmp_path):
    path = tmp_path / "a.csv"
    pixels = np.stack([WAVELENGTH / 10, FLUX, ERROR], axis=1).tolist()
    rows = "\n".join(f"{wave!r},{flux!r},{error!r}" for wave, flux, error in pixels)
    path.write_text("wavelength,flux,sigma\n" + rows)
    with pytest.raises(InputError, match="WAVEUNIT: nm"):
        read(path)
    said = "# WAVEUNIT: nm\n# AIRORVAC = vac\n# redshift: 0.001\n# SIMULATD: True\n"
    path.write_text("\ufeff" + said + "wavelength,flux,sigma\n" + rows + "\n")
    spectrum = read(path)
    same(spectrum)
    assert spectrum.v_rad == pytest.approx(1e-3 * SPEED_OF_LIGHT)
    assert spectrum.simulated is True and not spectrum.at_rest
    for text in ("a,b,c\n1,2,3\n", "wavelength,flux", "\xff\xfe"):
        path.write_text(text, encoding="latin-1")
        with pytest.raises(InputError):
            read(path)


def test_a_row_for_each_spectrum(tmp_path):
    found = Table({"wave_vac_nm": np.tile(WAVELENGTH / 10, (2, 1)),
                   "flux": [FLUX, 2 * FLUX], "ivar": [ERROR**-2, ERROR**-2],
                   "mask": np.zeros((2, 40), int), "name": ["A", "B"]})  # fmt: skip
    found["mask"][1, 5] = 1
    path = write(tmp_path / "a.fits", found)
    first, second = read_all(path)
    same(first)
    assert (first.name, second.name) == ("A", "B")
    assert list(np.flatnonzero(second.ivar == 0)) == [5]
    assert read(f"{path}[B]").source == f"{path}[2]"


def test_falling_wavelengths_and_a_velocity(tmp_path):
    found = table(V_RAD=12.0, E_V_RAD=1.5, ATREST=True, SNR=40.0)[::-1]
    spectrum = read(write(tmp_path / "a.fits", found))
    same(spectrum)
    assert spectrum.at_rest and (spectrum.v_rad, spectrum.e_v_rad) == (12, 1.5)
    assert spectrum.snr == 40


def test_units_of_the_flux(tmp_path):
    found = table()
    found["flux"].unit, found["error"].unit = "erg / (s cm2 Angstrom)", "W / (m2 um)"
    found["error"] = found["error"] * 10  # 1 erg/s/cm2/A is 10 W/m2/um
    found["error"].unit = "W / (m2 um)"
    same(read(write(tmp_path / "a.ecsv", found)))
    found["error"].unit = "K"
    with pytest.raises(InputError, match="which do not go together"):
        read(write(tmp_path / "a.ecsv", found))
    found = table()
    found["flux"].unit = found["error"].unit = "Jy"
    spectrum = read(write(tmp_path / "a.ecsv", found))
    shape = spectrum.flux * WAVELENGTH**2 / FLUX
    np.testing.assert_allclose(shape, shape[0])
    snr = spectrum.flux * np.sqrt(spectrum.ivar)
    np.testing.assert_allclose(snr, FLUX / ERROR)
    found["flux"].unit = "mag"
    with pytest.raises(InputError, match="has its flux in mag"):
        read(write(tmp_path / "a.ecsv", found))


def test_ucds_go_before_names(tmp_path):
    columns = [("A", WAVELENGTH, "em.wl;obs"), ("B", FLUX, "phot.flux.density"),
               ("C", ERROR, "stat.error;phot.flux.density")]  # fmt: skip
    hdu = fits.BinTableHDU.from_columns(
        [fits.Column(name, "D", array=values) for name, values, _ in columns]
    )
    for k, (_, _, ucd) in enumerate(columns, start=1):
        hdu.header[f"TUCD{k}"] = ucd
    hdu.header["TUNIT1"], hdu.header["AIRORVAC"] = "Angstrom", "vac"
    hdu.writeto(tmp_path / "a.fits")
    same(read(tmp_path / "a.fits"))


def test_an_ecsv_table_of_something_else_says_what_is_missing(tmp_path):
    path = write(tmp_path / "a.ecsv", Table({"ra": [1.0], "dec": [2.0]}))
    with pytest.raises(InputError, match="no columns of wavelengths and flux among ra"):
        read(path)


def test_whole_numbers_that_are_missing_are_bad_pixels(tmp_path):
    text = "wavelength_vacuum_angstrom,flux,error\n"
    rows = [f"{6000 + k},{10 + k},2" for k in range(8)]
    rows[3] = "6003,,2"
    (tmp_path / "a.csv").write_text(text + "\n".join(rows) + "\n")
    table = Table({"wave_vac": 6000.0 + np.arange(8), "error": np.full(8, 2.0)})
    columns = [
        fits.Column("wave_vac", "D", unit="Angstrom", array=table["wave_vac"]),
        fits.Column("flux", "J", null=-32768, array=np.r_[10:13, -32768, 14:18]),
        fits.Column("error", "D", array=table["error"]),
    ]
    fits.BinTableHDU.from_columns(columns).writeto(tmp_path / "a.fits")
    for name in ("a.csv", "a.fits"):
        assert np.flatnonzero(read(tmp_path / name).ivar == 0).tolist() == [3], name


def test_two_columns_of_one_name_are_refused_and_of_none_of_a_spectrum_are_not(
    tmp_path,
):
    rows = "".join(f"{6000 + k},{10 + k},{20 + k},2,0\n" for k in range(8))
    text = "wavelength_vacuum_angstrom,flux,{},error,{}\n"
    path = tmp_path / "a.csv"
    path.write_text(text.format("Flux", "x") + rows)
    with pytest.raises(InputError, match="has 2 columns flux: which is meant"):
        read(path)
    path.write_text(text.format("x", "x") + rows)
    assert len(read(path).flux) == 8
    columns = [fits.Column(x, "D", array=np.arange(8.0)) for x in ("flux", "flud")]
    columns.append(fits.Column("wave_vac", "D", unit="nm", array=600.0 + np.arange(8)))
    fits.BinTableHDU.from_columns(columns).writeto(tmp_path / "a.fits")
    content = (tmp_path / "a.fits").read_bytes().replace(b"'flud", b"'flux")
    (tmp_path / "a.fits").write_bytes(content)
    with pytest.raises(InputError, match="has 2 columns flux"):
        read(tmp_path / "a.fits")


@pytest.mark.parametrize("suffix", ["fits", "ecsv"])
def test_a_velocity_has_a_unit_or_is_in_km_s_or_is_no_number(tmp_path, suffix):
    def said(**meta):
        path = tmp_path / f"a.{suffix}"
        return read(write(path, table("wave", AIRORVAC="vac", **meta))).v_rad

    assert said(V_RAD=-12.5) == said(V_RAD="-12.5") == -12.5
    assert said(V_RAD="-12500 m/s") == said(V_RAD="-12.5 km/s") == -12.5
    for nothing in ({}, {"V_RAD": ""}, {"V_RAD": "NaN"}, {"V_RAD": "unknown"}):
        assert np.isnan(said(**nothing))
    assert np.isnan(said(V_RAD=-9999.0))
    for wrong in ("about 12", "12 K", True):
        with pytest.raises(InputError, match="says V_RAD .*, which is no velocity"):
            said(V_RAD=wrong)
    with pytest.raises(InputError, match="says REDSHIFT 'low', which is no number"):
        said(REDSHIFT="low")


def test_a_velocity_that_no_star_has_is_refused(tmp_path):
    path = write(tmp_path / "a.ecsv", table(V_RAD=300000))
    with pytest.raises(InputError, match=r"no velocity of a star.*300000 m/s"):
        read(path)
    with pytest.raises(InputError, match="says V_RAD 'inf', which is no velocity"):
        read(write(path, table(V_RAD="inf")))


@pytest.mark.parametrize("snr", [-5, 0, 1e9, "abc", "inf"])
def test_a_signal_to_noise_ratio_that_is_none_is_refused(tmp_path, snr):
    with pytest.raises(InputError, match="says SNR .*leave it out if it is not known"):
        read(write(tmp_path / "a.ecsv", table(SNR=snr)))


@pytest.mark.parametrize("snr", ["", "NaN", "unknown", -9999])
def test_a_signal_to_noise_ratio_that_is_not_known_is_none(tmp_path, snr):
    assert np.isnan(read(write(tmp_path / "a.ecsv", table(SNR=snr))).snr)


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan])
def test_errors_none_of_which_is_one_are_named(tmp_path, value):
    found = table()
    found["error"] = np.full(len(found), value)
    with pytest.raises(InputError, match=r"column error .* has no value above 0"):
        read(write(tmp_path / "a.ecsv", found))


def test_wavelengths_that_are_repeated_say_where(tmp_path):
    found = table()[np.repeat(np.arange(40), 2)]
    with pytest.raises(InputError, match=r"pixel 2 has .*\(40 are repeated, 0 go back"):
        read(write(tmp_path / "a.ecsv", found))

"""Spectra in other forms: what is read is what was written."""

from dataclasses import replace

import numpy as np
import pytest

from mdwarfs.errors import InputError
from mdwarfs.spectra.formats import formats, read, read_all
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT, build_spectrum
from tests.spectra import forms
from tests.spectra.observed import LOGLAM, flux_with_lines

GRID = (3.5523, 1e-4)


def invented(seed, v_rad=0.0):
    rng = np.random.default_rng(seed)
    wavelength = 10**LOGLAM
    flux = (flux_with_lines(wavelength, v_rad) + rng.normal(0, 1, len(LOGLAM))) / 7
    ivar = rng.uniform(0.5, 2, len(LOGLAM))
    ivar[rng.integers(0, len(LOGLAM), 20)] = 0
    return wavelength, flux.astype("f4").astype(float), ivar.astype("f4").astype(float)


def spectrum_of(wavelength, flux, ivar):
    return build_spectrum(wavelength, flux, ivar, at_rest=False)


def same(found, spectrum, rtol=2e-7):
    np.testing.assert_allclose(found.wavelength, spectrum.wavelength, rtol=1e-9)
    np.testing.assert_allclose(found.flux, spectrum.flux, rtol=rtol)
    np.testing.assert_allclose(found.ivar, spectrum.ivar, rtol=4 * rtol)


HEADER = {"Z": 2e-4, "SNRI": 31.0, "CLASS": "STAR", "SUBCLASS": "M2", "Z_ERR": 1e-5}


def check_all_forms(spectrum, loglam, folder):
    """Write a spectrum in every form and read it: the arrays are the same."""
    planes = spectrum.wavelength, spectrum.flux, spectrum.ivar
    kinds = set()

    def found(name):
        spectrum = read(folder / name)
        kinds.add(spectrum.kind)
        return spectrum

    forms.write_dr8(folder / "dr8.fits", *planes, **HEADER)
    same(found("dr8.fits"), spectrum)
    forms.write_pilot(folder / "pilot.fits", loglam, *planes[1:], **HEADER)
    same(found("pilot.fits"), spectrum)
    forms.write_sp_spec(folder / "sp.fit", loglam, *planes[1:], Z=2e-4, SN_I=31.0)
    same(found("sp.fit"), spectrum, rtol=5e-7)
    row = {"mjd": 59900, "snr": 31.0, "in_stack": False, "xcsao_v_rad": 60.0,
           "flux": planes[1], "ivar": planes[2],
           "pixel_flags": np.zeros(len(planes[1]), int)}  # fmt: skip
    forms.write_visits(folder / "visit.fits", [row], loglam)
    same(found("visit.fits"), spectrum)
    cuts = np.array_split(np.arange(len(planes[0])), 3)
    ends = [cut[[0, -1]] + [-10 * (k > 0), 10 * (k < 2)] for k, cut in enumerate(cuts)]
    arms = {}
    for arm, (first, last) in zip("BRZ", ends):
        part = slice(first, last + 1)
        flux, ivar = (np.tile(plane[part], (2, 1)) for plane in planes[1:])
        arms[arm] = (planes[0][part], flux, ivar, np.zeros(flux.shape))
    forms.write_desi(folder / "desi.fits", [39633297352951412, -5], arms)
    joined = read(f"{folder / 'desi.fits'}[39633297352951412]")
    kinds.add(joined.kind)
    np.testing.assert_allclose(joined.flux, spectrum.flux, rtol=2e-7)
    once = np.isclose(joined.ivar, spectrum.ivar, rtol=2e-7)
    twice = np.isclose(joined.ivar, 2 * spectrum.ivar, rtol=2e-7)
    assert (once | twice).all() and 30 < (twice & (spectrum.ivar > 0)).sum() <= 42
    for suffix in ("fits", "ecsv", "csv"):
        for medium, unit in (
            ("vacuum", "nm"),
            ("air", "angstrom"),
            ("vacuum", "micron"),
        ):
            path = folder / f"table_{medium}_{unit}.{suffix}"
            forms.write_table(path, *planes, medium, unit, V_RAD=12.5, SNR=31.0)
            same(table := found(path.name), spectrum, rtol=1e-9)
            assert table.v_rad == 12.5 and table.snr == 31
    return kinds


def test_one_spectrum_in_all_forms(tmp_path):
    kinds = check_all_forms(spectrum_of(*invented(1)), GRID, tmp_path)
    named = {"lamost-dr8", "lamost-pilot", "spSpec", "mwmVisit", "desi", "table"}
    assert kinds == named
    assert named | {"lamost", "mwmStar", "spec", "specutils"} == {
        module.NAME for module in formats()
    }


def test_a_real_spectrum_of_lamost_in_all_forms(real, tmp_path):
    path = min((real / "lamost" / "spectrum").glob("*.fits"))
    spectrum = read(path)
    log = np.log10(spectrum.wavelength)
    regular = (round(log[0], 6), 1e-4)
    np.testing.assert_allclose(log, regular[0] + 1e-4 * np.arange(len(log)))
    check_all_forms(spectrum, regular, tmp_path)


def test_what_lamost_says_of_a_star(tmp_path):
    planes = invented(2)
    mask = np.zeros(len(planes[0]))
    mask[500] = 4
    forms.write_dr8(tmp_path / "a.fits", *planes, and_mask=mask, **HEADER)
    spectrum = read(tmp_path / "a.fits")
    assert spectrum.v_rad == pytest.approx(2e-4 * SPEED_OF_LIGHT)
    assert spectrum.e_v_rad == pytest.approx(1e-5 * SPEED_OF_LIGHT)
    assert (spectrum.snr, spectrum.subclass) == (31, "M2") and not spectrum.at_rest
    assert spectrum.ivar[500] == 0 and spectrum.simulated is None
    assert spectrum.zwarning is None
    forms.write_dr8(tmp_path / "b.fits", *planes, SIMULATD=True)
    assert read(tmp_path / "b.fits").simulated is True
    assert np.isnan(read(tmp_path / "b.fits").v_rad)


def test_arms_of_lamost_join_with_a_gap(tmp_path):
    wavelength, flux, ivar = invented(3)
    blue, red = ((wavelength > a) & (wavelength < b)
                 for a, b in ((4950, 5350), (6300, 6800)))  # fmt: skip
    arms = {
        name: (wavelength[arm], flux[arm], ivar[arm])
        for name, arm in (("COADD_B", blue), ("COADD_R", red), ("R-84000000", red))
    }
    forms.write_mrs(tmp_path / "mrs.fits", arms, **HEADER)
    spectrum = read(tmp_path / "mrs.fits")
    assert spectrum.kind == "lamost-dr8" and spectrum.snr == 20
    assert len(spectrum.wavelength) == blue.sum() + red.sum() + 2
    gap = (spectrum.wavelength > 5350) & (spectrum.wavelength < 6300)
    assert gap.sum() == 2 and (spectrum.ivar[gap] == 0).all()
    forms.write_mrs_dr7(tmp_path / "dr7.fits", arms, **HEADER)
    older = read(tmp_path / "dr7.fits")
    same(older, spectrum)
    assert older.kind == "lamost-dr8" and older.v_rad == spectrum.v_rad
    del arms["COADD_B"]
    forms.write_mrs(tmp_path / "red.fits", arms)
    assert len(read(tmp_path / "red.fits").wavelength) == red.sum()
    del arms["COADD_R"]
    forms.write_mrs(tmp_path / "exposures.fits", arms)
    with pytest.raises(InputError, match="only single exposures"):
        read(tmp_path / "exposures.fits")


def test_sp_spec_of_a_galaxy_has_no_velocity_and_mixed_rows_are_refused(tmp_path):
    _, flux, ivar = invented(4)
    forms.write_sp_spec(tmp_path / "a.fit", GRID, flux, ivar, SPEC_CLN=2, Z=0.1)
    assert np.isnan(read(tmp_path / "a.fit").v_rad)
    forms.write_sp_spec(tmp_path / "b.fit", GRID, flux, ivar, Z=2e-4, Z_ERR=1e-5)
    spectrum = read(tmp_path / "b.fit")
    assert spectrum.star_class == "STAR"
    assert spectrum.v_rad == pytest.approx(2e-4 * SPEED_OF_LIGHT)
    forms.write_pilot(tmp_path / "c.fit", GRID, flux, ivar, SPEC_CLN=1)
    with pytest.raises(InputError, match="five rows, but the row of standard dev"):
        read(tmp_path / "c.fit")


def test_visits_are_at_rest_if_they_are_in_the_stack(tmp_path):
    _, flux, ivar = invented(5)
    common = {"flux": flux, "ivar": ivar, "pixel_flags": np.zeros(len(flux), int)}
    visits = [
        common | {"mjd": 59900 + k, "snr": 9.0, "in_stack": k == 0, "xcsao_v_rad": 40.0,
                  "xcsao_e_v_rad": 3.0, "xcsao_rxc": rxc, "zwarning_flags": 4 * k}
        for k, rxc in enumerate((9.0, 8.0, 2.0))
    ]  # fmt: skip
    path = tmp_path / "mwmVisit-0.6.0-7.fits"
    forms.write_visits(path, visits)
    spectra = read_all(path)
    assert [s.name for s in spectra] == ["APO-59900", "APO-59901", "APO-59902"]
    assert [s.at_rest for s in spectra] == [True, False, False]
    np.testing.assert_array_equal([s.v_rad for s in spectra], [40, 40, np.nan])
    assert [s.zwarning for s in spectra] == [0, 4, 8]
    assert spectra[0].e_v_rad == 3 and {s.kind for s in spectra} == {"mwmVisit"}
    np.testing.assert_allclose(np.log10(spectra[0].wavelength), LOGLAM, atol=1e-12)
    assert read(path, "APO-59901").source == f"{path}[2]"
    other = tmp_path / "mwmVisit-0.6.0-8.fits"
    forms.write_visits(other, visits)
    with pytest.raises(InputError, match="says the star of SDSS_ID 8, its header .* 7"):
        read(other)
    forms.write_visits(path, visits, CTYPE="ODD")
    with pytest.raises(InputError, match="unknown kind ODD"):
        read(path)


@pytest.mark.parametrize("compressed", [False, True])
def test_masked_pixels_of_desi_are_bad(tmp_path, compressed):
    wavelength = np.linspace(5760, 7620, 2326)
    flux, ivar = np.ones((2, 2326)), np.ones((2, 2326))
    mask = np.zeros((2, 2326), int)
    mask[1, 7] = 8
    path = tmp_path / "coadd.fits"
    forms.write_desi(path, [11, 12], {"R": (wavelength, flux, ivar, mask)}, compressed)
    first, second = read_all(path)
    assert first.ivar.all() and list(np.flatnonzero(second.ivar == 0)) == [7]
    assert np.isnan(first.v_rad) and np.isnan(first.snr)
    assert (
        read(f"{path}[12]").source == f"{path}[2]" and read(f"{path}[2]").name == "12"
    )
    forms.write_desi(path, [11, 12, 13], {"R": (wavelength, flux, ivar, mask)})
    with pytest.raises(InputError, match="arm R has 2326 wavelengths .* 3 rows"):
        read(path)


def test_arrays_of_several_lengths_are_refused():
    wavelength, flux, ivar = invented(6)
    for planes in (
        (wavelength, flux, ivar[:-1]),
        (wavelength, flux[:-1], ivar),
        (wavelength, flux, ivar[:1]),
        (wavelength[:-1], flux, ivar),
    ):
        with pytest.raises(InputError, match="wavelengths, .* values of the flux and"):
            spectrum_of(*planes)
    with pytest.raises(InputError, match="wavelengths, .* values of the flux and"):
        replace(spectrum_of(wavelength, flux, ivar), ivar=ivar[:-1])
    with pytest.raises(InputError, match="a mask of 4647 pixels"):
        build_spectrum(wavelength, flux, ivar, np.zeros(len(flux) - 1), at_rest=True)

"""Astra, LAMOST, wide binaries, literature, isochrones: nulls and forms."""

import gzip

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.simulation.files import astra, lamost, literature, parsec, wide_binaries


@pytest.mark.parametrize(
    ("product", "rows"),
    [("ApogeeNet", [0, 2]), ("ASPCAP", [0, 2]), ("Slam", [2, 0])],
)
def test_astra_leaves_the_unused_instrument_empty(tmp_path, product, rows):
    path = tmp_path / "summary.fits.gz"
    astra.write_summary(path, product, {"sdss_id": [1, 2], "teff": [3500.0, np.nan]})
    with fits.open(path) as hdus:
        assert [hdu.header["NAXIS2"] for hdu in hdus[1:]] == rows
        data = hdus[1 + rows.index(2)].data
        assert [hdu.header["INSTRMNT"] for hdu in hdus[1:]] == ["BOSS", "APOGEE"]
        assert list(data["gaia_dr3_source_id"]) == [-1, -1]
        assert np.isnan(data["e_teff"]).all() and not data["flag_bad"].any()
        assert list(data["release"]) == ["", ""]


def test_astra_knows_its_products(tmp_path):
    with pytest.raises(InputError, match="no Astra product 'Payne'"):
        astra.write_summary(tmp_path / "x.fits", "Payne", {"sdss_id": [1]})


@pytest.mark.parametrize("write", [lamost.write_stellar, lamost.write_mstellar])
def test_lamost_fills_with_its_sentinel(tmp_path, write):
    write(tmp_path / "x.fits.gz", {"obsid": [1, 2], "gaia_source_id": ["0", "12"]})
    data = fits.getdata(tmp_path / "x.fits.gz", 1)
    assert list(data["gaia_source_id"]) == ["0", "12"]
    assert list(data["teff_err"]) == [-9999, -9999] and list(data["class"]) == ["", ""]


def test_wide_binaries_mark_missing_reals_as_the_real_file_does(tmp_path, real):
    wide_binaries.write_catalogue(tmp_path / "x.fits", {"source_id1": [1]})
    ours = fits.getdata(tmp_path / "x.fits", 1)
    theirs = fits.getdata(real / "el_badry" / "example_binary.fits", 1)
    missing = theirs["dr2_radial_velocity2"][0]
    assert ours["dr2_radial_velocity2"][0] == missing
    assert ours["dr2_source_id1"][0] == 0


def test_birky_has_the_columns_of_the_authors_file(tmp_path, real):
    path = tmp_path / "Table6.csv"
    literature.write_birky(
        path, {"APOGEE_ID": ["2M1", "2M2"], "TEFF": [3500.5, np.nan], "GAIA_ID": [5, 6]}
    )
    lines = path.read_text().splitlines()
    with gzip.open(real / "birky2020" / "Table6_full_sample.csv.gz", "rt") as file:
        assert lines[0] == file.readline().strip()
    assert ",3500.5," in lines[1] and ",-9999," in lines[2]
    assert "5.00000000000000E+00" in lines[1]


def test_parsec_output_ends_as_the_server_ends_it(tmp_path):
    names = "m_h log_age mini mass log_l log_te logg label m_bol m_g m_bp m_rp".split()
    table = Table({name: np.linspace(0.1, 0.4, 4) for name in names})
    table["m_h"], table["log_age"], table["label"] = [0.3, 0.3, 0, 0], 9.5, [0, 1, 0, 1]
    parsec.write_isochrones(tmp_path / "iso.dat", table)
    lines = (tmp_path / "iso.dat").read_text().splitlines()
    assert lines[-1] == "#isochrone terminated"
    assert sum(line.startswith("# Zini MH logAge") for line in lines) == 2
    rows = [line.split() for line in lines if not line.startswith("#")]
    assert len(rows) == 4 and {len(row) for row in rows} == {len(parsec.COLUMNS)}

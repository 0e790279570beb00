import gzip

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import MaskedColumn, Table

from mdwarfs.errors import InputError, MissingColumn
from mdwarfs.given.table import read_columns, read_given

ID = 4010201828880793984
COLUMNS = {
    "source_id": "Gaia",
    "id": "Name",
    "teff": {"name": "T", "unit": "kK", "error": "e_T", "missing": -99},
    "logg": "logg",
    "note": "note",
    "n": "n",
}


def stars():
    table = Table({"Gaia": [ID, 12], "Name": ["a star", "b"], "T": [3.5, -99.0]})
    table["e_T"], table["logg"] = [0.05, 0.1], [4.9, 4.7]
    table["note"], table["n"] = ["x", ""], [3, 4]
    return table


def written(table, path):
    if path.suffix == ".gz":
        table.write(path.with_suffix(""), format="fits")
        path.write_bytes(gzip.compress(path.with_suffix("").read_bytes()))
    else:
        forms = {".csv": "ascii.csv", ".ecsv": "ascii.ecsv", ".vot": "votable"}
        table.write(path, format=forms.get(path.suffix, "fits"))
    return path


@pytest.mark.parametrize("suffix", [".csv", ".ecsv", ".fits", ".fits.gz", ".vot"])
def test_every_form_of_a_table_gives_the_same(tmp_path, suffix):
    table, wrong = read_given(written(stars(), tmp_path / f"t{suffix}"), COLUMNS)
    assert table["source_id"].dtype == np.int64 and table["source_id"][0] == ID
    assert list(table["id"]) == ["a star", "b"] and list(table["note"]) == ["x", ""]
    assert table["teff"][0] == pytest.approx(3500) and np.isnan(table["teff"][1])
    assert table["e_teff"][0] == pytest.approx(50) and table["n"].dtype.kind == "i"
    assert wrong == {"teff": ["", ""], "logg": ["", ""]}
    assert table["teff"].unit == u.K and table["teff"].info.description


def test_units_of_the_table_are_converted_and_wrong_ones_refused(tmp_path):
    table = stars()
    table["v"] = [0.02, 0.03]
    table["v"].unit = "m/s"
    path = written(table, tmp_path / "t.ecsv")
    found, _ = read_given(path, {"v_rad": "v"})
    assert found["v_rad"][0] == pytest.approx(2e-5)
    with pytest.raises(InputError, match=r"column v \(files.columns.teff\): its unit"):
        read_given(path, {"teff": "v"})


def test_values_that_are_none_are_null_and_say_so(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("T,g\n3500,4.8\nn/a,4.9\n9e9,\n")
    table, wrong = read_given(path, {"teff": "T", "logg": "g"})
    assert list(np.isfinite(table["teff"])) == [True, False, False]
    assert wrong["teff"][1] == "'n/a' is no number"
    assert "9e+09 is not possible" in wrong["teff"][2]
    assert np.isnan(table["logg"][2]) and wrong["logg"] == ["", "", ""]


def test_identifiers_keep_their_digits_or_are_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(f"a,b,c,d\nGaia DR3 {ID},{ID},{ID}.0,HD 1\n,,,\n")
    for name in "ab":
        table, _ = read_given(path, {"source_id": name})
        assert list(table["source_id"]) == [ID, 0]
    with pytest.raises(InputError, match="floating-point"):
        read_given(path, {"source_id": "c"})
    with pytest.raises(InputError, match="'HD 1' .*mapped as id"):
        read_given(path, {"source_id": "d"})


def test_a_missing_column_is_named_with_the_nearest(tmp_path):
    path = written(stars(), tmp_path / "t.csv")
    with pytest.raises(MissingColumn, match="no column Gaja .did you mean Gaia"):
        read_given(path, {"source_id": "Gaja"})
    assert read_given(path, {"source_id": "gaia"})[0]["source_id"][0] == ID


@pytest.mark.parametrize("name", ["t.csv", "t.ecsv", "t.fits", "t.vot", "t.dat"])
def test_what_is_no_table_is_named(tmp_path, name):
    path = tmp_path / name
    with pytest.raises(InputError, match=f"{name}: there is no such file"):
        read_columns(path, ["a"])
    path.write_bytes(b"\x00\x01nothing\xff")
    with pytest.raises(InputError, match=name):
        read_columns(path, ["a"])


def test_vector_columns_are_read_of_the_rows_that_are_wanted(tmp_path):
    rows = np.arange(2000)
    flux = fits.Column("flux", "50E", array=np.outer(rows, np.ones(50)))
    null = fits.Column("id", "K", null=999999, array=np.where(rows == 7, 999999, rows))
    hdu = fits.BinTableHDU.from_columns([flux, null])
    path = tmp_path / "t.fits"
    hdu.writeto(path)
    found = read_columns(path, ["flux", "id"], np.array([3, 7, 1999]))
    np.testing.assert_array_equal(found["flux"][:, 0], [3, 7, 1999])
    assert isinstance(found["id"], MaskedColumn)
    assert list(found["id"].mask) == [False, True, False]

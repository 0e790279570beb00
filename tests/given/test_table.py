import gzip

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import MaskedColumn, Table

from mdwarfs.errors import InputError, MissingColumn
from mdwarfs.given.raw_table import names_of, read_columns
from mdwarfs.given.table import read_given

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
    with pytest.raises(InputError, match="'HD 1' .*map a column of names as id"):
        read_given(path, {"source_id": "d"})


def test_a_missing_column_is_named_with_the_nearest(tmp_path):
    path = written(stars(), tmp_path / "t.csv")
    said = r"column Gaja \(files.columns.source_id; did you mean Gaia\?\); it has Gaia"
    with pytest.raises(MissingColumn, match=said):
        read_given(path, {"source_id": "Gaja"})
    with pytest.raises(
        MissingColumn, match=r"e_TT \(files.columns.teff.error; did you"
    ):
        read_given(path, {"teff": {"name": "T", "error": "e_TT"}})
    assert read_given(path, {"source_id": "gaia"})[0]["source_id"][0] == ID


@pytest.mark.parametrize("name", ["t.csv", "t.ecsv", "t.fits", "t.vot", "t.dat"])
def test_what_is_no_table_is_named(tmp_path, name):
    path = tmp_path / name
    with pytest.raises(InputError, match=f"{name}: there is no such file"):
        read_columns(path, {"a": "a"})
    path.write_bytes(b"\x00\x01nothing\xff")
    with pytest.raises(InputError, match=name):
        read_columns(path, {"a": "a"})
    with pytest.raises(InputError, match=name):
        names_of(path)


def test_vector_columns_are_read_of_the_rows_that_are_wanted(tmp_path):
    rows = np.arange(2000)
    flux = fits.Column("flux", "50E", array=np.outer(rows, np.ones(50)))
    null = fits.Column("id", "K", null=999999, array=np.where(rows == 7, 999999, rows))
    hdu = fits.BinTableHDU.from_columns([flux, null])
    path = tmp_path / "t.fits"
    hdu.writeto(path)
    found = read_columns(path, {"f": "flux", "i": "id"}, np.array([3, 7, 1999]))
    np.testing.assert_array_equal(found["flux"][:, 0], [3, 7, 1999])
    assert isinstance(found["id"], MaskedColumn)
    assert list(found["id"].mask) == [False, True, False]


@pytest.mark.parametrize("suffix", [".csv", ".ecsv", ".fits", ".fits.gz", ".vot"])
def test_the_names_alone_are_those_of_the_whole(tmp_path, suffix):
    path = written(stars(), tmp_path / f"t{suffix}")
    assert names_of(path) == stars().colnames


def test_a_line_that_begins_with_a_hash_does_not_vanish(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("# what this is\nname,T\n#7,3500\nb,3600\n")
    with pytest.raises(InputError, match="line 3 begins with #: is it a star"):
        read_given(path, {"id": "name"})
    path.write_text('# what this is\nname,T\n"#7",3500\nb,3600\n')
    table, _ = read_given(path, {"id": "name", "teff": "T"})
    assert list(table["id"]) == ["#7", "b"] and list(table["teff"]) == [3500, 3600]


def test_a_table_of_excel_has_its_first_column(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("\ufeffname,T\r\na,3500\r\n".encode())
    assert list(read_given(path, {"id": "name"})[0]["id"]) == ["a"]
    path.write_text("name;T\na;3500\n")
    with pytest.raises(MissingColumn, match="name;T. Columns of CSV are divided"):
        read_given(path, {"id": "name"})


@pytest.mark.parametrize("suffix", [".csv", ".fits"])
def test_two_columns_of_one_name_are_refused_if_they_are_asked_for(tmp_path, suffix):
    path = tmp_path / f"t{suffix}"
    if suffix == ".csv":
        path.write_text("name,T,T\na,3500,3600\n")
    else:
        columns = [fits.Column(x, "D", array=[3500.0]) for x in ("name", "T", "U")]
        fits.BinTableHDU.from_columns(columns).writeto(path)
        path.write_bytes(path.read_bytes().replace(b"= 'U  ", b"= 'T  "))
    with pytest.raises(InputError, match=r"T \(column 2\), T \(column 3\): which"):
        read_given(path, {"teff": "T"})
    if suffix == ".csv":
        assert len(read_given(path, {"id": "name"})[0]) == 1
    else:
        with pytest.raises(InputError, match=r"T \(column 3\): such a table cannot"):
            read_given(path, {"id": "name"})


def test_whole_numbers_with_blanks_stay_whole(tmp_path):
    table = Table({"row": [1.0, np.nan, 12.0], "x": [1.5, np.nan, 2.0]})
    table.write(tmp_path / "t.fits")
    columns = {"row": "row", "id": "x", "source_id": "row"}
    found, _ = read_given(tmp_path / "t.fits", columns)
    assert list(found["row"]) == ["1", "", "12"]
    assert list(found["id"]) == ["1.5", "", "2"]
    assert list(found["source_id"]) == [1, 0, 12]


@pytest.mark.parametrize(
    ("unit", "shift"),
    [
        ("log(m/s2)", 2.0), ("[m/s2]", 2.0), ("dex(m / s2)", 2.0), ("log(SI)", 2.0),
        ("log(cm.s**-2)", 0.0), ("[cm/s2]", 0.0), ("log10(cgs)", 0.0), ("dex", 0.0),
    ],
)  # fmt: skip
def test_a_logarithm_is_converted_by_what_it_is_of(tmp_path, unit, shift):
    path = tmp_path / "t.csv"
    path.write_text("g,e\n2.8,0.1\n")
    found, _ = read_given(path, {"logg": {"name": "g", "unit": unit, "error": "e"}})
    assert found["logg"][0] == pytest.approx(2.8 + shift)
    assert found["e_logg"][0] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("logg", "mag"), ("logg", "log(K)"), ("logg", "cm/s2"), ("logg", "[Sun]"),
        ("feh", "mag"), ("feh", "log(m/s2)"), ("teff", "dex(K)"), ("teff", "log(K)"),
        ("v_rad", "mag"),
    ],
)  # fmt: skip
def test_what_is_no_such_logarithm_is_refused(tmp_path, name, unit):
    path = tmp_path / "t.csv"
    path.write_text("x\n2.8\n")
    words = rf"column x \(files.columns.{name}\): its unit .* give the right one"
    with pytest.raises(InputError, match=words):
        read_given(path, {name: {"name": "x", "unit": unit}})


@pytest.mark.parametrize("missing", [-9999, -9999.0, "-9999", "-9999.0", " -9999"])
@pytest.mark.parametrize("dtype", ["i8", "f4", "f8", "U8"])
def test_what_means_none_does_so_as_text_and_as_number(tmp_path, missing, dtype):
    table = Table({"T": np.array(["3500", "-9999"]).astype(dtype)})
    path = written(table, tmp_path / "t.fits")
    found, wrong = read_given(path, {"teff": {"name": "T", "missing": missing}})
    assert found["teff"][0] == 3500 and np.isnan(found["teff"][1])
    assert wrong["teff"] == ["", ""]


def test_what_means_none_is_found_in_single_precision(tmp_path):
    table = Table({"T": np.array([3500, -99.9], "f4")})
    path = written(table, tmp_path / "t.fits")
    _, wrong = read_given(path, {"teff": {"name": "T", "missing": -99.9}})
    assert wrong["teff"] == ["", ""]


def test_identifiers_beyond_64_bits_are_refused(tmp_path):
    table = Table({"a": np.array([1, 2**63], "u8"), "b": ["1", str(2**63)]})
    path = written(table, tmp_path / "t.fits")
    for name in "ab":
        with pytest.raises(
            InputError, match=r"9223372036854775808 \(row 2\) is larger"
        ):
            read_given(path, {"source_id": name})


def test_impossible_snr_and_velocities_are_null_and_said(tmp_path, caplog):
    path = tmp_path / "t.csv"
    path.write_text("SN,rv\n-5,-9999\n40,20\n")
    found, _ = read_given(path, {"snr": "SN", "v_rad": "rv"})
    assert list(np.isfinite(found["snr"])) == [False, True]
    assert list(np.isfinite(found["v_rad"])) == [False, True]
    assert "1 value(s) are null" in caplog.text and "-5 is not possible" in caplog.text


def test_complex_numbers_are_refused(tmp_path):
    table = Table({"T": np.array([1 + 2j])})
    path = written(table, tmp_path / "t.fits")
    with pytest.raises(InputError, match="column T .* holds complex128"):
        read_given(path, {"teff": "T"})


CELLS = "file,teff,feh\n" + "".join(f"{i}.fits,34{i},-0.{i}\n" for i in range(10, 20))
NAMED = {"a": "file", "b": "teff", "c": "feh"}


def test_a_text_that_lost_its_end_is_noticed(tmp_path, caplog):
    path = tmp_path / "stars.csv"
    path.write_text(CELLS)
    assert len(read_columns(path, NAMED)) == 10 and not caplog.records
    path.write_text(CELLS[:-2])  # within the last value: -0.1 for -0.19
    assert read_columns(path, NAMED)["feh"][-1] == -0.1
    assert "the last value of line 11 is wrong" in caplog.text
    for cut in range(7, 15):  # within another: a row of nulls, if nobody looked
        path.write_text(CELLS[:-cut])
        with pytest.raises(InputError, match="has lost its end"):
            read_columns(path, NAMED)

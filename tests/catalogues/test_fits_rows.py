import gzip

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs.catalogues.fits_rows import read_columns
from mdwarfs.errors import InputError

LARGE = 3122834441337513729  # loses its last digits in a float
N = 25


@pytest.fixture
def table():
    return Table(
        {
            "ID": LARGE + np.arange(N),
            "Name": [f"s{i}".ljust(6) for i in range(N)],
            "mag": np.arange(2.0 * N).reshape(N, 2),
            "good": np.arange(N) % 2 == 0,
            "x": np.arange(N, dtype="f4"),
        }
    )


@pytest.fixture
def path(table, tmp_path):
    path = tmp_path / "table.fits"
    image = fits.ImageHDU(np.zeros((50, 70), "f4"))
    fits.HDUList([fits.PrimaryHDU(), image, fits.table_to_hdu(table)]).writeto(path)
    return path


def gzipped(path, name="table.fits.gz"):
    packed = path.with_name(name)
    packed.write_bytes(gzip.compress(path.read_bytes()))
    return packed


@pytest.mark.parametrize("block", [1, 7, 25, 1000])
def test_columns_are_read_whatever_the_block(path, table, block):
    read = read_columns(path, 2, ["id", "NAME", "good", "x", "mag"], block=block)
    assert read.colnames == ["id", "NAME", "good", "x", "mag"]
    assert read.meta["N_ROWS"] == N
    np.testing.assert_array_equal(read["id"], table["ID"])
    assert read["id"].dtype == np.int64 and read["good"].dtype == bool
    np.testing.assert_array_equal(read["NAME"], np.char.strip(table["Name"]))
    np.testing.assert_array_equal(read["good"], table["good"])
    np.testing.assert_array_equal(read["mag"], table["mag"])


def test_the_first_bytes_decide_whether_a_file_is_gzipped(path):
    packed = gzipped(path)
    named_gz = path.with_name("plain.fits.gz")
    named_gz.write_bytes(path.read_bytes())
    for file in (packed, named_gz, gzipped(path, "packed.fits")):
        assert len(read_columns(file, 2, ["ID"])) == N


def test_rows_are_chosen_block_by_block(path):
    read = read_columns(path, 2, ["x"], keep=lambda rows: rows["x"] > 20, block=4)
    assert list(read["x"]) == [21, 22, 23, 24]
    assert read.meta["N_ROWS"] == N


def test_table_without_rows(tmp_path):
    path = tmp_path / "empty.fits"
    fits.table_to_hdu(Table({"x": np.empty(0), "s": np.empty(0, "U3")})).writeto(path)
    read = read_columns(path, 1, ["x", "s"])
    assert len(read) == 0 and read["s"].dtype.kind == "U"


def test_integer_null_of_the_file_becomes_zero(tmp_path):
    path = tmp_path / "null.fits"
    columns = [fits.Column("id", "K", array=np.array([5, -77]), null=-77)]
    fits.BinTableHDU.from_columns(columns).writeto(path)
    assert list(read_columns(path, 1, ["id"])["id"]) == [5, 0]


def test_missing_column_is_named(path):
    with pytest.raises(InputError, match=r"table.fits lacks the column\(s\) ruwe"):
        read_columns(path, 2, ["x", "ruwe"])


@pytest.mark.parametrize("size", [100, 3000, 18_000, -100])
@pytest.mark.parametrize("pack", [False, True])
def test_truncated_file(path, size, pack):
    if pack:
        full = gzipped(path).read_bytes()
        size = -20 if size < 0 else min(size // 10, len(full) // 2)
    else:
        full, size = path.read_bytes(), -3000 if size < 0 else size
    cut = path.with_name("cut.fits")
    cut.write_bytes(full[:size])
    with pytest.raises(InputError, match="cut.fits .*fetch it again"):
        read_columns(cut, 2, ["x"], block=5)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<!DOCTYPE html><html><body>503</body></html>", "web page"),
        (b'{"error": "no such file"}', "error message of the server"),
        (b"", "is empty"),
        (b"just some words" * 500, "not a FITS file"),
    ],
)
def test_what_is_not_fits_is_named(tmp_path, content, message):
    path = tmp_path / "spAll.fits.gz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"spAll.fits.gz .*{message}.*fetch it again"):
        read_columns(path, 1, ["x"])


def test_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="nothing.fits does not exist"):
        read_columns(tmp_path / "nothing.fits", 1, ["x"])


def test_what_is_not_a_table_is_named(path):
    with pytest.raises(InputError, match="HDU 1 is not a table"):
        read_columns(path, 1, ["x"])
    with pytest.raises(InputError, match="no HDU 3"):
        read_columns(path, 3, ["x"])


def test_other_formats_are_counted_but_not_read(tmp_path):
    path = tmp_path / "formats.fits"
    variable = np.array([np.ones(2), np.ones(3)], object)
    columns = [
        fits.Column("bits", "11X", array=np.ones((2, 11), bool)),
        fits.Column("list", "PE()", array=variable),
        fits.Column("wave", "M", array=np.ones(2, complex)),
        fits.Column("none", "0E"),
        fits.Column("x", "I", array=np.array([3, 4])),
    ]
    fits.BinTableHDU.from_columns(columns).writeto(path)
    assert list(read_columns(path, 1, ["x"])["x"]) == [3, 4]
    with pytest.raises(InputError, match="column wave: no type for format M"):
        read_columns(path, 1, ["wave"])


def test_scaled_columns_are_refused_not_misread(tmp_path):
    path = tmp_path / "scaled.fits"
    columns = [fits.Column("u", "J", array=np.array([1, 2]), bzero=2**31)]
    fits.BinTableHDU.from_columns(columns).writeto(path)
    with pytest.raises(InputError, match="column u is scaled"):
        read_columns(path, 1, ["u"])

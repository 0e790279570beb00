import gzip

import numpy as np
import pytest
from astropy.io import fits

from mdwarfs.errors import InputError
from mdwarfs.simulation.files import fits_table
from mdwarfs.simulation.files.columns.layout import FOLDER, Layout, read_layouts
from mdwarfs.tables.fits_format import Column

LAYOUT = Layout(
    "THINGS",
    (
        Column("id", "K"),
        Column("name", "5A"),
        Column("mag", "2E", "mag"),
        Column("good", "L"),
        Column("bits", "3B"),
        Column("x", "D"),
    ),
)
NULLS = {"text": "", "int": -1, "float": np.nan, "bool": False, "bits": 0}
LARGE = 3122834441337513729  # loses its last digits in a float


def write(path, columns):
    rows = fits_table.records(LAYOUT, columns, NULLS)
    parts = [fits_table.primary_header(), fits_table.table_hdu(LAYOUT, rows)]
    fits_table.write_file(path, parts)


def test_astropy_reads_back_what_was_put_in(tmp_path):
    path = tmp_path / "things.fits.gz"
    columns = {
        "id": [LARGE, 2],
        "name": ["ab", "cdefg"],
        "mag": [[1, 2], [3, 4]],
        "good": [True, False],
        "bits": [[1, 2, 3], [4, 5, 6]],
        "x": [0.1, 0.2],
    }
    write(path, columns)
    with fits.open(path) as hdus:
        hdus.verify("exception")
        data = hdus["THINGS"].data
        assert hdus[1].columns["mag"].unit == "mag"
        for name, values in columns.items():
            np.testing.assert_array_equal(data[name], values)


def test_other_columns_are_null(tmp_path):
    write(tmp_path / "things.fits", {"x": [1.0, 2.0]})
    data = fits.getdata(tmp_path / "things.fits", 1)
    assert list(data["id"]) == [-1, -1]
    assert list(data["name"]) == ["", ""]
    assert np.isnan(data["mag"]).all()
    assert not data["good"].any() and not data["bits"].any()


def test_gzipped_file_depends_on_its_content_alone(tmp_path):
    for name in ("one.fits.gz", "two.fits.gz"):
        write(tmp_path / name, {"x": [1.0]})
    one, two = (tmp_path / f"{n}.fits.gz" for n in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    with gzip.open(one) as file:
        file.read()
        assert file.mtime == 0


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"colour": [1.0]}, "no column colour"),
        ({"name": ["too long"]}, "name: a text is longer than 5"),
        ({"id": [1.5]}, "id must be integers"),
    ],
)
def test_what_does_not_fit_the_format_is_refused(columns, message):
    with pytest.raises(InputError, match=message):
        fits_table.records(LAYOUT, columns, NULLS)


def test_column_lists_say_where_they_come_from():
    lists = sorted(FOLDER.glob("*.tsv"))
    assert len(lists) == 12
    for file in lists:
        assert file.read_text().startswith("# "), file.name
        assert all(layout.dtype.itemsize for layout in read_layouts(file.stem))


@pytest.mark.parametrize("product", ["astraAllStarSlam", "spAll-lite", "mwmStar"])
def test_headers_are_those_of_astropy_itself(product):
    cards = [("INSTRMNT", "BOSS")]
    for layout in read_layouts(product):
        columns = [
            fits.Column(c.name, c.format, c.unit or None) for c in layout.columns
        ]
        hdu = fits.BinTableHDU.from_columns(columns, nrows=0, name=layout.extname)
        hdu.header["NAXIS2"] = 7
        hdu.header.extend(cards)
        made = fits_table.table_header(layout, 7, cards)
        assert made == hdu.header.tostring().encode("ascii")

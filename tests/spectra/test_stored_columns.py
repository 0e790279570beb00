"""Columns read from the bytes of a table are those that astropy reads."""

import numpy as np
import pytest
from astropy.io import fits
from numpy.testing import assert_array_equal

from mdwarfs.simulation.files.boss import write_mwm_star
from mdwarfs.spectra.files import opened
from mdwarfs.spectra.readers import mwm_star
from mdwarfs.spectra.stored_columns import columns_of, stored

NAMES = ("flux", "snr", "flags")
ROWS = np.arange(3)


def written(path, *columns, rows=3):
    """A file with a table of these columns, behind others of several formats."""
    other = [
        fits.Column("release", "5A", array=["sdss5"] * rows),
        fits.Column("bits", "11X", array=np.zeros((rows, 11), bool)),
        fits.Column("many", "PE()", array=np.array([[1.0]] * rows, dtype=object)),
    ]
    table = fits.BinTableHDU.from_columns([*other, *columns])
    fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(np.ones(7)), table]).writeto(path)
    return path


def column(name, form, values=ROWS, **keywords):
    return fits.Column(name, form, array=np.asarray(values), **keywords)


@pytest.mark.parametrize(
    ("columns", "plain"),
    [
        ([column("flux", "4E", np.ones((3, 4))), column("SNR", "D")], True),
        ([column("Flux", "J"), column("flags", "K", null=-1)], True),
        ([column("wave", "E")], True),  # none of those that are asked for
        ([column("wave", "E", bscale=2.0), column("snr", "E")], True),
        ([column("flux", "E", bscale=0.5, bzero=3.0)], False),
        ([column("flags", "J", ROWS.astype("u4"), bzero=2**31)], False),
        ([column("flux", "6E", np.ones((3, 2, 3)), dim="(3,2)")], False),
        ([column("snr", "4A", ["9.5"] * 3)], False),
        ([column("flags", "L", ROWS > 1)], False),
    ],
)
def test_values_are_those_of_astropy(tmp_path, columns, plain):
    with opened(written(tmp_path / "table.fits", *columns)) as content:
        hdu = content.hdus[2]
        found = columns_of(content, hdu, NAMES)
        assert ("data" in vars(hdu)) is not plain  # where astropy keeps it
        there = [column.name for column in columns if column.name.lower() in NAMES]
        assert set(found) == {name.lower() for name in there}
        for name in there:
            assert_array_equal(found[name.lower()], hdu.data[name])


def test_a_header_that_makes_no_sense_is_astropys_to_judge():
    def header(*cards):
        return b"".join(card.encode().ljust(80) for card in cards)

    name, form = "TTYPE1  = 'flux    '", "TFORM1  = 'E       '"
    assert stored(header(name, form), NAMES, 4) == np.dtype([("flux", ">f4")])
    assert stored(header(name, form), NAMES, 8) is None  # more bytes than columns
    for wrong in ("'5'", "'1Y'", "''"):
        assert stored(header(name, f"TFORM1  = {wrong}"), NAMES, 4) is None
    second = "TTYPE2  = 'FLUX    '", "TFORM2  = 'E       '"
    assert stored(header(name, form, *second), NAMES, 8) is None  # two of one name
    assert stored(header(name, form, *second[:1]), ("snr",), 4).names == ()
    assert stored(header(name, "TFORM3  = 'E       '"), NAMES, 4) is None
    assert stored(header(name, form, "CONTINUE  'x'"), NAMES, 4) is None


def test_a_comment_is_no_card():
    text = "COMMENT TTYPE1  = 'flux'".ljust(80) + "TTYPE1  = 'a'".ljust(80)
    text += "TFORM1  = 'E'".ljust(80)
    assert stored(text.encode(), NAMES, 4).names == ()


def test_a_spectrum_of_astra_is_read_without_astropys_columns(tmp_path, monkeypatch):
    """Of all 35 columns they take twice as long as the rest."""
    path = tmp_path / "mwmStar-0.6.0-7.fits"
    planes = np.ones((3, 4648))
    write_mwm_star(path, {"sdss_id": 7, "snr": 9.5, "v_rad": 31.0}, *planes)

    def no_columns(*_):
        raise AssertionError("astropy has been asked for columns")

    monkeypatch.setattr(fits.column.ColDefs, "__init__", no_columns)
    with opened(path) as content:
        (spectrum,) = mwm_star.read(content)
    assert spectrum.snr == 9.5 and spectrum.v_rad == 31

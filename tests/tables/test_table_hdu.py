"""What other software finds in the FITS files: units, descriptions, texts, origin."""

import numpy as np
import pytest
from astropy import units as u
from astropy.io import fits
from astropy.table import Table, join

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.tables.tabulate import annotate

LONG = (
    "A description that is longer than a card: with a colon, 'quotes' and " + "x" * 80
)


@pytest.fixture
def path(tmp_path, stamp):
    table = Table(
        {
            "source_id": np.array([2**62 + 1, 5]),
            "teff": [3200.5, np.nan],
            "feh": [-0.1, np.nan],
            "slope": [0.1, 0.2],
            "both": np.zeros((2, 2, 2)),
            "reason": ["", "no parallax"],
            "candidate": [True, False],
        }
    )
    said = {"slope": ("dex / kK", LONG), "both": ("", "Two by two")}
    annotate(table, said | {"candidate": ("", "It was chosen")})
    tables.write(table, tmp_path / "some stars.fits", stamp)
    return tmp_path / "some stars.fits"


def test_astropy_reads_units_descriptions_and_texts_without_a_warning(path):
    """Warnings are errors here."""
    table = Table.read(path)
    assert table["feh"].unit == u.dex and table["teff"].unit == u.K
    assert table["slope"].unit == u.dex / u.kK
    assert table["slope"].description == LONG
    assert table["feh"].description == "[Fe/H]"
    assert table["reason"].dtype.kind == "U" and table["reason"][1] == "no parallax"
    assert list(table["feh"].mask) == list(table["teff"].mask) == [False, True]
    assert table["source_id"][0] == 2**62 + 1 and table["candidate"][0]
    assert "comments" not in table.meta and table["both"].shape == (2, 2, 2)


def test_pandas_has_texts_as_texts(path):
    frame = Table.read(path)[["source_id", "feh", "reason"]].to_pandas()
    assert frame["reason"].tolist()[1] == "no parallax"
    assert frame["feh"].isna().tolist() == [False, True]


def test_topcat_finds_each_description_and_no_unit_that_fits_lacks(path):
    header = fits.getheader(path, 1)
    assert header["TCOMM3"] == "[Fe/H] [dex]" and "TUNIT3" not in header
    assert header["TCOMM2"] == "Effective temperature" and header["TUNIT2"] == "K"
    assert header["TCOMM4"] == f"{LONG} [dex / kK]"


def test_the_own_reader_has_internal_units_and_plain_descriptions(path):
    table = tables.read(path)
    assert table["feh"].unit == u.dex and table["feh"].description == "[Fe/H]"
    assert np.isnan(table["feh"][1]) and table["reason"].tolist() == ["", "no parallax"]
    assert not any(hasattr(table[name], "mask") for name in table.colnames)


def test_files_that_have_dex_in_tunit_are_still_read(path):
    with fits.open(path) as hdus:
        header = hdus[1].header
        del header["COMMENT"]
        header["TUNIT3"], header["TCOMM3"] = "dex", "[Fe/H]"
        hdus.writeto(path.with_name("old.fits"))
    table = tables.read(path.with_name("old.fits"))
    assert table["feh"].unit == u.dex and table["feh"].description == "[Fe/H]"


def test_each_extension_has_a_name(path):
    with fits.open(path) as hdus:
        assert [hdu.header["EXTNAME"] for hdu in hdus] == ["PRIMARY", "SOME STARS"]


def test_two_products_are_joined_without_a_warning(path, recwarn):
    """As docs/datamodel.md says; descriptions stay in the meta of both."""
    one, two = (Table.read(path)["source_id", name] for name in ("feh", "reason"))
    two.meta["TCOMM3"] = "Another"
    recwarn.clear()
    both = join(one, two, keys="source_id", metadata_conflicts="silent")
    assert both.colnames == ["source_id", "feh", "reason"] and not recwarn.list


def test_a_column_that_was_renamed_is_named(path):
    with pytest.raises(InputError, match="extrapolated is snr_extrapolated now"):
        tables.read(path, ["extrapolated"])

"""Tables beside the one table of a file, as images of their columns."""

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Column, Table

from mdwarfs import tables

STAMP = {"run": "test", "simulated": True}


@pytest.fixture
def pixels():
    table = Table(
        {
            "wavelength": [6000.0, np.nan, 6002.0],
            "n": [3, 10**12, 0],
            "used": [True, False, True],
            "solver": ["exact", "", "longer than the others: è"[:23]],
            "logits": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]],
            "feh": Column([0.1, 0.2, 0.3], unit="dex", description="[Fe/H] " * 20),
        }
    )
    table["wavelength"].info.unit = "Angstrom"
    table["solver"].info.description = "What solved it"
    return table


@pytest.fixture
def path(pixels, tmp_path):
    stars = tables.to_hdu(Table({"source_id": [1, 2]}), "LABELS")
    hdus = [tables.primary_hdu(STAMP), stars, *tables.to_images(pixels, "PIXELS")]
    fits.HDUList([*hdus, fits.ImageHDU(np.eye(2), name="DUAL")]).writeto(
        tmp_path / "model.fits"
    )
    return tmp_path / "model.fits"


def alike(found, table):
    assert found.colnames == table.colnames
    for name in table.colnames:
        np.testing.assert_array_equal(found[name], table[name])
        assert found[name].dtype.kind == table[name].dtype.kind
        assert found[name].unit == table[name].unit
        said = table[name].description
        assert (found[name].description or "").strip() == (said or "").strip()


def test_a_table_comes_back_from_the_images_of_its_columns(path, pixels):
    with fits.open(path) as hdus:
        alike(tables.from_images(hdus, "PIXELS"), pixels)
        found = tables.tables_and_images(hdus)
    assert list(found) == ["LABELS", "PIXELS", "DUAL"]
    alike(found["PIXELS"], pixels)


def test_astropy_sees_one_table_and_does_not_warn(path):
    assert Table.read(path).colnames == ["source_id"]  # a warning is an error


def test_a_table_of_an_older_file_is_read_alike(path, pixels, tmp_path):
    hdus = [fits.PrimaryHDU(), tables.to_hdu(pixels, "PIXELS")]
    fits.HDUList(hdus).writeto(tmp_path / "old.fits")
    with fits.open(tmp_path / "old.fits") as hdus:
        alike(tables.from_images(hdus, "PIXELS"), pixels)
        with pytest.raises(KeyError, match="BLEND"):
            tables.from_images(hdus, "BLEND")


def test_a_table_without_rows_comes_back(tmp_path):
    empty = Table({"measure": np.array([], "U4"), "limit": np.array([], float)})
    hdus = [fits.PrimaryHDU(), *tables.to_images(empty, "LIMITS")]
    fits.HDUList(hdus).writeto(tmp_path / "empty.fits")
    with fits.open(tmp_path / "empty.fits") as hdus:
        found = tables.from_images(hdus, "LIMITS")
    assert len(found) == 0 and found.colnames == empty.colnames

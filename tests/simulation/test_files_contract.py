"""Every simulated FITS file has the columns that its archive's data model lists."""

import numpy as np
import pytest
from astropy.io import fits

from mdwarfs.simulation.files import astra, boss, literature, wide_binaries

DATAMODEL_TYPES = {
    "A": "char", "B": "bool", "L": "bool", "I": "int16", "J": "int32", "K": "int64",
    "E": "float32", "D": "float64",
}  # fmt: skip


def listed(shared, name):
    """HDUs of a data model: for each, its name and (column, type) pairs."""
    hdus = {}
    for line in (shared / "datamodel" / f"{name}.tsv").read_text().splitlines():
        if not line.startswith("#"):
            hdu, extname, _, column, form, *_ = line.split("\t")
            hdus.setdefault(hdu, (extname, []))[1].append((column, form))
    return list(hdus.values())


def written(path):
    """The same, of a file."""
    with fits.open(path) as hdus:
        hdus.verify("exception")
        assert hdus[0].header["SIMULATD"] is True
        return [
            (hdu.name, [(c.name, datamodel_type(c.format)) for c in hdu.columns])
            for hdu in hdus[1:]
        ]


def datamodel_type(form):
    """The data model's word for a FITS format."""
    repeat, code = form[:-1], form[-1]
    word = DATAMODEL_TYPES[code]
    array = repeat and (code == "A" or repeat != "1" or code == "B")
    return f"{word}[{repeat}]" if array else word


IDS = {"sdss_id": np.array([7, 8])}
FILES = {
    "spAll-lite": lambda path: boss.write_spall(path, {"SDSS_ID": IDS["sdss_id"]}),
    "astraAllStarApogeeNet": lambda p: astra.write_summary(p, "ApogeeNet", IDS),
    "astraAllStarASPCAP": lambda path: astra.write_summary(path, "ASPCAP", IDS),
    "astraAllStarSlam": lambda path: astra.write_summary(path, "Slam", IDS),
    "mdwarf_abundances": lambda path: literature.write_behmard(path, {"name": [7, 8]}),
}


@pytest.mark.parametrize("name", FILES)
def test_columns_and_types_are_those_of_the_data_model(shared, tmp_path, name):
    FILES[name](tmp_path / "file.fits.gz")
    expected = listed(shared, name)
    found = written(tmp_path / "file.fits.gz")
    assert [extname for extname, _ in found] == [extname for extname, _ in expected]
    for (_, ours), (_, theirs) in zip(found, expected):
        assert ours == theirs


def test_mwm_star_has_the_columns_of_the_data_model(shared, tmp_path):
    pixels = np.ones(boss.N_PIXELS)
    path = tmp_path / "star.fits"
    boss.write_mwm_star(path, {"sdss_id": 7}, pixels, pixels, pixels)

    def simple(columns):  # widths follow the content
        return [(column, form.split("[")[0]) for column, form in columns]

    expected, found = listed(shared, "mwmStar"), written(path)
    assert [extname for extname, _ in found] == [extname for extname, _ in expected]
    for (_, ours), (_, theirs) in zip(found, expected):
        assert simple(ours) == simple(theirs)


def test_wide_binaries_have_the_columns_of_the_real_file(real, tmp_path):
    path = tmp_path / "all_columns_catalog.fits.gz"
    wide_binaries.write_catalogue(path, {"source_id1": [7, 8]})
    with (
        fits.open(path) as ours,
        fits.open(real / "el_badry" / "example_binary.fits") as theirs,
    ):
        assert len(ours[1].columns) == 217
        assert ours[1].columns.names == theirs[1].columns.names
        assert ours[1].columns.formats == theirs[1].columns.formats
        assert ours[1].columns.units == theirs[1].columns.units

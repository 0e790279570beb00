"""What a FITS file that came over a network is checked for."""

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs.archives.integrity import check_fits
from mdwarfs.errors import InputError


@pytest.fixture(params=[False, True], ids=["without checksums", "with checksums"])
def content(request, tmp_path):
    """The bytes of a file of a table and an image."""
    table = fits.BinTableHDU(Table({"flux": np.arange(900.0), "mask": np.arange(900)}))
    image = fits.ImageHDU(np.arange(9000.0), name="image")
    path = tmp_path / "right.fits"
    fits.HDUList([fits.PrimaryHDU(), table, image]).writeto(
        path, checksum=request.param
    )
    check_fits(path)
    return path.read_bytes()


def refused(content, tmp_path):
    path = tmp_path / "broken.fits"
    path.write_bytes(content)
    with pytest.raises(InputError, match="its FITS structure is broken"):
        check_fits(path)


@pytest.mark.parametrize("lost", [1, 2880, 60_000, 80_000])
def test_a_file_that_ends_early(content, lost, tmp_path):
    refused(content[:-lost], tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"TFORM1  = 'D       '", b"TFORM1  = 'E       '"),  # rows are longer than that
        (b"TFORM1  = 'D       '", b"TFORM1  = 'D        "),  # no end of the text
        (b"TFORM2  = 'K       '", b"TFORM2  = '?       '"),
        (b"NAXIS1  =                   16", b"NAXIS1  =                   17"),
    ],
)
def test_columns_that_do_not_fill_the_rows(content, old, new, tmp_path):
    assert content.count(old) == 1
    refused(content.replace(old, new), tmp_path)

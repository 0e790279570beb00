import gzip
import os

import numpy as np
import pytest
from astropy.io import fits

from mdwarfs.catalogues.raw_file import open_raw
from mdwarfs.errors import InputError
from mdwarfs.spectra.files import read_bytes
from mdwarfs.spectra.formats import read
from tests.spectra.observed import write_lamost


def test_gzip_is_found_by_content_not_by_name(tmp_path):
    plain = tmp_path / "plain.fits.gz"
    write_lamost(tmp_path / "plain.fits", 0.0)
    plain.write_bytes((tmp_path / "plain.fits").read_bytes())
    packed = tmp_path / "packed.fits"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    for path in (plain, packed):
        np.testing.assert_array_equal(read(path).flux, read(plain).flux)


def test_what_is_not_a_spectrum_is_named_with_its_reason(tmp_path):
    good = tmp_path / "good.fits"
    write_lamost(good, 0.0)
    data = good.read_bytes()
    image = tmp_path / "image.fits"
    fits.PrimaryHDU(np.zeros((8, 8))).writeto(image)
    table = tmp_path / "table.fits"
    fits.BinTableHDU(np.zeros(3, [("ra", "f8")])).writeto(table)
    cases = {
        "absent.fits": (None, "no such file"),
        "empty.fits": (b"", "is empty"),
        "text.fits": (b"SIMPLE is not FITS", "not a FITS file"),
        "page.html": (b"<html>404</html>", "not a FITS file"),
        "short.fits": (data[: len(data) // 2], "truncated"),
        "short.fits.gz": (gzip.compress(data)[:5000], "truncated"),
        "image.fits": (image.read_bytes(), "no spectrum"),
        "table.fits": (table.read_bytes(), "no spectrum"),
    }
    for name, (content, reason) in cases.items():
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(InputError, match=reason) as caught:
            read(path)
        assert str(caught.value).startswith(f"{path}: ")


def test_a_pipe_that_nobody_fills_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "spec.fits")
    with pytest.raises(InputError, match="is a pipe, not a file"):
        read_bytes(tmp_path / "spec.fits")
    with pytest.raises(InputError, match="is a pipe"), open_raw(tmp_path / "spec.fits"):
        pass

"""The file of a hybrid model."""

import numpy as np
import pytest
from astropy.io import fits

from mdwarfs.errors import InputError
from mdwarfs.hybrid import model_file
from mdwarfs.run import parts

STAMP = {"run": "made_up", "simulated": True}


def test_a_model_that_is_read_gives_the_same_labels(hybrid, new, found, tmp_path):
    model_file.write(hybrid, tmp_path / "model.fits", STAMP)
    model = model_file.read(tmp_path / "model.fits")
    answer = model.predict(new.flux, new.ivar)
    for name in ("labels", "errors", "flat", "prior_share", "chi2", "flags"):
        one, other = getattr(answer, name), getattr(found, name)
        assert np.array_equal(one, other, equal_nan=True)
    assert model.label_names == hybrid.label_names
    assert model.normalisation == hybrid.normalisation
    assert np.array_equal(model.trusted, hybrid.trusted)


def test_the_same_model_gives_the_same_bytes(hybrid, tmp_path):
    for name in ("one.fits", "other.fits"):
        model_file.write(hybrid, tmp_path / name, STAMP)
    model_file.write(
        model_file.read(tmp_path / "one.fits"), tmp_path / "again.fits", STAMP
    )
    one, other, again = (
        (tmp_path / f"{name}.fits").read_bytes() for name in ("one", "other", "again")
    )
    assert one == other == again


def test_the_file_says_what_it_is(hybrid, tmp_path):
    path = tmp_path / "model.fits"
    model_file.write(hybrid, path, STAMP)
    parts.seal(path, "0123456789abcdef")
    assert parts.identity(path)[parts.CONFIG] == "0123456789abcdef"
    with fits.open(path) as hdus:
        header = hdus[0].header
        assert header["REGRESS"] == "hybrid" and header["SIMULATD"] is True
        for hdu in hdus[1:4]:
            for number in range(1, len(hdu.columns) + 1):
                assert hdu.header[f"TCOMM{number}"]


@pytest.mark.parametrize("content", [None, b"", b"SIMPLE  =  nothing"])
def test_what_is_no_model_is_refused(tmp_path, content):
    path = tmp_path / "model.fits"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="is no hybrid model"):
        model_file.read(path)


def test_a_table_is_no_model(hybrid, tmp_path):
    path = tmp_path / "table.fits"
    fits.HDUList([fits.PrimaryHDU()]).writeto(path)
    with pytest.raises(InputError, match="is no hybrid model"):
        model_file.read(path)

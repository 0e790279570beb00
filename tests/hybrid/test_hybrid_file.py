"""The file of a hybrid model."""

from contextlib import nullcontext

import numpy as np
import pytest
from astropy.io import fits

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.hybrid import model_file
from mdwarfs.run import seals

STAMP = {"run": "made_up", "simulated": True}


@pytest.fixture(scope="module")
def written(hybrid, tmp_path_factory):
    """The file of the model."""
    path = tmp_path_factory.mktemp("written") / "model.fits"
    model_file.write(hybrid, path, STAMP)
    return path


def test_a_model_that_is_read_gives_the_same_labels(hybrid, new, found, tmp_path):
    model_file.write(hybrid, tmp_path / "model.fits", STAMP)
    model = model_file.read(tmp_path / "model.fits")
    answer = model.predict(new.flux, new.ivar)
    for name in (
        "labels",
        "errors",
        "flat",
        "prior_share",
        "chi2",
        "v_offset",
        "flags",
    ):
        one, other = getattr(answer, name), getattr(found, name)
        assert np.array_equal(one, other, equal_nan=True)
    assert model.label_names == hybrid.label_names
    assert model.normalisation == hybrid.normalisation
    assert np.array_equal(model.trusted, hybrid.trusted)
    assert model.limits == hybrid.limits


@pytest.mark.dag
def test_a_model_with_stars_that_are_not_trusted_is_read_as_well(
    misled, training, tmp_path
):
    model, _ = misled
    model_file.write(model, tmp_path / "model.fits", STAMP)
    again = model_file.read(tmp_path / "model.fits")
    assert not again.trusted.all()
    some = training.flux[:9], training.ivar[:9]
    assert np.array_equal(again.predict(*some).labels, model.predict(*some).labels)


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
    seals.seal(path, "0123456789abcdef")
    assert seals.identity(path)[seals.CONFIG] == "0123456789abcdef"
    with fits.open(path) as hdus:
        header = hdus[0].header
        assert header["REGRESS"] == "hybrid" and header["SIMULATD"] is True
        for table in tables.tables_and_images(hdus).values():
            for name in getattr(table, "colnames", ()):
                assert table[name].description


@pytest.mark.parametrize("content", [None, b"", b"SIMPLE  =  nothing"])
def test_what_is_no_model_is_refused(tmp_path, content):
    path = tmp_path / "model.fits"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="is not a hybrid model"):
        model_file.read(path)


def test_a_table_is_no_model(hybrid, tmp_path):
    path = tmp_path / "table.fits"
    fits.HDUList([fits.PrimaryHDU()]).writeto(path)
    with pytest.raises(InputError, match="is not a hybrid model"):
        model_file.read(path)


def other_regressor(hdus):
    hdus[0].header["REGRESS"] = "svr"


def no_header(hdus):
    del hdus[0].header["NORMALIS"]


def no_json(hdus):
    hdus[0].header["NORMALIS"] = "{"


def lost(name):
    return lambda hdus: hdus.__delitem__(name)


def cut(name):
    def change(hdus):
        hdus[name].data = hdus[name].data[:-1]

    return change


def no_number(name):
    def change(hdus):
        hdus[name].data.flat[0] = np.nan

    return change


def no_image(hdus):
    hdus["PLACES"] = fits.ImageHDU(name="PLACES")


def renamed(hdus):
    hdus["PIXELS.MEAN"].header["COLUMN"] = "average"


DAMAGE = {
    "another model": other_regressor, "no normalisation": no_header, "JSON": no_json,
    "empty": no_image, "column": renamed,
    **{f"{name} is none": no_number(name) for name in
       ("BASIS", "PIXELS.MEAN", "BLEND.FACTOR", "KEPT.KEPT")},
    **{f"{name} lost": lost(name) for name in ("LABELS", "LIMITS.WIDTH", "OPEN")},
    **{f"{name} cut": cut(name) for name in
       ("LABELS", "PIXELS.MEAN", "BLEND.LEVEL", "BLEND.FACTOR", "KEPT.KEPT",
        *model_file.IMAGES)},
}  # fmt: skip


@pytest.fixture(scope="module")
def whole(written):
    """What is in the file: to read and write it takes longer than all else."""
    with fits.open(written, memmap=False) as hdus:
        return [hdu.copy() for hdu in hdus]


@pytest.fixture
def opened(whole, monkeypatch):
    """The file, open, to be damaged."""
    hdus = fits.HDUList([hdu.copy() for hdu in whole])
    monkeypatch.setattr(fits, "open", lambda path, memmap: nullcontext(hdus))
    return hdus


def test_a_model_without_damage_is_read(opened, hybrid):
    assert np.array_equal(model_file.read("model.fits").labels, hybrid.labels)


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_model_is_refused(opened, kind):
    DAMAGE[kind](opened)
    with pytest.raises(InputError, match=r"model.fits is not a hybrid model"):
        model_file.read("model.fits")


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.999])
def test_a_model_that_was_cut_off_is_refused(written, tmp_path, share):
    path = tmp_path / "model.fits"
    content = written.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match=r"model.fits is not a hybrid model"):
        model_file.read(path)

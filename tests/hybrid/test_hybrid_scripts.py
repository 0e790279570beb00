"""The scripts from spectra to the second catalogue, on the small survey."""

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.hybrid import model as hybrid_model
from mdwarfs.hybrid import model_file
from mdwarfs.hybrid.catalogue_readme import readme
from mdwarfs.hybrid.stars import label_stars
from mdwarfs.run import seals, shares
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.spectra.spectrum_set import SpectrumSet
from tests.fewer import search_shortly
from tests.hybrid.conftest import ERRORS, PIXELS, TRAINING
from tests.made_up import described
from tests.slam.conftest import NAMES

STAMP = {"run": "made_up", "simulated": True}
PREDICTION = {"snr_min": 10, "usable": {"teff": [3100, 3800]}}
NEW = 60  # stars that are labelled and not trained on
FAILED, UNSEEN = 3, 4  # those whose spectrum is of no use, and that has none
LOST = 2  # the training star whose spectrum is of no use
WHY = "no velocity in its file, and the template is too unlike it to find one"


@pytest.fixture(scope="module")
def folder(run_script, training, new, tmp_path_factory):
    """The inputs, and what the four scripts make of them."""
    folder = tmp_path_factory.mktemp("run")
    ids = 10**15 + np.arange(TRAINING + NEW)
    stars = Table({"source_id": ids, "sdss_id": np.arange(len(ids))})
    flux = np.vstack([training.flux, new.flux[:NEW]]).astype(np.float32)
    ivar = np.vstack([training.ivar, new.ivar[:NEW]]).astype(np.float32)
    stars["snr"] = np.sqrt(np.median(ivar, axis=1))
    stars["status"], stars["file"] = np.full(len(ids), "ok", "U80"), "made up"
    failed = TRAINING + FAILED
    stars["status"][failed] = "the file ends after 17 bytes: it was not fetched whole"
    stars["status"][LOST] = WHY
    flux[[LOST, failed]], ivar[[LOST, failed]] = 1, 0
    order = np.random.default_rng(4).permutation(len(ids))
    order = order[order != TRAINING + UNSEEN]
    SpectrumSet(
        6000.0 + np.arange(PIXELS), flux[order], ivar[order], described(stars[order])
    ).write(folder / "spectra.fits", STAMP)

    labels = stars["source_id", "sdss_id", "snr"][:TRAINING]
    for name, known, error in zip(NAMES, training.labels.T, ERRORS):
        labels[name], labels[f"e_{name}"] = known, error
    split = Table({"source_id": ids[:TRAINING], "role": ["train"] * TRAINING})
    candidates = stars["source_id", "sdss_id", "snr"]
    for name in ("ra", "dec", "parallax", "bp_rp0", "mg0"):
        candidates[name] = 1.0
    for name, table in (
        ("labels", labels), ("split", split), ("candidates", candidates)
    ):  # fmt: skip
        tables.write(described(table), folder / f"{name}.fits", STAMP)

    def run(script, params=(), wildcards=None, **files):
        paths = {name: folder / file for name, file in files.items()}
        given = {name: path for name, path in paths.items() if path.exists()}
        made = {name: path for name, path in paths.items() if name not in given}
        run_script(
            script, given, made, {"stamp": STAMP, **dict(params)}, wildcards=wildcards
        )
        assert made and all(path.exists() for path in made.values())

    with pytest.MonkeyPatch.context() as patch:
        search_shortly(patch)
        run("train_hybrid",
            {"labels": NAMES, "prediction": PREDICTION, "spectra": {"step": 1.0},
             "seed": 3, "configuration": "0123456789abcdef"},
            spectra="spectra.fits", labels="labels.fits", split="split.fits",
            model="model.fits", held_out="held_out.fits")  # fmt: skip
    run("hybrid_part", {"prediction": PREDICTION}, model="model.fits",
        spectra="spectra.fits", predictions="predictions.fits",
        wildcards={"scatteritem": "1-of-1"})  # fmt: skip
    run("assemble_hybrid", {"given": False}, stars="candidates.fits",
        predictions="predictions.fits", held_out="held_out.fits",
        catalogue="hybrid_labels.fits", text="README.md")  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def catalogue(folder):
    return tables.read(folder / "hybrid_labels.fits")


def test_every_candidate_has_its_row_and_labels_or_a_reason(folder, catalogue):
    candidates = tables.read(folder / "candidates.fits")
    assert list(catalogue["source_id"]) == list(candidates["source_id"])
    labelled = np.isfinite(catalogue["feh"])
    assert (labelled == (catalogue["reason"] == "")).all()
    assert labelled.sum() == len(catalogue) - 3
    none = catalogue["reason"][~labelled]
    assert list(none) == [
        WHY, "the file ends after 17 bytes: it was not fetched whole", "no spectrum",
    ]  # fmt: skip
    assert (catalogue["flags"][~labelled] == int(Flag.NO_LABELS)).all()
    assert (catalogue["flag_names"][~labelled] == "no_labels").all()


def test_labels_are_those_of_the_stars(catalogue, new):
    off = np.asarray(catalogue["teff"][TRAINING:]) - new.true[:NEW, 1]
    pull = off / catalogue["e_teff"][TRAINING:]
    assert np.nanmedian(np.abs(off)) < 80
    assert 0.4 < np.nanmedian(np.abs(pull)) < 1.0


def test_training_stars_have_labels_by_models_without_them(folder, catalogue):
    held_out = tables.read(folder / "held_out.fits")
    predictions = tables.read(folder / "predictions.fits")
    seen = np.asarray(catalogue["trained_on"])
    assert list(np.flatnonzero(~seen[:TRAINING])) == [LOST]
    assert not seen[TRAINING:].any()
    learnt = np.arange(TRAINING) != LOST
    assert np.array_equal(catalogue["feh"][seen], held_out["feh"][learnt])
    own = predictions[np.isin(predictions["source_id"], held_out["source_id"])]
    assert not np.isin(own["feh"][learnt], held_out["feh"]).any()


def test_faint_stars_and_labels_beyond_the_usable_range_are_flagged(catalogue):
    labelled = catalogue[catalogue["reason"] == ""]
    faint = np.asarray(labelled["snr"]) < PREDICTION["snr_min"]
    assert faint.any()
    assert ((labelled["flags"] & int(Flag.LOW_SNR) > 0) == faint).all()
    low, high = PREDICTION["usable"]["teff"]
    with_prior, without = (np.asarray(labelled[x]) for x in ("teff", "teff_flat"))
    outside = [(teff < low) | (teff > high) for teff in (with_prior, without)]
    assert (outside[1] & ~outside[0]).any()  # which the prior would hide
    outside = np.any(outside, axis=0)
    assert ((labelled["flags"] & int(Flag.OUTSIDE_TEFF) > 0) == outside).all()


def test_parts_say_which_model_they_are_of(folder, catalogue):
    own = seals.identity(folder / "model.fits")
    assert own[seals.CONFIG] == "0123456789abcdef"
    for name in ("held_out", "predictions"):
        table = tables.read(folder / f"{name}.fits")
        assert table.meta[seals.MODEL] == own[seals.MODEL]
    assert catalogue.meta[seals.MODEL] == own[seals.MODEL]


def test_parts_of_different_models_are_refused(folder, run_script, tmp_path):
    held_out = tables.read(folder / "held_out.fits")
    held_out.meta[seals.MODEL] = "another"
    tables.write(held_out, tmp_path / "held_out.fits", STAMP)
    inputs = {name: folder / f"{name}.fits" for name in ("predictions",)}
    inputs |= {"stars": folder / "candidates.fits"}
    inputs |= {"held_out": tmp_path / "held_out.fits"}
    outputs = {"catalogue": tmp_path / "out.fits", "text": tmp_path / "README.md"}
    with pytest.raises(InputError, match="do not belong together"):
        run_script("assemble_hybrid", inputs, outputs, {"given": False})


def test_the_catalogue_says_what_its_columns_are(folder):
    with fits.open(folder / "hybrid_labels.fits") as hdus:
        header = hdus[1].header
        assert header["SIMULATD"] is True
        for number in range(1, header["TFIELDS"] + 1):
            assert header[f"TCOMM{number}"]


def test_the_text_says_which_catalogue_is_for_what(folder, catalogue):
    text = (folder / "README.md").read_text()
    assert "slam_labels.fits" in text and "hybrid_labels.fits" in text
    assert "Everything here is simulated" in text
    assert "simulated" not in readme({"run": "sky", "simulated": False})
    for name in (
        "prior_share_feh",
        "trained_on",
        "flag_names",
        "feh_flat",
        "e_feh_flat",
    ):
        assert name in catalogue.colnames
        assert name.replace("feh", "x") in text


def test_spectra_at_other_wavelengths_are_refused(folder):
    model = model_file.read(folder / "model.fits")
    with SpectrumSet.open(folder / "spectra.fits") as spectra:
        spectra.wavelength = spectra.wavelength + 0.5
        with pytest.raises(InputError, match="not on the wavelengths of the model"):
            label_stars(model, spectra, PREDICTION, threads=1)


def test_an_open_set_and_threads_give_the_same_labels(folder):
    model = model_file.read(folder / "model.fits")
    with SpectrumSet.open(folder / "spectra.fits") as spectra:
        opened = label_stars(model, spectra, PREDICTION, threads=2)
        known = spectra.select(spectra.stars["source_id"])
    given = label_stars(model, known, PREDICTION, threads=1)
    for name in opened.colnames:
        one, other = np.asarray(opened[name]), np.asarray(given[name])
        assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


@pytest.mark.dag
def test_labels_are_the_same_bytes_for_any_number_of_parts(
    folder, run_script, tmp_path, monkeypatch
):
    """Of 100 stars, in two groups; one of three shares is empty."""
    assert shares.GROUP % hybrid_model.BLOCK == 0
    monkeypatch.setattr(shares, "GROUP", 64)
    monkeypatch.setattr(hybrid_model, "BLOCK", 64)
    spectra = SpectrumSet.read(folder / "spectra.fits")
    spectra.take(np.arange(100)).write(tmp_path / "spectra.fits", STAMP)
    files = {"model": folder / "model.fits", "spectra": tmp_path / "spectra.fits"}

    def gathered(parts):
        made = [tmp_path / f"{k + 1}-of-{parts}.fits" for k in range(parts)]
        for part in made:
            run_script(
                "hybrid_part", files, {"predictions": part}, {"prediction": PREDICTION},
                wildcards={"scatteritem": part.stem},
            )  # fmt: skip
        whole = {"predictions": tmp_path / str(parts) / "predictions.fits"}
        whole["predictions"].parent.mkdir()
        run_script("predict_hybrid", {"parts": made}, whole)
        return whole["predictions"].read_bytes()

    assert gathered(1) == gathered(3)

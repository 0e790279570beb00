"""The model's file, the tables, and the two scripts."""

import logging
from dataclasses import replace

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.run.seals import CONFIG, MODEL, identity, marks_of, seal
from mdwarfs.slam.held_out import LEAVE_ONE_OUT, cross_validated_labels
from mdwarfs.slam.infer.flags import (
    DESCRIPTIONS,
    Flag,
    describe,
    low_snr,
    outside_usable,
)
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.model import SupportVectors
from mdwarfs.slam.slam_spectra import SlamSpectra
from mdwarfs.slam.train import training
from mdwarfs.slam.train.pixels import COLUMNS
from mdwarfs.slam.train.stars import training_stars
from mdwarfs.spectra.planes import Plane
from mdwarfs.spectra.spectrum_set import SpectrumSet
from tests.fewer import start_at_few
from tests.made_up import described

PREDICTION = {
    "block": 50,
    "method": "map",
    "weighting": "ivar",
    "snr_min": 20.0,
    "usable": {"feh": [-0.5, 0.5], "teff": [3100, 3800], "logg": [4.5, 4.9]},
}


def spectrum_set(flux, ivar, wavelength):
    n = len(flux)
    stars = Table(
        {
            "source_id": np.arange(1, n + 1) * 10**16,
            "sdss_id": np.arange(n) + 60_000_000,
            "file": [f"{k}.fits" for k in range(n)],
            "snr": np.sqrt(np.median(ivar, axis=1)),
            "n_good": (ivar > 0).sum(1),
            "status": np.full(n, "ok", "U40"),
        }
    )
    flux, ivar = flux.astype("f4"), ivar.astype("f4")
    return SpectrumSet(wavelength, flux, ivar, described(stars))


@pytest.fixture
def spectra(survey, model):
    """The training spectra as a set; the third could not be read."""
    spectra = spectrum_set(survey[1].copy(), survey[2].copy(), model.wavelength)
    spectra.flux[2], spectra.ivar[2] = 1, 0
    spectra.stars["status"][2] = "the file is missing"
    spectra.stars["snr"][2] = np.nan
    return spectra


def test_model_survives_its_file(model, tmp_path, stamp, strangers, spectral):
    path = tmp_path / "model.fits"
    model.write(path, stamp)
    again = SupportVectors.read(path)
    assert again.label_names == model.label_names
    assert again.grid == model.grid
    assert again.normalisation == model.normalisation
    for name in ("labels", "source_id", "wavelength", "dual"):
        np.testing.assert_array_equal(getattr(again, name), getattr(model, name))
    for name in COLUMNS:
        assert again.pixels[name].tolist() == model.pixels[name].tolist()
    np.testing.assert_array_equal(
        SlamSpectra(again).spectra(strangers[0]), spectral.spectra(strangers[0])
    )
    again.write(tmp_path / "again.fits", stamp)
    assert path.read_bytes() == (tmp_path / "again.fits").read_bytes()
    gap = fits.getheader(path, "PIXELS.GAP")
    assert (gap["COLUMN"], gap["MEANING"]) == ("gap", COLUMNS["gap"])
    stars = Table.read(path)  # of several tables it would warn
    assert stars.colnames == ["source_id", *model.label_names]


def test_what_is_not_a_model_is_refused(tmp_path, stamp):
    with pytest.raises(InputError, match="none.fits is not a SLAM model"):
        SupportVectors.read(tmp_path / "none.fits")
    tables.write(Table({"teff": [1.0]}), tmp_path / "table.fits", stamp)
    with pytest.raises(InputError, match="table.fits is not a SLAM model"):
        SupportVectors.read(tmp_path / "table.fits")


def test_scripts_train_and_predict(
    run_script, tmp_path, stamp, survey, spectra, options, caplog, monkeypatch
):
    monkeypatch.setattr(training, "GROUP", 20)
    monkeypatch.setattr(training, "panel_width", lambda stars, folds: 20)
    labels, names = survey[0], list(options["label_names"])
    ids = np.asarray(spectra.stars["source_id"])
    role = np.where(np.arange(120) < 110, "train", "test")
    tables.write(
        Table({"source_id": ids, "role": role}), tmp_path / "split.fits", stamp
    )
    table = Table({"source_id": ids[::-1], **dict(zip(names, labels[::-1].T))})
    tables.write(table, tmp_path / "labels.fits", stamp)
    spectra.write(tmp_path / "spectra.fits", stamp)
    paths = {name: tmp_path / f"{name}.fits" for name in ("split", "labels", "spectra")}
    slam = {key: options[key] for key in ("folds", "block")}
    slam["grid"] = {"C": [1.0, 10.0], "epsilon": [0.1], "gamma": [0.1]}
    slam |= {"regressor": "svr", "labels": names, "fold_assignment": "random"}

    params = {"slam": slam, "seed": 3, "spectra": {"step_dex": 1e-4}}
    parts = {item: tmp_path / f"{item}.fits" for item in ("1-of-2", "2-of-2")}
    model_file = tmp_path / "model.fits"
    with caplog.at_level(logging.INFO):
        for item, part in parts.items():
            run_script(
                "train_part", paths, {"model": part}, params,
                wildcards={"scatteritem": item},
            )  # fmt: skip
        run_script(
            "train_slam", {"parts": [*parts.values()]}, {"model": model_file},
            {"configuration": "of training"},
        )  # fmt: skip
    assert "40 pixel(s): splitting" in caplog.text
    assert f"star {ids[2]} is not trained on: the file is missing" in caplog.text
    model = SupportVectors.read(model_file)
    np.testing.assert_array_equal(model.source_id, np.delete(ids[:110], 2))
    np.testing.assert_allclose(model.labels, np.delete(labels[:110], 2, axis=0))
    assert model.normalisation == {"step_dex": 1e-4}

    run_script(
        "predict_part",
        {"model": model_file, "spectra": paths["spectra"]},
        {"predictions": tmp_path / "predictions.fits"},
        {"prediction": PREDICTION},
        wildcards={"scatteritem": "1-of-1"},
    )
    found = tables.read(tmp_path / "predictions.fits")
    np.testing.assert_array_equal(found["source_id"], ids)
    assert found["status"][2] == "the file is missing"
    assert np.isnan(found["teff"][2]) and found["flags"][2] == Flag.NO_LABELS
    sealed = identity(model_file)
    assert sealed[CONFIG] == "of training"
    assert marks_of(found)[MODEL] == sealed[MODEL]
    error = np.delete(found["teff"] - labels[:, 1], 2)
    assert np.std(error) < 40


def test_training_stars_need_labels(spectra, options):
    ids = spectra.stars["source_id"]
    labels = Table({"source_id": ids[1:], "teff": np.full(119, 3500.0)})
    with pytest.raises(InputError, match="1 training star.* no row among the labels"):
        training_stars(ids, labels, spectra, ["teff"])


@pytest.mark.parametrize("fill", [-9999.0, 0.0, 3.5, np.nan])
def test_an_unphysical_training_label_stops_the_training(spectra, fill):
    ids = spectra.stars["source_id"]
    labels = Table({"source_id": ids, "teff": np.full(120, 3500.0)})
    labels["teff"][7] = fill
    with pytest.raises(InputError, match=f"a teff that no M dwarf.*{ids[7]}"):
        training_stars(ids, labels, spectra, ["teff"])


def test_spectra_on_other_wavelengths_are_refused(model, spectra, finder):
    spectra.wavelength = spectra.wavelength * 1.0003
    with pytest.raises(InputError, match="not on the wavelengths of the model"):
        label_stars(finder, spectra, PREDICTION, 1)


def test_labels_of_an_open_file_are_those_of_one_in_memory(
    model, strangers, stamp, tmp_path, monkeypatch, finder
):
    """Byte for byte, with few spectra in memory at a time."""
    rows = np.arange(140) % 120
    spectra = spectrum_set(strangers[1][rows], strangers[2][rows], model.wavelength)
    spectra.write(tmp_path / "spectra.fits", stamp)
    tables.write(
        label_stars(finder, spectra, PREDICTION, 1), tmp_path / "memory/t.fits", stamp
    )
    most, read = [0], Plane.__getitem__

    def watched(self, rows):
        part = read(self, rows)
        most[0] = max(most[0], len(part))
        return part

    monkeypatch.setattr(Plane, "__getitem__", watched)
    for block, threads in ((50, 1), (65, 2)):
        settings = PREDICTION | {"block": block}
        with SpectrumSet.open(tmp_path / "spectra.fits") as opened:
            found = label_stars(finder, opened, settings, threads)
        tables.write(found, tmp_path / "disk/t.fits", stamp)
        whole = (tmp_path / "memory/t.fits").read_bytes()
        assert (tmp_path / "disk/t.fits").read_bytes() == whole
    assert 0 < most[0] <= 128


def test_the_prior_of_the_configuration_is_used(model, strangers, finder):
    spectra = spectrum_set(*strangers[1:], model.wavelength)
    prior = {"teff": {"mean": 3500.0, "sigma": 1.0}}
    found = label_stars(finder, spectra, PREDICTION | {"prior": prior}, 1)
    assert np.all(np.abs(found["teff"] - 3500) < 20)


def test_flags_of_usable_range_and_noise():
    labels = np.array([[0.0, 3500, 4.7], [-0.7, 3900, 4.2], [np.nan] * 3])
    flags = outside_usable(labels, ("feh", "teff", "logg"), PREDICTION["usable"])
    assert flags.tolist() == [0, 7, 0]
    assert low_snr([20.0, 19.9, np.nan], 20.0).tolist() == [0, 64, 64]
    assert describe(7)[1] == "effective temperature outside the usable range"
    assert set(DESCRIPTIONS) == set(Flag)


@pytest.mark.dag
def test_cross_validated_labels_come_from_other_stars(survey, options, monkeypatch):
    start_at_few(monkeypatch)
    labels, flux, ivar = survey[0][:24], survey[1][:24, ::3], survey[2][:24, ::3]
    small = {key: options[key] for key in ("label_names", "block")}
    small["wavelength"] = options["wavelength"][::3]
    small |= {"grid": {"C": [1.0], "epsilon": [0.1], "gamma": [0.1]}, "folds": 4}
    settings = {"seed": 1, "prediction": {"block": 10}, "threads": 1, **small}
    few = slice(8)
    alone = cross_validated_labels(
        SupportVectors,
        labels[few],
        flux[few],
        ivar[few],
        held_out=LEAVE_ONE_OUT,
        **settings,
    )
    assert (alone.status == "ok").all()
    # the labels of a star have no part in its own prediction
    wrong = labels[few].copy()
    wrong[5] += [0.3, 200, 0.1]
    again = cross_validated_labels(
        SupportVectors, wrong, flux[few], ivar[few], held_out=LEAVE_ONE_OUT, **settings
    )
    np.testing.assert_array_equal(again.labels[5], alone.labels[5])
    assert np.all(again.labels[6] != alone.labels[6])
    parts = cross_validated_labels(
        SupportVectors, labels, flux, ivar, held_out=3, **settings
    )
    assert np.std(parts.labels[:, 1] - labels[:, 1]) < 150


@pytest.mark.dag
@pytest.mark.parametrize("script", ["predict_part", "emulate_part"])
def test_labels_are_the_same_bytes_for_any_number_of_parts(
    run_script, tmp_path, stamp, model, survey, script, monkeypatch
):
    """One of the three shares is empty."""
    start_at_few(monkeypatch)
    monkeypatch.setattr("mdwarfs.run.shares.GROUP", 64)
    spectra = spectrum_set(*survey[1:], model.wavelength)
    ids = np.asarray(spectra.stars["source_id"])
    replace(model, source_id=ids).write(tmp_path / "model.fits", stamp)
    seal(tmp_path / "model.fits", "of training")
    many = spectra.take(np.arange(128) % 120)
    many.stars["source_id"][120:] += 1
    many.stars["status"][125] = "a reason that is longer than any other"
    many.write(tmp_path / "spectra.fits", stamp)
    files = {name: tmp_path / f"{name}.fits" for name in ("model", "spectra")}

    def gathered(parts):
        made = [tmp_path / f"{k + 1}-of-{parts}.fits" for k in range(parts)]
        for part in made:
            run_script(
                script, files, {"predictions": part}, {"prediction": PREDICTION},
                wildcards={"scatteritem": part.stem},
            )  # fmt: skip
        whole = {"predictions": tmp_path / str(parts) / "predictions.fits"}
        whole["predictions"].parent.mkdir()
        run_script("predict_labels", {"parts": made}, whole)
        return whole["predictions"].read_bytes()

    assert gathered(1) == gathered(3)
    first, other = tmp_path / "1-of-3.fits", tmp_path / "2-of-3.fits"
    with fits.open(other, mode="update") as hdus:
        hdus[1].header[MODEL] = "another"
    with pytest.raises(InputError, match="do not belong together"):
        run_script("predict_labels", {"parts": [first, other]}, {"predictions": "none"})


@pytest.mark.parametrize("share", [0.1, 0.6, 0.99])
def test_a_model_that_was_cut_off_is_refused(model, stamp, tmp_path, share):
    path = tmp_path / "model.fits"
    model.write(path, stamp)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match="model.fits is not a SLAM model"):
        SupportVectors.read(path)

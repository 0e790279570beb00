"""A regressor that nobody knew: one module, one entry, and the scripts run with it.

The module is `tests/strangers/quadratic.py`; the entry is one name in
`mdwarfs.slam.regressors`.
"""

import shutil

import numpy as np
import pytest
import yaml
from astropy.io import fits
from astropy.table import Table

from mdwarfs import Slam, tables
from mdwarfs.config import read_config
from mdwarfs.figures import diagnostic_pixels
from mdwarfs.run.digest import imported
from mdwarfs.slam import regressors
from mdwarfs.spectra.spectrum_set import SpectrumSet
from tests.interpretation.conftest import (
    BLANK,
    NAMES,
    PIXELS,
    SLOPES,
    draw_labels,
    observe,
)
from tests.strangers.quadratic import PENALTIES, Quadratic
from tests.workflow.conftest import copy_of

pytestmark = pytest.mark.dag  # as what the other strangers add

STAMP = {"run": "made_up", "simulated": True}
TRAIN, TEST, SNR = 160, 60, 60.0
PREDICTION = {
    "block": 64,
    "weighting": "ivar",
    "prior": {},
    "snr_min": 3.0,
    "usable": {"feh": [-0.6, 0.5], "teff": [3100, 3900], "logg": [4.45, 5.2]},
}


@pytest.fixture(scope="module")
def labels():
    return draw_labels(TRAIN + TEST, np.random.default_rng(11))


@pytest.fixture(scope="module")
def files(labels, tmp_path_factory):
    """A tiny survey as the stages before the training leave it."""
    folder = tmp_path_factory.mktemp("survey")
    flux, ivar = observe(labels, SNR, 12)
    ids = np.arange(1, 1 + len(labels))
    stars = Table({"source_id": ids, "sdss_id": ids, "snr": np.full(len(ids), SNR)})
    stars["file"], stars["n_good"], stars["status"] = "x", PIXELS, "ok"
    known = Table([ids, *labels.T], names=["source_id", *NAMES])
    role = np.where(ids <= TRAIN, "train", "test")
    split = Table({"source_id": ids, "role": role})
    for table in (stars, known, split):
        for column in table.itercols():
            column.info.description = "made up"
    wavelength = 7000.0 + np.arange(PIXELS)
    planes = flux.astype("f4"), ivar.astype("f4")
    spectra = SpectrumSet(wavelength, *planes, stars, np.ones_like(planes[0]))
    spectra.write(folder / "spectra.fits", STAMP)
    tables.write(known, folder / "labels.fits", STAMP)
    tables.write(split, folder / "split.fits", STAMP)
    return folder


@pytest.fixture(scope="module")
def run(root, files, run_script):
    """Scripts of the stages from training to diagnostics, run with the stranger's.

    Returns the folder of their products.
    """
    folder = files
    settings = read_config([root / "config" / "config.yaml"])
    entry = pytest.MonkeyPatch()
    entry.setitem(regressors.REGRESSORS, "quadratic", Quadratic)

    def script(name, inputs, outputs, item=None, **params):
        inputs, outputs = (
            {key: folder / file for key, file in names.items()}
            for names in (inputs, outputs)
        )
        wildcards = {"scatteritem": item}
        run_script(name, inputs, outputs, {"stamp": STAMP, **params}, 1, wildcards)

    slam = {"regressor": "quadratic", "labels": NAMES, "folds": 5}
    spectra = {"spectra": "spectra.fits"}
    trained = {"model": "model.fits", **spectra}
    stars = {"labels": "labels.fits", "split": "split.fits", **spectra}
    parts = [folder / f"{k}-of-2.fits" for k in (1, 2)]
    for part in parts:
        script(
            "train_part", stars, {"model": part.name}, part.stem, slam=slam, seed=1,
            spectra=settings["spectra"],
        )  # fmt: skip
    model = {"model": folder / "model.fits"}
    run_script(
        "train_slam", {"parts": parts}, model, {"stamp": STAMP, "configuration": "b"}
    )
    script(
        "predict_part", trained, {"predictions": "predictions.fits"}, "1-of-1",
        prediction=PREDICTION,
    )  # fmt: skip
    script(
        "label_training_stars", trained, {"predictions": "held_out.fits"},
        prediction=PREDICTION, parts=4, seed=1,
    )  # fmt: skip
    diagnostics = {"teff": [3300, 3500, 3700], "snr": 15, "bin_width": 10.0}
    for name, params in (
        ("measure_sensitivity", {"teff": [3500]}),
        ("measure_information", {"diagnostics": diagnostics, "seed": 1}),
        ("describe_pixels", {}),
    ):
        what = name.split("_")[1]
        script(name, trained, {"table": f"{what}.ecsv"}, **params)
    yield folder
    entry.undo()


def test_the_model_says_who_made_it(run):
    assert fits.getheader(run / "model.fits")["REGRESS"] == "quadratic"
    model = regressors.read(run / "model.fits")
    assert isinstance(model, Quadratic)
    assert len(model.wavelength) == PIXELS and len(model.labels) == TRAIN
    assert set(model.pixels["penalty"]) <= set(PENALTIES)


def error_at(snr, name):
    """Error of a label from a third of the pixels, whose slopes are known exactly."""
    return 1 / snr / SLOPES[name] / np.sqrt((PIXELS - BLANK) / len(SLOPES))


def test_labels_of_other_stars_are_theirs(run, labels):
    found = tables.read(run / "predictions.fits")[TRAIN:]
    assert (found["status"] == "ok").all()
    for name in SLOPES:
        error = found[name] - labels[TRAIN:, NAMES.index(name)]
        assert np.std(error) == pytest.approx(error_at(SNR, name), rel=0.35)
        assert np.std(error / found[f"e_{name}"]) == pytest.approx(1, abs=0.35)


def test_held_out_stars_are_predicted_by_refits(run, labels):
    found = tables.read(run / "held_out.fits")
    whole = tables.read(run / "predictions.fits")[:TRAIN]
    error, own = (x["teff"] - labels[:TRAIN, 2] for x in (found, whole))
    assert np.std(error) == pytest.approx(error_at(SNR, "teff"), rel=0.35)
    assert np.std(own) < np.std(error)  # those have seen the star


def test_sensitivity_and_information_are_those_of_the_stars(run):
    slopes = tables.read(run / "sensitivity.ecsv")
    answers = np.arange(PIXELS) % 3 == 0
    answers[-BLANK:] = False
    np.testing.assert_allclose(slopes["d_feh"][answers], 0.25, rtol=0.1)
    assert np.abs(slopes["d_feh"][~answers]).max() < 0.05
    told = tables.read(run / "information.ecsv")
    feh = told[(told["label"] == "feh") & (told["teff"] == 3500)]
    assert feh["share"].sum() == pytest.approx(1)
    assert feh["error"][-1] == pytest.approx(error_at(15, "feh"), rel=0.1)


def test_the_pixels_show_its_own_choice_and_no_other(run):
    pixels = tables.read(run / "pixels.ecsv")
    assert pixels.colnames[:4] == ["wavelength", "features", "penalty", "cv_mse"]
    assert pixels["penalty"].info.description == "Penalty of the ridge regression"
    assert not {"C", "epsilon", "gamma"} & set(pixels.colnames)
    assert np.nanmedian(pixels["r2_noiseless"][:-BLANK]) > 0.95


def test_python_trains_it_too(run, labels, tmp_path):
    flux, ivar = (x.astype("f4") for x in observe(labels, SNR, 12))
    known = dict(zip(NAMES, labels[:TRAIN].T))
    slam = Slam.fit(
        flux[:TRAIN], known, ivar=ivar[:TRAIN], wavelength=7000.0 + np.arange(PIXELS),
        regressor="quadratic", folds=5, seed=1,
    )  # fmt: skip
    slam.save(tmp_path / "model.fits")
    slam = Slam.load(tmp_path / "model.fits")
    assert isinstance(slam.trained, Quadratic)
    found = slam.predict(flux[TRAIN:], ivar=ivar[TRAIN:])
    expected = tables.read(run / "predictions.fits")[TRAIN:]
    np.testing.assert_allclose(found["teff"], expected["teff"], atol=0.1)


@pytest.mark.dag
def test_one_module_and_one_entry_are_all(root, tmp_path):
    """In a copy: the configuration selects it, and its code counts for the training."""
    checkout = copy_of(root, tmp_path / "copy")
    slam = checkout.path / "workflow" / "mdwarfs" / "slam"
    shutil.copy(root / "tests" / "strangers" / "quadratic.py", slam)
    entries = (slam / "regressors.py").read_text()
    imports = "from mdwarfs.slam.model_file import"
    assert entries.count("(SupportVectors,)") == entries.count(imports) == 1
    entries = entries.replace(
        "(SupportVectors,)", "(SupportVectors, Quadratic)"
    ).replace(imports, f"from mdwarfs.slam.quadratic import Quadratic\n{imports}")
    (slam / "regressors.py").write_text(entries)
    slam = {"regressor": "quadratic"}
    (checkout.path / "mine.yaml").write_text(yaml.safe_dump({"slam": slam}))
    files = "--configfile", "config/ci.yaml", "mine.yaml"
    done = checkout.snakemake("-n", "train", "--quiet", "rules", *files)
    assert done.returncode == 0
    slam["regressor"] = "quadartic"
    (checkout.path / "mine.yaml").write_text(yaml.safe_dump({"slam": slam}))
    done = checkout.snakemake("-n", "train", *files, check=False)
    assert done.returncode
    assert "slam.regressor: 'quadartic' is none of quadratic, svr" in done.stdout


def test_training_depends_on_the_regressors_and_not_on_what_they_serve(root):
    """What is imported counts for Snakemake: see `mdwarfs.run.digest`."""
    found, queue = set(), [root / "scripts" / "train_part.py"]
    while queue:
        new = imported(queue.pop()) - found
        found |= new
        queue += new
    package = root / "workflow" / "mdwarfs" / "slam"
    names = {
        str(file.relative_to(package)) for file in found if package in file.parents
    }
    assert {"model.py", "train/crossvalidation.py", "slam_spectra.py"} <= names
    assert not [name for name in names if name.startswith("infer/")]
    assert not {"labeller.py", "held_out.py"} & names


def test_the_figure_has_a_panel_per_hyperparameter(run):
    table = tables.read(run / "pixels.ecsv")
    assert list(table.meta["hyperparameters"]) == [
        one.name for one in regressors.read(run / "model.fits").hyperparameters()
    ]
    for some in (table.meta["hyperparameters"], {}):
        table.meta["hyperparameters"] = some
        named = [axes.get_ylabel() for axes in diagnostic_pixels.draw(table).axes]
        assert (r"$\lambda$" in named) == bool(some)
        assert len(named) == 2 + len(some)  # features, R squared

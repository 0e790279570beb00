"""A run of a few invented stars with a few pixels, as the workflow would leave it."""

from types import SimpleNamespace

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.config import config_text, read_config
from mdwarfs.literature.power_laws import PowerLaw
from mdwarfs.run import seals
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.labeller import labeller
from mdwarfs.slam.model import SupportVectors
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.validation import catalogue
from mdwarfs.validation.calibration import Calibration
from mdwarfs.validation.fit_limits import Limits
from tests.made_up import described
from tests.once import once, value_once
from tests.star.small import (
    EMPTY,
    FAINT,
    NAMES,
    PIXELS,
    SPOILT,
    STAMP,
    draw_labels,
    true_flux,
)  # fmt: skip


@pytest.fixture(scope="session")
def sky():
    """Labels, flux, ivar and SNR of 63 stars, of which the first 50 are trained on."""
    rng = np.random.default_rng(3)
    labels = draw_labels(EMPTY + 1, rng)
    snr = np.full(len(labels), 60.0)
    snr[FAINT] = 2.5
    ivar = np.tile(snr[:, None] ** 2, PIXELS)
    flux = true_flux(labels) + rng.normal(size=ivar.shape) / np.sqrt(ivar)
    flux[SPOILT, [7, 30]] += 1.5
    ivar[:, 11] = 0
    flux[EMPTY], ivar[EMPTY] = 1, 0
    return SimpleNamespace(labels=labels, flux=flux, ivar=ivar, snr=snr)


@pytest.fixture(scope="session")
def config(root):
    """The configuration of the run."""
    own = read_config([root / "config" / "config.yaml"])
    own["slam"]["labels"] = list(NAMES)
    return own


@pytest.fixture(scope="session")
def trained(sky, tmp_path_factory):
    """The model of the run."""

    def train():
        return SupportVectors.fit(
            sky.labels[:50], sky.flux[:50], sky.ivar[:50], label_names=NAMES,
            wavelength=np.geomspace(6100.0, 8900.0, PIXELS), block=200, threads=1,
            grid={"C": [10.0], "epsilon": [0.05], "gamma": [0.1]}, folds=4, seed=1,
            source_id=1000 + np.arange(50),
        )  # fmt: skip

    return value_once(tmp_path_factory, "model of the small run", train)


@pytest.fixture(scope="session")
def predictor(trained):
    """What finds labels by it."""
    return labeller(trained)


@pytest.fixture(scope="session")
def results(sky, config, trained, predictor, tmp_path_factory):
    """The folder of the run's results."""

    def write(folder):
        write_results(folder, sky, config, trained, predictor)

    return once(tmp_path_factory, "small run", write)


def write_results(folder, sky, config, trained, predictor):
    """Write what the stages of the run would."""
    (folder / "slam").mkdir(parents=True)
    model = folder / "slam" / "model.fits"
    trained.write(model, STAMP)
    seals.seal(model, seals.training_digest(config, SupportVectors.settings))
    n = len(sky.labels)
    stars = Table({"source_id": 1000 + np.arange(n), "sdss_id": 5000 + np.arange(n)})
    stars["file"] = [f"star/{i:02d}/mwmStar-{5000 + i}.fits" for i in range(n)]
    stars["snr"], stars["n_good"] = sky.snr, (sky.ivar > 0).sum(1)
    stars["status"] = np.full(n, "ok", "U30")
    stars["status"][EMPTY] = "there is no such file"
    spectra = SpectrumSet(
        trained.wavelength, sky.flux.astype("f4"), sky.ivar.astype("f4"), stars
    )
    described(spectra.stars)
    spectra.write(folder / "spectra" / "normalised.fits", STAMP)
    prediction = config["prediction"]
    found = label_stars(predictor, spectra, prediction, threads=1)
    candidates = stars["source_id", "sdss_id", "snr"]
    for name in ("ra", "dec", "parallax", "bp_rp0", "mg0"):
        candidates[name] = np.ones(n)
    candidates["spec_file"] = [f"spec-{i}.fits" for i in range(n)]
    candidates["catalogid"] = 5000 + np.arange(n)[::-1]
    candidates["obsid"] = np.full(n, 77)
    laws = {x: PowerLaw(0.3, -0.2, 2.0, 80.0) for x in NAMES}
    calibration = {x: Calibration(0.1, 1e-3, 0.5, 0.4, 1.0) for x in NAMES}
    limits = {"v_offset": Limits(10, 1, 99, 0, 0, 0, 0, 0, 0, 1e6, 1e6, 58)}
    labels = catalogue.publish(candidates, found, laws, calibration, limits)
    labels.meta |= seals.label_marks(model, prediction)
    tables.write(described(labels), folder / "catalogue" / "slam_labels.fits", STAMP)
    known = Table(dict(zip(NAMES, sky.labels[:58].T)))
    known["source_id"] = 1000 + np.arange(58)
    for name in NAMES:
        known[f"e_{name}"] = np.full(58, 0.1)
    tables.write(described(known), folder / "samples" / "labels.fits", STAMP)
    truth = known["source_id", *NAMES]
    for name in NAMES:
        truth[name] = truth[name] + 0.01
    tables.write(described(truth), folder / "raw" / "truth.fits", STAMP)
    split = known["source_id",]
    split["role"] = np.where(np.arange(58) < 50, "train", "test")
    tables.write(described(split), folder / "samples" / "split.fits", STAMP)
    met = Table({"source_id": [900], "sdss_id": [901], "reason": [""]})
    met["criterion_1"], met["criterion_4"] = [True], [False]
    met["criterion_4"].info.description = "Criterion 4: ruwe < 1.4"
    tables.write(described(met), folder / "samples" / "m_type.fits", STAMP)
    chosen = described(candidates.copy())
    tables.write(chosen, folder / "samples" / "candidates.fits", STAMP)
    (folder / "audit").mkdir()
    (folder / "audit" / "config.yaml").write_text(config_text(config, "small", True))

"""The small, smooth, synthetic survey of the tests of SLAM, and emulators of it."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.emulation.predictor import AstraPredictor
from mdwarfs.emulation.recipe import Recipe
from mdwarfs.spectra.spectrum_set import SpectrumSet
from tests.made_up import described
from tests.slam.conftest import (  # noqa: F401
    finder,
    model,
    options,
    spectral,
    strangers,
    survey,
)


@pytest.fixture(scope="session")
def emulator(model, survey):  # noqa: F811
    """A function that makes an emulator with some ingredients."""
    _, flux, ivar = survey

    def emulator(**ingredients):
        return AstraPredictor.of(model, flux, ivar, Recipe(**ingredients))

    return emulator


@pytest.fixture(scope="session")
def as_set():
    """A function that makes a set of spectra, identified by 1, 2, ..."""

    def as_set(flux, ivar, continuum=10.0, first=1):
        n = len(flux)
        stars = Table({"source_id": first + np.arange(n)})
        stars["sdss_id"] = stars["source_id"]
        stars["file"], stars["snr"] = np.full(n, "x"), np.sqrt(ivar.max(1))
        stars["n_good"], stars["status"] = (ivar > 0).sum(1), np.full(n, "ok")
        return SpectrumSet(
            6000.0 + np.arange(flux.shape[1]),
            flux.astype(np.float32),
            ivar.astype(np.float32),
            described(stars),
            np.full(flux.shape, continuum, np.float32),
        )

    return as_set

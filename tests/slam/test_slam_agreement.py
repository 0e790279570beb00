"""Agreement with libsvm over the default grid; benchmarks/agreement.py does more."""

import numpy as np
import pytest
from agreement import compare
from training_set import default_settings, standardised

from mdwarfs.slam.train.exact import CONVERGED
from tests.slam.conftest import draw_labels, observe, true_flux

PIXELS = 3


@pytest.fixture(scope="module")
def quiet():
    """Stars at SNR 2,000: early iterates flatter large C and gamma most here."""
    rng = np.random.default_rng(6)
    labels = draw_labels(110, rng)
    return labels, *observe(true_flux(labels, PIXELS, seed=9), [2000.0] * 110, rng)


@pytest.mark.dag
@pytest.mark.parametrize("name", ["survey", "quiet", "lamost"])
def test_training_agrees_with_libsvm(request, name):
    labels, flux, ivar = request.getfixturevalue(name)
    pixels = np.linspace(0, flux.shape[1] - 1, PIXELS).astype(int)
    x, y, good = standardised(labels, flux[:, pixels], ivar[:, pixels])
    settings = default_settings()
    table = compare(x, y, good, settings["grid"], settings["folds"], 1, drawn=2)
    assert table["mse_error"].max() < 5e-3
    assert table["libsvm_error"].max() < 5e-3
    assert table["same"].all() and table["excess"].max() < 1e-3
    assert table["gap"].max() < CONVERGED
    assert table["flux_error"].max() < 1e-3
    assert set(table["solver"]) == {"splitting"}


@pytest.mark.dag
def test_few_stars_are_compared_by_exact_intercepts():
    """In noise, hardly a sample is on the edge of its tube, and none fixes b."""
    rng = np.random.default_rng(11)
    labels = draw_labels(40, rng)
    flux = 1 + 0.1 * rng.standard_t(3, size=(40, 8))[:, :4]
    arrays = standardised(labels, flux, np.full_like(flux, 100.0))
    settings = default_settings()
    table = compare(*arrays, settings["grid"], settings["folds"], 1, drawn=0)
    assert table["mse_error"].max() < 5e-4  # ten times that without
    assert table["same"].all()

"""Another regressor in the place of SLAM's infers labels as well."""

import inspect
import re
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from mdwarfs.slam import slam_spectra
from mdwarfs.slam.infer.map import MaximumPosterior
from mdwarfs.slam.kernel import Gram
from mdwarfs.slam.slam_spectra import SlamSpectra
from mdwarfs.slam.spectral_model import SpectralModel
from tests.slam.conftest import NAMES
from tests.strangers.quadratic import Quadratic


@pytest.fixture(scope="module")
def quadratic(survey):
    settings = {"folds": 5, "seed": 1, "threads": 1}
    wavelength = 6000.0 + np.arange(40)
    return Quadratic.fit(*survey, label_names=NAMES, wavelength=wavelength, **settings)


def test_its_labels_are_those_of_the_stars(quadratic, strangers):
    labels, flux, ivar = (part[60:] for part in strangers)
    found = MaximumPosterior(quadratic).predict(flux, ivar, block=64, threads=1)
    assert (found.status == "ok").mean() > 0.95
    assert np.all(np.std(found.labels - labels, axis=0) < 0.4 * labels.std(0))


def test_its_derivatives_are_those_of_its_flux(quadratic):
    rng = np.random.default_rng(3)
    t, weight = rng.normal(size=(5, 3)), rng.normal(size=(5, 40)).astype(np.float32)
    flux, jacobian = quadratic.flux_and_jacobian(t)
    bend, h = quadratic.curvature(t, weight), 1e-2
    for d in range(3):
        step = h * np.eye(3)[d]
        up, down = (quadratic.flux_and_jacobian(t + k * step) for k in (1, -1))
        slope = (up[0].astype(float) - down[0]) / (2 * h)
        np.testing.assert_allclose(jacobian[d], slope, atol=1e-4)
        slope = np.einsum("dsp,sp->sd", (up[1] - down[1]) / (2 * h), weight)
        np.testing.assert_allclose(bend[:, d], slope, atol=2e-3 * abs(bend).max())


def test_whole_spectra_are_null_where_nothing_is_known(spectral, quadratic):
    labels = spectral.labels[:4]
    assert spectral.spectra(labels).shape == quadratic.spectra(labels).shape == (4, 40)
    np.testing.assert_allclose(
        quadratic.spectra(labels), spectral.spectra(labels), atol=0.05
    )


def test_a_regressor_that_lacks_a_question_cannot_be_made():
    class Half(SpectralModel):
        def flux(self, t):
            return t

    with pytest.raises(TypeError, match="curvature"):
        Half()


def test_a_regressor_that_lacks_what_is_asked_of_it_cannot_be_made():
    class Half(SpectralModel):
        level = np.ones(3)
        flux = flux_and_jacobian = curvature = None

        def __init__(self, **attributes):
            vars(self).update(attributes)

        @property
        def informative(self):
            raise AssertionError("is not asked for")

    given = {"label_names": ("teff",), "labels": np.ones((9, 1)), "normalisation": {}}
    Half(**given, wavelength=np.ones(3), variance=np.ones(3))
    with pytest.raises(
        TypeError, match="^Half lacks SpectralModel.wavelength, SpectralModel.variance$"
    ):
        Half(**given)


def test_slam_is_one_of_them_and_inference_knows_no_other():
    from mdwarfs.slam import infer

    assert issubclass(SlamSpectra, SpectralModel)
    for file in Path(inspect.getfile(infer)).parent.glob("*.py"):
        code = file.read_text()
        for word in (
            "gamma",
            "epsilon",
            "SlamSpectra",
            "slam.model",
            "slam.train",
            "regressors",
        ):
            assert not re.search(rf"\b{re.escape(word)}\b", code), (file.name, word)


def test_the_sums_are_prepared_by_one_thread_of_blas(model, monkeypatch):
    """With more, their rounding, and so the labels, would hang on the machine."""
    seen = []

    def watched(labels, gamma, of=Gram.of):
        pools = [p for p in threadpool_info() if p["user_api"] == "blas"]
        seen.extend(pool["num_threads"] for pool in pools)
        return of(labels, gamma)

    monkeypatch.setattr(slam_spectra.Gram, "of", watched)
    with threadpool_limits(2, user_api="blas"):
        slam_spectra.SlamSpectra(model)
    assert seen and set(seen) == {1}

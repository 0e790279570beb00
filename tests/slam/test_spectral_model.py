"""Another regressor in the place of SLAM's: one class, and it infers labels."""

import inspect
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


class Quadratic(SpectralModel):
    """Second-order polynomials of the labels, pixel by pixel, as in The Cannon.

    All that a stranger has to write to infer labels by another regressor.
    """

    def __init__(self, labels, flux, ivar):
        p = flux.shape[1]
        self.label_names, self.labels = NAMES, labels
        self.wavelength, self.normalisation = 6000.0 + np.arange(p), {}
        self.informative, self.level = np.ones(p, bool), np.ones(p)
        terms = self._terms(self.scale.forward(labels))
        good = ivar > 0
        self.coefficients = np.stack(
            [
                np.linalg.lstsq(terms[g], y[g], rcond=None)[0]
                for g, y in zip(good.T, flux.T)
            ],
            axis=1,
        )
        square = np.where(good, flux - terms @ self.coefficients, np.nan) ** 2
        noise = np.where(good, 1 / np.where(good, ivar, 1), np.nan)
        self.variance = np.maximum(np.nanmean(square - noise, axis=0), 0)

    @staticmethod
    def _terms(t):
        i, j = np.triu_indices(t.shape[1])
        return np.hstack([np.ones((len(t), 1)), t, t[:, i] * t[:, j]])

    def flux(self, t):
        return (self._terms(t) @ self.coefficients).astype(np.float32)

    def flux_and_jacobian(self, t):
        d = t.shape[1]
        slopes = self.coefficients[1 : 1 + d, None] + np.einsum(
            "sj,ijp->isp", t, self._second()
        )
        return self.flux(t), slopes.astype(np.float32)

    def curvature(self, t, weight):
        return np.einsum("sp,ijp->sij", weight.astype(float), self._second())

    def _second(self):
        """Second derivatives of the flux, shape (d, d, p)."""
        d = len(self.label_names)
        i, j = np.triu_indices(d)
        second = np.zeros((d, d, len(self.wavelength)))
        second[i, j] = self.coefficients[1 + d :]
        return second + second.transpose(1, 0, 2)


@pytest.fixture(scope="module")
def quadratic(survey):
    return Quadratic(*survey)


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


def test_slam_is_one_of_them_and_inference_knows_no_other():
    from mdwarfs.slam import infer

    assert issubclass(SlamSpectra, SpectralModel)
    for file in Path(inspect.getfile(infer)).parent.glob("*.py"):
        code = file.read_text()
        for word in ("gamma", "epsilon", "SlamSpectra", "slam.model", "slam.train"):
            assert word not in code, (file.name, word)


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

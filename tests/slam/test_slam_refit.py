"""Fits to other labels and stars with hyperparameters that have been chosen before."""

import numpy as np
import pytest
from sklearn.svm import SVR

from mdwarfs.errors import InputError
from mdwarfs.slam.model import SupportVectors
from mdwarfs.slam.slam_spectra import SlamSpectra

CHOICE = ("C", "epsilon", "gamma", "variance", "cv_mse", "cv_md", "cv_median_deviation")


def test_refit_to_the_same_stars_is_the_same_model(
    model, survey, stamp, tmp_path, spectral
):
    model.write(tmp_path / "model.fits", stamp)
    again = SupportVectors.read(tmp_path / "model.fits").refit(*survey, threads=2)
    assert again.pixels.colnames == model.pixels.colnames
    for name in (*CHOICE, "n_good", "solver"):
        assert again.pixels[name].tolist() == model.pixels[name].tolist()
    for name in ("mean", "scale"):
        np.testing.assert_allclose(again.pixels[name], model.pixels[name], rtol=1e-12)
    assert again.pixels["gap"].max() < 1e-4
    labels = survey[0]
    np.testing.assert_allclose(
        SlamSpectra(again).spectra(labels), spectral.spectra(labels), atol=1e-6
    )
    again.write(tmp_path / "again.fits", stamp)


def test_refit_is_scikit_learn_s_with_the_chosen_hyperparameters(model, survey):
    labels, flux, ivar = (part[:90] for part in survey)
    labels = labels + np.random.default_rng(7).normal(0, [0.05, 40, 0.02], (90, 3))
    other = model.refit(labels, flux, ivar, threads=1, source_id=np.arange(90))
    assert other.dual.shape == (90, 40) and other.source_id[-1] == 89
    x = other.scale.forward(labels)
    for p in (0, 21):
        pixel = model.pixels[p]
        assert other.pixels["gamma"][p] == pixel["gamma"]
        good = ivar[:, p] > 0
        mean, scale = flux[good, p].mean(), flux[good, p].std()
        machine = SVR(
            C=pixel["C"], epsilon=pixel["epsilon"], gamma=pixel["gamma"], tol=1e-6
        ).fit(x[good], (flux[good, p] - mean) / scale)
        got = (SlamSpectra(other).spectra(labels)[:, p] - mean) / scale
        np.testing.assert_allclose(got, machine.predict(x), atol=1e-3)


def test_refit_does_not_depend_on_the_threads(model, survey):
    one, two = (model.refit(*survey, threads=threads) for threads in (1, 2))
    assert one.dual.tobytes() == two.dual.tobytes()


def test_pixels_without_a_choice_or_without_data_have_no_refit(model, survey):
    labels, flux, ivar = (part.copy() for part in survey)
    ivar[:, 0] = 0
    flux[:, 1] = 0.7
    ivar[1:, 2] = 0
    first = model.refit(labels, flux, ivar, threads=1)
    assert first.pixels["solver"][:3].tolist() == ["none", "constant", "constant"]
    spectra = SlamSpectra(first).spectra(labels)
    assert np.isnan(spectra[:, 0]).all()
    np.testing.assert_allclose(spectra[:, 1], 0.7, rtol=1e-12)
    # what has lost its hyperparameters does not get them back
    second = first.refit(*survey, threads=1)
    assert second.pixels["solver"][:3].tolist() == ["none"] * 3
    assert not second.informative[:3].any() and second.informative[3:].all()


def test_useless_labels_are_refused(model, survey):
    labels, flux, ivar = survey
    with pytest.raises(InputError, match="the same for all 1 training star"):
        model.refit(labels[:1], flux[:1], ivar[:1], threads=1)
    with pytest.raises(ValueError, match="are not"):
        model.refit(labels, flux[:, :5], ivar, threads=1)

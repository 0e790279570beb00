"""Slopes of the model with the labels."""

import numpy as np
import pytest

from mdwarfs.errors import InputError
from mdwarfs.interpretation import sensitivity
from mdwarfs.interpretation.sensitivity import Reference
from mdwarfs.recovery.slopes import injected_slopes
from mdwarfs.recovery.slopes import slopes_table as injected_table
from mdwarfs.simulation import stellar_spectrum
from mdwarfs.spectra.continuum import normalise
from tests.interpretation.conftest import BLANK, true_slopes


@pytest.fixture(scope="module")
def reference(spectral):
    return Reference.of(spectral, sensitivity.neighbours(spectral, [3300, 3700]))


def test_derivatives_are_finite_differences_of_the_spectra(model, spectral):
    labels = model.labels[:4]
    found = sensitivity.derivatives(spectral, labels)
    for i, step in enumerate(0.2 * model.scale.scale):
        move = np.zeros(labels.shape[1])
        move[i] = step
        change = spectral.spectra(labels + move) - spectral.spectra(labels - move)
        size = np.abs(found[:, i]).max()
        np.testing.assert_allclose(
            found[:, i], change / (2 * step), rtol=0, atol=0.02 * size
        )


def test_both_scales_of_metallicity_move_together(reference, spectral):
    """The slope with [Fe/H] is that of both labels changed by as much."""
    labels = sensitivity.neighbours(spectral, [3300])[3300.0]
    move = np.array([0.02, 0.02, 0.0, 0.0])
    change = (spectral.spectra(labels + move) - spectral.spectra(labels - move)).mean(
        0
    ) / 0.04
    assert reference.names == ("feh", "teff", "logg")
    np.testing.assert_allclose(reference.slopes[0, 0], change, atol=0.01)


def test_slopes_are_those_of_the_stars(reference):
    for found, truth in zip(reference.slopes[0], true_slopes()):
        answer = truth > 0
        assert np.median(found[answer]) == pytest.approx(truth.max(), rel=0.2)
        assert np.abs(np.median(found[~answer])) < 0.03 * truth.max()


def test_the_mean_is_over_stars_of_about_the_temperature(reference, spectral):
    teff = reference.names.index("teff")
    assert reference.teff.tolist() == [3300.0, 3700.0]
    np.testing.assert_allclose(reference.values[:, teff], [3300, 3700], atol=40)
    near = sensitivity.neighbours(spectral, [3300])[3300.0]
    assert len(near) == sensitivity.FEWEST


def test_a_temperature_beyond_the_stars_is_left_out(caplog, spectral):
    assert list(sensitivity.neighbours(spectral, [2500, 3400])) == [3400.0]
    assert "2500 K" in caplog.text
    with pytest.raises(InputError, match=r"diagnostics\.teff"):
        sensitivity.neighbours(spectral, [2500])


def test_table_has_a_row_per_pixel_and_temperature(reference, wavelength):
    table = sensitivity.table(reference, wavelength)
    assert len(table) == 2 * len(wavelength)
    assert set(table["features"]) == {"CaH 6750", "TiO 7050", ""}
    assert table["d_teff"].unit == "1 / K"
    injected = injected_table(reference, wavelength, reference.slopes)
    for name in ("wavelength", "teff"):
        np.testing.assert_array_equal(injected[name], table[name])
    np.testing.assert_array_equal(injected["injected_feh"], table["d_feh"])
    assert injected["injected_teff"].unit == "1 / K"


def test_a_blank_pixel_answers_to_nothing(reference):
    assert np.abs(reference.slopes[:, 0, -BLANK:]).max() < 0.1


def test_injected_slopes_are_those_of_the_simulated_spectra():
    """Half the difference over ten times the step, to some per cent."""
    wavelength = 10 ** np.arange(np.log10(6100), np.log10(8900), 1e-4)
    settings = {
        "first_smoothing": 1e-8, "second_smoothing": 1e-7, "bin_width": 10.0,
        "quantile": 0.7, "clip": 2.0,
    }  # fmt: skip
    values = np.array([[0.0, 0.0, 3500.0, 4.8]])
    at = Reference(
        ("feh", "alpha_m", "teff", "logg"), np.array([3500.0]), values,
        np.ones((1, len(wavelength))), np.zeros((1, 4, len(wavelength))),
    )  # fmt: skip
    found = injected_slopes(at, wavelength, settings)[0]
    cool, hot = (
        normalise(wavelength, flux / flux.mean(), np.full(len(flux), 1e8), settings)[0]
        for flux in stellar_spectrum.spectra(
            wavelength, [3470.0, 3530.0], 4.8, 0.0, 0.0, 0.0
        )
    )
    assert np.corrcoef(found[2], hot - cool)[0, 1] > 0.99
    head = (wavelength > 7130) & (wavelength < 7140)  # TiO
    assert (found[0][head] < 0).all() and (found[2][head] > 0).all()

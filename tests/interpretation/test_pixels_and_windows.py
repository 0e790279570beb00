"""Explained variance by pixel, and labels from parts of the spectrum."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.interpretation import pixels, windows
from mdwarfs.spectra.spectrum_set import SpectrumSet
from tests.interpretation.conftest import BLANK, NAMES, draw_labels, observe


@pytest.fixture(scope="module")
def pixel_table(model, training):
    _, flux, ivar = training
    return pixels.table(model, flux, ivar)


def test_r2_is_one_minus_error_over_variance(pixel_table, training):
    _, flux, _ = training
    expected = 1 - pixel_table["cv_mse"] / flux.var(0)
    np.testing.assert_allclose(pixel_table["r2"], expected)


def test_noise_takes_r2_from_what_the_labels_explain(pixel_table):
    answer = np.arange(len(pixel_table)) < len(pixel_table) - BLANK
    r2, noiseless = pixel_table["r2"][answer], pixel_table["r2_noiseless"][answer]
    assert np.nanmedian(noiseless) > 0.97
    assert np.nanmedian(r2) < np.nanmedian(noiseless) - 0.01


def test_where_all_stars_are_the_same_nothing_is_to_explain(pixel_table):
    assert np.isnan(pixel_table["r2_noiseless"][-BLANK:]).mean() >= 0.8
    assert pixel_table["r2"][-BLANK:].max() < 0.1


def test_choices_are_those_of_the_model(pixel_table, model):
    for name in ("C", "epsilon", "gamma"):
        np.testing.assert_array_equal(pixel_table[name], model.pixels[name])


@pytest.fixture(scope="module")
def stars(wavelength):
    """Spectra and labels of 50 strangers; the table of labels has another order."""
    labels = draw_labels(50, np.random.default_rng(5))
    flux, ivar = observe(labels, 20.0, 6)
    ids = np.arange(1001, 1051)
    rows = Table({"source_id": ids, "snr": np.full(50, 20.0)})
    rows["status"] = "ok"
    known = Table(labels, names=NAMES)
    known["source_id"] = ids
    spectra = SpectrumSet(
        wavelength, flux.astype(np.float32), ivar.astype(np.float32), rows
    )
    return spectra, known[::-1]


@pytest.fixture(scope="module")
def window_table(stars, finder):
    return windows.table(finder, *stars, 20.0, {"block": 64}, 1)


def test_all_pixels_give_what_prediction_gives(window_table, finder, stars):
    spectra, known = stars
    found = finder.predict(spectra.flux, spectra.ivar, block=64, threads=1)
    difference = found.labels[:, 2] - np.asarray(known["teff"])[::-1]
    row = window_table[
        (window_table["pixels"] == windows.ALL) & (window_table["label"] == "teff")
    ][0]
    assert row["bias"] == pytest.approx(np.median(difference))
    assert row["std"] == pytest.approx(difference.std(ddof=1))
    assert row["shift_std"] == 0


def test_fewer_pixels_know_less(window_table):
    """Formal errors grow without a window, and more so if another is all there is."""
    for label in NAMES:
        part = window_table[window_table["label"] == label]
        whole, without, only = (
            part["formal"][part["pixels"] == kind]
            for kind in (windows.ALL, windows.WITHOUT, windows.ONLY)
        )
        assert len(without) == len(only) == 3
        assert (without > whole[0]).all()
        for window in range(3):
            assert (np.delete(only, window) > without[window]).all()


def test_a_window_without_information_changes_nothing(stars, finder):
    """Its pixels have no weight: without them all labels stay, and alone none are."""
    spectra, known = stars
    ivar = spectra.ivar.copy()
    ivar[:, 20:40] = 0
    blank = SpectrumSet(spectra.wavelength, spectra.flux, ivar, spectra.stars)
    table = windows.table(finder, blank, known, 20.0, {"block": 64}, 1)
    row = (table["wave_min"] == 7020) & (table["label"] == "feh")
    without, only = (
        table[row & (table["pixels"] == kind)][0]
        for kind in (windows.WITHOUT, windows.ONLY)
    )
    whole = table[(table["pixels"] == windows.ALL) & (table["label"] == "feh")][0]
    for name in ("bias", "std", "robust_std", "formal"):
        assert without[name] == whole[name]
    assert without["shift"] == without["shift_std"] == 0
    assert only["n"] == 0
    assert np.isnan(only["formal"])


def test_windows_cover_the_spectrum_once(wavelength):
    chosen = list(windows.selections(wavelength, 25.0))
    only = np.array([used for kind, *_, used in chosen if kind == windows.ONLY])
    without = np.array([used for kind, *_, used in chosen if kind == windows.WITHOUT])
    np.testing.assert_array_equal(only.sum(0), 1)
    np.testing.assert_array_equal(without, ~only)


def test_stars_without_reference_are_refused(stars, finder):
    spectra, known = stars
    with pytest.raises(InputError, match=r"1 star\(s\)"):
        windows.table(finder, spectra, known[1:], 20.0, {"block": 64}, 1)

"""One signal-to-noise ratio for files of all formats."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.spectra.signal import snr_of
from mdwarfs.spectra.spectrum import build_spectrum
from mdwarfs.validation.snr_scale import COLUMNS, SnrScale, add_scale

IDS = np.arange(40) + 7
FACTOR, EXPONENT = 0.55, 1.05


def stars(kind="mwmStar", stated=None):
    """Spectra whose SNR of the survey follows from that of their pixels."""
    rng = np.random.default_rng(3)
    pixels = rng.lognormal(2.5, 0.6, len(IDS))
    snr = FACTOR * pixels**EXPONENT * np.exp(rng.normal(0, 0.03, len(IDS)))
    table = Table({"source_id": IDS, "snr": snr, "snr_pixels": pixels})
    table["snr_file"] = snr if stated is None else stated
    table["kind"] = kind
    return table


def scale_of(stars, fitted=IDS):
    laws = add_scale(Table({"label": ["feh", "teff"]}), stars, fitted)
    assert all(laws[name].info.description for name in COLUMNS)
    return SnrScale.of_table(laws), laws


def test_the_scale_of_the_run_is_found_from_its_stars():
    scale, laws = scale_of(stars())
    assert scale.exponent == pytest.approx(EXPONENT, abs=0.03)
    assert scale.factor == pytest.approx(FACTOR, rel=0.08)
    assert laws["snr_scatter"][0] == pytest.approx(0.03, rel=0.3)


def test_a_file_is_believed_where_files_of_its_format_state_the_snr_of_the_laws():
    scale, _ = scale_of(stars())
    assert scale.formats == ("mwmStar",)
    kinds, stated, measured = (
        ["mwmStar", "spec", "mwmStar", "spec"],
        [9, 9, np.nan, 1],
        30,
    )
    found = scale(kinds, stated, [measured, measured, measured, np.nan])
    expected = scale.factor * measured**scale.exponent
    np.testing.assert_allclose(found, [9, expected, expected, np.nan])
    other, _ = scale_of(stars(stated=10 * np.ones(len(IDS))))
    assert other.formats == ()
    assert other("mwmStar", 10.0, measured) == pytest.approx(expected)


def test_too_few_stars_or_an_array_of_spectra_have_no_scale():
    for scale, _ in (scale_of(stars(), IDS[:3]), scale_of(stars()["source_id", "snr"])):
        assert np.isnan(scale("spec", 10.0, 20.0))


@pytest.mark.parametrize("step", [0.5e-4, 1e-4, 2e-4])
@pytest.mark.parametrize("shift", [0.0, 0.3, 0.5])
def test_the_snr_of_a_spectrum_hangs_neither_on_its_pixels_nor_on_where_they_lie(
    step, shift
):
    """A star of SNR 20 per pixel of the grid, bad outside its range."""
    grid = 6000 * 10 ** (1e-4 * np.arange(1700))
    wavelength = 4000 * 10 ** (step * (np.arange(round(0.4 / step)) + shift))
    error = np.where(wavelength < 6000, 10.0, 1 / 20 / np.sqrt(step / 1e-4))
    spectrum = build_spectrum(
        wavelength, np.ones(len(error)), error**-2.0, at_rest=True
    )
    assert snr_of(spectrum, grid) == pytest.approx(20, rel=0.01)
    elsewhere = build_spectrum(
        wavelength / 3, np.ones(len(error)), error**-2.0, at_rest=True
    )
    assert np.isnan(snr_of(elsewhere, grid))

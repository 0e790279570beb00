"""What is packed for the page comes out as it went in, but for a small step."""

import base64
import json
import zlib

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from mdwarfs.report import packing, spectra
from mdwarfs.star.fitted import Fitted


def unpacked(packed):
    """A column, as the page's script reads it."""
    scale, k = packed
    values = scale["low"] + scale["step"] * k
    values = np.exp(values) if scale["log"] else values
    return np.where(k == packing.NULL, np.nan, values)


@pytest.mark.parametrize(
    "values",
    [
        [3000.0, np.nan, 3500.123, 4200.0],
        [1e-4, 5.0, np.nan, 3e4],
        [2.5, 2.5],
        [np.nan, np.nan],
        [-3.0, 0.0, np.inf],
        [],
    ],
)
def test_columns_come_out_within_half_a_step(values):
    values = np.asarray(values, float)
    packed = packing.column(values)
    expected = np.where(np.isfinite(values), values, np.nan)
    scale, k = packed
    rtol = scale["step"] if scale["log"] else 0
    atol = 0 if scale["log"] else 0.51 * scale["step"]
    assert_allclose(unpacked(packed), expected, rtol=rtol, atol=atol)
    assert k.dtype == "<u2"
    json.dumps(scale)


def test_errors_over_many_decades_keep_three_digits():
    values = np.geomspace(1e-3, 1e4, 500)
    assert_allclose(unpacked(packing.column(values)), values, rtol=2e-4)


def fitted(stars=3, pixels=200, seed=1):
    """Noisy spectra with bad pixels, a cosmic ray, and a star without a model."""
    rng = np.random.default_rng(seed)
    model = 1 + 0.2 * np.sin(np.arange(pixels) / 9) + np.zeros((stars, 1))
    flux = model + rng.normal(0, 0.05, (stars, pixels))
    residual = (flux - model) / 0.05
    bad = np.zeros((stars, pixels), bool)
    dropped = bad.copy()
    bad[0, :5] = True
    flux[0, :5] = np.nan
    flux[1, 20] = 40.0
    residual[1, 20] = 780.0
    dropped[1, 20] = True
    model[-1] = residual[-1] = np.nan
    nothing = np.full((stars, 2), np.nan)
    ivar = np.where(bad, 0, 400.0)
    wavelength = np.arange(pixels) + 6000.0
    return Fitted(wavelength, flux, ivar, model, residual, bad, dropped, nothing)


def planes(packed, stars, pixels):
    """The planes of a group, as the page's script reads them."""
    data = zlib.decompress(base64.b64decode(packed["data"]))
    found = np.frombuffer(data, "u1").reshape(4, stars, pixels)
    low, step = (np.array(packed[x])[:, None] for x in ("low", "step"))

    def flux(levels):
        return np.where(levels == spectra.NULL, np.nan, low + step * levels)

    model = np.cumsum(found[1], axis=1, dtype="u1")
    tenths = np.where(found[2] == spectra.NULL, np.nan, found[2] - 127.0)
    return flux(found[0]), flux(model), tenths / spectra.TENTHS, found[3]


def test_spectra_come_out_within_a_level():
    group = fitted()
    packed = spectra.packed(group)
    flux, model, residual, mark = planes(packed, *group.flux.shape)
    step = np.array(packed["step"])[:, None]
    assert_allclose(model, group.model, atol=0.51 * step.max())
    seen = ~group.bad & ~group.dropped
    off = np.abs(flux - group.flux)
    assert (off <= 0.51 * step)[seen].mean() > 0.98
    assert np.isnan(flux[group.bad]).all()
    expected = np.clip(group.residual, -spectra.SIGMAS, spectra.SIGMAS)
    assert_allclose(residual, expected, atol=0.051)
    assert_array_equal(mark == spectra.BAD, group.bad)
    assert_array_equal(mark == spectra.DROPPED, group.dropped)


def test_the_same_spectra_give_the_same_bytes():
    assert spectra.packed(fitted()) == spectra.packed(fitted())


def test_spectra_are_chosen_first_by_role_then_evenly_by_snr():
    snr = np.arange(100.0)
    first = snr % 10 == 0
    has = snr != 50
    found = spectra.chosen(first, snr, has, 30)
    assert len(found) == len(set(found)) == 30
    assert set(np.flatnonzero(first & has)) <= set(found)
    others = np.setdiff1d(found, np.flatnonzero(first))
    assert others.min() < 3 and others.max() > 97
    assert np.diff(others).max() < 9
    assert len(spectra.chosen(first, snr, has, 1000)) == 99
    assert len(spectra.chosen(first, snr, has, 4)) == 4


def test_what_a_pixel_takes_is_what_the_capacity_says():
    group = fitted(100, 1500)
    size = len(json.dumps(spectra.packed(group)))
    assert size < 1.3 * spectra.BYTES_PER_PIXEL * 100 * 1500

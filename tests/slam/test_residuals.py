"""What is left of a spectrum about its model, of what is wrong in a known way."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d

from mdwarfs.slam.infer.residuals import (
    COLUMNS,
    FEWEST,
    FLAGS,
    TOLERATED,
    flags,
    measures,
    residuals,
)
from mdwarfs.validation.fit_limits import fit

WAVE = np.geomspace(6000, 8800, 1500)
RNG = np.random.default_rng(8)
LINES = RNG.uniform(6000, 8800, 60)
MODEL = 1 - sum(
    RNG.uniform(0.05, 0.4) * np.exp(-0.5 * ((WAVE - line) / 8) ** 2) for line in LINES
)
ERROR = 0.02


def of(flux, error=ERROR, bad=(), model=MODEL):
    """The measures of one spectrum, by name."""
    flux = np.atleast_2d(flux)
    weight = np.full(flux.shape, error**-2.0)
    weight[:, list(bad)] = 0
    found = residuals(flux, np.broadcast_to(model, flux.shape), weight, WAVE)
    return dict(zip(COLUMNS, found[:, 0]))


def noisy(flux, seed=1):
    return flux + np.random.default_rng(seed).normal(0, ERROR, flux.shape)


def test_noise_alone_has_the_scatter_of_its_errors_and_leaves_no_shape():
    found = residuals(
        noisy(np.tile(MODEL, (200, 1))), MODEL + np.zeros((200, 1)),
        np.full((200, len(WAVE)), ERROR**-2), WAVE,
    )  # fmt: skip
    mean, spread = found.mean(axis=1), found.std(axis=1)
    assert abs(mean[0] - 1) < 0.01 and spread[0] < 0.05
    assert (np.abs(mean[1:]) < 5 * spread[1:] / np.sqrt(200)).all()


@pytest.mark.parametrize("factor", [0.1, 0.5, 2])
def test_wrong_errors_are_measured(factor):
    found = of(noisy(MODEL), factor * ERROR)
    assert found["residual_noise"] == pytest.approx(1 / factor, rel=0.06)
    assert measures({x: [v] for x, v in found.items()})["residual_noise"][
        0
    ] == pytest.approx(np.log(found["residual_noise"]))


def test_noise_that_was_smoothed_goes_together():
    found = of(
        gaussian_filter1d(noisy(MODEL), 3.0), model=gaussian_filter1d(MODEL, 3.0)
    )
    assert found["residual_noise"] < 0.5 and found["residual_lag"] > 0.5


def test_noise_that_was_resampled_does_not():
    """Its pixels go together with the next ones; their errors are smaller."""
    noise = np.random.default_rng(3).normal(0, ERROR, len(WAVE) + 2)
    noise = 0.25 * noise[:-2] + 0.5 * noise[1:-1] + 0.25 * noise[2:]
    found = of(MODEL + noise, ERROR * np.sqrt(0.375))
    assert abs(found["residual_noise"] - 1) < 0.08 and abs(found["residual_lag"]) < 0.1


@pytest.mark.parametrize("sigma", [1.0, 1.5])
def test_broadening_is_the_variance_by_which_lines_are_wider(sigma):
    wide = gaussian_filter1d(MODEL, sigma)
    assert of(wide)["broadening"] == pytest.approx(sigma**2, rel=0.2)
    assert of(MODEL, model=wide)["broadening"] < -0.5 * sigma**2


def test_light_that_fills_bands_up_at_one_end_is_seen_there():
    foreign = 0.5 * (WAVE / 6000) ** -4.0
    found = of((MODEL + foreign) / (1 + foreign))
    assert found["veiling"] < -0.02
    taken = of((MODEL - 0.5 * foreign) / (1 - 0.5 * foreign))
    assert taken["veiling"] > 0.02


def test_deep_bands_that_are_not_as_deep_are_told():
    depth = 1 - MODEL
    assert of(MODEL + 0.3 * depth**2)["deep_bands"] == pytest.approx(0.3)
    blue = np.where(WAVE < 7000, 0.3, 0.0)
    assert of(MODEL + blue * depth**2)["deep_slope"] > 0.05


def test_bad_pixels_have_no_say_and_too_few_say_nothing():
    flux, bad = noisy(MODEL), np.arange(3, len(WAVE), 7)
    spoilt = flux.copy()
    spoilt[bad] = 1e6
    assert of(spoilt, bad=bad) == of(flux, bad=bad)
    rest = np.arange(FEWEST - 1, len(WAVE))
    assert np.isnan(list(of(flux, bad=rest).values())).all()
    short = residuals(*np.ones((3, 2, FEWEST - 1)), WAVE[: FEWEST - 1])
    assert short.shape == (len(COLUMNS), 2) and np.isnan(short).all()


def test_each_measure_flags_what_is_beyond_its_limits_and_not_tolerated():
    assert set(FLAGS) == set(COLUMNS) and set(TOLERATED) < set(COLUMNS)
    rng, snr = np.random.default_rng(4), np.full(200, 10.0)
    for name, bit in FLAGS.items():
        limits = {name: fit(rng.normal(0, 1e-3, 200), snr)}
        low, high = TOLERATED.get(name, (-0.01, 0.01))
        found = {name: np.array([0.0, 0.9 * high, 2 * low, 2 * high, np.nan])}
        one = flags(found, snr[:5], limits)
        assert (one[[0, 4]] == 0).all() and (one[2:4] == bit).all()
        assert bool(one[1]) == (name not in TOLERATED)

"""The hybrid labels without one of what goes into them."""

from dataclasses import replace

import numpy as np
import pytest

from mdwarfs.method_names import HYBRID
from mdwarfs.methods import ingredients
from mdwarfs.methods.ingredients import INGREDIENTS
from mdwarfs.methods.training import Training

N, PIXELS, TESTED = 80, 30, 200
SPREAD = np.array([0.3, 200.0])


def stars(number, rng, lines, other):
    """Spectra of very different brightness, which differ by more than labels, too."""
    unit = rng.normal(size=(number, 2))
    snr = np.where(rng.random(number) < 0.5, 5.0, 60.0)[:, None]
    flux = 1 + 0.05 * (unit @ lines + rng.normal(size=(number, 1)) * other)
    flux += rng.normal(size=flux.shape) / snr
    return [0, 3500] + unit * SPREAD, flux, np.tile(snr**2, (1, PIXELS))


@pytest.fixture(scope="module")
def drawn():
    """Training stars, whose labels have errors; and others."""
    rng = np.random.default_rng(6)
    lines, other = rng.normal(size=(2, PIXELS)), rng.normal(size=(1, PIXELS))
    labels, flux, ivar = stars(N, rng, lines, other)
    errors = np.tile([0.1, 60.0], (N, 1))
    labels = labels + rng.normal(size=errors.shape) * errors
    flux[3, 5], ivar[3, 5] = np.nan, 0
    training = Training(
        flux, ivar, labels, errors, ("feh", "teff"), 7000.0 + np.arange(PIXELS), 1
    )
    return training, stars(TESTED, rng, lines, other)


@pytest.fixture(scope="module")
def widths(drawn):
    training, (true, flux, ivar) = drawn
    return {
        one.name: ((one.label(training, flux, ivar)[0] - true) / SPREAD).std(axis=0)
        for one in INGREDIENTS
    }


def test_without_weights_all_training_stars_are_of_one_noise(drawn):
    same = ingredients.alike(drawn[0])
    assert same.ivar[3, 5] == 0
    good = same.ivar > 0
    assert all(len(set(column[own])) == 1 for column, own in zip(same.ivar.T, good.T))
    assert np.array_equal(good, drawn[0].ivar > 0)


def test_without_errors_of_labels_there_are_none(drawn):
    exact = ingredients.exact(drawn[0])
    assert not exact.errors.any() and drawn[0].errors.all()
    unknown = drawn[0].errors.copy()
    unknown[3, 1] = np.inf
    kept = ingredients.exact(replace(drawn[0], errors=unknown)).errors
    assert np.array_equal(np.argwhere(kept), [[3, 1]]) and kept[3, 1] == np.inf
    assert np.array_equal(exact.labels, drawn[0].labels)


@pytest.mark.dag
def test_each_is_another_and_none_is_better_by_much(widths):
    assert list(widths)[0] == HYBRID and len(widths) == 5
    for name, width in widths.items():
        if name != HYBRID:
            assert not np.array_equal(width, widths[HYBRID])
            assert (width > 0.93 * widths[HYBRID]).all()


@pytest.mark.dag
def test_what_goes_together_and_the_population_are_worth_something(widths):
    for name in (
        "without covariance of pixels",
        "without prior",
    ):
        assert widths[name].mean() > 1.02 * widths[HYBRID].mean()

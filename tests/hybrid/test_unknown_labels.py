"""Labels that some of the training stars do not have."""

from types import SimpleNamespace

import numpy as np
import pytest

from mdwarfs.errors import InputError
from mdwarfs.hybrid import model_file
from mdwarfs.hybrid.population import Population
from mdwarfs.hybrid.regression import Regression
from mdwarfs.hybrid.support import SupportRegression
from mdwarfs.run.parallel import one_blas_thread
from tests.fewer import search_shortly
from tests.hybrid.conftest import ERRORS, some_of, train

STARS = 70
UNKNOWN = np.arange(STARS) % 5 < 3
"""Of the first label: of more than half of the stars."""
STAMP = {"run": "test", "simulated": True}


def partly(training, instead, unit=1.0):
    """Stars of which many do not know their metallicity, and the errors of labels."""
    stars = some_of(training, STARS)
    labels, errors = stars.labels.copy(), np.tile(ERRORS, (STARS, 1))
    labels[UNKNOWN, 0], errors[UNKNOWN, 0] = instead, np.inf
    labels[:, 0] *= unit
    errors[:, 0] *= unit
    return SimpleNamespace(labels=labels, flux=stars.flux, ivar=stars.ivar), errors


@pytest.fixture(scope="module")
def learnt(training):
    """The model of such stars, and what it says of them without themselves."""
    with pytest.MonkeyPatch.context() as patch:
        search_shortly(patch)
        return train(*partly(training, 0.0))


def rms(values):
    return np.sqrt(np.mean(values**2, axis=0))


@pytest.mark.parametrize("instead", [1e9, np.nan, -np.inf])
def test_what_stands_in_the_place_of_an_unknown_label_has_no_influence(
    training, new, learnt, short_search, instead
):
    model, held_out = train(*partly(training, instead))
    found = [one.predict(new.flux, new.ivar) for one in (model, learnt[0])]
    for one, other in (found, (held_out, learnt[1])):
        for name in ("labels", "errors", "flat", "flat_errors", "covariance", "flags"):
            values = getattr(one, name), getattr(other, name)
            assert np.array_equal(*values, equal_nan=True), name


def test_stars_that_know_a_label_are_trusted_though_most_do_not(
    training, new, learnt, short_search
):
    model, held_out = learnt
    assert model.trusted.all()
    stars = some_of(training, STARS)
    rest = {x: y[~UNKNOWN] for x, y in vars(stars).items()}
    without, _ = train(SimpleNamespace(**rest))
    both, few = (one.predict(new.flux, new.ivar) for one in (model, without))
    # No worse in the label that only the same stars know, better in those of all.
    ratio = rms(both.labels - new.true) / rms(few.labels - new.true)
    assert ratio[0] < 1.15 and (ratio[1:] < 1).all()
    claimed = np.median(both.errors / few.errors, axis=0)
    assert claimed[0] < 1.1 and (claimed[1:] < 1).all()
    # Those that do not know it have the label, too, as honestly as the others.
    pull = (held_out.labels - stars.true)[UNKNOWN, 0] / held_out.errors[UNKNOWN, 0]
    assert np.isfinite(pull).all() and np.median(np.abs(pull)) < 1.2


@pytest.mark.dag
def test_unknown_is_unknown_in_any_unit(training, new, learnt, short_search):
    """As ages in years, whose errors are greater than any number for infinity."""
    unit = 1e12
    model, _ = train(*partly(training, 0.0, unit))
    assert model.trusted.all()
    one, other = (x.predict(new.flux, new.ivar) for x in (model, learnt[0]))
    assert one.labels[:, 0] / unit == pytest.approx(other.labels[:, 0], abs=1e-3)
    assert one.errors[:, 0] / unit == pytest.approx(other.errors[:, 0], rel=1e-2)


@pytest.mark.dag
def test_a_wrong_label_is_found_though_others_are_unknown(training, short_search):
    stars, errors = partly(training, 0.0)
    stars.labels[3::32] += 8 * np.array([1, -1, 1]) * training.labels.std(axis=0)
    model, _ = train(stars, errors)
    assert list(np.flatnonzero(~model.trusted)) == list(range(3, STARS, 32))


def test_the_file_has_what_is_unknown_as_null(learnt, new, tmp_path):
    model, _ = learnt
    model_file.write(model, tmp_path / "model.fits", STAMP)
    again = model_file.read(tmp_path / "model.fits")
    assert np.array_equal(np.isnan(again.labels[:, 0]), UNKNOWN)
    one, other = (x.predict(new.flux, new.ivar) for x in (model, again))
    for name in ("labels", "errors", "flat", "flags"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)


def test_the_population_is_that_of_the_stars_that_know_the_label():
    rng = np.random.default_rng(4)
    true = rng.multivariate_normal([0, 9], [[1, 1.4], [1.4, 4]], 4000)
    errors = np.tile([0.5, 0.5], (4000, 1))
    known = true + rng.normal(size=true.shape) * errors
    known[::2, 0], known[1::4, 1] = np.nan, np.nan
    found = Population.of(known, np.where(np.isnan(known), 0.0, errors), ("a", "b"))
    assert list(found.number) == [2000, 3000]
    assert found.scale.mean == pytest.approx(np.nanmean(known, axis=0))
    assert found.scale.scale == pytest.approx(np.nanstd(known, axis=0))
    assert found.sigma == pytest.approx([1, 2], rel=0.06)
    scale = found.scale.scale
    covariance = np.linalg.inv(found.precision) * np.outer(scale, scale)
    assert covariance[0, 1] == pytest.approx(1.4, rel=0.1)


@pytest.mark.parametrize("way", [Regression, SupportRegression])
def test_unknown_values_have_no_say(way):
    rng = np.random.default_rng(6)
    x, places = rng.normal(size=(2, 90, 2))
    y = np.sin(x[:, 0]) + rng.normal(0, 0.1, 90)
    some, known = np.arange(90), np.arange(90) >= 30
    fit = one_blas_thread(way.fit)
    hidden = np.where(known, y, np.nan)
    error, unsure = np.full(90, 0.1), np.zeros(90)
    one, held_out = fit(x, hidden, error, unsure, level=0.0, seed=1, star=some)
    assert np.isfinite(held_out).all()
    assert rms((held_out[0] - np.sin(x[:, 0]))[~known]) < 0.25
    assert np.abs(one.coefficients[~known]).max() < 1e-9
    rest = x[known], y[known], error[known], unsure[known]
    other, _ = fit(*rest, level=0.0, seed=1)
    (mean, variance), (again, _) = (w.predict(places, unsure) for w in (one, other))
    # The scale of the inputs of support vectors is that of all.
    assert np.median(np.abs(mean - again) / np.sqrt(variance)) < 0.2
    pull = (mean - np.sin(places[:, 0])) / np.sqrt(variance)
    assert 0.3 < np.median(np.abs(pull)) < 1.2


def test_another_spectrum_of_a_star_that_does_not_know_its_label_says_nothing_of_it():
    rng = np.random.default_rng(7)
    x = rng.normal(size=(40, 2))
    y = x[:, 0] + rng.normal(0, 0.3, 40)
    fit = one_blas_thread(Regression.fit)
    twice = np.append(np.arange(40), np.arange(5))
    known = x[twice], np.append(y, np.full(5, np.nan)), np.full(45, 0.3), np.zeros(45)
    _, (mean, variance) = fit(*known, level=0.0, seed=1, star=twice)
    assert mean[40:] == pytest.approx(mean[:5], abs=1e-6)
    assert variance[40:] == pytest.approx(variance[:5], rel=1e-5)
    alone, _ = fit(*(v[:40] for v in known), level=0.0, seed=1)
    both, _ = fit(*known, level=0.0, seed=1, star=twice)
    found = [one.predict(x, np.zeros(40))[0] for one in (alone, both)]
    assert found[1] == pytest.approx(found[0], abs=0.1 * y.std())


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda e: np.where(e == np.inf, 1.0, e), "star 0 has no feh .*infinite error"),
        (lambda e: np.where(np.arange(STARS)[:, None] > 20, np.inf, e), "known of 8"),
    ],
)
def test_what_too_few_know_is_refused(training, change, message):
    stars, errors = partly(training, np.nan)
    with pytest.raises(InputError, match=message):
        train(stars, change(errors))

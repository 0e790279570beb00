"""Labels by the hybrid model: what they are worth, and what is said of them."""

import logging
import re
from types import SimpleNamespace

import numpy as np
import pytest

from mdwarfs.errors import InputError
from mdwarfs.hybrid.model import Hybrid
from mdwarfs.slam.infer.flags import Flag
from tests.hybrid.conftest import ERRORS, PIXELS, some_of, train
from tests.slam.conftest import NAMES, draw_labels, observe, true_flux


def half_width(values):
    """Half of what lies between 16 % and 84 %, label by label."""
    low, high = np.nanquantile(values, [0.1587, 0.8413], axis=0)
    return (high - low) / 2


def same(one, other, exactly=True):
    """Whether two answers are the same."""
    compare = np.array_equal if exactly else np.allclose
    numbers = "labels", "errors", "flat", "flat_errors", "prior_share", "covariance"
    return all(
        compare(getattr(one, name), getattr(other, name), equal_nan=True)
        for name in (*numbers, "chi2", "sparseness", "flags")
    )


def test_labels_are_recovered_better_than_the_training_stars_know_theirs(found, new):
    difference = found.labels - new.true
    assert (half_width(difference) < 0.8 * ERRORS).all()
    assert (half_width(difference)[:2] < 0.3 * new.true.std(axis=0)[:2]).all()
    assert (np.abs(np.median(difference, axis=0)) < 0.3 * ERRORS).all()
    assert (found.flags > 0).mean() < 0.03


def test_errors_of_training_labels_do_not_draw_labels_to_the_mean(found, new):
    """They would by the square of the ratio of error to spread, were they ignored."""
    bright = np.sqrt(np.median(new.ivar, axis=1)) > 20
    for label in (0, 1):
        true = new.true[bright, label]
        slope = np.polyfit(true, found.labels[bright, label] - true, 1)[0]
        ignored = ERRORS[label] ** 2 / (ERRORS[label] ** 2 + true.var())
        assert abs(slope) < min(0.08, ignored / 2)


def test_errors_are_those_that_labels_have(found, new):
    pulls = half_width((found.labels - new.true) / found.errors)
    assert ((pulls > 0.75) & (pulls < 1.3)).all()


def test_held_out_training_stars_have_honest_errors(trained, training):
    _, held_out = trained
    error = np.hypot(held_out.errors, ERRORS)
    pulls = half_width((held_out.labels - training.labels) / error)
    assert ((pulls > 0.8) & (pulls < 1.25)).all()
    true = half_width((held_out.labels - training.true) / held_out.errors)
    # Errors of labels say how far off stars are to so much of it, and no better.
    unsure = np.median(error**2 / held_out.errors**2, axis=0) / np.sqrt(2 * len(error))
    assert (np.abs(true - 1) < 2.5 * np.maximum(unsure, 0.1)).all()


def test_the_faint_have_the_mean_and_owe_all_to_the_prior(hybrid, new):
    shares = [
        np.median(hybrid.predict(new.flux, new.ivar * faint).prior_share, axis=0)
        for faint in (1.0, 1e-2, 1e-4, 1e-9)
    ]
    assert (np.diff(shares, axis=0) >= 0).all()
    faint = hybrid.predict(new.flux, new.ivar * 1e-9)
    assert faint.prior_share == pytest.approx(1.0, abs=1e-3)
    population = hybrid.population
    assert faint.errors == pytest.approx(
        np.tile(population.sigma, (len(new.flux), 1)), rel=1e-3
    )
    off = np.abs(faint.labels - population.scale.mean)
    assert (off < 0.3 * population.sigma).all()
    assert np.isnan(faint.flat).all()


def test_without_the_prior_labels_are_not_drawn_to_the_mean(hybrid, new):
    """On stars so faint that the prior makes a difference, the slope is that of it."""
    faint = hybrid.predict(*dimmed(new, 4.0))
    for label in (0, 1):
        known = np.isfinite(faint.flat[:, label])
        true = new.true[known, label]
        with_prior, without = (
            np.polyfit(true, values[known, label] - true, 1)[0]
            for values in (faint.labels, faint.flat)
        )
        assert with_prior < -0.05
        assert abs(without) < 0.6 * abs(with_prior)
    known = np.isfinite(faint.flat)
    assert (faint.flat_errors > faint.errors)[known].all()


def dimmed(stars, factor):
    """Flux and ivar of the same stars, with noise added till it is so much greater."""
    more = np.random.default_rng(5).normal(size=stars.flux.shape)
    sigma = np.sqrt((factor**2 - 1) / np.where(stars.ivar > 0, stars.ivar, 1))
    return stars.flux + more * sigma, stars.ivar / factor**2


def test_wrong_labels_of_a_few_stars_do_not_move_the_others(misled, new, found):
    model, _ = misled
    assert not model.trusted[::32].any()
    assert model.trusted.mean() > 0.9
    again = model.predict(new.flux, new.ivar)
    moved = np.abs(again.labels - found.labels) / found.errors
    assert (np.median(moved, axis=0) < 0.5).all()
    scatter = half_width(again.labels - new.true) / half_width(found.labels - new.true)
    assert (scatter < 1.15).all()


@pytest.mark.dag
def test_a_star_of_four_spectra_is_held_out_whole():
    """What is wrong with its label does not come back, as from a star never seen."""
    rng, stars = np.random.default_rng([9, 0]), 60
    star = np.tile(np.arange(stars) + 1, 4)
    true = draw_labels(stars, rng)
    labels = true + rng.normal(size=true.shape) * 2 * ERRORS
    flux, ivar = np.concatenate(
        [observe(true_flux(true, PIXELS), np.full(stars, 60.0), rng) for _ in range(4)],
        axis=1,
    )
    true, labels = np.tile(true, (4, 1)), np.tile(labels, (4, 1))
    given = SimpleNamespace(labels=labels, flux=flux, ivar=ivar)

    _, held_out = train(given, 2 * ERRORS, star=star)
    wrong, off = labels - true, held_out.labels - true
    back = np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(wrong.T, off.T)])
    assert back < 0.1  # 0.34 if every spectrum were a star
    pulls = half_width(off / held_out.errors)
    assert ((pulls > 0.3) & (pulls < 1.3)).all()


def test_stars_that_are_not_trusted_have_no_part_in_the_regressions(misled, training):
    model, held_out = misled
    sure = model.trusted.sum()
    assert sure == len(training.labels) - len(training.labels[::32])
    for one in model.each:
        assert {len(r.coefficients) for r in one.answers} == {sure}
    # Theirs are found as those of other stars.
    assert (np.abs(held_out.labels - training.true)[::32] < 5 * ERRORS).all()


def test_chi_square_of_training_stars_is_that_of_stars_not_seen(trained, found):
    """Components fit the noise of the stars that they are of."""
    ratio = [
        np.median((answer.chi2 / answer.dof)[answer.dof > 20])
        for answer in (trained[1], found)
    ]
    assert ratio[0] == pytest.approx(ratio[1], rel=0.06)


def test_labels_are_not_cut_however_far_they_lie(hybrid):
    """Spectra that go on beyond the training stars: labels do so, and are flagged."""
    step = hybrid.places[:, 0].std() * np.array([0.0, 10, 20, 40])
    place = step[:, None] * np.eye(1, hybrid.places.shape[1])
    flux = hybrid.components.spectra(place)
    answer = hybrid.predict(flux, np.full_like(flux, 1e4))
    mean, sigma = hybrid.population.scale.mean, hybrid.population.sigma
    far = np.abs((answer.labels - mean) / sigma).max(axis=1)
    assert far[3] > 6
    assert (answer.flags[2:] & Flag.LOW_DENSITY).all()
    assert (answer.flags[far > 6] & Flag.OUTSIDE_TRAINING).all()


def test_threads_change_nothing(training, new, short_search, caplog):
    few = some_of(training, 40)
    alone, known = train(few)
    with caplog.at_level(logging.INFO, "mdwarfs.run.progress"):
        model, held_out = train(few, threads=2)
    for unit in ("components", "quadratic models", "answers"):  # each to its end
        assert re.search(rf"(\d+) of \1 {unit} \(100 %\)", caplog.text), unit
    assert same(held_out, known)
    found = alone.predict(new.flux, new.ivar)
    assert same(model.predict(new.flux, new.ivar, threads=2), found)


def test_who_else_is_asked_changes_nothing(hybrid, new, found):
    for block in (slice(0, 1), slice(0, 7), slice(100, 299)):
        some = hybrid.predict(new.flux[block], new.ivar[block])
        assert some.labels == pytest.approx(found.labels[block], rel=1e-6)
        assert some.errors == pytest.approx(found.errors[block], rel=1e-4)
        assert np.array_equal(some.flags, found.flags[block])


def test_the_order_of_the_stars_of_a_block_changes_no_label(hybrid, new, found):
    back = hybrid.predict(new.flux[::-1], new.ivar[::-1])
    assert back.labels[::-1] == pytest.approx(found.labels, rel=1e-6)


def test_bad_pixels_say_nothing(hybrid, new, found):
    flux = np.where(new.ivar > 0, new.flux, np.nan)
    ivar = np.where(new.ivar > 0, new.ivar, np.inf)
    assert same(hybrid.predict(flux, ivar), found)


def test_a_spike_is_left_out(hybrid, new):
    flux, ivar = new.flux[:40].copy(), np.where(new.ivar > 0, new.ivar, 1.0)[:40]
    before = hybrid.predict(flux, ivar)
    flux[:, 17] += 100 / np.sqrt(ivar[:, 17])
    spiked = hybrid.predict(flux, ivar)
    assert (spiked.n_outliers > before.n_outliers).all()
    moved = np.abs(spiked.labels - before.labels) / before.errors
    assert np.median(moved) < 0.5


def test_a_star_without_pixels_has_a_reason_and_leaves_the_others_alone(
    hybrid, new, found
):
    ivar = new.ivar.copy()
    ivar[3] = 0
    ivar[4, 8:] = 0  # a sixth is left
    ivar[5, 20:] = 0  # two fifths
    answer = hybrid.predict(new.flux, ivar)
    for star in (3, 4):
        assert answer.status[star] == "too few good pixels"
        assert answer.flags[star] == int(Flag.NO_LABELS)
        assert np.isnan(answer.labels[star]).all()
        assert np.isnan(answer.errors[star]).all()
        assert np.isnan(answer.flat[star]).all()
    assert answer.status[5] == "ok"
    assert answer.flags[5] & Flag.FEW_PIXELS
    assert answer.labels[6:] == pytest.approx(found.labels[6:], rel=1e-6)


def test_no_star_has_no_labels(hybrid):
    answer = hybrid.predict(np.empty((0, 50)), np.empty((0, 50)))
    assert answer.labels.shape == (0, len(NAMES))
    assert len(answer.table()) == 0


def test_a_star_without_pixels_and_labels_of_infinite_error_spoil_nothing(
    training, new, found, short_search
):
    ivar, labels = training.ivar.copy(), training.labels.copy()
    ivar[5] = 0
    errors = np.tile(ERRORS, (len(labels), 1))
    errors[:4] = np.inf
    labels[:4] += 30 * ERRORS
    stars = SimpleNamespace(labels=labels, flux=training.flux, ivar=ivar)
    model, held_out = train(stars, errors)
    assert held_out.flags[5] == int(Flag.NO_LABELS)
    moved = model.predict(new.flux, new.ivar).labels - found.labels
    assert np.median(np.abs(moved) / found.errors) < 0.3


def test_a_spectrum_of_something_else_is_flagged(hybrid, new):
    x = np.arange(50)
    other = np.tile(1 + 0.3 * np.sin(x), (2, 1))
    assert (
        hybrid.predict(other, np.full_like(other, 900.0)).flags & Flag.BAD_FIT
    ).all()


def test_a_place_without_training_stars_is_flagged(hybrid, training):
    """Spectra that components fit well, but as no training star has them."""
    far = hybrid.components.spectra(
        4 * np.abs(hybrid.places).max() * np.eye(2, 20)[:, : hybrid.places.shape[1]]
    )
    answer = hybrid.predict(far, np.full_like(far, 1e4))
    assert (answer.flags & Flag.LOW_DENSITY).all()


def test_no_label_knows_less_than_the_prior_or_more_than_the_noise_allows(found):
    assert (found.prior_share > 0).all()
    assert (found.prior_share <= 1).all()
    assert np.isfinite(np.linalg.cholesky(found.covariance)).all()
    variance = np.diagonal(found.covariance, axis1=1, axis2=2)
    assert variance == pytest.approx(found.errors**2)


def test_every_column_says_what_it_is(found):
    table = found.table()
    for name in table.colnames:
        assert table[name].info.description
    assert str(table["teff"].unit) == str(table["e_teff_flat"].unit) == "K"


def test_an_unknown_error_is_taken_for_none(training, short_search):
    model, _ = train(some_of(training, 30), np.full(3, np.nan))
    assert (model.errors == 0).all()


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda s: [values[:5] for values in s], "5 training star"),
        (lambda s: [s[0], s[1], s[2] * (np.arange(50) < 2)], "2 pixel"),
        (lambda s: [np.where(s[0] == s[0][7], np.nan, s[0]), *s[1:]], "star 7 has no"),
        (lambda s: [s[0] * [1, 0, 1], *s[1:]], "label teff is the same"),
    ],
)
def test_what_nothing_can_be_learnt_from_is_refused(training, change, message):
    given = change([training.labels, training.flux, training.ivar])
    labels, flux, ivar = given
    with pytest.raises(InputError, match=message):
        Hybrid.fit(
            labels, 0 * labels, flux, ivar, label_names=NAMES,
            wavelength=6000.0 + np.arange(50), seed=1,
        )  # fmt: skip

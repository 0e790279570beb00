"""Limits of the measures of a fit, and the flags of what lies beyond them."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.slam.infer import residuals
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.validation import fit_limits
from mdwarfs.validation.fit_limits import (
    FEWEST,
    beyond_limits,
    fit,
    learn_limits,
    limits_of,
)


def measured(n, rng):
    """A measure whose middle and width change with SNR, and that SNR."""
    snr = np.exp(rng.uniform(np.log(3), np.log(30), n))
    u = np.log(snr / 10)
    return 2 + 0.5 * u - 0.2 * u**2 + 0.1 * np.exp(-0.4 * u) * rng.normal(size=n), snr


@pytest.mark.dag
@pytest.mark.parametrize("n", [20, 30, 43, 70, 200, 870])
def test_few_sound_stars_lie_beyond_the_limits(n):
    """In the mean over the training sets that there might be, in each range of SNR."""
    shares, bright = [], []
    for seed in range(20):
        rng = np.random.default_rng([n, seed])
        limits, new = fit(*measured(n, rng)), measured(5000, rng)
        beyond = limits.low(*new) | limits.high(*new)
        shares.append([beyond[new[1] < 5].mean(), beyond[new[1] > 20].mean()])
        bright.append(beyond.mean())
    assert np.mean(bright) < 1.5e-3
    assert (np.mean(shares, axis=0) < 3e-3).all()


@pytest.mark.parametrize("degrees", [4, 1000])
def test_heavy_tails_are_seen_where_there_are_stars_to_see_them(degrees):
    shares = []
    for seed in range(10):
        rng = np.random.default_rng([degrees, seed])
        snr = np.full(800, 10.0) * rng.uniform(0.5, 2, 800)
        limits = fit(rng.standard_t(degrees, 800), snr, share=1e-3)
        new = rng.standard_t(degrees, 20000)
        shares.append(limits.high(new, np.full(20000, 10.0)).mean())
    assert np.mean(shares) < 2e-3


def test_the_shares_of_all_limits_together_are_below_one_in_a_hundred():
    sides = {"chi2": 2, "v_offset": 2, "v_stretch": 2}
    names = ["chi2", "v_offset", "v_stretch", "correlation", "error"]
    sides |= dict.fromkeys(residuals.COLUMNS, 2)
    shares = [
        sides.get(name, 1) * fit_limits.SHARES.get(name, fit_limits.SHARE)
        for name in (*names, *residuals.COLUMNS)
    ]
    assert 0.004 < sum(shares) < 0.01


@pytest.mark.parametrize("snr", [4.0, 25.0])
def test_limits_follow_the_snr_and_are_not_far_out(snr):
    values, known = measured(870, np.random.default_rng(3))
    values[:15] += 5.0  # stars that are no good themselves
    limits, u = fit(values, known), np.log(snr / 10)
    middle, width = 2 + 0.5 * u - 0.2 * u**2, 0.1 * np.exp(-0.4 * u)
    for sign, side in ((-1, limits.low), (1, limits.high)):
        assert not side([middle + sign * 2.5 * width], [snr])[0]
        assert side([middle + sign * 6 * width], [snr])[0]


def test_beyond_the_known_snr_the_law_is_level_and_widths_grow_as_noise():
    limits = fit(*measured(300, np.random.default_rng(4)))
    assert limits.deviation([2.0, 2.0], [100, 1e4]) == pytest.approx(
        limits.deviation([2.0], [limits.snr_high])[0]
    )
    least = limits.snr_low
    usual, half, none, negative = limits.deviation(
        [5.0] * 4, [least, least / 2, least / 100, -1.0]
    )
    assert half == pytest.approx(usual / 2)
    assert none == negative == pytest.approx(usual / fit_limits.FAINTEST)


def test_a_star_of_unknown_snr_is_flagged_where_no_snr_would_explain_it():
    limits = fit(*measured(300, np.random.default_rng(4)))
    faint, bright = (
        2 + 0.5 * u - 0.2 * u**2 for u in (np.log(snr / 10) for snr in (4, 25))
    )
    unknown = np.full(4, np.nan)
    deviation = limits.deviation([faint, bright, 9.0, np.nan], unknown)
    assert (np.abs(deviation[:2]) < 1).all() and np.isnan(deviation[3])
    assert list(limits.high([faint, bright, 9.0, np.nan], unknown)) == [0, 0, 1, 0]


def test_too_few_stars_give_no_limits_and_no_error():
    values, snr = measured(FEWEST - 1, np.random.default_rng(5))
    limits = fit(values, snr)
    assert not limits.low([-1e9], [10]).any() and not limits.high([1e9], [10]).any()
    assert fit(np.full(30, 2.0), np.full(30, 10.0)).n == 30  # all alike


def nothing_measured(n):
    table = Table({x: np.full(n, np.nan) for x in ("chi2", "correlation", "v_offset")})
    table["v_stretch"] = table["continued"] = np.nan
    table["dof"], table["e_feh"], table["snr"] = 0, np.nan, 10.0
    table["flags"] = table["n_good"] = 0
    for name in residuals.COLUMNS:
        table[name] = np.nan
    return table


def test_an_snr_far_beyond_that_of_training_stars_is_no_sound_fit():
    """Whatever chi-square: a model that knows its own scatter takes any errors."""
    values, snr = measured(300, np.random.default_rng(4))
    limits = {"chi2": fit(values, snr)}
    table = nothing_measured(4)
    snr = np.array([1.0, 2.9, 3.1, 1e14]) * limits["chi2"].snr_high
    bits = beyond_limits(table, snr, ["feh"], limits)
    assert list(bits & Flag.BAD_FIT > 0) == [False, False, True, True]
    none = {"chi2": fit(values[:3], snr[:3])}
    assert not (beyond_limits(table, snr, ["feh"], none) & Flag.BAD_FIT).any()


def test_nothing_measured_is_not_flagged():
    table = nothing_measured(1)
    some = limits_of(learn_limits(table, ["feh"]))
    assert list(beyond_limits(table, [10.0], ["feh"], some)) == [0]
    assert list(beyond_limits(table, [10.0], ["feh"], {})) == [0]

"""Location, spread and equal-count bins."""

import numpy as np
import pytest

from mdwarfs.statistics import equal_count_bins, robust_std, summarise, trend


def test_the_error_of_a_trend_is_the_scatter_of_repeated_samples():
    rng = np.random.default_rng(6)
    x = rng.uniform(3000, 4000, 50)
    found = [trend(x, 5 - 0.3 * x + rng.normal(0, 80, 50)) for _ in range(400)]
    slopes, errors = np.array(found).T
    assert slopes.mean() == pytest.approx(-0.3, abs=4 * slopes.std() / 20)
    assert np.median(errors) == pytest.approx(slopes.std(), rel=0.1)


def test_a_trend_of_too_few_points_or_of_one_place_is_not_known():
    assert np.isnan(trend([1, 2, np.nan, 4], [1, 2, 3, 4])).all()
    assert np.isnan(trend([2, 2, 2, 2], [1, 2, 3, 4])).all()


def test_summary_of_a_normal_sample_lies_within_its_own_errors():
    values = np.random.default_rng(1).normal(3.0, 2.0, 4000)
    summary = summarise(values)
    assert summary.n == 4000
    assert abs(summary.mean - 3.0) < 3 * summary.e_mean
    assert abs(summary.median - 3.0) < 3 * summary.e_median
    assert abs(summary.std - 2.0) < 3 * summary.e_std
    assert summary.robust_std == pytest.approx(2.0, rel=0.05)


def test_standard_errors_are_the_scatter_of_repeated_samples():
    rng = np.random.default_rng(2)
    repeats = [summarise(rng.normal(0, 1, 200)) for _ in range(500)]
    for name in ("mean", "median", "std"):
        scatter = np.std([getattr(one, name) for one in repeats])
        claimed = np.median([getattr(one, f"e_{name}") for one in repeats])
        assert claimed == pytest.approx(scatter, rel=0.15)


def test_outliers_move_the_standard_deviation_but_not_the_robust_one():
    values = np.random.default_rng(3).normal(0, 1, 1000)
    values[:20] = 50
    assert summarise(values).std > 5
    assert robust_std(values) == pytest.approx(1.0, rel=0.1)


def test_unknown_values_are_left_out():
    assert summarise([1.0, np.nan, 3.0, np.inf]).n == 2
    assert summarise([1.0, np.nan, 3.0]).median == 2.0


def test_too_few_values_give_nan():
    assert np.isnan(summarise([np.nan]).median)
    one = summarise([5.0])
    assert (one.n, one.mean, one.median) == (1, 5.0, 5.0)
    assert np.isnan([one.e_mean, one.e_median, one.std, one.robust_std]).all()


def test_bins_hold_every_star_once_in_order_and_equally_many():
    x = np.random.default_rng(4).uniform(0, 50, 250)
    bins = equal_count_bins(x, 20)
    assert len(bins) == 12
    sizes = [len(members) for members in bins]
    assert min(sizes) >= 20
    assert max(sizes) - min(sizes) <= 1
    assert sorted(np.concatenate(bins)) == list(range(250))
    for low, high in zip(bins, bins[1:]):
        assert x[low].max() <= x[high].min()


def test_a_small_sample_is_one_bin_and_an_empty_one_none():
    assert len(equal_count_bins(np.arange(39), 20)) == 1
    assert equal_count_bins([], 20) == []

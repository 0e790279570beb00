import numpy as np
import pytest

from mdwarfs.validation import by_snr


def test_bins_hold_each_star_once_and_all_stars_before():
    snr = [1.0, 3.0, 4.9, 5.0, 80.0, np.nan]
    every, *each = by_snr.bins(snr, [3, 5])
    assert every.tolist() == [1, 1, 1, 1, 1, 0]
    assert [one.nonzero()[0].tolist() for one in each] == [[0], [1, 2], [3, 4]]


def test_statistics_find_bias_and_scatter_of_each_bin():
    rng = np.random.default_rng(6)
    snr = np.repeat([2.0, 20.0], 4000)
    difference = np.where(snr < 10, 30 + 100 * rng.normal(size=8000), -5.0)
    rows = by_snr.statistics("teff", difference, snr, [10])
    faint, bright = (dict(zip(by_snr.COLUMNS, row)) for row in rows[1:])
    assert (faint["unit"], faint["n"], faint["snr"]) == ("K", 4000, 2.0)
    for name, value in (("bias", 30), ("robust_bias", 30), ("scatter", 100)):
        assert abs(faint[name] - value) < 4 * faint[f"e_{name}"]
    assert faint["robust_scatter"] == pytest.approx(100, rel=0.05)
    assert (bright["bias"], bright["scatter"], bright["bin"]) == (-5, 0, 2)


def test_one_wild_star_moves_the_plain_statistics_alone():
    difference = np.append(np.linspace(-1, 1, 101), 1e4)
    (_, row) = by_snr.statistics("teff", difference, np.full(102, 5.0), [])
    row = dict(zip(by_snr.COLUMNS, row))
    assert row["scatter"] > 500 and row["robust_scatter"] < 1
    assert row["bias"] > 50 and abs(row["robust_bias"]) < 0.05


def test_one_star_has_a_difference_without_error_and_none_has_nothing():
    rows = by_snr.statistics("feh", [0.1, np.nan], [2.0, 3.0], [2.5])
    *one, none = (dict(zip(by_snr.COLUMNS, row)) for row in rows)
    for row in one:
        assert (row["n"], row["snr"]) == (1, 2.0)
        assert row["bias"] == row["robust_bias"] == 0.1
        assert np.isnan([row["e_bias"], row["scatter"], row["robust_scatter"]]).all()
    assert none.pop("n") == 0
    assert np.isnan(list(none.values())[3:]).all()


def test_equal_bins_hold_each_member_once_in_rising_snr():
    rng = np.random.default_rng(7)
    snr, members = rng.lognormal(2, 0.6, 103), rng.random(103) < 0.9
    every, *each = by_snr.equal_bins(snr, members, 5)
    assert set(every) == set(np.flatnonzero(members)) == set(np.concatenate(each))
    assert sum(map(len, each)) == len(every) and np.ptp([*map(len, each)]) <= 1
    extents = [by_snr.snr_extent(snr[one]) for one in each]
    assert all(low[2] <= high[1] for low, high in zip(extents, extents[1:]))
    assert [len(one) for one in by_snr.equal_bins(snr, snr == snr[3], 5)] == [1, 1]
    assert by_snr.equal_bins(snr, snr < 0, 5) == []

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.literature.niu import BREAK, niu_offset, to_niu_scale
from mdwarfs.samples.niu import chosen_sign, settle_sign


def binaries(bias, n=1000, noise=0.1, seed=3):
    """Pairs of one metallicity each, with `bias(teff)` and noise in what is measured.

    The primary is the hotter star, as it mostly is.
    """
    rng = np.random.default_rng(seed)
    teff = np.sort(rng.uniform(4050, 6950, (n, 2)), axis=1)[:, ::-1]
    feh = rng.normal(-0.2, 0.25, n)[:, None] + bias(teff)
    feh += rng.normal(0, noise, (n, 2))
    table = Table({"selected": np.ones(n, bool)})
    for k in (0, 1):
        table[f"teff{k + 1}"], table[f"feh{k + 1}"] = teff[:, k], feh[:, k]
    return table


def row(table, sign):
    return table[table["sign"] == sign][0]


def test_the_correction_is_continuous_at_the_break():
    assert niu_offset(BREAK - 1e-6) == pytest.approx(-0.042, abs=1e-4)
    assert niu_offset(BREAK) == pytest.approx(-0.042)


def test_the_correction_s_values():
    """By hand: 0.358 * 0.7057 - 0.4 at 4000 K, 0.358 * 0.6071 - 0.4 at 6500 K."""
    assert niu_offset([4000.001, 6500.0]) == pytest.approx([-0.1473, -0.1827], abs=1e-4)


def test_the_correction_is_undefined_outside_4000_to_7000_k():
    assert np.isnan(niu_offset([3999.0, 4000.0, 7000.0, 7001.0, np.nan])).all()
    assert np.isnan(to_niu_scale(0.1, 3900.0, "none"))


def test_adding_lowers_and_subtracting_raises_feh():
    assert to_niu_scale(0.0, 6500.0, "none") == 0.0
    assert to_niu_scale(0.0, 6500.0, "add") == pytest.approx(niu_offset(6500.0))
    assert to_niu_scale(0.0, 6500.0, "subtract") == pytest.approx(-niu_offset(6500.0))


@pytest.mark.parametrize("n", [40, 200, 4000])
@pytest.mark.parametrize(
    "sign, truth", [("subtract", niu_offset), ("add", lambda t: -niu_offset(t))]
)
def test_the_sign_that_flattens_the_pairs_is_chosen(n, sign, truth):
    table = settle_sign(binaries(truth, n))
    assert chosen_sign(table) == sign
    assert table["chosen"].tolist() == [False, sign == "add", sign == "subtract"]


def test_the_right_sign_leaves_no_slope_and_no_offset():
    table = settle_sign(binaries(niu_offset, 4000))
    right = row(table, "subtract")
    assert abs(right["slope"]) < 3 * right["e_slope"]
    assert right["median_rms"] < 0.02
    assert right["flat"]
    for sign in ("none", "add"):
        assert abs(row(table, sign)["slope"]) > 10 * row(table, sign)["e_slope"]
        assert row(table, sign)["median_rms"] > 0.04
    assert right["scatter"] == pytest.approx(0.1 * np.sqrt(2), rel=0.1)


def test_unequal_pairs_do_not_sway_the_choice():
    """A tenth of the pairs are no pairs at all: their stars differ by up to 2 dex."""
    table = binaries(niu_offset, 1000)
    table["feh1"][::10] += np.random.default_rng(1).uniform(0, 2, 100)
    assert chosen_sign(settle_sign(table)) == "subtract"


@pytest.mark.dag
def test_the_slope_s_uncertainty_is_its_scatter_over_samples():
    slopes, errors = zip(
        *(
            (right["slope"], right["e_slope"])
            for seed in range(100)
            for right in [
                row(settle_sign(binaries(niu_offset, 200, seed=seed)), "subtract")
            ]
        )
    )
    assert np.std(slopes) == pytest.approx(np.mean(errors), rel=0.25)


def test_pairs_without_the_bias_support_no_sign(caplog):
    table = settle_sign(binaries(lambda teff: 0 * teff, 2000))
    assert not table["flat"].any()
    assert table["chosen"].sum() == 1
    assert "no sign" in caplog.text


def test_pairs_that_cannot_be_used_are_left_out():
    table = binaries(niu_offset, 100)
    table["selected"][0] = False
    table["teff2"][1] = 3800.0
    table["feh1"][2] = np.nan
    assert set(settle_sign(table)["n"]) == {97}


def test_too_few_pairs_are_refused():
    with pytest.raises(InputError, match="19 FGK.FGK pairs are too few"):
        settle_sign(binaries(niu_offset, 19))


def test_the_table_survives_a_file(tmp_path, stamp):
    tables.write(settle_sign(binaries(niu_offset)), tmp_path / "niu_sign.ecsv", stamp)
    assert chosen_sign(tables.read(tmp_path / "niu_sign.ecsv")) == "subtract"

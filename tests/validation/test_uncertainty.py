"""CV bias and scatter against SNR, and the power laws."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.literature.power_laws import PUBLISHED
from mdwarfs.validation.uncertainty import (
    fit_power_laws,
    labels_of,
    power_laws,
    snr_bins,
)

TRUE = {"feh": (0.34, -0.25), "teff": (388.88, -0.47)}


def stars(n, seed, bias=0.0):
    """Stars whose labels scatter by known power laws of their SNR."""
    rng = np.random.default_rng(seed)
    table = Table({"snr": rng.lognormal(2.0, 0.7, n)})
    for label, (amplitude, exponent) in TRUE.items():
        sigma = amplitude * table["snr"] ** exponent
        table[f"{label}_ref"] = rng.normal(0, 1, n)
        table[f"e_{label}_ref"] = 0.1
        table[label] = table[f"{label}_ref"] + rng.normal(bias * sigma, sigma)
    return table


@pytest.mark.dag
def test_the_true_power_law_is_recovered_within_its_errors():
    pulls = []
    for seed in range(40):
        laws = fit_power_laws(snr_bins(stars(1000, seed), 20))
        for row in laws:
            amplitude, exponent = TRUE[row["label"]]
            pulls.append(
                (
                    np.log(row["amplitude"] / amplitude)
                    / (row["e_amplitude"] / row["amplitude"]),
                    (row["exponent"] - exponent) / row["e_exponent"],
                )
            )
    pulls = np.array(pulls)
    assert np.abs(np.mean(pulls, axis=0)).max() < 3.5 / np.sqrt(len(pulls))
    assert np.std(pulls, axis=0) == pytest.approx([1, 1], rel=0.25)


def test_amplitude_and_exponent_are_correlated_as_claimed():
    own = ["snr", *(name for name in stars(1, 0).colnames if "feh" in name)]
    fits = [
        fit_power_laws(snr_bins(stars(600, seed)[own], 20))[0] for seed in range(60)
    ]
    values = np.array([(np.log(row["amplitude"]), row["exponent"]) for row in fits])
    measured = np.corrcoef(values.T)[0, 1]
    assert measured == pytest.approx(fits[0]["correlation"], abs=0.1)
    assert measured < -0.8


@pytest.mark.parametrize("excess", [0.5, 3.0])
def test_errors_grow_where_the_bins_scatter_about_the_law(excess):
    n, snr = 200, np.geomspace(3, 30, 12)
    sign = np.where(np.arange(12) % 2 == 0, 1, -1)
    log = np.log(0.3 * snr**-0.4) + sign * excess / np.sqrt(2 * n)
    bins = Table({"label": ["feh"] * 12, "snr": snr, "n": [n] * 12})
    bins["cv_scatter"] = np.exp(log)
    bins["e_cv_scatter"] = bins["cv_scatter"] / np.sqrt(2 * n)
    (law,) = fit_power_laws(bins)
    x = np.log(snr)
    expected = 1 / np.sqrt(2 * n * np.sum((x - x.mean()) ** 2))
    assert law["dof"] == 10
    ratio = np.sqrt(law["chi2"] / law["dof"])
    assert ratio == pytest.approx(excess, rel=0.12)
    assert law["e_exponent"] == pytest.approx(expected * max(ratio, 1))
    variance = 1 / (2 * n * 12) + (x.mean() * expected) ** 2
    assert law["e_amplitude"] / law["amplitude"] == pytest.approx(
        np.sqrt(variance) * max(ratio, 1)
    )


def test_two_bins_have_the_errors_of_their_scatters():
    (law,) = [
        r for r in fit_power_laws(snr_bins(stars(40, 2), 20)) if r["label"] == "feh"
    ]
    assert law["dof"] == 0
    assert np.isfinite(law["e_amplitude"]) and law["e_exponent"] > 0


def test_scatter_is_the_root_mean_square_not_equation_5_as_printed():
    table = Table({"snr": np.full(50, 10.0), "feh": np.full(50, 0.3)})
    table["feh_ref"] = 0.0
    row = snr_bins(table, 20)[0]
    assert row["cv_scatter"] == pytest.approx(0.3)
    assert row["cv_bias"] == pytest.approx(0.3)
    assert row["robust_std"] == 0


def test_bins_of_a_label_leave_out_the_stars_without_it():
    table = stars(100, 1)
    table["feh"][:10] = np.nan
    table["snr"][10] = np.nan
    bins = snr_bins(table, 20)
    assert sum(bins["n"][bins["label"] == "feh"]) == 89
    assert sum(bins["n"][bins["label"] == "teff"]) == 99
    assert set(bins["label"]) == {"feh", "teff"}


def test_bias_is_zero_within_its_error_where_none_was_put_in():
    bins = snr_bins(stars(4000, 5), 200)
    pull = bins["cv_bias"] / bins["e_cv_bias"]
    assert np.abs(pull).max() < 3.5
    shifted = snr_bins(stars(4000, 5, bias=0.5), 200)
    assert (shifted["cv_bias"] > 3 * shifted["e_cv_bias"]).all()


def test_calibrated_range_is_that_of_the_bins():
    bins = snr_bins(stars(200, 3), 20)
    law = power_laws(fit_power_laws(bins))["feh"]
    snr = bins["snr"][bins["label"] == "feh"]
    assert (law.snr_min, law.snr_max) == (min(snr), max(snr))
    outside = law.extrapolated([snr.min() - 0.1, np.median(snr), 1e3, np.nan])
    assert list(outside) == [True, False, True, True]


def test_one_bin_makes_no_law_and_the_table_says_so():
    few = stars(39, 1)
    few["logg"], few["logg_ref"] = np.nan, 4.9
    bins = snr_bins(few, 20)
    table = fit_power_laws(bins, labels_of(few))
    assert list(table["label"]) == ["feh", "teff", "logg"]
    assert "39 stars make 1 bin of SNR," in table["reason"][0]
    assert "min_per_bin" in table["reason"][0] and "0 bins of SNR" in table["reason"][2]
    assert np.isnan(power_laws(table)["feh"].sigma([5.0, 50.0])).all()
    assert list(fit_power_laws(snr_bins(stars(60, 1), 20))["reason"]) == ["", ""]


def test_published_laws_give_the_values_of_section_6_at_snr_10():
    """Section 4.2 prints the same values for SNR 15."""
    at_10 = {label: float(law.sigma(10)) for label, law in PUBLISHED.items()}
    assert at_10["feh"] == pytest.approx(0.19, abs=0.005)
    assert at_10["teff"] == pytest.approx(132, abs=0.5)
    assert at_10["logg"] == pytest.approx(0.10, abs=0.005)
    assert float(PUBLISHED["teff"].sigma(15)) == pytest.approx(108.9, abs=0.1)


def test_no_uncertainty_without_signal():
    assert np.isnan(PUBLISHED["feh"].sigma([0.0, -1.0, np.nan])).all()

"""Equation 10 and its refit."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.literature.aspcap_correction import PUBLISHED, design_matrix
from mdwarfs.validation.aspcap_correction import correct_aspcap, fit

CUTS = {"snr_apogee_min": 20, "snr_min": 10, "feh_min": -0.6}


def sample(n, seed, noise=0.08):
    """Teff and [Fe/H] of ASPCAP, and differences by equation 10 as published."""
    rng = np.random.default_rng(seed)
    teff, feh = rng.uniform(3100, 4000, n), rng.uniform(-0.7, 0.3, n)
    return PUBLISHED(teff, feh) + rng.normal(0, noise, n), teff, feh


def test_equation_10_by_hand():
    x, y = 3.5, -0.2
    by_hand = -0.427 * x**2 - 0.158 * y**2 + 0.431 * x * y
    by_hand += 2.767 * x - 2.156 * y - 4.405
    assert PUBLISHED([3500.0], [-0.2])[0] == pytest.approx(by_hand)


def test_published_coefficients_are_recovered_within_their_errors():
    pulls = []
    for seed in range(40):
        fitted = fit(*sample(1000, seed))
        pulls.append((fitted.coefficients - PUBLISHED.coefficients) / fitted.errors)
    assert np.abs(np.mean(pulls, axis=0)).max() < 3.5 / np.sqrt(40)
    assert np.std(pulls, axis=0) == pytest.approx(np.ones(6), rel=0.35)


def test_outliers_do_not_pull_the_surface():
    difference, teff, feh = sample(1000, 1)
    difference[:50] += 2.0
    fitted = fit(difference, teff, feh)
    robust = np.median(fitted(teff, feh) - PUBLISHED(teff, feh))
    plain = np.linalg.lstsq(design_matrix(teff, feh), difference, rcond=None)[0]
    squares = np.median(design_matrix(teff, feh) @ plain - PUBLISHED(teff, feh))
    assert abs(robust) < 0.02
    assert squares > 0.08


def test_data_without_noise_are_met_exactly():
    difference, teff, feh = sample(100, 2, noise=0)
    assert fit(difference, teff, feh)(teff, feh) == pytest.approx(difference, abs=1e-9)


def test_too_few_stars_are_refused():
    with pytest.raises(InputError, match="6 stars"):
        fit(*sample(6, 1))
    difference, _, feh = sample(50, 1)
    with pytest.raises(InputError, match="equation 10"):
        fit(difference, np.full(50, 3500.0), feh)


def survey(n, seed):
    """Tables of SLAM and ASPCAP with the published correction between them."""
    rng = np.random.default_rng(seed)
    difference, teff, feh = sample(n, seed)
    ids = np.arange(1, n + 1)
    catalogue = Table(
        {
            "source_id": ids,
            "sdss_id": ids + 5000,
            "snr": rng.uniform(5, 40, n),
            "flags": np.zeros(n, int),
            "bp_rp0": rng.uniform(2, 3, n),
            "mg0": rng.uniform(8, 11, n),
            "feh": feh + difference,
            "trained_on": ids % 4 == 0,
        }
    )
    aspcap = Table(
        {
            "source_id": np.concatenate([ids[::-1], [0, 0]]),
            "teff": np.concatenate([teff[::-1], [3500, 3500]]),
            "raw_teff": np.concatenate([teff[::-1] - 50, [3500, 3500]]),
            "feh": np.concatenate([feh[::-1], [0, 0]]),
            "snr_apogee": np.append(rng.uniform(10, 200, n), [99, 99]),
        }
    )
    return aspcap, catalogue


def test_correction_flattens_the_difference():
    aspcap, catalogue = survey(2000, 7)
    table, fits = correct_aspcap(aspcap, catalogue, CUTS)
    chosen = table[table["selected"]]
    before = chosen["feh"] - chosen["feh_aspcap"]
    after = chosen["feh"] - chosen["feh_aspcap_corrected"]
    slope = [np.polyfit(chosen["teff_aspcap"] / 1000, d, 1)[0] for d in (before, after)]
    assert abs(slope[0]) > 5 * abs(slope[1])
    assert abs(np.median(after)) < 0.01
    assert list(fits["fit"]) == ["teff", "raw_teff", "published"]
    assert fits["n"][0] == np.sum(table["selected"])
    assert fits["median_after"][0] == pytest.approx(np.median(after))
    others = ~np.asarray(chosen["trained_on"])
    assert fits["n_unseen"][0] == others.sum() < fits["n"][0]
    assert fits["std_after_unseen"][0] == pytest.approx(np.std(after[others], ddof=1))
    assert fits["x"][2] == 2.767 and np.isnan(fits["e_x"][2])


def test_a_shift_of_the_temperature_scale_leaves_the_correction_itself():
    """A quadratic in Teff - 50 K is a quadratic in Teff: the surfaces are equal."""
    table, fits = correct_aspcap(*survey(500, 8), CUTS)
    assert np.allclose(table["correction"], table["correction_raw_teff"], atol=1e-6)
    assert abs(fits["x"][0] - fits["x"][1]) > 0.01


def test_cuts_are_those_of_section_5():
    aspcap, catalogue = survey(300, 9)
    table, _ = correct_aspcap(aspcap, catalogue, CUTS)
    assert len(table) == 300
    expected = (table["snr_apogee"] > 20) & (table["snr"] > 10) & (table["feh"] > -0.6)
    assert (table["selected"] == expected).all()
    for name in ("cut_snr_apogee", "cut_snr", "cut_feh"):
        assert 0 < np.sum(~table[name]) < 300


def test_stars_without_a_value_are_kept_but_not_fitted():
    aspcap, catalogue = survey(300, 10)
    catalogue["feh"][:5] = np.nan
    aspcap["raw_teff"][:3] = np.nan
    table, _ = correct_aspcap(aspcap, catalogue, CUTS)
    assert len(table) == 300
    assert not table["selected"][:5].any()
    assert not table["selected"][-3:].any()


def test_of_two_aspcap_rows_the_better_one_counts():
    aspcap, catalogue = survey(300, 11)
    aspcap["source_id"][-1] = 1
    aspcap["snr_apogee"][-1] = 1e4
    table, _ = correct_aspcap(aspcap, catalogue, CUTS)
    assert len(table) == 300
    assert table["snr_apogee"][0] == 1e4

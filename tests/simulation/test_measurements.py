"""Each survey reports what the comparisons of the paper's Table 2 are to find."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.literature import aspcap_correction, niu
from mdwarfs.samples.niu import chosen_sign, settle_sign
from mdwarfs.simulation import measurements, population
from mdwarfs.simulation.stars import fgk_dwarfs, m_dwarfs
from mdwarfs.statistics import robust_std
from mdwarfs.validation.aspcap_correction import fit

N = 4000


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture(scope="module")
def dwarfs():
    stars = m_dwarfs("field", N, np.random.default_rng(2))
    stars["feh"] = population.feh_on_lamost_scale(stars["feh_niu"])
    return stars


@pytest.fixture(scope="module")
def primaries():
    return fgk_dwarfs("fgk_primary", N, np.random.default_rng(3))


def test_subtracting_delta_brings_lamost_back_to_the_truth(primaries, rng):
    reported = measurements.lamost_fgk(primaries, np.full(N, 60.0), rng)
    for sign, restores in (("subtract", True), ("add", False), ("none", False)):
        feh = niu.to_niu_scale(reported["feh"], reported["teff"], sign)
        error = feh - primaries["feh_niu"]
        slopes = [
            abs(np.polyfit(primaries["teff"][half], error[half], 1)[0])
            for half in (primaries["teff"] < 5281, primaries["teff"] > 5281)
        ]
        flat = max(slopes) < 4e-5 and abs(np.median(error)) < 0.01
        assert flat == restores


def test_fgk_pairs_settle_the_sign_of_the_correction(rng):
    n = 1500
    one = fgk_dwarfs("fgk_fgk", n, rng)
    teff = rng.uniform(4250, one["teff"])
    two = fgk_dwarfs("fgk_fgk", n, rng, one, teff)
    pairs = Table({"selected": np.ones(n, bool)})
    for k, stars in ((1, one), (2, two)):
        reported = measurements.lamost_fgk(stars, np.full(n, 60.0), rng)
        pairs[f"teff{k}"], pairs[f"feh{k}"] = reported["teff"], reported["feh"]
    sign = settle_sign(pairs)
    assert chosen_sign(sign) == "subtract"
    assert sign["flat"].any()


def test_mean_lamost_scale_is_that_of_the_primaries(primaries, rng):
    """What an M dwarf's label is, on average over its possible primaries."""
    reported = measurements.lamost_fgk(primaries, np.full(N, 60.0), rng)
    mean = population.feh_on_lamost_scale(primaries["feh_niu"])
    assert np.mean(reported["feh"] - mean) == pytest.approx(0, abs=0.005)
    assert np.mean(mean - primaries["feh_niu"]) == pytest.approx(-0.09, abs=0.03)


def test_lamost_errors_are_honest_and_failures_are_marked(primaries, rng):
    stars = primaries.copy()
    stars["injected"][:500] = "feh_err"
    reported = measurements.lamost_fgk(stars, rng.uniform(6, 200, N), rng)
    assert np.all(reported["feh_err"][:500] > 0.2)
    assert np.all(reported["feh_err"][500:] < 0.2)
    true = stars["feh_niu"] + niu.niu_offset(reported["teff"])
    pull = (reported["feh"] - true) / reported["feh_err"]
    assert np.std(pull[500:]) == pytest.approx(1, abs=0.05)


def test_apogee_net_is_the_reference_scale(dwarfs, rng):
    reported = measurements.apogee_net(dwarfs, np.full(N, 60.0), rng)
    for name, scatter in (("teff", (60, 80)), ("logg", (0.055, 0.07))):
        error = reported[name] - dwarfs[name]
        assert abs(np.median(error)) < 3 * np.std(error) / np.sqrt(N)
        assert scatter[0] < np.std(error) < scatter[1]
        assert np.std(error / reported[f"e_{name}"]) == pytest.approx(1, abs=0.05)


def test_apogee_net_calls_good_cool_dwarfs_bad(dwarfs, rng):
    """The trap of flag_bad: it says nothing about Teff and log g."""
    reported = measurements.apogee_net(dwarfs, np.full(N, 60.0), rng)
    cool = dwarfs["teff"] < 3100
    assert np.mean(reported["flag_bad"][cool]) > 0.9
    assert np.mean(reported["flag_bad"]) < 0.2


@pytest.mark.parametrize(
    ("measure", "column", "true", "offset", "most"),
    [
        (measurements.birky, "TEFF", "teff", 27, 92),
        (measurements.birky, "FE_H", "feh", 0.06, 0.16),
        (measurements.behmard, "fe_h_cannon", "feh", -0.02, 0.14),
    ],
)
def test_literature_differs_as_in_table_2(
    dwarfs, rng, measure, column, true, offset, most
):
    """With a scatter that leaves room for SLAM's own errors."""
    difference = measure(dwarfs, rng)[column] - dwarfs[true]
    error = np.std(difference) / np.sqrt(N)
    assert np.median(difference) == pytest.approx(offset, abs=4 * error)
    assert 0.3 * most < np.std(difference) < most


@pytest.mark.parametrize(
    ("column", "offset", "most"), [("teff", 34, 65), ("logg", 0.01, 0.07)]
)
def test_lamost_m_dwarfs_differ_as_in_table_2(dwarfs, rng, column, offset, most):
    reported = measurements.lamost_m(dwarfs, np.full(N, 30.0), rng)
    difference = reported[column] - dwarfs[column]
    error = np.std(difference) / np.sqrt(N)
    assert np.median(difference) == pytest.approx(offset, abs=4 * error)
    assert 0.3 * most < np.std(difference) < most


def test_aspcap_follows_equation_10(dwarfs, rng):
    """True [Fe/H] minus ASPCAP's, as a surface in Teff and [Fe/H] of ASPCAP."""
    reported = measurements.aspcap(dwarfs, np.full(N, 60.0), rng)
    teff, feh = reported["teff"], reported["fe_h"]
    difference = np.asarray(dwarfs["feh"]) - feh
    assert 0.10 < np.median(difference) < 0.24  # section 5
    published = aspcap_correction.PUBLISHED(teff, feh)
    left = difference - published
    assert robust_std(left) < 0.7 * robust_std(difference)
    fitted = fit(difference, teff, feh)(teff, feh)
    assert np.percentile(np.abs(fitted - published), 95) < 0.05
    # With the uncalibrated Teff the published surface does not fit.
    other = aspcap_correction.PUBLISHED(reported["raw_teff"], feh)
    assert abs(np.median(difference - other)) > 2 * abs(np.median(left))


def test_aspcap_alpha_is_a_label_of_known_error(dwarfs, rng):
    reported = measurements.aspcap(dwarfs, rng.uniform(20, 200, N), rng)
    error = reported["alpha_m_atm"] - dwarfs["alpha_m"]
    assert 0.02 < np.std(error) < 0.04
    assert np.std(error / reported["e_alpha_m_atm"]) == pytest.approx(1, abs=0.05)


def test_released_slam_has_variances_for_errors(dwarfs, rng):
    snr = rng.uniform(3, 40, N)
    reported = measurements.astra_slam(dwarfs, snr, rng)
    error = reported["teff"] - dwarfs["teff"]
    poor, good = snr < 8, snr > 25
    assert np.std(error[poor]) > 1.5 * np.std(error[good])
    # In K^2: an error of 10 K is written as 100.
    assert 5 < np.sqrt(np.median(reported["e_teff"])) < 30
    assert np.mean(reported["flag_bad"]) < 0.9  # though every fit converged
    assert np.all(reported["success"])

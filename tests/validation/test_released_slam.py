"""The two traps of the released SLAM table, found in tables that have them or not."""

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs.validation.released_slam import READ, diagnose

N = 6000
SPREAD = {"teff": 250, "logg": 0.12, "fe_h": 0.25, "fe_h_niu": 0.25, "alpha_fe": 0.06}


def released(path, power=2, weighted_by_error=False, kept=0, seed=1):
    """Write a table whose e_* are errors to a power, as either weighting gives them."""
    rng = np.random.default_rng(seed)
    snr = rng.lognormal(np.log(20), 0.7, N)
    g_mag = 17 + 1.5 * rng.standard_normal(N) - np.log10(snr)
    colour = rng.uniform(1.8, 3.2, N)
    columns = {name: np.zeros(N) for name in READ}
    columns |= {"snr": snr, "g_mag": g_mag, "rp_mag": g_mag - 1}
    columns["bp_mag"] = columns["rp_mag"] + colour
    flux = 10 ** (-0.4 * (g_mag - 17))
    for name, spread in SPREAD.items():
        true_error = spread * 3 / snr
        formal = true_error
        if weighted_by_error:  # its square goes as SNR / flux^3
            formal = spread * 0.02 * np.sqrt(snr / flux**3)
        mean = 4400 - 400 * colour if name == "teff" else 0
        values = mean + 0.2 * spread * rng.standard_normal(N)
        columns[name] = values + true_error * rng.standard_normal(N)
        columns[f"e_{name}"] = (formal * rng.uniform(0.9, 1.1, N)) ** power
    columns["chi2"] = np.full(N, np.nan)
    columns["status"] = np.full(N, 2)
    columns["initial_teff"] = columns["teff"] + 5
    columns["e_teff"][:kept], columns["initial_teff"][:kept] = 0, columns["teff"][:kept]
    fits.table_to_hdu(Table(columns)).writeto(path)
    return path


def answers(path):
    tests = diagnose(path)
    return {(row["question"], i): row["answer"] for i, row in enumerate(tests)}


@pytest.mark.parametrize(("power", "answer"), [(2, "yes"), (1, "no")])
def test_variances_are_told_from_errors_by_both_tests(tmp_path, power, answer):
    found = answers(released(tmp_path / "slam.fits", power))
    assert [a for (q, _), a in found.items() if "variances" in q] == [answer, answer]
    assert found["Were pixels weighted by their error?", 2] == "no"


@pytest.mark.parametrize("power", [1, 2])
def test_weighting_by_the_error_is_found(tmp_path, power):
    path = released(tmp_path / "slam.fits", power, weighted_by_error=True)
    found = answers(path)
    assert found["Were pixels weighted by their error?", 2] == "yes"
    first = found["Are e_* variances?", 0]  # does not depend on the weighting
    assert first == {1: "no", 2: "yes"}[power]


def test_stars_that_kept_their_first_guess_are_counted(tmp_path):
    tests = diagnose(released(tmp_path / "slam.fits", kept=60))
    (row,) = [row for row in tests if "first guess" in row["question"]]
    assert row["answer"] == "yes" and row["value"] == pytest.approx(0.01)


def test_few_stars_leave_it_undecided(tmp_path):
    path = released(tmp_path / "all.fits")
    with fits.open(path) as hdus:
        fits.BinTableHDU(hdus[1].data[:40]).writeto(tmp_path / "few.fits")
    found = answers(tmp_path / "few.fits")
    assert found["Are e_* variances?", 1] == "undecided"
    assert found["Were pixels weighted by their error?", 2] == "undecided"

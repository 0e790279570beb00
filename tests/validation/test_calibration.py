"""Calibrated uncertainties, on stars whose errors were drawn from known ones."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.slam.infer.flags import Flag
from mdwarfs.tables.matching import match
from mdwarfs.validation.calibration import (
    calibrate,
    calibrations,
    reference_error,
    unseen_predictions,
)

SLOPE = 0.7
TRUE = {"feh": (0.10, 0.4), "alpha_m": (0.05, 0.0), "teff": (50.0, 0.9)}
ANYTHING = {"feh": (-np.inf, np.inf)}


def drawn(n, seed, reference=0.5, outliers=0.0):
    """Predictions and known labels of n stars, and the true sigma of each label.

    The known labels have errors of `reference` times the level of sigma.
    """
    rng = np.random.default_rng(seed)
    stars = Table({"source_id": rng.permutation(n) + 1, "flags": np.zeros(n, int)})
    labels = Table({"source_id": stars["source_id"].copy()})
    formal, sparseness = rng.lognormal(0, 0.6, n), rng.lognormal(-1, 0.3, n)
    stars["training_sparseness"] = sparseness
    sigma = {}
    for name, (level, exponent) in TRUE.items():
        sigma[name] = level * formal**exponent
        sigma[name] *= (sparseness / np.median(sparseness)) ** SLOPE
        true = rng.normal(0, 10 * level, n)
        error = reference * level * rng.uniform(0.5, 1.5, n)
        labels[name] = true + error * rng.standard_normal(n)
        labels[f"e_{name}"] = error
        stars[name] = true + sigma[name] * rng.standard_normal(n)
        stars[f"e_{name}"] = 0.3 * level * formal
        wrong = rng.random(n) < outliers
        stars[name][wrong] += 30 * level
    return stars, labels[rng.permutation(n)], sigma


@pytest.mark.dag
def test_the_law_behind_the_errors_is_recovered_within_its_own():
    pulls = []
    for seed in range(12):
        table = calibrate(*drawn(800, seed)[:2], list(TRUE), ANYTHING)
        for row in table:
            level, exponent = TRUE[row["label"]]
            pulls.append((
                (row["level"] / level - 1) / (row["e_level"] / row["level"]),
                (row["exponent"] - exponent) / row["e_exponent"],
            ))  # fmt: skip
        assert table["slope"] == pytest.approx(SLOPE, abs=0.2)
    assert np.abs(np.mean(pulls, axis=0)).max() < 3.5 / np.sqrt(len(pulls))
    assert np.std(pulls, axis=0).max() < 1.35


@pytest.mark.parametrize(
    ("reference", "outliers"), [(0.0, 0.0), (1.0, 0.0), (0.5, 0.03)]
)
def test_pulls_have_unit_width(reference, outliers):
    """Whatever the known labels' errors are, and also where some stars are far out."""
    stars, labels, _ = drawn(1500, 3, reference, outliers)
    laws = calibrations(calibrate(stars, labels, list(TRUE), ANYTHING))
    others, _, true = drawn(4000, 4)
    for name, law in laws.items():
        sigma = law.sigma(others[f"e_{name}"], others["training_sparseness"])
        ratio = true[name] / sigma
        assert np.median(ratio) == pytest.approx(1, abs=0.1)
        assert np.percentile(ratio, [5, 95]) == pytest.approx([1, 1], abs=0.25)


def test_without_the_known_labels_errors_the_uncertainty_would_be_too_large():
    stars, labels, _ = drawn(1500, 5, reference=1.0)
    right = calibrate(stars, labels, list(TRUE), ANYTHING)
    for name in TRUE:
        labels[f"e_{name}"] = 0.0
    naive = calibrate(stars, labels, list(TRUE), ANYTHING)
    assert (naive["level"] > 1.3 * right["level"]).all()
    assert naive["scatter"] == pytest.approx(right["scatter"])


def test_stars_outside_the_usable_range_have_no_say():
    stars, labels, _ = drawn(400, 6)
    expected = calibrate(stars[50:], labels, list(TRUE), ANYTHING)
    stars["flags"][:20] = int(Flag.OUTSIDE_TEFF)
    order = np.argsort(labels["source_id"])
    place = order[np.searchsorted(labels["source_id"][order], stars["source_id"])]
    labels["feh"][place[20:50]] = 99.0
    found = calibrate(stars, labels, list(TRUE), {"feh": (-9, 9)})
    assert set(found["n"]) == {350}
    for name in ("level", "exponent", "slope"):
        assert found[name] == pytest.approx(expected[name])


def test_niu_shift_of_lamost_is_an_error_of_feh_alone():
    labels = Table({"feh": [0.0, 0.1, 0.2, 0.3], "e_feh": [0.03] * 4})
    assert reference_error(labels, "feh") == pytest.approx(0.03)
    labels["feh_niu"] = labels["feh"] + [0.04, -0.04, 0.04, -0.04]
    labels["e_feh_niu"] = 0.03
    assert reference_error(labels, "feh") == pytest.approx(0.05)
    assert reference_error(labels, "feh_niu") == pytest.approx(0.03)


def test_unseen_takes_training_stars_from_one_and_test_stars_from_the_other():
    held_out = Table({"source_id": [1, 2], "teff": [1.0, 2.0]})
    predictions = Table({"source_id": [4, 3, 2, 1], "teff": [40.0, 30, 20, 10]})
    split = Table({"source_id": [1, 2, 3], "role": ["train", "train", "test"]})
    found = unseen_predictions(held_out, predictions, split)
    assert list(found["source_id"]) == [1, 2, 3]
    assert list(found["teff"]) == [1, 2, 30]


def test_too_few_stars_have_no_calibration_and_a_reason():
    stars, labels, _ = drawn(60, 1)
    stars["teff"][15:] = np.nan
    del labels["e_alpha_m"]  # then the known label is taken for exact
    table = calibrate(stars, labels, list(TRUE), ANYTHING)
    few = table["label"] == "teff"
    assert "15 stars of known label" in table["reason"][few][0]
    assert np.isnan(table["level"][few]).all() and list(table["n"]) == [60, 60, 15]
    assert np.isfinite(table["level"][~few]).all() and not any(table["reason"][~few])
    assert np.isnan(calibrations(table)["teff"].sigma(1.0, 1.0))
    stars, labels, _ = drawn(15, 1)
    nothing = calibrate(stars, labels, list(TRUE), ANYTHING)
    assert np.isnan(nothing["slope"]).all() and all(nothing["reason"])


def test_an_uncertainty_that_the_known_labels_errors_hide_is_null(caplog):
    stars, labels, _ = drawn(400, 3)
    known = labels["feh"][match(stars["source_id"], labels["source_id"])]
    labels["e_feh"] = 1.5 * np.std(stars["feh"] - known)
    table = calibrate(stars, labels, list(TRUE), ANYTHING)
    hidden = table["label"] == "feh"
    assert not np.isfinite(table["level"][hidden]).any()
    assert np.isfinite(table["level"][~hidden]).all()
    assert "feh: no calibrated uncertainty: the stated errors" in caplog.text
    assert np.isnan(calibrations(table)["feh"].sigma(1.0, 1.0))


def test_formal_errors_of_nothing_have_no_say_and_no_sigma():
    stars, labels, _ = drawn(400, 4)
    before = calibrate(stars[1:], labels, list(TRUE), ANYTHING)
    stars["e_feh"][0] = 0.0
    table = calibrate(stars, labels, list(TRUE), ANYTHING)
    assert table["n"][0] == before["n"][0]
    assert np.isnan(calibrations(table)["feh"].sigma(0.0, 1.0))

"""The words of a run follow from its numbers."""

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.given.others import (
    compare_others,
    others_labels,
    summarise_others,
)
from mdwarfs.given.report import meaning, report_text
from mdwarfs.given.summary import Outcome, summary
from mdwarfs.given.summary_numbers import summary_numbers
from mdwarfs.method_names import HYBRID, MEAN, SLAM
from mdwarfs.validation.comparisons import compare_test
from mdwarfs.validation.methods import compare_methods
from mdwarfs.validation.pulls import widths_by_snr

N = 44
RIDGE = "ridge regression"
NAMES = ("feh", "teff", "logg")


def related(rng):
    """Three columns of 40 values each, unrelated, of mean 0 and scatter 1."""
    unit = rng.normal(size=(N, 3))
    unit[:40] -= unit[:40].mean(axis=0)
    unit[:40] = np.sqrt(39) * np.linalg.qr(unit[:40])[0]
    return unit.T


def velocity_limits(width):
    """Limits of velocity three times `width` [km/s] about 1 km/s."""
    row = {"measure": "v_offset", "level": 1.0, "width": np.log(width)}
    return Table([row | {"below": 3.0, "above": 3.0}])


@pytest.fixture
def outcome(made):
    """A copy that a test may change."""
    return deepcopy(made)


@pytest.fixture(scope="module")
def made():
    """Forty stars that are fit for it, two that are not, two without a prediction.

    Teff is found with a scatter of 60 K, log g a little below its reference, and what
    is found as [Fe/H] has nothing to do with it. Ridge regression finds [Fe/H].
    """
    noise, shape, metals = related(np.random.default_rng(4))
    labels = Table({"source_id": np.arange(1, N + 1), "sdss_id": np.zeros(N, int)})
    labels["id"] = [f"Star {k}" for k in range(N)]
    labels["snr"] = 100.0
    labels["teff"] = 3500 + 200 * shape
    labels["logg"], labels["feh"] = 4.9 - 0.1 * shape, 0.1 * metals
    reason = np.full(N, "", "U120")
    reason[40], reason[41] = "the table sets it aside", "SNR 12.3 is below 40"
    labels["reason"], labels["labelled"] = reason, reason == ""
    labels["role"] = "train"
    found = labels["source_id", "sdss_id", "snr"]
    found["flags"], found["v_offset"] = 0, 5 * noise
    found["teff"] = labels["teff"] + 10 + 60 * noise
    found["logg"], found["feh"] = labels["logg"] - 0.02, 0.08 * noise
    for name in NAMES:
        found[name][42:] = np.nan
    known, by_slam = (
        np.stack([np.asarray(table[x], float) for x in NAMES], axis=1)
        for table in (labels, found)
    )
    ridge = known + noise[:, None] * [0.01, 120, 0.02]
    means = np.tile(known[:42].mean(axis=0), (N, 1))
    hybrid = known + noise[:, None] * [0.005, 90, 0.01]
    by = {SLAM: by_slam, HYBRID: hybrid, RIDGE: ridge, MEAN: means}
    by = {x: np.where(np.arange(N)[:, None] < 40, y, np.nan) for x, y in by.items()}
    stars = found["source_id", "snr"][:40]
    for word, width in (("formal_pull", 3), ("pull", 1), ("calibrated_pull", 0.5)):
        for name in NAMES:
            stars[f"{word}_{name}"] = width * shape[:40]
    other = Table({"source_id": [3, 5, 41], "T": np.full(3, 3500.0)})
    theirs = others_labels(other, "source_id", {"teff": "T"}, "Birky+2020")
    compared = compare_others("Birky+2020", theirs, "source_id", found, labels)
    return Outcome(
        test=compare_test(found, labels),
        labels=labels,
        predictions=found,
        methods=compare_methods(NAMES, known, by, {}, seed=1),
        pulls=widths_by_snr(stars, 2),
        compared=summarise_others(compared),
        limits=velocity_limits(20),
        names=NAMES,
        run="mine",
        simulated=False,
        validation="leave-one-out",
        velocity="others",
    )


def test_the_numbers_are_those_of_the_differences(outcome):
    rows = {row["label"]: row for row in summary(outcome.test, NAMES)}
    assert all(row["n"] == 40 for row in rows.values())
    teff, logg, feh = (rows[name] for name in ("teff", "logg", "feh"))
    assert teff["std"] == pytest.approx(60)
    assert teff["std_labels"] == pytest.approx(200)
    assert teff["slope"] == pytest.approx(0, abs=1e-9)
    assert logg["median"] == pytest.approx(-0.02) and logg["std"] < 1e-12
    assert logg["correlation"] == pytest.approx(1)
    assert feh["std_labels"] == pytest.approx(0.1)
    assert feh["std"] == pytest.approx(np.hypot(0.08, 0.1))
    assert feh["slope"] == pytest.approx(-1)
    assert feh["correlation"] == pytest.approx(0, abs=1e-9)
    detected = [rows[x]["detected"] for x in ("teff", "logg", "feh")]
    assert detected == ["yes", "yes", "no"]


def test_detected_in_part_where_the_two_measures_disagree(outcome):
    test = outcome.test
    test["teff"] = test["teff_ref"] + 10
    test["teff"][:2] += 3000  # two outliers
    row = summary(test, ["teff"])[0]
    assert row["std"] > 200 > row["robust_std"] and row["detected"] == "in part"
    text = report_text(outcome)
    assert "**Teff is no detection.**" in text and "by one of the two measures" in text


def test_what_is_correlated_is_told_apart_from_what_is_not(outcome):
    test = outcome.test
    test["feh"] = 3 * np.asarray(test["feh_ref"])
    assert summary(test, ["feh"])[0]["detected"] == "no"
    assert "**[Fe/H] is hardly measured.**" in report_text(outcome)


def test_the_text_says_what_is_no_detection_and_who_is_left_out(outcome):
    text = report_text(outcome)
    assert text.startswith("# mine: 44 real spectra\n")
    assert "The data are real." in text and "trained on the others" in text
    assert "**[Fe/H] is no detection.**" in text and "Teff is measured." in text
    assert "of Teff and log g have a correlation of -1.00" in text
    assert "- Star 40: the table sets it aside" in text
    assert "- Star 41: SNR 12.3 is below 40" in text and "(2 of 44)" in text
    assert "median spectrum of the other stars" in text


def test_the_ranking_follows_from_the_table(outcome):
    text = report_text(outcome)
    feh = next(line for line in text.splitlines() if line.startswith("[Fe/H]: robust"))
    teff = next(line for line in text.splitlines() if line.startswith("Teff: robust"))
    assert "ridge regression (0.0" in feh and "**less than SLAM**" in feh
    assert "less than SLAM" not in teff and "ridge regression (" in teff
    assert "hybrid (" in teff and teff.endswith(" scatter more.")


def test_the_hybrid_labels_are_held_against_all_others_too(outcome):
    text = report_text(outcome)
    said = [
        line for line in text.splitlines() if "the hybrid labels scatter by" in line
    ]
    feh, teff, logg = said
    assert "less than they" not in feh and "ridge regression (0.0" in feh
    for text_of in (teff, logg):
        assert "SLAM (" in text_of and "scatters **less than they**" in text_of
    assert "the least scatter has: hybrid in [Fe/H]; SLAM in Teff and log g.**" in text


def test_pulls_are_told_by_their_widths(outcome):
    text = report_text(outcome)
    assert "The formal uncertainties are, robustly, too small for [Fe/H]" in text
    assert "by SNR 3" in text or "by SNR 2" in text
    assert "The calibrated uncertainties are, robustly, too large for [Fe/H]" in text
    assert "| Teff | 40 | 3.0" in text


def test_labels_of_others_are_told_for_both_kinds_of_stars(outcome):
    text = report_text(outcome)
    assert "Teff, SLAM minus Birky+2020, stars with all reference labels" in text
    assert "Teff, reference labels minus Birky+2020" in text
    assert "SLAM minus Birky+2020, other stars: median" in text
    alone = report_text(replace(outcome, compared=None))
    assert "Labels of others" not in alone


def test_many_stars_left_out_are_counted_by_reason(outcome):
    labels = outcome.labels
    many = Table(np.repeat(np.asarray(labels), 50))
    many["reason"] = many["reason"].astype("U120")
    snr = np.flatnonzero(many["reason"] == "SNR 12.3 is below 40")
    many["reason"][snr] = [f"SNR {k}.5 is below 40" for k in range(len(snr))]
    predictions = Table(np.repeat(np.asarray(outcome.predictions), 50))
    text = report_text(replace(outcome, labels=many, predictions=predictions))
    assert "- 50 stars: SNR … is below …" in text
    assert "- 50 stars: the table sets it aside" in text


def test_what_shift_is_flagged_is_said_and_whether_air_would_be(outcome):
    text = report_text(outcome)
    assert "shifted against its best model by less than -59 or more than +61" in text
    assert "in air" not in text
    wide = report_text(replace(outcome, limits=velocity_limits(40)))
    assert "-119 or more than +121 km/s. **These limits are wide.**" in wide
    assert "Wavelengths in air" in wide and "No star is shifted by more than 40" in wide
    none = report_text(replace(outcome, limits=velocity_limits(np.inf)))
    assert "**No shift of a spectrum is flagged**" in none and "in air" in none


def test_a_star_in_air_among_few_is_named(outcome):
    few = replace(outcome, limits=velocity_limits(40))
    few.predictions["v_offset"][6] = -81
    assert "(`v_offset`): Star 6 (-81 km/s). Their" in report_text(few)
    few.predictions["v_offset"] *= 10  # wide pixels: nobody can tell
    assert "Star 6 (" not in report_text(few)


@pytest.mark.parametrize(
    "validation, words", [("split", "42 train, 0 test"), (5, "divided into 5 parts")]
)
def test_the_way_of_testing_is_said(outcome, validation, words):
    assert words in report_text(replace(outcome, validation=validation))


def test_every_number_has_its_unit_its_stars_and_says_if_it_is_real(outcome):
    table = summary_numbers(outcome)
    assert set(table["status"]) == {"real"}
    assert set(summary_numbers(replace(outcome, simulated=True))["status"]) == {
        "simulated"
    }
    assert "44 simulated spectra" in report_text(replace(outcome, simulated=True))
    rows = table[(table["label"] == "teff") & (table["of"] == SLAM)]
    by = {row["quantity"]: row for row in rows}
    std = by["standard deviation of SLAM minus reference"]
    assert std["value"] == pytest.approx(60) and std["unit"] == "K" and std["n"] == 40
    assert std["product"] == "validation/summary.ecsv"
    assert std["error"] == pytest.approx(60 / np.sqrt(78))
    assert by["slope of SLAM minus reference against reference"]["unit"] == ""
    counts = table[np.asarray(table["label"]) == ""]
    assert {(r["quantity"], r["value"]) for r in counts} >= {
        ("spectra", 44), ("fit for training and testing", 42), ("with labels", 42),
    }  # fmt: skip
    assert {"validation/methods.ecsv", "validation/pulls.ecsv"} < set(table["product"])
    assert "validation/compared.ecsv" in set(table["product"])


def test_a_scatter_as_large_as_that_of_the_labels_is_no_detection(outcome):
    """Sixteen stars whose labels are guessed near their mean."""
    rng = np.random.default_rng(1)
    test = outcome.test[:16].copy()
    test["feh_ref"] = rng.normal(0, 0.16, len(test))
    test["feh"] = rng.normal(0, 0.02, len(test))
    row = summary(test, ["feh"])[0]
    assert row["detected"] == "no"
    assert "**[Fe/H] is no detection.**" in meaning(row)

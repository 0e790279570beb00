"""Labels of others for the same stars."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.given.others import (
    compare_others,
    others_labels,
    stacked,
    summarise_others,
)
from mdwarfs.slam.infer.flags import Flag


@pytest.fixture
def run():
    """Eight stars, the last two without reference labels, one of them outside."""
    teff = 3400 + 50.0 * np.arange(8)
    labels = Table({"source_id": np.arange(1, 9), "snr": np.full(8, 50.0)})
    labels["id"] = [f"star {k}" for k in range(8)]
    labels["teff"], labels["feh"] = teff, np.zeros(8)
    labels["labelled"] = np.arange(8) < 6
    for name in ("teff", "feh"):
        labels[name][6:] = np.nan
    found = Table({"teff": teff + 20, "feh": np.full(8, 0.1)})
    found["flags"] = np.where(np.arange(8) == 7, int(Flag.OUTSIDE_TEFF), 0)
    return found, labels


@pytest.fixture
def other():
    return Table({"source_id": [2, 4, 5, 6, 7, 8, 99], "T": 3300.0 + np.arange(7)})


def compared(run, other, key="source_id", name="Birky+2020"):
    theirs = others_labels(other, key, {"teff": "T"}, name)
    return compare_others(name, theirs, key, *run)


def test_both_sides_are_held_against_the_other(run, other):
    stars = compared(run, other)
    assert list(stars["source_id"]) == [2, 4, 5, 6, 7, 8]
    assert "feh" not in stars.colnames
    table = summarise_others(stars)
    by = {(r["compared"], r["sample"]): r for r in table}
    assert set(by) == {
        ("SLAM", "labelled"),
        ("reference", "labelled"),
        ("SLAM", "other"),
    }
    slam, reference = by["SLAM", "labelled"], by["reference", "labelled"]
    assert slam["n"] == reference["n"] == 4
    assert slam["median"] - reference["median"] == pytest.approx(20)
    assert slam["std"] == pytest.approx(reference["std"])
    rest = by["SLAM", "other"]
    assert rest["n_all"] == 2 and rest["n"] == 1  # one is outside the usable range


def test_stars_are_told_apart_by_name_too(run, other):
    other["id"] = [f" star {k - 1} " for k in other["source_id"]]
    by_name, by_number = compared(run, other, "id"), compared(run, other)
    assert list(by_name["teff_ref"]) == list(by_number["teff_ref"])


def test_units_of_the_other_are_converted(run, other):
    other["T"] = other["T"] / 1000
    other["T"].unit = "kK"
    assert compared(run, other)["teff_ref"][0] == pytest.approx(3300)
    other["T"].unit = "mag"
    with pytest.raises(InputError, match="column T"):
        compared(run, other)


def test_values_that_are_none_are_no_labels_of_others(run, other, caplog):
    other["T"] = other["T"].astype(str)
    other["T"][0], other["T"][1] = "n/a", "-9999"
    stars = compared(run, other)
    assert list(np.isfinite(stars["teff_ref"])) == [
        False,
        False,
        True,
        True,
        True,
        True,
    ]
    assert "2 without a value: 'n/a' is no number" in caplog.text


def test_what_cannot_be_compared_is_said(run, other):
    with pytest.raises(
        InputError, match="Birky.* has no column T; it has source_id, t"
    ):
        other.rename_column("T", "t")
        compared(run, other)
    other.rename_column("t", "T")
    other["source_id"][1] = 2
    with pytest.raises(InputError, match="does not tell the stars apart"):
        compared(run, other)


def test_two_catalogues_stand_in_one_table(run, other):
    second = others_labels(
        Table({"source_id": [1], "m": [0.2]}), "source_id", {"feh": "m"}, "B"
    )
    stars = stacked(
        [compared(run, other), compare_others("B", second, "source_id", *run)]
    )
    assert len(stars) == 7 and np.isnan(stars["teff_ref"][-1])
    table = summarise_others(stars)
    assert set(table["comparison"]) == {"Birky+2020", "B"}
    row = table[(table["comparison"] == "B") & (table["compared"] == "SLAM")][0]
    assert row["label"] == "feh" and row["median"] == pytest.approx(-0.1)

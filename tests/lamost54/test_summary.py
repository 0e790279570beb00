import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.lamost54.sample import SET_ASIDE
from mdwarfs.lamost54.summary import report, summary
from mdwarfs.validation.comparisons import compare_test

N = 44


@pytest.fixture
def sample():
    """Forty clean stars, one set aside, one excluded, two without a prediction.

    Teff is found with a scatter of 60 K, log g a little below its reference, and what
    is found as [Fe/H] has nothing to do with it.
    """
    rng = np.random.default_rng(4)
    unit = rng.normal(size=(N, 3))
    unit[:40] -= unit[:40].mean(axis=0)
    unit[:40] = np.sqrt(39) * np.linalg.qr(unit[:40])[0]  # unrelated, of scatter 1
    noise, shape, metals = unit.T
    teff = 3500 + 200 * shape
    labels = Table({"source_id": np.arange(1, N + 1), "sdss_id": np.zeros(N, int)})
    labels["name"] = [f"Star {k}" for k in range(N)]
    labels["teff"], labels["logg"] = teff, 4.9 - 0.1 * shape
    labels["feh"] = 0.1 * metals
    reason = np.full(N, "", "U120")
    reason[40], reason[41] = SET_ASIDE, "LAMOST classifies it G5"
    labels["reason"], labels["labelled"] = reason, reason == ""
    predictions = labels["source_id", "sdss_id"]
    predictions["snr"], predictions["flags"] = 100.0, 0
    predictions["teff"] = teff + 10 + 60 * noise
    predictions["logg"] = labels["logg"] - 0.02
    predictions["feh"] = 0.08 * noise
    for name in ("teff", "logg", "feh"):
        predictions[name][42:] = np.nan
    return compare_test(predictions, labels), predictions, labels


def test_the_numbers_are_those_of_the_differences(sample):
    test, _, _ = sample
    assert len(test) == 42
    rows = {row["label"]: row for row in summary(test)}
    assert all(row["n"] == 40 for row in rows.values())
    teff, logg, feh = (rows[name] for name in ("teff", "logg", "feh"))
    assert teff["std"] == pytest.approx(60)
    assert teff["std_labels"] == pytest.approx(200)
    assert logg["median"] == pytest.approx(-0.02) and logg["std"] < 1e-12
    assert logg["correlation"] == pytest.approx(1)
    assert feh["std_labels"] == pytest.approx(0.1)
    assert feh["std"] == pytest.approx(np.hypot(0.08, 0.1))
    assert feh["correlation"] == pytest.approx(0, abs=1e-9)


def test_reached_and_detected_are_two_questions(sample):
    test, _, _ = sample
    rows = {row["label"]: row for row in summary(test)}
    assert rows["teff"]["reached"] == rows["teff"]["detected"] == "yes"
    assert rows["logg"]["reached"] == "" and rows["logg"]["detected"] == "yes"
    assert rows["feh"]["reached"] == "yes" and rows["feh"]["detected"] == "no"

    scale = 110 / 60
    test["teff"] = test["teff_ref"] + scale * (test["teff"] - test["teff_ref"])
    worse = summary(test)[0]
    assert worse["std"] == pytest.approx(110) and worse["reached"] == "no"
    # Both the standard deviation and the robust one have to be reached.
    test["teff"] = test["teff_ref"] + np.where(np.arange(len(test)) % 2, 80.0, -80.0)
    core = summary(test)[0]
    assert core["std"] < 105 and core["robust_std"] > 73 and core["reached"] == "no"


def test_the_text_names_what_is_no_detection_and_who_is_left_out(sample):
    text = report(*sample)
    assert "**[Fe/H] is no detection.**" in text and "Teff is measured." in text
    assert "correlation of -1.00" in text
    assert f"- Star 40: {SET_ASIDE}" in text
    assert "- Star 41: LAMOST classifies it G5" in text
    assert "(2 of 44)" in text
    first, aside = text.split("set aside (43 stars)")
    assert (
        "**Teff** (40 stars)" in first and "To reach: 105 K, robust 73 K: yes" in first
    )
    assert "**Teff** (41 stars)" in aside and "To reach" not in aside


def test_the_script_writes_both(sample, run_script, stamp, tmp_path):
    paths = {}
    for name, table in zip(("test", "predictions", "labels"), sample):
        paths[name] = tmp_path / f"{name}.fits"
        for column in table.colnames:
            table[column].info.description = column
        tables.write(table, paths[name], stamp)
    output = {"summary": tmp_path / "summary.ecsv", "text": tmp_path / "summary.md"}
    run_script("summarise_lamost54", paths, output)
    found = tables.read(output["summary"])
    assert list(found["label"]) == ["teff", "logg", "feh"]
    assert output["text"].read_text() == report(*sample)

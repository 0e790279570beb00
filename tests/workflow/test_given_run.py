"""Runs on given spectra: a user's own files, and 54 LAMOST spectra from loopback."""

import numpy as np
import pytest
import yaml

from mdwarfs import tables
from tests.given.made import COLUMNS, NAMES, write_sample
from tests.workflow.conftest import copy_of, product_bytes

pytestmark = pytest.mark.dag

WANTED = ["samples/labels.fits", "samples/split.fits", "spectra/normalised.fits"]
COARSE = {
    "spectra": {"step_dex": 1e-3},
    "slam": {
        "labels": list(NAMES),
        "folds": 3,
        "grid": {"C": [10.0], "epsilon": [0.1], "gamma": [0.1]},
    },
}


def test_a_user_s_own_stars_go_through_everything(root, tmp_path):
    """26 of them, of which some are damaged in every way that a table allows."""
    checkout = copy_of(root, tmp_path / "copy")
    table = write_sample(checkout.path, 26)
    table["[Fe/H]"] = table["[Fe/H]"].astype(str)
    table["[Fe/H]"][3] = "n/a"
    (checkout.path / "spectra" / "4.fits").unlink()
    table["filename"][6] = "5.fits"
    table["Teff"][7], table["Teff"][8] = -99, 9.5
    (checkout.path / "spectra" / "9.fits").write_bytes(b"nonsense")
    table["filename"][10] = ""
    table.write(checkout.path / "stars.csv", format="ascii.csv", overwrite=True)
    files = {"table": "stars.csv", "folder": "spectra", "columns": COLUMNS}
    files |= {"validation": 3, "cuts": [{"column": "snr", "above": 71.5}]}
    own = {"run": "mine", "source": "files", "files": files} | COARSE
    (checkout.path / "mine.yaml").write_text(yaml.safe_dump(own))
    targets = ["samples", "train", "predict", "validate", "audit"]
    configured = ["--configfile", "mine.yaml"]
    checkout.snakemake("--cores", "1", *configured, "--", *targets)
    results = checkout.path / "results" / "mine"

    labels = tables.read(results / "samples" / "labels.fits")
    for row, reason in {
        0: "snr 70 is not above 71.5",
        2: "",
        3: "feh: 'n/a' is no number",
        4: "there is no such file",
        6: "its spectrum is that of row 6 too",
        7: "no teff in the table",
        8: "teff 9500 is none of an M dwarf",
        9: "is not a FITS file",
        10: "no file is named",
    }.items():
        assert labels["reason"][row].startswith(reason)
        assert labels["labelled"][row] == (labels["role"][row] == "train")
        assert labels["labelled"][row] == (reason == "") == (labels["fold"][row] >= 0)
    assert labels["labelled"].sum() == 17 and len(labels) == 26
    assert set(labels["fold"]) == {-1, 0, 1, 2}

    catalogue = tables.read(results / "catalogue" / "slam_labels.fits")
    known = np.isfinite(catalogue["teff"])
    np.testing.assert_array_equal(known, catalogue["reason"] == "")
    assert list(np.flatnonzero(~known)) == [4, 6, 9, 10]
    assert np.isnan(catalogue["e_teff"]).all()
    assert np.isnan(catalogue["sigma_teff"]).all()
    for name, words in (("power_laws", "a power law takes"), ("calibration", "few")):
        table = tables.read(results / "validation" / f"{name}.ecsv")
        assert list(table["label"]) == list(NAMES)
        assert all(words in reason for reason in table["reason"])
    test = tables.read(results / "validation" / "test.fits")
    held_out = tables.read(results / "slam" / "held_out.fits")
    assert len(test) == len(held_out) == 17
    difference = np.asarray(test["teff"] - test["teff_ref"])
    assert np.std(difference) < 0.5 * np.std(test["teff_ref"])
    products = tables.read(results / "audit" / "products.ecsv")
    assert not any(products["problems"])
    assert not checkout.planned(*configured, "--", *targets) & {"read_files", "train"}


def configured(root, path, section):
    """A copy of the checkout, and what Snakemake is told there."""
    checkout = copy_of(root, path)
    own = {"files": section, "spectra": COARSE["spectra"]}
    (checkout.path / "own.yaml").write_text(yaml.safe_dump(own))
    return checkout, ["--configfile", "config/lamost54.yaml", "own.yaml"]


def products(checkout):
    results = checkout.path / "results" / "lamost54"
    return [product_bytes(results / name) for name in WANTED]


def test_fetched_and_given_spectra_make_the_same_products(
    root, real, lamost54, tmp_path
):
    targets = ["--", *(f"results/lamost54/{name}" for name in WANTED)]
    folder = {"folder": str(real / "lamost" / "spectrum"), "fetch": None}
    given, files = configured(root, tmp_path / "given", folder)
    given.snakemake("--cores", "1", *files, *targets)
    assert "retrieve_listed" not in given.planned(*files)
    url = {"fetch": {"url": f"{lamost54.url}/Stage2/data/spectrum"}}
    fetched, files = configured(root, tmp_path / "fetched", url)
    fetched.snakemake("--cores", "1", *files, *targets)
    assert len(lamost54.asked) == 54
    assert products(fetched) == products(given)
    assert not {"retrieve_listed", "read_files"} & fetched.planned(*files)


def test_a_run_without_a_network_ends_with_what_to_do_and_can_go_on(
    root, lamost54, tmp_path
):
    nowhere = {"url": "http://127.0.0.1:9", "limits": {"first_wait": 0.01}}
    checkout, files = configured(root, tmp_path / "copy", {"fetch": nowhere})
    done = checkout.snakemake("--cores", "1", *files, "--", "samples", check=False)
    said = done.stdout + done.stderr
    assert done.returncode and "FAILED: " in said and "Traceback" not in said
    raw = checkout.path / "results" / "lamost54" / "raw"
    assert f"put them into {raw}" in said
    raw.mkdir(parents=True, exist_ok=True)
    for name, content in lamost54.others.items():  # by hand
        (raw / name.rpartition("/")[2]).write_bytes(content)
    checkout.snakemake("--cores", "1", *files, "--", "samples")
    assert lamost54.asked == []


def test_a_folder_that_is_not_there_is_named(root, tmp_path):
    nowhere = {"folder": "nowhere", "fetch": None}
    checkout, files = configured(root, tmp_path / "copy", nowhere)
    done = checkout.snakemake("-n", *files, check=False)
    said = done.stdout + done.stderr
    assert f"files.folder: there is no nowhere, neither in {checkout.path}" in said


def test_what_is_changed_in_a_sample_is_read_again(root, tmp_path):
    """And a test set of the table is tested on parts of the spectrum, too."""
    checkout = copy_of(root, tmp_path / "copy")
    table = write_sample(checkout.path, 30)
    table["set"] = ["train"] * 20 + ["test"] * 8 + ["predict", ""]
    table["Teff"][29] = -99
    path = checkout.path / "stars.csv"
    table.write(path, format="ascii.csv", overwrite=True)
    columns = {name: said for name, said in COLUMNS.items() if name != "feh"}
    files = {"table": "stars.csv", "folder": "spectra", "validation": "split"}
    files |= {"columns": columns | {"role": "set"}}
    own = {"run": "roles", "source": "files", "files": files} | COARSE
    own["slam"] = COARSE["slam"] | {"labels": ["teff", "logg"]}
    (checkout.path / "own.yaml").write_text(yaml.safe_dump(own))
    targets = ["validate", "audit", "results/roles/diagnostics/interpretation.md"]
    targets.append("figures/roles/diagnostic_windows.png")
    asked = ["--configfile", "own.yaml", "--", *targets]
    checkout.snakemake("--cores", "1", *asked)
    results = checkout.path / "results" / "roles"
    assert not checkout.planned(*asked)

    labels = tables.read(results / "samples" / "labels.fits")
    assert list(labels["role"]) == ["train"] * 20 + ["test"] * 8 + ["predict"] * 2
    assert labels["labelled"].sum() == 28
    test = tables.read(results / "validation" / "test.fits")
    assert sorted(test["source_id"]) == sorted(labels["source_id"][20:28])
    held_out = tables.read(results / "slam" / "held_out.fits")
    assert sorted(held_out["source_id"]) == sorted(labels["source_id"][:20])
    windows = tables.read(results / "diagnostics" / "windows.ecsv")
    assert set(windows["label"]) == {"teff", "logg"} and (windows["n"] <= 8).all()
    assert (checkout.path / "figures/roles/diagnostic_windows.png").exists()
    said = (results / "diagnostics" / "interpretation.md").read_text()
    assert "## Where Teff comes from" in said and "Teff of 8 test stars" in said
    products = tables.read(results / "audit" / "products.ecsv")
    assert not any(products["problems"])
    assert any(path.endswith("diagnostics/windows.ecsv") for path in products["path"])

    path.write_text(path.read_text().replace("Star 7", "Star seven"))
    assert "read_files" in checkout.planned(*asked)
    checkout.snakemake("--touch", *asked)
    assert not checkout.planned(*asked)
    spectra = checkout.path / "spectra"
    with open(spectra / "3.fits", "r+b") as file:  # in its place: docs/reruns.md
        file.write(file.read(80))
    assert not checkout.planned(*asked)
    (spectra / "3.fits").replace(spectra / "renamed.fits")
    assert {"read_files", "train_part"} <= checkout.planned(*asked)

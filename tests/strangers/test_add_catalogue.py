"""A stranger adds a catalogue to compare with: Teff and [Fe/H] of "Kordopatis".

One file of the code is changed, in one place: the registry has a new entry. There is a
new module with the reader, and an address in a configuration; for a simulated run also
a new function that writes what the catalogue reports of the simulated stars.
"""

import os
import re
import subprocess
import sys

import numpy as np
import pytest

from mdwarfs import tables
from tests.made_up import described
from tests.workflow.conftest import copy_of

pytestmark = pytest.mark.dag

OFFSETS = {"teff": 25.0, "feh": -0.04}  # reported minus true, in the simulation

ENTRY = """    Catalogue(
        "kordopatis",
        RawFile(
            "kordopatis",
            "kordopatis/rvs_labels.csv",
            "Labels of Kordopatis+2023",
            optional=True,
            simulated="mdwarfs.simulation.kordopatis.write",
        ),
        reader="mdwarfs.catalogues.kordopatis.read_kordopatis",
        order=("source_id",),
        comparison=Comparison(
            "Kordopatis et al. (2023)",
            ("feh", "teff"),
            expected={"teff": Offset(-20, 60, within=(20, 20))},
        ),
    ),
"""
READER = '''"""Labels of Kordopatis+2023."""

from astropy.table import Table


def read_kordopatis(path):
    """Stars with labels, each once."""
    rows = Table.read(path, format="ascii.csv")
    rows.rename_columns(["GaiaDR3", "Teff", "[Fe/H]"], ["source_id", "teff", "feh"])
    return rows
'''
SIMULATION = f'''"""What Kordopatis+2023 report of the simulated stars."""

from astropy.table import Table

from mdwarfs.simulation.sdss_rows import CANDIDATE_KINDS


def write(path, stars, apogee_net, rng):
    """Write Teff and [Fe/H] of every M dwarf."""
    seen = stars[[kind in CANDIDATE_KINDS for kind in stars["kind"]]]
    rows = Table({{"GaiaDR3": seen["source_id"]}})
    rows["Teff"] = seen["teff"] + rng.normal({OFFSETS["teff"]}, 30, len(seen))
    rows["[Fe/H]"] = seen["feh"] + rng.normal({OFFSETS["feh"]}, 0.05, len(seen))
    with open(path, "w") as file:
        rows.write(file, format="ascii.csv")
'''
ADDRESS = """archives:
  inputs:
    kordopatis:
      version: Kordopatis+2023
      route: download
      download:
        archive: zenodo
        urls: ["{zenodo}/records/1/files/rvs_labels.csv"]
        kind: text
        megabytes: 3
"""
TINY = """run: simulated-catalogue
simulation: {scale: 0.03}
split: {train: 870, test: 250}
slam: {folds: 2}
uncertainty: {min_per_bin: 2}
"""
RESULTS = "results/simulated-catalogue"
ALLOWED = ["clean_catalogue", "compare_catalogue", "summarise_comparisons"]
STAMP = {"run": "simulated-catalogue", "simulated": True}


@pytest.fixture(scope="module")
def stranger(root, tmp_path_factory):
    """A copy of the checkout with the catalogue added."""
    copy = copy_of(root, tmp_path_factory.mktemp("stranger") / "copy")
    package = copy.path / "workflow" / "mdwarfs"
    registry = package / "catalogues" / "registry.py"
    text = registry.read_text()
    start = text.index("CATALOGUES = (\n") + len("CATALOGUES = (\n")
    registry.write_text(text[:start] + ENTRY + text[start:])
    (package / "catalogues" / "kordopatis.py").write_text(READER)
    (package / "simulation" / "kordopatis.py").write_text(SIMULATION)
    (copy.path / "address.yaml").write_text(ADDRESS)
    (copy.path / "tiny.yaml").write_text(TINY)
    return copy


@pytest.fixture(scope="module")
def summarised(stranger):
    """The same, with a simulated survey that is compared with all catalogues."""
    names = ["birky", "behmard", "lamost_m", "kordopatis"]
    files = [f"{RESULTS}/catalogues/{name}.fits" for name in names]
    stranger.snakemake("--cores", "1", *files, configfile="tiny.yaml")
    labelled(stranger.path / RESULTS)
    summarise(stranger)
    return stranger


def summarise(checkout, *arguments):
    """Ask for the summary of the comparisons, whatever the state of other products."""
    target = [f"{RESULTS}/comparisons/summary.ecsv", "--allowed-rules", *ALLOWED]
    return checkout.snakemake(
        "--cores", "1", *arguments, *target, configfile="tiny.yaml"
    ).stdout


def labelled(results):
    """Write what lies between catalogues and summary: SLAM is always right."""
    truth = tables.read(results / "raw" / "truth.fits")
    truth = truth[np.isfinite(truth["teff"]) & (truth["source_id"] > 0)]
    stars = truth["source_id", "sdss_id", "snr", "feh", "teff", "logg"]
    stars["flags"] = 0
    stars["trained_on"] = False
    candidates = truth["source_id", "m_g"]
    candidates.rename_column("m_g", "phot_g_mean_mag")
    candidates["tmass_designation"] = ""
    compared = stars.copy()
    for label in ("feh", "teff", "logg"):
        compared[f"{label}_ref"] = compared[label]
    compared["used"] = True
    compared["used"].info.description = "In the statistics"
    tables.write(described(stars), results / "catalogue" / "slam_labels.fits", STAMP)
    tables.write(described(candidates), results / "samples" / "candidates.fits", STAMP)
    for product in ("validation/test", "comparisons/m_m", "comparisons/mann"):
        tables.write(described(compared), results / f"{product}.fits", STAMP)


def mdwarfs(checkout, *arguments):
    """The output of the command line, in the copy."""
    environment = os.environ | {"PYTHONPATH": "workflow"}
    command = [sys.executable, "-m", "mdwarfs.cli", *arguments]
    return subprocess.run(
        command, cwd=checkout.path, env=environment, capture_output=True, text=True
    )


def test_the_summary_has_the_new_lines_last(summarised):
    summary = tables.read(summarised.path / RESULTS / "comparisons" / "summary.ecsv")
    ids = list(dict.fromkeys(summary["comparison"]))
    assert ids == [*(f"R{k}" for k in range(1, 8)), "kordopatis"]
    ours = summary[summary["comparison"] == "kordopatis"]
    assert set(ours["name"]) == {"Kordopatis et al. (2023)"}
    assert sorted(ours["label"]) == sorted(OFFSETS)
    for row in ours:
        assert row["n"] > 30
        assert abs(row["median"] + OFFSETS[row["label"]]) < 4 * row["e_median"]


def test_an_edit_of_its_reader_repeats_its_own_jobs_and_no_others(summarised):
    assert "Nothing to be done" in summarise(summarised, "-n")
    reader = summarised.path / "workflow/mdwarfs/catalogues/kordopatis.py"
    text = reader.read_text()
    reader.write_text(text + "\n# edited\n")
    try:
        planned = summarise(summarised, "-n")
    finally:
        reader.write_text(text)
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", planned, flags=re.M))
    assert jobs == dict.fromkeys([*ALLOWED, "total"], "1") | {"total": "3"}
    assert "catalogues/kordopatis.fits" in planned and "birky.csv" not in planned


def test_the_plan_and_the_rules_of_a_real_run_have_the_new_input(stranger):
    files = ["--configfile", "config/dr19.yaml", "address.yaml"]
    done = mdwarfs(stranger, "archives", "plan", *files)
    assert re.search(r"^kordopatis +download *Zenodo .* 3 MB", done.stdout, flags=re.M)
    assert "https://zenodo.org/records/1/files/rvs_labels.csv" in done.stdout
    planned = stranger.planned("results/dr19/comparisons/summary.ecsv", *files)
    assert {"retrieve_kordopatis", "clean_catalogue", "compare_catalogue"} <= planned
    without = mdwarfs(stranger, "archives", "plan", *files[:-1])
    assert without.returncode == 0 and "kordopatis" not in without.stdout


def test_the_audit_holds_the_run_against_what_is_expected(stranger):
    inside = (
        "from mdwarfs.audit import ledger; found = ledger.load().numbers[-1]; "
        "print(found.id, [(q.name, q.value) for q in found.quantities])"
    )
    done = subprocess.run(
        [sys.executable, "-c", inside], cwd=stranger.path / "workflow",
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == (
        "kordopatis [('teff, median', -20), ('teff, std', 60)]".split()
    )


def test_an_address_that_the_registry_does_not_know_is_refused(stranger):
    (stranger.path / "wrong.yaml").write_text(
        ADDRESS.replace("    kordopatis:", "    cordopatis:")
    )
    files = ["--configfile", "config/dr19.yaml", "wrong.yaml"]
    done = mdwarfs(stranger, "archives", "plan", *files)
    assert done.returncode != 0
    said = "archives.inputs.cordopatis: unknown key; did you mean kordopatis?"
    assert said in done.stdout + done.stderr

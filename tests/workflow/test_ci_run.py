"""The whole DAG on a small simulated survey."""

import hashlib
import re
import time

import pytest
import yaml
from astropy.io import fits

from mdwarfs import tables

pytestmark = pytest.mark.dag

RUN = "simulated-ci"


@pytest.fixture(scope="module")
def results(finished):
    return finished.path / "results" / RUN


def products(folder):
    """Digest of every product below a folder, by its name."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {"logs", "benchmarks"} & set(path.parts)
    }


def test_all_figures_and_tables_are_there(finished, results):
    figures = finished.path / "figures" / RUN
    for number in range(1, 13):
        for suffix in ("pdf", "png"):
            assert (figures / f"figure_{number:02d}.{suffix}").stat().st_size > 5000
    made = {path.name for path in (results / "tables").iterdir()}
    assert {
        "table_1.csv",
        "table_1.tex",
        "table_2.csv",
        "table_2.tex",
        "table_3.fits",
        "table_3.ecsv",
        "table_4.fits",
        "table_4.ecsv",
    } <= made


def test_every_product_says_that_it_is_simulated(results):
    paths = [p for p in results.rglob("*.fits") if "raw" not in p.parts]
    assert len(paths) > 20
    for path in paths:
        with fits.open(path) as hdus:
            assert any(hdu.header.get("SIMULATD") is True for hdu in hdus), path
    for path in (results / "raw").rglob("*.fits*"):
        assert fits.getheader(path)["SIMULATD"] is True, path


def test_no_claim_of_a_simulated_run_counts_as_reproduced(results):
    claims = tables.read(results / "audit" / "claims.ecsv")
    assert len(claims) >= 50
    assert set(claims["status"]) <= {"simulated", "not testable here"}
    assert (claims["status"] == "simulated").sum() >= 20


def test_the_audit_lists_every_product_without_a_defect(results):
    listed = tables.read(results / "audit" / "products.ecsv")
    made = {
        str(path.relative_to(results))
        for path in results.rglob("*")
        if path.suffix in (".fits", ".ecsv")
        and not {"raw", "audit"} & set(path.relative_to(results).parts)
    }
    audited = {re.sub(rf"^results/{RUN}/", "", path) for path in listed["path"]}
    assert made <= audited
    assert [row["path"] for row in listed if row["problems"]] == []


def test_the_injected_numbers_come_out(root, results):
    """Each criterion and each cut removes what was put in for it, and nothing else."""
    counts = tables.read(results / "audit" / "recovered_counts.ecsv")
    assert len(counts) > 8
    wrong = [dict(row) for row in counts if row["n_injected"] != row["n_found"]]
    assert wrong == []


def test_recovered_labels_are_unbiased(results):
    recovery = tables.read(results / "audit" / "recovery.ecsv")
    assert len(recovery) > 0
    for row in recovery:
        assert abs(row["bias"]) < 4 * row["e_bias"] + row["tolerance"], dict(row)


def test_running_again_does_nothing(finished):
    assert finished.planned() == set()


@pytest.mark.parametrize(
    ("change", "first", "untouched"),
    [
        ("pairs={feh_err_max: 0.15}", "pair_fgk_m", "pair_m_m_never"),
        ("figures={teff_bin: 50}", "figure_07", "figure_08"),
        ("uncertainty={min_per_bin: 6}", "fit_uncertainties", "train_slam"),
        ("isochrones={log_age: 9.5}", None, "clean_parsec"),
    ],
)
def test_a_changed_key_re_runs_what_depends_on_it(
    finished, tmp_path, change, first, untouched
):
    key, _, value = change.partition("=")
    changed = tmp_path / "changed.yaml"
    changed.write_text(yaml.safe_dump({key: yaml.safe_load(value)}))
    done = finished.snakemake(
        "-n", "--configfile", "config/ci.yaml", str(changed), configfile=None
    )
    stats = done.stdout.partition("Job stats:")[2].partition("total")[0]
    planned = set(re.findall(r"^(\w+)\s+\d+$", stats, flags=re.MULTILINE))
    assert untouched not in planned and "simulate_survey" not in planned
    assert (first in planned) if first else not planned


def test_editing_a_module_re_runs_the_rules_that_use_it(finished):
    module = finished.path / "workflow" / "mdwarfs" / "relations.py"
    text = module.read_text()
    try:
        module.write_text(text + "\n# edited\n")
        planned = finished.planned()
    finally:
        module.write_text(text)
    assert {"compare_mann", "summarise_comparisons", "figure_07"} <= planned
    assert not {"train_slam", "publish_labels", "compare_birky"} & planned


def test_one_core_gives_the_same_bytes_as_two(finished, checkout):
    start = time.monotonic()
    checkout.snakemake("--cores", "1", "predict", "tables")
    one = products(checkout.path / "results" / RUN)
    two = products(finished.path / "results" / RUN)
    assert len(one) > 100
    assert {k for k in one if one[k] != two.get(k)} == set()
    assert time.monotonic() - start < 600

"""The whole DAG on a small simulated survey."""

import hashlib
import re
import shutil

import numpy as np
import pytest
import yaml
from astropy.io import fits

from mdwarfs import tables
from mdwarfs.cli import main
from mdwarfs.config import read_config
from tests.workflow.conftest import Checkout

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


def test_every_file_says_that_it_is_simulated(results):
    paths = sorted(results.rglob("*.fits*"))
    assert len(paths) > 400
    for path in paths:
        with fits.open(path) as hdus:
            assert any(hdu.header.get("SIMULATD") is True for hdu in hdus), path


def test_the_run_says_how_it_was_configured(finished, results):
    folder = finished.path / "config"
    files = [folder / "config.yaml", folder / "ci.yaml"]
    assert read_config([results / "audit" / "config.yaml"]) == read_config(files)


def test_its_model_labels_spectra_as_the_run_did(results, capsys):
    catalogue = tables.read(results / "catalogue" / "slam_labels.fits")
    bright = catalogue[np.asarray(catalogue["snr"]) > 8][:3]
    paths = [next(results.rglob(f"mwmStar-*-{row['sdss_id']}.fits")) for row in bright]
    output = results.parent / "labels.ecsv"
    arguments = ["predict", "--run", results, "--output", output, *paths]
    assert main(list(map(str, arguments))) == 0
    labels = tables.read(output)
    for name in ("feh", "sigma_feh", "e_feh", "teff", "sigma_teff", "logg"):
        np.testing.assert_allclose(labels[name], bright[name], rtol=1e-3, atol=1e-3)


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


def test_each_cut_removes_what_was_put_in_for_it_and_no_sound_star(results):
    counts = tables.read(results / "audit" / "recovered_counts.ecsv")
    meant = counts[counts["meant"]]
    assert {f"criterion_{n}" for n in (1, 2, 3, 4)} <= set(meant["cut"])
    assert {"feh_err", "r_chance_align", "ruwe1", "no_aspcap"} <= set(meant["cut"])
    assert (meant["n_injected"] > 0).all()
    assert (meant["n_removed"] == meant["n_injected"]).all()
    assert (meant["n_kept"] == 0).all()
    sound = counts[counts["injected"] == ""]
    assert len(sound) > 20
    assert (sound["n_removed"] == 0).all()


def test_every_difference_from_the_paper_s_table_is_found(results):
    found = tables.read(results / "audit" / "recovered_sample.ecsv")
    kinds = {"", "missing", "older_teff", "older_feh", "boss", "label", "feh_err"}
    kinds |= {"r_chance_align", "ruwe1", "lamost", "wide_binaries"}
    assert set(found["injected"]) == kinds
    assert (found["n_injected"] > 0).all()
    assert (found["n_found"] == found["n_injected"]).all()
    assert found["n_outliers"][found["injected"] == ""].sum() == 0
    pairs = tables.read(results / "comparisons" / "paper_sample.fits")
    alone = np.asarray(pairs["membership"]) != "both"
    assert alone.any() and all(pairs["reason"][alone])
    assert set(pairs["reason"][~alone]) == {""}


def test_recovered_labels_are_unbiased_and_sharper_at_high_snr(results):
    """The error of a bias has two parts: few stars to measure it, few to train on."""
    recovery = tables.read(results / "audit" / "recovery.ecsv")
    others = recovery[recovery["sample"] == "other"]
    split = tables.read(results / "samples" / "split.fits")
    trained = (split["role"] == "train").sum()
    assert set(others["label"]) == {"feh_niu", "feh", "alpha_m", "teff", "logg"}
    for label in set(others["label"]):
        rows = others[others["label"] == label]
        whole, bins = rows[rows["bin"] == 0][0], rows[rows["bin"] > 0]
        error = np.hypot(whole["e_median"], whole["std"] / np.sqrt(trained))
        assert abs(whole["median"]) < 3 * error, label
        assert bins["snr"][-1] > 2 * bins["snr"][0]
        assert bins["std"][-1] < 0.8 * bins["std"][0], label


def test_calibrated_uncertainties_mean_what_they_say(results):
    """200 stars give the level to 6 to 9 per cent: three of these, and some tails."""
    pulls = tables.read(results / "diagnostics" / "pulls.ecsv")
    whole = pulls[pulls["bin"] == 0]
    calibrated = whole[whole["uncertainty"] == "calibrated"]
    assert len(calibrated) == 5
    assert ((calibrated["std"] > 0.75) & (calibrated["std"] < 1.3)).all()
    assert (whole["std"][whole["uncertainty"] == "formal"] > 2).all()


def test_running_again_does_nothing(finished):
    assert finished.planned() == set()


@pytest.mark.parametrize(
    ("section", "key", "value", "runs", "rests"),
    [
        ("pairs", "feh_err_max", 0.15, "pair_fgk_m", "pair_m_m"),
        ("uncertainty", "min_per_bin", 6, "fit_uncertainties", "predict_labels"),
        ("uncertainty", "snr_bins", 4, "recover_pulls", "assemble_catalogue"),
        ("comparisons", "snr_min", 12, "correct_aspcap", "compare_catalogue"),
        ("figures", "teff_bin", 50, "figure_07", "figure_08"),
    ],
)
def test_a_changed_key_re_runs_what_depends_on_it(
    finished, tmp_path, section, key, value, runs, rests
):
    changed = tmp_path / "changed.yaml"
    changed.write_text(yaml.safe_dump({section: {key: value}}))
    planned = finished.planned("--configfile", "config/ci.yaml", str(changed))
    assert runs in planned
    assert not {rests, "simulate_survey", "clean_boss"} & planned


def test_editing_a_module_re_runs_the_rules_that_use_it(finished):
    module = finished.path / "workflow" / "mdwarfs" / "samples" / "split.py"
    text = module.read_text()
    try:
        module.write_text(text + "\n# edited\n")
        planned = finished.planned()
    finally:
        module.write_text(text)
    assert {"split_sample", "train_slam", "table_1"} <= planned
    others = {"simulate_survey", "clean_boss", "assemble_labels", "normalise_spectra"}
    assert not others & planned


def test_one_core_and_three_parts_give_the_same_bytes(finished, tmp_path):
    """As two cores that train all pixels in one job; the spectra are those at hand.

    That the simulation and the spectra do not depend on the cores either is seen where
    the archives serve them: that run has one core.
    """
    shutil.copytree(finished.path, tmp_path / "copy")
    alone = Checkout(tmp_path / "copy")
    for part in (alone.path / "results" / RUN / "benchmarks").glob("train_part_*"):
        part.unlink()
    alone.snakemake(
        "predict", "tables", "--cores", "1", "--set-scatter", "slam=3",
        "--forcerun", "train_part",
    )  # fmt: skip
    parts = alone.path / "results" / RUN / "benchmarks"
    assert len(list(parts.glob("train_part_*-of-3.tsv"))) == 3
    one = products(alone.path / "results" / RUN)
    two = products(finished.path / "results" / RUN)
    assert len(one) > 100
    assert {k for k in one if one[k] != two.get(k)} == set()

"""The whole DAG on a small simulated survey."""

import hashlib
import json
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pytest
import yaml
from astropy.io import fits
from astropy.table import Table
from numpy.testing import assert_allclose

from mdwarfs import tables
from mdwarfs.cli import main
from mdwarfs.comparing import baseline
from mdwarfs.config import read_config
from mdwarfs.provenance.agreement import differences
from mdwarfs.provenance.around import AGREEMENT
from mdwarfs.provenance.crate import crate_of
from mdwarfs.provenance.history import UNKNOWN, WHOLE, History
from mdwarfs.provenance.trace import trace
from mdwarfs.run import seals
from mdwarfs.run.datamodel import page
from mdwarfs.run.folder import products as run_products
from mdwarfs.run.parameters import WHOLE as ALL
from mdwarfs.run.record import CRATE, FOLDER
from mdwarfs.slam.model import SupportVectors
from mdwarfs.software import digest
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.validation.snr_scale import SnrScale
from tests.workflow.conftest import Checkout

pytestmark = pytest.mark.dag

RUN = "simulated-ci"
BASELINE = Path(__file__).with_name("baseline")
LABELS = [f"results/{RUN}/{x}.fits" for x in ("slam/held_out", "catalogue/slam_labels")]


@pytest.fixture(scope="module")
def results(finished):
    return finished.path / "results" / RUN


def products(folder):
    """Digest of every product below a folder, by its name.

    What varies with machines and times is none: logs, benchmarks, the records of the
    steps, the crate that follows from them, and what the page says of both.
    """
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not {"logs", "benchmarks", FOLDER, CRATE, "made.js"} & set(path.parts)
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


def test_every_product_is_that_of_a_step_on_record(finished, results):
    """Its inputs are still those that it was made of, and its keys those beside it."""
    history = History(results)
    left = {path for path in history.makers if history.state(path) != WHOLE}
    assert left and all(re.search(r"/1-of-1\.\w+$", path) for path in left)  # parts
    beside = {"logs", "benchmarks", FOLDER, CRATE, "README.md"}
    for path in results.rglob("*"):
        name = str(path.relative_to(results))
        of_folder = name.startswith(("raw/astra/spectra/", "report/"))
        if path.is_file() and not of_folder and not beside & set(path.parts):
            assert history.state(name) != UNKNOWN, name
    assert differences(history) == []
    assert all(tables.read(results / AGREEMENT)["agrees"])


def test_the_crate_is_that_of_the_files_and_steps(results):
    written = json.loads((results / CRATE).read_text())
    assert crate_of(History(results)) == written
    (root,) = (x for x in written["@graph"] if x["@id"] == "./")
    parts = {part["@id"] for part in root["hasPart"]}
    assert all((results / unquote(part)).exists() for part in parts)
    assert len(root["mentions"]) > 80


def test_what_rules_are_given_beside_the_configuration_is_known(results):
    """Or else a key of it goes without saying: see `mdwarfs.run.parameters`."""
    of_workflow = {
        "catalogues", "figures", "products", "labels", "given", "every", "role",
        "reader", "arguments", "order", "function", "key", "least", "compared",
        "origins", "configuration", "release", "astra", "module", "settings", "table",
        "reference", "caption", "made_by", "folder", "words",
    }  # fmt: skip
    keys = set()
    for record in History(results).steps.values():
        assert set(record["others"]) <= of_workflow, record["rule"]
        if "labels" in record["others"]:  # those that a catalogue has
            assert record["rule"] == "compare_catalogue"
        keys |= {key.partition(".")[0] for key in record["parameters"]}
    config = read_config([results / "audit" / "config.yaml"])
    elsewhere = {"run", "source", "report", "stars"}  # of all, or of no result
    assert set(config) - elsewhere <= keys | {ALL}


def test_numbers_are_traced_to_raw_files(results):
    claims = tables.read(results / "audit" / "claims.ecsv")
    assert all(claims["rule"])
    found = trace(results, "R1 teff std")
    rules = {step["rule"] for step in found["steps"].values()}
    assert {"compare_test", "train_part", "clean_boss", "simulate_survey"} <= rules
    assert "compare_mann" not in rules
    assert found["files"]["raw/astra/spectra.ecsv"]["state"] == WHOLE
    catalogue = tables.read(results / "catalogue" / "slam_labels.fits")
    star = catalogue[catalogue["reason"] == ""][0]
    words = trace(results, str(star["source_id"]))["words"]
    assert f"{star['teff']:.4g} K" in "".join(words)


def predicted(results, output, paths, *options):
    """What `mdwarfs predict --run` says of spectra, and its exit status."""
    arguments = ["predict", "--run", results, *options, "--output", output, *paths]
    status = main(list(map(str, arguments)))
    return tables.read(output), status


def test_predict_gives_what_the_catalogue_gives(results, tmp_path):
    """Of stars of every SNR, but for the rounding of sums over groups of stars."""
    catalogue = tables.read(results / "catalogue" / "slam_labels.fits")
    files = {path.stem: path for path in results.rglob("mwmStar-*.fits")}
    there = [f"mwmStar-0.6.0-{i}" in files for i in catalogue["sdss_id"]]
    order = np.flatnonzero(there)[np.argsort(catalogue["snr"][there])]
    faint = order[np.asarray(catalogue["snr"][order]) < 3]
    rows = catalogue[[*faint[:8], *order[:: len(order) // 16]]]
    paths = [files[f"mwmStar-0.6.0-{i}"] for i in rows["sdss_id"]]
    labels, status = predicted(results, tmp_path / "labels.fits", paths)
    assert len(faint) >= 8 and status == int(any(rows["reason"]))
    same = set(labels.colnames) & set(rows.colnames)
    assert len(same) >= 5 * 4 + len(
        ["snr", "snr_extrapolated", "chi2", "dof", "n_good", "n_outliers", "flags"]
        + ["training_sparseness", "flag_names", "reason"]
    )
    for name in same:
        if labels[name].dtype.kind == "f":
            assert_allclose(labels[name], rows[name], rtol=1e-6, atol=1e-6)
        else:
            assert list(labels[name]) == list(rows[name]), name
    assert all(labels["simulated"]) and all(labels["simulated_model"])


def test_predict_and_catalogue_say_the_same_of_a_star_without_a_spectrum(
    results, tmp_path
):
    """But for its SNR, which the survey knows and no file says."""
    catalogue = tables.read(results / "catalogue" / "slam_labels.fits")
    rows = catalogue[catalogue["reason"] == "there is no such file"]
    paths = [f"mwmStar-0.6.0-{i}.fits" for i in rows["sdss_id"]]
    labels, status = predicted(results, tmp_path / "labels.fits", paths)
    assert status == 1 and len(rows) > 0
    for name in ("flags", "flag_names", "reason", "n_good"):
        assert list(labels[name]) == list(rows[name]), name


def test_the_snr_of_a_spectrum_is_that_of_the_power_laws(results, shared, tmp_path):
    """Whether the file states one or not, and whatever it is."""
    folder = shared / "faults" / "spectra"
    if not folder.is_dir():
        pytest.skip("the faulty spectra are not beside this checkout")
    paths = [folder / f"{name}.fits" for name in ("spec-ok", "spec-no-spall")]
    output = tmp_path / "labels.ecsv"
    labels, status = predicted(results, output, paths, "--simulated-model")
    assert status == 0
    for name in ("snr", "e_feh", "e_teff", "e_logg"):
        assert labels[name][0] == pytest.approx(labels[name][1], rel=0.01)
    assert labels["snr"][0] == pytest.approx(labels["snr_file"][0], rel=0.1)


def test_the_snr_of_the_run_follows_from_its_spectra(results):
    """The survey's own, to a few per cent."""
    laws = tables.read(results / "validation" / "power_laws.ecsv")
    assert set(laws["snr_formats"]) == {"mwmStar"}
    assert 0 < laws["snr_scatter"][0] < 0.06
    scale = SnrScale.of_table(laws)
    with SpectrumSet.open(results / "spectra" / "normalised.fits") as spectra:
        stars = spectra.stars[spectra.ok]
    found = scale(["spec"] * len(stars), stars["snr_file"], stars["snr_pixels"])
    assert np.abs(np.median(found / stars["snr"]) - 1) < 0.02
    assert np.std(np.log(found / stars["snr"])) < 0.06


def test_every_part_says_what_it_was_made_with(results):
    own = seals.identity(results / "slam" / "model.fits")
    config = read_config([results / "audit" / "config.yaml"])
    assert own[seals.CONFIG] == seals.training_digest(config, SupportVectors.settings)
    made_with = seals.label_marks(results / "slam" / "model.fits", config["prediction"])
    for name in (
        "slam/predictions.fits", "slam/held_out.fits", "validation/test.fits",
        "validation/power_laws.ecsv", "validation/calibration.ecsv",
        "catalogue/slam_labels.fits",
    ):  # fmt: skip
        assert seals.marks_of(tables.read(results / name)) == made_with


@pytest.fixture(scope="module")
def other(finished, tmp_path_factory):
    """A copy with another configuration, by which nothing has been made yet."""
    path = tmp_path_factory.mktemp("other") / "copy"
    shutil.copytree(finished.path, path, symlinks=True)
    grid = {"epsilon": [0.1], "gamma": [0.03]}
    (path / "changed.yaml").write_text(yaml.safe_dump({"slam": {"grid": grid}}))
    return Checkout(path)


CHANGED = "--configfile", "config/ci.yaml", "changed.yaml"


@pytest.fixture(scope="module")
def validated(other):
    """The same with training, labels and comparisons by its own configuration."""
    other.snakemake("validate", "--cores", "2", *CHANGED)
    return other


def test_training_with_another_configuration_leaves_no_run_of_mixed_parts(
    finished, other, request, tmp_path, capsys
):
    """Every mixture of the parts of two runs is refused, with what mends it."""
    done = other.snakemake("train", "--cores", "2", *CHANGED)
    assert "Not all products are of one configuration" in done.stderr
    history = History(other.path / "results" / RUN)
    old = {x.product: x.why for x in differences(history)}
    for name in ("slam/predictions.fits", "slam/held_out.fits"):
        assert old[name] == "slam/model.fits has been made anew since"
    assert not {"slam/model.fits", "samples/labels.fits"} & set(old)
    first, second = (x.path / "results" / RUN for x in (finished, other))
    assert read_config([second / "audit" / "config.yaml"])["slam"]["grid"] == {
        "C": [0.1, 1.0, 10.0], "epsilon": [0.1], "gamma": [0.03],
    }  # fmt: skip
    spectrum = next(first.rglob("mwmStar-*.fits"))

    def refused(*named):
        assert main(["predict", "--run", str(second), str(spectrum)]) == 2
        message = capsys.readouterr().err
        assert all(word in message for word in named), message

    refused("power_laws.ecsv was made with the model", "`validate`")
    whole = tmp_path / "whole"
    shutil.copytree(first, whole)
    for name, target in (
        ("slam/model.fits", "train"), ("audit/config.yaml", "train"),
    ):  # fmt: skip
        mixed = tmp_path / "mixed"
        shutil.copytree(whole, mixed)
        shutil.copy(second / name, mixed / name)
        second = mixed
        refused("another configuration", f"`{target}`")
        second = other.path / "results" / RUN
        shutil.rmtree(mixed)
    request.getfixturevalue("validated")
    arguments = ["predict", "--run", str(second), str(spectrum)]
    assert main(arguments) in (0, 1)
    for name in ("power_laws", "calibration"):
        own = second / "validation" / f"{name}.ecsv"
        kept = own.read_bytes()
        shutil.copy(first / "validation" / own.name, own)
        refused(f"{own} was made with the model", "`validate`")
        own.write_bytes(kept)


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
        and not {"raw", "audit", FOLDER} & set(path.relative_to(results).parts)
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


def test_the_numbers_are_those_of_the_baseline(results):
    said = baseline.check(results, BASELINE)
    if said:
        pytest.fail(
            f"{said}\nIf that is meant: make baseline, and say why in CHANGELOG"
        )


def test_a_change_of_one_per_cent_in_one_step_is_not_that_of_the_baseline(
    results, tmp_path
):
    stored, _, allowed = baseline.load(BASELINE)
    for name, columns in (
        ("slam/predictions.fits", ["teff", "e_feh"]),
        ("catalogue/hybrid_labels.fits", ["feh", "e_teff"]),
        ("validation/power_laws.ecsv", ["amplitude"]),
    ):
        path = tmp_path / Path(name).name
        table = tables.read(results / name)
        for column in columns:
            table[column] *= 1.01
        tables.write(table, path, {"run": RUN, "simulated": True})
        found = {name: {"rule": "", "columns": baseline.statistics(path)}}
        moved = baseline.moved(found, {name: stored[name]}, allowed)
        assert {one.column for one in moved} == set(columns), list(map(str, moved))


def test_the_data_model_page_is_that_of_the_products(results, root):
    """`make baseline` writes it anew."""
    assert page(results) == (root / "docs" / "datamodel.md").read_text()


def test_astropy_opens_every_product_without_a_warning_and_finds_it_described(results):
    for name, path in run_products(results).items():
        if path.suffix == ".fits":
            with fits.open(path) as hdus:
                assert all(hdu.header.get("EXTNAME") for hdu in hdus), name
        for column in Table.read(path).itercols():
            assert column.description, (name, column.name)
            assert column.dtype.kind != "S", (name, column.name)


def test_every_product_says_which_configuration_made_it(results):
    own = digest(read_config([results / "audit" / "config.yaml"]))
    for name, path in run_products(results, (".fits",)).items():
        header = fits.getheader(path)
        assert header["CONFHASH"] == own, name
        assert header["CREATOR"].startswith("mdwarfs ") and header["COMMIT"], name


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


def test_one_core_and_three_parts_give_the_same_bytes(validated):
    """As two cores that train all pixels in one job; the spectra are those at hand.

    That the simulation and the spectra do not depend on the cores either is seen where
    the archives serve them: that run has one core. Of draws, `tests/star/test_draws.py`
    says that they are those of their star.
    """
    results = validated.path / "results" / RUN
    two = products(results)
    for part in (results / "benchmarks").glob("train_part_*"):
        part.unlink()
    validated.snakemake(
        *LABELS, "--cores", "1", "--set-scatter", "slam=3", "stars=3",
        "--rerun-triggers", "mtime", "--forcerun", "train_part", *CHANGED,
    )  # fmt: skip
    for name in ("train_part", "predict_part"):
        assert len(list((results / "benchmarks").glob(f"{name}_*-of-3.tsv"))) == 3
    one = products(results)
    assert len(one) > 100
    assert {k for k in one if one[k] != two.get(k)} == set()

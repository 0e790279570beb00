"""The scripts from predictions to tables, one after the other on made-up files."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.catalogues.registry import CATALOGUES
from mdwarfs.labels import LABELS
from mdwarfs.literature import aspcap_correction, niu
from mdwarfs.paper_tables.registry import TABLES
from mdwarfs.slam.infer import residuals
from mdwarfs.spectra.spectrum_set import SpectrumSet
from tests.made_up import described, of_a_dwarf, step

N, N_TEST = 400, 150
TEFF_OF_LAMOST, FEH_OF_BEHMARD = 34.0, -0.02
MIN_PER_BIN = 20
SCATTER = {"feh": 0.3, "feh_niu": 0.3, "alpha_m": 0.1, "teff": 300.0, "logg": 0.15}
FORMAL = 0.4  # formal errors of the made-up predictions over their true ones
COMPARISONS = {"snr_apogee_min": 20, "snr_min": 10, "feh_min": -0.6}
USABLE = {"feh": [-0.6, 0.5], "teff": [3100, 3900], "logg": [4.45, 4.95]}
REFERENCES = {  # those of the paper
    c.name: c.comparison for c in CATALOGUES if c.comparison and c.comparison.line
}
STAMP = {"run": "made_up", "simulated": True}
MADE = {"summary": "summary.ecsv", "catalogue": "slam_labels.fits"}


@pytest.fixture(scope="module")
def folder(run_script, tmp_path_factory):
    """Made-up products, and what the scripts make of them."""
    folder = tmp_path_factory.mktemp("run")
    for name, table in made_up().items():
        tables.write(described(table), folder / f"{name}.fits", STAMP)

    spectra(tables.read(folder / "candidates.fits")).write(
        folder / "spectra.fits", STAMP
    )

    def run(script, params=(), **files):
        """Inputs are files that exist, outputs those that do not yet."""
        paths = {name: folder / file for name, file in files.items()}
        given = {name: path for name, path in paths.items() if path.exists()}
        made = {name: path for name, path in paths.items() if name not in given}
        run_script(script, given, made, {"stamp": STAMP, **dict(params)})
        assert made and all(path.exists() for path in made.values())

    common = {"catalogue": "slam_labels.fits", "candidates": "candidates.fits"}
    run("compare_test", predictions="predictions.fits", labels="labels.fits",
        split="split.fits", comparison="test.fits")  # fmt: skip
    run("fit_uncertainties", {"min_per_bin": MIN_PER_BIN},
        test="test.fits", spectra="spectra.fits", bins="snr_bins.ecsv",
        power_laws="laws.ecsv")  # fmt: skip
    run("calibrate_uncertainties", {"names": LABELS, "usable": USABLE},
        held_out="held_out.fits", predictions="predictions.fits",
        labels="labels.fits", split="split.fits",
        calibration="calibration.ecsv")  # fmt: skip
    run("limit_fits", {"names": LABELS},
        held_out="held_out.fits", limits="limits.ecsv")  # fmt: skip
    run("assemble_catalogue", predictions="predictions.fits", power_laws="laws.ecsv",
        calibration="calibration.ecsv", limits="limits.ecsv", split="split.fits",
        **common)  # fmt: skip
    run("compare_m_m", pairs="pairs_m_m.fits", catalogue="slam_labels.fits",
        comparison="m_m.fits")  # fmt: skip
    for name, entry in REFERENCES.items():
        params = {x: getattr(entry, x) for x in ("function", "key", "least", "labels")}
        run("compare_catalogue", params, reference=f"ref_{name}.fits",
            comparison=f"{name}.fits", **common)  # fmt: skip
    run("compare_mann", comparison="mann.fits", **common)
    run(
        "summarise_comparisons",
        {
            "compared": [
                {"line": c.line, "table": name, "name": c.name, "labels": c.labels}
                for name, c in REFERENCES.items()
            ],
            "origins": {
                name: [f"{name}.fits", f"compare_{name}"]
                for name in ("test", "m_m", "mann", *REFERENCES)
            },
        },
        summary="summary.ecsv",
        **{name: f"{name}.fits" for name in ("test", "m_m", "mann", *REFERENCES)},
    )
    run("correct_aspcap", {"comparisons": COMPARISONS}, aspcap="ref_aspcap.fits",
        catalogue="slam_labels.fits", sample="aspcap.fits",
        correction="correction.ecsv")  # fmt: skip
    run("recover_pulls", {"usable": USABLE, "snr_bins": 2}, truth="truth.fits",
        catalogue="slam_labels.fits", split="split.fits", pulls="pulls.ecsv",
        stars="pulls_of_stars.fits")  # fmt: skip
    run("recover_truth", {"snr_bins": 4}, truth="truth.fits", m_type="m_type.fits",
        split="split.fits", labels="labels.fits", catalogue="slam_labels.fits",
        counts="counts.ecsv", recovery="recovery.ecsv",
        **{name: f"{name}.fits"
           for name in ("pairs_fgk_m", "pairs_m_m", "pairs_fgk_fgk")})  # fmt: skip
    for entry in TABLES:
        inputs = {name: MADE.get(name, f"{name}.fits") for name in entry.inputs}
        outputs = {form: f"{entry.name}.{form}" for form in entry.forms}
        settings = {name: {"usable": USABLE}[name] for name in entry.settings}
        params = {"table": entry.name, "settings": settings}
        run("table", params, **inputs, **outputs)
    return folder


def spectra(candidates):
    """Their spectra, empty but for what is known of their SNR."""
    stars = candidates["source_id", "sdss_id", "snr"]
    stars["snr_pixels"], stars["snr_file"] = 1.6 * stars["snr"], 7.0
    stars["kind"], stars["status"] = "made up", "ok"
    flux = np.ones((N, 2), np.float32)
    return SpectrumSet(np.array([7000.0, 7001.0]), flux, flux, described(stars))


def made_up():
    """Tables of a run in which everybody is right up to known offsets and errors."""
    rng = np.random.default_rng(20)
    ids = np.arange(1, N + 1) + 3 * 10**18
    true = Table({"source_id": ids, "sdss_id": np.arange(1, N + 1)})
    true["teff"] = rng.uniform(3200, 3850, N)
    true["feh"] = rng.uniform(-0.5, 0.4, N)
    true["feh_niu"] = true["feh"] - niu.niu_offset(5500.0)
    true["alpha_m"] = rng.uniform(0, 0.2, N)
    true["logg"] = rng.uniform(4.5, 4.9, N)
    draws = dict.fromkeys(LABELS, rng)
    for label in (x for x in LABELS if x not in SCATTER):  # streams of their own
        (draws[label],) = rng.spawn(1)
        true[label] = of_a_dwarf(label) + step(label) * draws[label].uniform(-3, 3, N)

    candidates = true["source_id", "sdss_id"].copy()
    candidates["ra"], candidates["dec"] = rng.uniform(0, 90, (2, N))
    candidates["snr"] = rng.lognormal(2.5, 0.5, N)
    candidates["parallax"], candidates["a_v"] = 20.0, 0.1
    candidates["bp_rp0"] = rng.uniform(1.9, 3.0, N)
    candidates["mg0"] = 3 * candidates["bp_rp0"] + 2
    candidates["phot_g_mean_mag"] = candidates["mg0"] + 3.5
    candidates["tmass_designation"] = [f"{i:08d}+0000000" for i in range(N)]
    for band, magnitude in (("j", 11.3), ("h", 10.7), ("ks", 10.5)):
        candidates[f"{band}_m"] = magnitude + rng.normal(0, 0.3)
        candidates[f"{band}_msigcom"] = 0.02

    predictions = true["source_id", "sdss_id"].copy()
    predictions["snr"] = candidates["snr"]
    for label in LABELS:
        size = SCATTER.get(label, 5 * step(label))
        error = size / np.sqrt(predictions["snr"]) * draws[label].standard_normal(N)
        predictions[label] = true[label] + error
        predictions[f"e_{label}"] = FORMAL * size / np.sqrt(predictions["snr"])
    predictions["training_sparseness"] = rng.uniform(0.3, 0.6, N)
    for name in ("chi2", "dof", "n_good", "n_outliers", "n_iter", "flags"):
        predictions[name] = 0
    for name in ("correlation", "v_offset", "v_stretch", *residuals.COLUMNS):
        predictions[name] = rng.normal(0.5, 0.01, N)
    predictions["continued"] = np.stack([predictions[label] for label in LABELS], 1)
    predictions["status"] = "ok"

    labels = true.copy()
    for name in ("ra", "dec", "snr"):
        labels[name] = candidates[name]
    labels["source_id1"] = ids + 10**6
    labels["ra1"], labels["dec1"] = labels["ra"], labels["dec"]
    for label in LABELS:
        labels[f"e_{label}"] = 0.01
    labels["labelled"], labels["reason"] = True, np.full(N, "", "U20")
    role = np.where(np.arange(N) < N_TEST, "test", "train")

    pairs = Table({"source_id1": ids[0::2], "source_id2": ids[1::2]})
    pairs["cut_ruwe1"] = pairs["selected"] = True
    m_type = candidates.copy()
    m_type["reason"] = np.full(N, "", "U20")
    for number in (1, 2, 3, 4):
        m_type[f"criterion_{number}"] = True
    truth = true.copy()
    truth["kind"], truth["injected"] = np.full(N, "m_m"), np.full(N, "", "U9")
    truth["component"] = np.tile([1, 2], N // 2)
    truth["pair_id"] = np.arange(N) // 2 + 1

    reference = true["source_id", "teff", "feh", "logg"].copy()
    birky = reference.copy()
    birky["tmass_designation"] = candidates["tmass_designation"]
    behmard = reference.copy()
    behmard["feh"] += FEH_OF_BEHMARD
    behmard["e_feh"] = 0.08
    lamost = reference.copy()
    lamost["teff"] += TEFF_OF_LAMOST
    aspcap = true["source_id", "sdss_id"].copy()
    aspcap["teff"], aspcap["raw_teff"] = true["teff"], true["teff"]
    aspcap["feh"] = true["feh"] - aspcap_correction.PUBLISHED(true["teff"], true["feh"])
    aspcap["snr_apogee"] = 100.0
    return {
        "truth": truth, "m_type": m_type, "candidates": candidates, "labels": labels,
        "predictions": predictions, "held_out": predictions[role == "train"],
        "pairs_m_m": pairs, "pairs_fgk_m": pairs,
        "pairs_fgk_fgk": pairs, "ref_birky": birky, "ref_behmard": behmard,
        "ref_lamost_m": lamost, "ref_aspcap": aspcap,
        "split": Table({"source_id": ids, "sdss_id": true["sdss_id"], "role": role}),
    }  # fmt: skip


def test_power_laws_are_those_put_in(folder):
    laws = tables.read(folder / "laws.ecsv")
    teff = laws[laws["label"] == "teff"][0]
    assert abs(teff["exponent"] + 0.5) < 3.5 * teff["e_exponent"]
    assert teff["n"] == N_TEST and teff["n_bins"] == N_TEST // MIN_PER_BIN
    assert set(laws["label"]) == set(LABELS)


def test_catalogue_has_the_uncertainties_of_the_power_laws(folder):
    catalogue = tables.read(folder / "slam_labels.fits")
    laws = tables.read(folder / "laws.ecsv")
    law = laws[laws["label"] == "logg"][0]
    expected = law["amplitude"] * catalogue["snr"] ** law["exponent"]
    assert np.allclose(catalogue["e_logg"], expected)


def test_calibrated_uncertainties_are_the_true_ones_and_formal_ones_are_not(folder):
    pulls = tables.read(folder / "pulls.ecsv")
    whole = pulls[pulls["bin"] == 0]
    calibrated = whole[whole["uncertainty"] == "calibrated"]
    formal = whole[whole["uncertainty"] == "formal"]
    assert len(calibrated) == len(formal) == len(LABELS)
    assert calibrated["std"] == pytest.approx(1, abs=0.2)
    assert formal["std"] == pytest.approx(1 / FORMAL, rel=0.2)


def test_summary_finds_the_offsets_put_in(folder):
    summary = tables.read(folder / "summary.ecsv")
    row = {(row["comparison"], row["label"]): row for row in summary}
    assert row["R1", "feh"]["n"] == N_TEST
    assert row["R2", "feh"]["n_matched"] == N // 2
    for key, offset in (
        (("R3", "teff"), 0.0),
        (("R4", "feh"), -FEH_OF_BEHMARD),
        (("R5", "teff"), -TEFF_OF_LAMOST),
    ):
        assert abs(row[key]["median"] - offset) < 3.5 * row[key]["e_median"]
    assert row["R6", "teff"]["n"] > 0 and row["R7", "logg"]["n"] > 0


def test_reference_columns_are_described_by_the_vocabulary(folder):
    birky = tables.read(folder / "birky.fits")
    assert birky["teff_ref"].unit == "K"
    assert birky["teff_ref"].description.startswith("Reference value of")


def test_aspcap_is_corrected(folder):
    sample = tables.read(folder / "aspcap.fits")
    after = (sample["feh"] - sample["feh_aspcap_corrected"])[sample["selected"]]
    assert abs(np.median(after)) < 0.02
    assert len(tables.read(folder / "correction.ecsv")) == 3


def test_recovery_is_unbiased(folder):
    recovery = tables.read(folder / "recovery.ecsv")
    whole = recovery[recovery["bin"] == 0]
    assert (np.abs(whole["median"]) < 4 * whole["e_median"]).all()
    assert not tables.read(folder / "counts.ecsv")["n_removed"].any()


def test_tables_hold_every_star(folder):
    assert len(tables.read(folder / "table_3.fits")) == N
    assert len(tables.read(folder / "table_4.ecsv")) == N
    assert len(tables.read(folder / "table_2.ecsv")) == 7
    assert "Simulated survey" in (folder / "table_1.tex").read_text()


def test_leave_one_out_needs_no_split(run_script, folder, tmp_path):
    given = {name: folder / f"{name}.fits" for name in ("predictions", "labels")}
    made = {"comparison": tmp_path / "test.fits"}
    run_script("compare_test", {**given, "split": []}, made)
    assert len(tables.read(tmp_path / "test.fits")) == N

"""Every benchmark runs, at a tiny size, and writes the table that it promises."""

import re
import shutil
from functools import cache
from importlib import import_module
from multiprocessing import get_context

import command
import numpy as np
import pytest
import training_set
import yaml
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.slam.held_out import label_training_stars
from mdwarfs.slam.model import SupportVectors
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.validation.fit_limits import learn_limits
from tests.made_up import described
from tests.slam.conftest import GRID, NAMES, draw_labels, observe, true_flux

pytestmark = pytest.mark.dag

SIZES = {
    "training": "--pixels 2",
    "scaling": "--stars 40 60 80 --pixels 4 8",
    "agreement": "--pixels 2 --drawn 1",
    "agreement_map": "--stars 4",
    "prediction": "--stars 40 --reference 2",
    "many_stars": "--stars 70 --threads 1",
    "growth": "--stars 120 240",
    "unsound": "--stars 10",
    "sound": "--snr 40",
    "stream_filter": "--rows 2000 4000",
}
TRAINED, STARS, PIXELS = 80, 120, 40
STAMP = {"run": "tiny", "simulated": True}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The results of a run of 80 training stars and 40 others, at 40 pixels."""
    folder = tmp_path_factory.mktemp("tiny")
    rng = np.random.default_rng(4)
    labels, snr = draw_labels(STARS, rng), rng.uniform(20, 80, STARS)
    flux, ivar = observe(true_flux(labels, PIXELS), snr, rng)
    wavelength, source_id = 6000.0 + np.arange(PIXELS), np.arange(1, STARS + 1)
    role = np.where(source_id <= TRAINED, "train", "test")
    table = Table({"source_id": source_id, **dict(zip(NAMES, labels.T))})
    tables.write(table, folder / "samples" / "labels.fits", STAMP)
    table = Table({"source_id": source_id, "role": role})
    tables.write(table, folder / "samples" / "split.fits", STAMP)
    stars = Table({"source_id": source_id, "sdss_id": source_id, "snr": snr})
    stars["file"], stars["n_good"], stars["status"] = "none", PIXELS, "ok"
    spectra = SpectrumSet(
        wavelength,
        flux.astype(np.float32),
        ivar.astype(np.float32),
        described(stars),
    )
    spectra.write(folder / "spectra" / "normalised.fits", STAMP)
    some = slice(TRAINED)
    model = SupportVectors.fit(
        labels[some], flux[some], ivar[some], source_id=source_id[some],
        label_names=NAMES, wavelength=wavelength, grid=GRID, folds=5, seed=1,
        block=64, threads=1,
    )  # fmt: skip
    model.write(folder / "slam" / "model.fits", STAMP)
    prediction = {"block": 64, "snr_min": 3.0, "usable": {}}
    spectra = SpectrumSet.read(folder / "spectra" / "normalised.fits")
    held_out = label_training_stars(
        model, spectra, prediction, parts=4, seed=1, threads=1
    )
    tables.write(held_out, folder / "slam" / "held_out.fits", STAMP)
    (folder / "audit").mkdir()
    config = yaml.safe_dump({"prediction": prediction | {"usable": {"feh": [-9, 9]}}})
    (folder / "audit" / "config.yaml").write_text(config)
    limits = folder / "validation" / "fit_limits.ecsv"
    tables.write(learn_limits(held_out, NAMES), limits, STAMP)
    return folder


@pytest.fixture(scope="module")
def written(run, tmp_path_factory):
    """Run a benchmark, once; returns the folder of what it wrote."""

    @cache
    def folder(name):
        folder = tmp_path_factory.mktemp(name)
        where = [] if name == "stream_filter" else ["--run", str(run)]
        arguments = [*SIZES[name].split(), *where, "--folder", str(folder)]
        with pytest.MonkeyPatch.context() as patch:
            if name == "training":  # of which scikit-learn has to do all
                few = {"C": [0.1, 1.0], "epsilon": [0.1], "gamma": [0.03, 0.1]}
                settings = {"grid": few, "folds": 5}
                patch.setattr(training_set, "default_settings", lambda: settings)
            import_module(name).main(arguments)
        return folder

    return folder


@pytest.fixture
def made(written):
    """The table that a benchmark wrote."""
    return lambda name: tables.read(written(name) / f"{name}.ecsv")


@pytest.mark.parametrize("name", SIZES)
def test_table_and_figure_are_as_promised(name, written, made):
    module, table = import_module(name), made(name)
    assert table.colnames == list(module.COLUMNS)
    for column, (unit, description) in module.COLUMNS.items():
        assert str(table[column].unit or "") == unit
        assert table[column].description == description
    assert table.meta["SIMULATD"] is True
    assert table.meta["RUN"] == ("benchmark" if name == "stream_filter" else "tiny")
    assert {"DATE", "CPU", "CORES", "WALL_S"} <= set(table.meta)
    kinds = {"ecsv", "pdf", "png"} if hasattr(module, "draw") else {"ecsv"}
    assert {path.name for path in written(name).iterdir()} == {
        f"{name}.{kind}" for kind in kinds
    }


def test_training_and_scikit_learn_choose_the_same(made):
    table = made("training")
    assert len(table) == 2 and table["same"].all()
    assert table["cv_r2"][0] > table["cv_r2"][1]
    assert (table["ours"] > 0).all() and (table["ours"] < table["grid_search"]).all()


def test_scaling_varies_one_number_at_a_time(made):
    table = made("scaling")
    assert sorted(set(table["grid_points"])) == [1, 9, 27, 75]
    usual = {"stars": 60, "pixels": 8, "grid_points": 75}
    varied = sum((table[name] != value).astype(int) for name, value in usual.items())
    assert sorted(varied) == [0, *[1] * 6]
    assert np.allclose(table["share"] * PIXELS, table["shared"])


def test_agreement_with_libsvm(made):
    table = made("agreement")
    assert len(table) == 2 and table["same"].all()
    assert table["mse_error"].max() < 5e-3 and table["flux_error"].max() < 1e-3
    assert (table["noise"] > 0).all() and table["noise"][0] < table["noise"][1]


def test_slow_search_finds_no_better_fit_of_new_stars(made):
    table = made("agreement_map")
    assert len(set(table["source_id"])) == 4 and table["source_id"].min() > TRAINED
    assert (table["chi2"] > 0).all()
    assert np.abs(table["excess"]).max() < import_module("agreement_map").AGREES


def test_prediction_knows_both_ways(made):
    table = made("prediction")
    ours, theirs = table[table["calls"] == 0], table[table["calls"] > 0]
    assert list(ours["stars"]) == [40] and list(theirs["stars"]) == [1, 1]
    assert theirs["cpu_ms"].min() > ours["cpu_ms"].max() > 0


def test_astroslams_way_finds_the_labels_of_maximum_posterior(run):
    prediction = import_module("prediction")
    model = prediction.SupportVectors.read(run / "slam" / "model.fits")
    spectra = prediction.SpectrumSet.read(run / "spectra" / "normalised.fits")
    star = np.flatnonzero(spectra.stars["snr"] > 60)[[-1]]
    flux, ivar = spectra.flux[star], spectra.ivar[star]
    finder = prediction.MaximumPosterior(model.spectral_model())
    ours = finder.predict(flux, ivar, block=64, threads=1)
    pixels = (part[0] for part in prediction.weigh_pixels(finder.model, flux, ivar))
    machines, templates = prediction.machines(model), finder.model.templates
    theirs, _ = prediction.reference_way(model, templates, machines, *pixels)
    error = np.sqrt(np.diagonal(ours.covariance[0]))
    assert np.all(np.abs(theirs - ours.labels[0]) < error)


def test_survey_is_predicted_whole(made):
    (row,) = made("many_stars")
    assert row["stars"] == 70 and row["converged"] > 0.95
    assert 3 * 4 * 70 * PIXELS < 1e9 * row["file_gb"] < 3 * 4 * 70 * PIXELS + 1e5
    assert row["cpu_ms_per_star"] == pytest.approx(1e3 * row["cpu_s"] / 70)
    assert 0 < row["peak_gb"] < 2


def test_growth_knows_each_step_at_each_number_of_stars(made):
    """Of those that such a run has."""
    table = made("growth")
    steps = {"normalise_spectra", "predict_part", "describe_pixels", "audit_products"}
    assert set(table["step"]) == steps
    assert all(
        list(rows["stars"]) == [120, 240] for rows in table.group_by("step").groups
    )
    assert (table["peak_mb"] > 50).all() and (table["cpu_s"] > 0).all()


def test_whole_runs_are_added_up_from_what_they_noted(run, tmp_path):
    sizes = {100: (3.0, 200), 300: (9.0, 210)}
    for stars, (seconds, megabytes) in sizes.items():
        folder = tmp_path / str(stars)
        for name in ("slam/model.fits", "samples/labels.fits"):
            (folder / name).parent.mkdir(parents=True)
            shutil.copy(run / name, folder / name)
        listed = described(Table({"source_id": np.arange(stars)}))
        tables.write(listed, folder / "catalogue" / "slam_labels.fits", STAMP)
        for place in ("logs", "benchmarks"):
            (folder / place).mkdir()
        for job in ("predict_part_1-of-2", "predict_part_2-of-2", "train_part_1-of-1"):
            said = f"INFO {seconds} s of CPU, at most {megabytes} MB of memory\n"
            (folder / "logs" / f"{job}.log").write_text("INFO begun\n" + said)
            clock = folder / "benchmarks" / f"{job}.tsv"
            clock.write_text("s\th:m:s\n2.5\t0:00:02\n")
        (folder / "logs" / "unfinished.log").write_text("INFO begun\n")
    runs = [str(tmp_path / str(stars)) for stars in sizes]
    whole_runs = import_module("whole_runs")
    whole_runs.main(["--runs", *runs, "--folder", str(tmp_path / "found")])
    table = tables.read(tmp_path / "found" / "whole_runs.ecsv")
    assert table.colnames == list(whole_runs.COLUMNS)
    assert (
        list(table["step"]) == ["all"] * 2 + ["predict_part"] * 2 + ["train_part"] * 2
    )
    assert list(table["stars"]) == [100, 300] * 3
    assert list(table["jobs"]) == [2, 2, 2, 2, 1, 1]  # training is no part of all
    assert list(table["cpu_s"]) == [6, 18, 6, 18, 3, 9]
    assert list(table["wall_s"]) == [5, 5, 5, 5, 2.5, 2.5]
    assert list(table["peak_mb"]) == [200, 210] * 3
    assert (tmp_path / "found" / "whole_runs.png").exists()


def test_scaled_variances_are_flagged_and_sound_spectra_are_not(made):
    table = made("unsound")
    share = {
        kind: np.average(rows["any"], weights=rows["n"])
        for kind in ("none", "variances x 100", "constant flux")
        for rows in [table[table["kind"] == kind]]
    }
    assert share["none"] <= 0.2 and share["variances x 100"] > 0.9
    assert share["constant flux"] > 0.9


def test_few_sound_spectra_are_flagged(made):
    table = made("sound")
    assert list(table["n"][table["stars"] == "all"])[0] == TRAINED
    assert table["any"][0] <= 0.1
    assert (table["e_any"] > 0).all()


def test_stream_keeps_one_star_in_eight(made):
    table = made("stream_filter")
    assert list(table["rows_kept"]) == [250, 500]
    assert np.ptp(table["inflated_MB"] / table["rows"]) == pytest.approx(0)
    assert (table["memory_MB"] >= table["imports_MB"]).all()


def test_peak_memory_is_not_that_of_the_parent():
    ballast = np.ones(25_000_000)  # 200 MB
    with get_context("spawn").Pool(1) as pool:
        child = pool.apply(command.peak_memory)
    assert child < command.peak_memory() - 0.7 * ballast.nbytes / 1e6


def test_nothing_is_written_without_a_folder(run, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    import_module("prediction").main([*SIZES["prediction"].split(), "--run", str(run)])
    assert "CPU ms per star" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", sorted(set(SIZES) - {"stream_filter"}))
def test_a_folder_without_a_model_is_refused(name, tmp_path, capsys):
    with pytest.raises(SystemExit):
        import_module(name).main(["--run", str(tmp_path)])
    assert "make run" in capsys.readouterr().err


def test_no_benchmark_is_forgotten(root):
    folder = root / "benchmarks"
    names = {p.stem for p in folder.glob("*.py") if "__main__" in p.read_text()}
    own = {"whole_runs", "slopes"}  # each has a test of its own
    assert names == set(SIZES) | own
    manual = (folder / "README.md").read_text()
    assert names == set(re.findall(r"^\| `(\w+)\.py` \|", manual, flags=re.M))
    make = (root / "Makefile").read_text()
    (listed,) = re.findall(r"^BENCHMARKS := (.*)$", make, flags=re.M)
    assert names == set(listed.split()) | own


def test_slopes_are_means_over_surveys_of_those_put_in():
    slopes, surveys = import_module("slopes"), []
    for number, slope in enumerate((-0.1, 0.3)):
        rng = np.random.default_rng(number)
        true = rng.normal(-0.2, 0.2, 400)
        true[:4] = -2.0  # far off: they alone have another slope, and a flag
        truth = Table({"source_id": 1 + np.arange(400), "feh": true})
        noise = rng.normal(0, 0.01, 400)
        flat = (1 + slope) * true + noise
        flat[:4] = -0.5
        flat[5] = np.nan
        found = Table({"source_id": truth["source_id"], "feh": true + 2 * noise})
        found["feh_flat"], found["flags"] = flat, np.where(true < -1, 1, 0)
        surveys.append(slopes.statistics(found[::-1], truth, ["feh"]))
    nothing = {key: (0, np.nan, np.nan, np.nan) for key in surveys[0]}
    table = slopes.averaged([*surveys, nothing])
    assert table.colnames == list(slopes.COLUMNS) and (table["surveys"] == 2).all()
    of = {row["stars"]: row for row in table}
    for group in ("no flag", "[Fe/H] > -1"):
        assert np.isclose(of[group]["slope"], 0.1, atol=0.01)
        assert np.isclose(of[group]["e_slope"], 0.2, atol=0.01)
        assert np.isclose(of[group]["scatter"], 0.02, rtol=0.2)
        assert of[group]["n"] == 395
    assert of["all"]["slope"] < -0.1 and of["all"]["n"] == 399

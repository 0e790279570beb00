import gzip
import os
import re
import runpy
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml
from astropy.io import fits
from astropy.table import Table

from mdwarfs import Slam, __version__, cli, read_spectra, show, tables
from mdwarfs.cli import main
from mdwarfs.commands import predict as command_predict
from mdwarfs.commands import printed
from mdwarfs.config import config_text, read_config
from mdwarfs.labelling import beside_model
from mdwarfs.labelling.beside_model import RUN
from mdwarfs.run import seals
from mdwarfs.simulation.files.boss import write_mwm_star
from mdwarfs.slam.infer import residuals
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.slam.infer.stars import label_stars
from mdwarfs.slam.labeller import labeller
from mdwarfs.slam.model import SupportVectors
from mdwarfs.spectra.prepare import configured_grid, prepare
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT, Spectrum
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.validation.calibration import Calibration
from mdwarfs.validation.fit_limits import learn_limits
from tests.fewer import few_starts  # noqa: F401

BOSS = 10 ** (3.5523 + 1e-4 * np.arange(4648))
WIDTH = 3  # of a pixel of the model, in pixels of a run
NAMES = ("feh", "teff", "logg")
LOWEST, HIGHEST = np.array([-0.6, 3100, 4.5]), np.array([0.4, 3900, 5.1])


def star(wavelength, labels):
    """Flux of an invented star whose bands and lines tell its labels."""
    feh, teff, logg = (np.asarray(labels) - LOWEST) / (HIGHEST - LOWEST)
    flux = 60 * (wavelength / 7500) ** (3 - 2 * teff)
    for head in (6150, 6650, 7050, 7590, 8430):
        depth = 0.15 + 0.35 * (1 - teff) + 0.08 * feh
        flux *= 1 - depth * (wavelength > head) * np.exp((head - wavelength) / 100)
    lines = np.random.default_rng(8)
    for kind in range(90):
        depth = 0.1 + 0.25 * (feh, teff, logg)[kind % 3]
        width = 1.5 + (kind % 3 == 2) * logg
        centre = lines.uniform(5990, 8970)
        flux *= 1 - depth * np.exp(-0.5 * ((wavelength - centre) / width) ** 2)
    return flux


@pytest.fixture(scope="module")
def settings(root):
    """The default, with fewer and wider pixels."""
    config = read_config([root / "config" / "config.yaml"])
    return config["spectra"] | {"step_dex": WIDTH * config["spectra"]["step_dex"]}


@pytest.fixture(scope="module")
def model(root, settings, tmp_path_factory):
    """A model of 40 stars, on every pixel, with one choice of hyperparameters."""
    rng = np.random.default_rng(0)
    labels = rng.uniform(LOWEST, HIGHEST, (40, 3))
    planes = []
    for row in labels:
        flux = star(BOSS, row)
        ivar = (100 / flux) ** 2
        noisy = flux + rng.normal(0, flux / 100)
        spectrum = Spectrum(BOSS, noisy, ivar, at_rest=True, snr=100.0)
        planes.append(prepare(spectrum, settings)[:2])
    flux, ivar = np.array(planes).swapaxes(0, 1)
    slam = SupportVectors.fit(
        labels, flux, ivar, label_names=NAMES, wavelength=configured_grid(settings),
        grid={"C": [10.0], "epsilon": [0.05], "gamma": [0.05]}, folds=2, seed=1,
        block=2000, threads=1, normalisation=settings,
    )  # fmt: skip
    path = tmp_path_factory.mktemp("model") / "model.fits"
    slam.write(path, {"run": "test", "simulated": True})
    own = own_configuration(root, settings)
    seals.seal(path, seals.training_digest(own, SupportVectors.settings))
    return path


def own_configuration(root, settings):
    """The configuration of the run whose model this is."""
    own = read_config([root / "config" / "config.yaml"])
    own["spectra"] = settings
    own["prediction"]["snr_min"] = 7.5
    return own


CALIBRATION = Calibration(0.1, 1e-3, 0.5, 0.4, 1.0)
SCALE = {
    "snr_factor": 0.5 / np.sqrt(WIDTH),
    "snr_exponent": 1.0,
    "snr_formats": "mwmStar",
}
SCALE["snr_scatter"] = 0.03


def write_laws(path, columns, made_with):
    """Write a table with the same laws for each label."""
    table = Table({"label": NAMES, **{name: [x] * 3 for name, x in columns.items()}})
    for name in table.colnames:
        table[name].info.description = name
    table.meta |= made_with
    tables.write(table, path, {"run": "test", "simulated": True})


@pytest.fixture(scope="module")
def whole(root, settings, model, tmp_path_factory):
    """What a run leaves: its model, power laws, calibration and configuration."""
    nothing = Table({"snr": [], "flags": np.zeros(0, int)})
    for name in ("chi2", "dof", "correlation", "v_offset", "v_stretch"):
        nothing[name] = np.zeros(0)
    for name in NAMES:
        nothing[f"e_{name}"] = np.zeros(0)
    for name in residuals.COLUMNS:
        nothing[name] = np.zeros(0)
    nothing["continued"] = np.zeros((0, len(NAMES)))
    folder = tmp_path_factory.mktemp("run") / "results"
    own = own_configuration(root, settings)
    return write_run(folder, model, own, learn_limits(nothing, NAMES))


def write_run(folder, model, own, limits):
    """What a run of a configuration leaves, with laws of no stars."""
    (folder / "slam").mkdir(parents=True)
    (folder / "slam" / "model.fits").symlink_to(model)
    made_with = seals.label_marks(model, own["prediction"])
    law = {"amplitude": 0.5, "exponent": -0.5, "snr_min": 3.0, "snr_max": 40.0} | SCALE
    write_laws(folder / "validation" / "power_laws.ecsv", law, made_with)
    calibration = vars(CALIBRATION)
    write_laws(folder / "validation" / "calibration.ecsv", calibration, made_with)
    limits.meta |= made_with
    path = folder / "validation" / "fit_limits.ecsv"
    tables.write(limits, path, {"run": "test", "simulated": True})
    (folder / "audit").mkdir()
    (folder / "audit" / "config.yaml").write_text(config_text(own, "simulated", True))
    return folder


@pytest.fixture
def results(whole, tmp_path):
    """The same, to be changed."""
    return Path(shutil.copytree(whole, tmp_path / "results", symlinks=True))


TRUTH = np.array([-0.1, 3450.0, 4.8])


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """One star in every format, and files that have no labels to give."""
    folder = tmp_path_factory.mktemp("spectra")
    rng = np.random.default_rng(2)

    def noisy(wavelength, snr, v_rad=0.0):
        flux = star(wavelength / (1 + v_rad / SPEED_OF_LIGHT), TRUTH)
        return flux + rng.normal(0, flux / snr), (snr / flux) ** 2

    flux, ivar = noisy(BOSS, 50)
    flags = np.zeros(len(BOSS), int)
    star_columns = {"sdss_id": 1, "snr": 50.0, "v_rad": 12.0}
    write_mwm_star(folder / "mwmStar.fits", star_columns, flux, ivar, flags)
    write_mwm_star(
        folder / "boast.fits", star_columns | {"snr": 999.0}, flux, ivar, flags
    )

    for name, every in (("struck", 50), ("absurd", 3)):
        beyond = np.where(np.arange(len(BOSS)) % every == 0, 1e25 * flux, flux)
        write_mwm_star(folder / f"{name}.fits", star_columns, beyond, ivar, flags)

    flux, ivar = noisy(BOSS, 50, 150.0)
    coadd = Table({"FLUX": flux, "LOGLAM": np.log10(BOSS).astype("f4"), "IVAR": ivar})
    spall = Table({"CLASS": ["STAR"], "XCSAO_RV": [150.0], "XCSAO_RXC": [12.0]})
    hdus = [fits.PrimaryHDU(header=fits.Header({"SIMULATD": True}))]
    for name, table in (("COADD", coadd), ("SPALL", spall)):
        hdus.append(fits.table_to_hdu(table))
        hdus[-1].name = name
    fits.HDUList(hdus).writeto(folder / "spec.fits")
    packed = gzip.compress((folder / "spec.fits").read_bytes())
    (folder / "spec.fits.gz").write_bytes(packed)

    wavelength = 10 ** (3.5682 + 1e-4 * np.arange(3909))
    flux, ivar = noisy(wavelength, 50, -90.0)
    masks = np.zeros((2, 3909))
    lamost = fits.PrimaryHDU(np.vstack([flux, ivar, wavelength, masks]).astype("f4"))
    lamost.header["Z"], lamost.header["SIMULATD"] = -9999.0, True
    lamost.writeto(folder / "lamost.fits")

    flux, ivar = noisy(BOSS, 2)
    write_mwm_star(
        folder / "faint.fits", star_columns | {"snr": 2.0}, flux, ivar, flags
    )
    (folder / "page.fits").write_text("<html>404 Not Found</html>")
    (folder / "short.fits").write_bytes((folder / "spec.fits").read_bytes()[:60000])
    return folder


def run(model, *arguments):
    """Exit status of `mdwarfs predict`."""
    return main(["predict", "--model", str(model), *map(str, arguments)])


def test_velocities_that_were_found_are_said_to_be(model, files, tmp_path, caplog):
    output = tmp_path / "labels.fits"
    names = "mwmStar.fits spec.fits lamost.fits page.fits".split()
    assert run(model, "--output", output, *(files / name for name in names)) == 1
    table = tables.read(output)
    assert list(table["v_rad_source"]) == ["rest", "file", "found", ""]
    assert "1 of 4 spectra have no velocity in their files" in caplog.text


GOOD = "mwmStar.fits spec.fits spec.fits.gz lamost.fits struck.fits".split()


def test_every_format_gives_the_labels_of_the_star(model, files, tmp_path):
    output = tmp_path / "labels.ecsv"
    paths = [str(files / name) for name in GOOD]
    assert run(model, "--output", output, *paths) == 0
    table = tables.read(output)
    assert list(table["file"]) == paths
    assert list(table["kind"]) == ["mwmStar", "spec", "spec", "lamost", "mwmStar"]
    # without limits nobody has looked for noise or wrong velocities
    assert all("limits of the fit are not known" in text for text in table["reason"])
    assert not table["recommended"].any()
    for name, truth, least in zip(NAMES, TRUTH, (0.02, 10, 0.02)):
        error = np.maximum(table[f"formal_e_{name}"], least)
        assert (np.abs(table[name] - truth) < 5 * error).all()
    np.testing.assert_allclose(table["v_rad"], [12, 150, 150, -90, 12], atol=4)
    assert (table["chi2"] < 2 * table["dof"]).all()
    assert table["formal_e_teff"].unit == table["teff"].unit == "K"
    assert table.meta["SIMULATD"]


def test_files_without_labels_give_rows_with_reasons_and_status_1(
    model, files, tmp_path, capsys
):
    output = tmp_path / "labels.fits"
    names = ("mwmStar", "page", "short", "faint", "absent", "absurd")
    paths = [str(files / f"{name}.fits") for name in names]
    assert run(model, "--output", output, *paths) == 1
    table = tables.read(output)
    expected = [
        "not recommended", "is not a FITS file", "truncated", "", "no such file",
        "only 0 of 581 pixels are good",
    ]  # fmt: skip
    for reason, words in zip(table["reason"], expected, strict=True):
        assert words in reason and bool(reason) == bool(words)
    labelled = [True, False, False, True, False, False]
    for name in NAMES:
        assert np.isfinite(table[name]).tolist() == labelled
    assert table["flag_names"][0] == "" and table["chi2"][0] > 0
    assert table["flag_names"][3] == "low_snr"  # as in a catalogue
    said = capsys.readouterr().err
    assert "4 of 6 have no labels:" in said
    assert f"  {paths[4]}: there is no such file\n" in said
    assert paths[0] not in said and paths[3] not in said  # which have labels
    for row in (1, 2, 4, 5):  # nothing is known of these but that they have no spectrum
        assert table["flag_names"][row] == "no_labels"


def test_an_snr_that_flux_and_errors_do_not_have_is_not_believed(
    model, files, tmp_path
):
    output = tmp_path / "labels.fits"
    paths = [files / "mwmStar.fits", files / "boast.fits"]
    assert run(model, "--output", output, *paths) == 0
    sound, boast = tables.read(output)
    assert (sound["snr_file"], boast["snr_file"]) == (50, 999)
    assert sound["flag_names"] == "" and boast["flag_names"] == "bad_fit"
    assert boast["teff"] == sound["teff"] and 30 < boast["snr"] < 100


def test_a_model_whose_header_was_edited_is_refused(
    model, results, files, tmp_path, capsys
):
    """A model of simulated stars would label real ones, and nobody would know."""
    edited = tmp_path / "edited.fits"
    edited.write_bytes(model.read_bytes())
    fits.setval(edited, "SIMULATD", value=False)
    assert run(edited, files / "mwmStar.fits") == 2
    assert "its header has been edited since it was trained" in capsys.readouterr().err
    place = results / "slam" / "model.fits"
    place.unlink()
    place.write_bytes(edited.read_bytes())
    spectrum = str(files / "mwmStar.fits")
    assert main(["predict", "--run", str(results), spectrum]) == 2
    said = capsys.readouterr().err
    assert "slam/model.fits that they are real" in said
    assert "audit/config.yaml" in said and "or was edited" in said


def test_without_output_the_table_is_printed(model, files, capsys):
    assert run(model, files / "spec.fits") == 0
    text = capsys.readouterr().out
    assert "teff" in text and "chi2" not in text
    assert re.search(r"^spec.fits +[\d.]+ .* 34\d\d±\d+ +4.\d{3}±0.\d{3}", text, re.M)
    assert "formal_e_*" in text and "--output writes all columns" in text


def predictions(n, **changes):
    """A table of a few columns as `predict_files` makes it."""
    table = Table(
        {"file": [f"/long/folder/mwmStar-0.6.0-{k:08d}.fits" for k in range(n)]}
    )
    table["snr"], table["v_rad"], table["e_v_rad"] = 12.3, 4.0, 0.5
    for name, value, error in (("feh", -0.25, 0.1), ("teff", 3456.0, 78.0)):
        table[name], table[f"sigma_{name}"], table[f"e_{name}"] = (
            value,
            error,
            2 * error,
        )
        table[f"{name}_flat"], table[f"e_{name}_flat"] = value, error
    table["flags"], table["flag_names"], table["recommended"] = 0, "", True
    table["reason"] = np.full(n, "", "U400")
    for name, value in changes.items():
        table[name] = value
    return table


def test_a_star_is_a_line_that_fits_a_terminal():
    reason = (
        "does not say whether its wavelengths are in air or in vacuum: " + 30 * "or "
    )
    flags = int(Flag.NO_LABELS) * np.array([0, 1])
    changes = {"reason": ["", reason], "recommended": [True, False], "flags": flags}
    text = printed.readable(predictions(2, **changes, flag_names=["", "no_labels"]))
    head, names, _, first, second, *reasons = text.splitlines()
    assert (
        "sigma_*" in head and names.split() == "file snr feh teff recom- flags".split()
    )
    assert first.split() == (
        "mwmStar-0.6.0-00000000.fits 12.3 −0.250±0.100 3456±78 yes".split()
    )
    assert second.split()[-2:] == ["no", "no_labels"]
    assert " ".join(" ".join(reasons).split()) == reason.strip()
    assert max(map(len, text.splitlines())) <= 120
    same = predictions(2, file=["a/x.fits", "b/x.fits"])
    assert "a/x.fits" in printed.readable(same)  # or else which is which


def test_the_error_that_is_printed_is_one_that_all_labels_have():
    table = predictions(1)
    table.remove_column("sigma_teff")  # a calibration of fewer labels
    head, names, _, star = printed.readable(table).splitlines()
    assert "labels ± e_*" in head and names.split()[2:4] == ["feh", "teff"]
    assert star.split()[2:4] == ["−0.250±0.200", "3456±156"]


def test_a_label_may_have_a_name_that_ends_as_those_without_the_prior():
    table = predictions(1)
    assert printed.label_names(table) == ["feh", "teff"]
    table = table["file", "snr", "feh_flat", "e_feh_flat", "recommended", "flag_names"]
    table["reason"] = ""
    assert printed.label_names(table) == ["feh_flat"]
    assert "−0.250±0.100" in printed.readable(table)


def test_ten_files_without_labels_are_named_and_the_others_counted():
    table = predictions(13, flags=int(Flag.NO_LABELS), reason="no such file")
    table["flags"][0] = 0
    first, *named, last = printed.without_labels(table).splitlines()
    assert first == "12 of 13 have no labels:" and last == "  and 2 more"
    assert len(named) == 10 and named[0] == f"  {table['file'][1]}: no such file"
    assert printed.without_labels(table[:1]) == ""


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"mdwarfs {__version__}\n"


def test_a_run_gives_the_uncertainties_of_its_catalogue(results, files, tmp_path):
    output = tmp_path / "labels.csv"
    names = [files / "mwmStar.fits", files / "faint.fits"]
    arguments = ["predict", "--run", results, "--output", output, *names]
    assert main(list(map(str, arguments))) == 0
    table = Table.read(output, format="ascii.csv")
    for name in NAMES:
        assert table[f"e_{name}"] == pytest.approx(0.5 / np.sqrt([50, 2]))
        assert table[f"sigma_{name}"][0] == pytest.approx(
            CALIBRATION.sigma(
                table[f"formal_e_{name}"][0], table["training_sparseness"][0]
            )
        )
    assert list(table["snr_extrapolated"]) == ["True", "True"]  # beyond 40, below 3
    assert list(table["flag_names"].filled("")) == ["", "low_snr"]


def test_the_configuration_of_a_run_is_whole(results, files, root, tmp_path):
    """What is written into the default afterwards is not the run's."""
    checkout = tmp_path / "checkout"
    for name in ("config", "workflow/schemas"):
        shutil.copytree(root / name, checkout / name)
    results = results.rename(checkout / "results")
    later = read_config([root / "config" / "config.yaml"])
    later["prediction"]["prior"] = {"feh": {"mean": -0.5, "sigma": 1e-4}}
    (checkout / "config" / "config.yaml").write_text(
        config_text(later, "simulated", True)
    )
    output = tmp_path / "labels.ecsv"
    arguments = ["predict", "--run", results, "--output", output, files / "spec.fits"]
    assert main(list(map(str, arguments))) == 0
    assert abs(tables.read(output)["feh"][0] + 0.5) > 0.1


def test_another_configuration_goes_before_that_of_the_run(
    results, files, tmp_path, caplog
):
    path = tmp_path / "own.yaml"
    path.write_text("prediction: {snr_min: 0.1}")
    output = tmp_path / "labels.ecsv"
    arguments = ["--run", results, "--output", output, files / "faint.fits"]
    for more, names in (([], "low_snr"), (["--config", path], "")):
        assert main(["predict", *map(str, [*more, *arguments])]) == 0
        assert tables.read(output)["flag_names"][0] == names
        assert ("with another section `prediction`" in caplog.text) == bool(more)


def test_a_table_says_what_its_flags_are_from(model, results, files, tmp_path, caplog):
    output = tmp_path / "labels.fits"
    limits = ["--limits", results / "validation" / "fit_limits.ecsv"]  # of no stars
    for given in ([], limits):
        caplog.clear()
        assert run(model, *given, "--output", output, files / "mwmStar.fits") == 0
        assert (
            tables.read(output).meta["FITLIMIT"].startswith("none, no flags velocity")
        )
        assert "the limits of the fit are not known: noise" in caplog.text


def test_what_is_not_given_has_no_column(model, results, files, tmp_path):
    output = tmp_path / "labels.ecsv"
    laws, calibration = (
        ["--" + name, str(results / "validation" / f"{name.replace('-', '_')}.ecsv")]
        for name in ("power-laws", "calibration")
    )
    for given in ([], laws, calibration, laws + calibration):
        assert run(model, *given, "--output", output, files / "mwmStar.fits") == 0
        columns = set(tables.read(output).colnames)
        assert {"teff", "formal_e_teff", "training_sparseness"} <= columns
        assert {"e_teff", "snr_extrapolated"} & columns == (
            {"e_teff", "snr_extrapolated"} if "--power-laws" in given else set()
        )
        assert ("sigma_teff" in columns) == ("--calibration" in given)


@pytest.mark.parametrize("name, target", RUN.items())
def test_a_run_that_lacks_a_file_says_which_and_what_makes_it(
    results, files, capsys, root, name, target
):
    (results / name).unlink()
    assert main(["predict", "--run", str(results), str(files / "spec.fits")]) == 2
    message = capsys.readouterr().err
    assert str(results / name) in message and f"`{target}`" in message
    rules = "".join(path.read_text() for path in (root / "rules").glob("*.smk"))
    assert f'"{{RESULTS}}/{name}"' in rules and f"rule {target}:" in rules


def test_tables_of_a_run_beside_it_or_in_the_wrong_place_are_refused(
    model, results, files, capsys
):
    laws = ["--power-laws", str(results / "validation" / "calibration.ecsv")]
    assert run(model, *laws, files / "spec.fits") == 2
    assert "lacks the column(s) amplitude" in capsys.readouterr().err
    arguments = ["predict", "--run", str(results), *laws, str(files / "spec.fits")]
    assert main(arguments) == 2
    assert "go with --model" in capsys.readouterr().err


def configured(model, folder, prediction, *arguments):
    """Exit status of `mdwarfs predict` with such a section `prediction`."""
    path = folder / "own.yaml"
    path.write_text(yaml.safe_dump({"prediction": prediction}))
    return run(model, "--config", path, *arguments)


def test_a_configuration_may_say_some_things_alone(model, files, tmp_path):
    output = tmp_path / "labels.ecsv"
    arguments = ["--output", output, files / "mwmStar.fits"]
    usable = {"usable": {"teff": [3100, 3200]}}
    assert configured(model, tmp_path, usable, *arguments) == 0
    assert tables.read(output)["flag_names"][0] == "outside_teff"
    assert configured(model, tmp_path, {"snr_min": 60}, *arguments) == 0
    assert tables.read(output)["flag_names"][0] == "low_snr"


def test_a_prior_is_honoured(model, files, tmp_path, capsys):
    output = tmp_path / "labels.ecsv"
    arguments = ["--output", output, files / "mwmStar.fits"]
    prior = {"prior": {"feh": {"mean": 0.1, "sigma": 1e-4}}}
    assert configured(model, tmp_path, prior, *arguments) == 0
    row = tables.read(output)[0]
    assert row["feh"] == pytest.approx(0.1, abs=0.01)
    assert 0 < row["formal_e_feh"] <= 1e-4
    prior = {"prior": {"alpha_m": {"mean": 0.1, "sigma": 0.1}}}
    assert configured(model, tmp_path, prior, *arguments) == 2
    assert "a prior is given for alpha_m" in capsys.readouterr().err


@pytest.mark.parametrize(
    "prediction, message",
    [
        ({"snr_min": "three"}, "prediction.snr_min: 'three' is not of type 'number'"),
        ({"usable": {"teff": [3900, 3100]}}, "prediction.usable.teff: the range ends"),
        ({"snr": 3}, "prediction.snr: unknown key; did you mean snr_min?"),
        ({"method": "astra-0.6.0"}, "predicted with map"),
        ({"weighting": "astra-0.6.0"}, "predicted with ivar"),
    ],
)
def test_a_wrong_value_is_status_2(model, files, tmp_path, capsys, prediction, message):
    assert configured(model, tmp_path, prediction, files / "spec.fits") == 2
    assert message in capsys.readouterr().err


def test_a_wrong_model_or_configuration_is_status_2(model, files, tmp_path, capsys):
    spectrum = files / "spec.fits"
    for wrong in (spectrum, tmp_path / "absent.fits"):
        assert run(wrong, spectrum) == 2
        assert str(wrong) in capsys.readouterr().err
    words = tmp_path / "words.yaml"
    words.write_text("no configuration")
    for wrong in (model, words, tmp_path / "absent.yaml"):
        assert run(model, "--config", wrong, spectrum) == 2
        assert str(wrong) in capsys.readouterr().err


def test_outside_a_checkout_a_model_labels_without_usable_ranges(
    model, files, tmp_path, caplog, capsys, monkeypatch, root
):
    named = root / "config" / "config.yaml"
    one, other = tmp_path / "one.ecsv", tmp_path / "other.ecsv"
    monkeypatch.setattr(beside_model, "CONFIG", tmp_path / "config" / "config.yaml")
    assert run(model, "--output", one, files / "spec.fits") == 0
    assert "there is no checkout" in caplog.text and "below SNR 3" in caplog.text
    assert run(model, "--config", named, "--output", other, files / "spec.fits") == 0
    for name in ("teff", "feh", "formal_e_teff"):
        np.testing.assert_array_equal(tables.read(one)[name], tables.read(other)[name])
    lost = tmp_path / "lost.yaml"
    lost.write_text("prediction: {snr_min: 5}")
    assert run(model, "--config", lost, files / "spec.fits") == 2
    message = capsys.readouterr().err
    assert "there is no checkout" in message and "with --config\n" in message


def test_what_is_taken_without_a_checkout_is_as_in_the_default_configuration(root):
    default = read_config([root / "config" / "config.yaml"])["prediction"]
    assert beside_model.ALONE == default | {"usable": {}}


def test_a_file_is_shown_by_a_run_as_it_is_predicted(results, files, tmp_path, capsys):
    star = str(files / "mwmStar.fits")
    said = main(["show", star, "--run", str(results), "--simulated-model"])
    shown = capsys.readouterr().out
    output = tmp_path / "labels.ecsv"
    main(
        [
            "predict",
            "--run",
            str(results),
            "--simulated-model",
            "--output",
            str(output),
            star,
        ]
    )
    (row,) = tables.read(output)
    assert said == 0 and shown.startswith("file mwmStar.fits")
    (line,) = (x for x in shown.splitlines() if x.startswith("Teff (K)"))
    numbers = [row[f"{x}teff"] for x in ("", "e_", "sigma_", "formal_e_")]
    assert line.split()[2:6] == [f"{x:.0f}" for x in numbers]
    assert "labels by run test, trained on simulated stars" in shown


def test_files_that_cannot_be_shown_say_why(
    results, model, files, real_spectrum, capsys
):
    refused = ((real_spectrum, "give --simulated-model"), (files / "page.fits", "page"))
    for name, said in refused:
        assert main(["show", str(name), "--run", str(results)]) == 2
        assert said in capsys.readouterr().err
    arguments = ["--model", str(model), "--simulated-model"]
    assert main(["show", str(real_spectrum), *arguments]) == 0
    said = capsys.readouterr().out
    assert "real spectrum; labels by a model alone, trained on simulated stars" in said


def test_the_help_says_which_uncertainty_is_which(capsys):
    with pytest.raises(SystemExit):
        main(["predict", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "sigma_*, calibrated on stars with known labels" in text
    assert "formal_e_*, from the fit alone, which is too small" in text


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["predict"],
        ["predict", "--model", "m.fits"],
        ["predict", "a.fits"],
        ["predict", "--model", "m.fits", "--run", "results", "a.fits"],
        ["predict", "--model", "m.fits", "--output", "labels.xls", "a.fits"],
        ["predict", "--model", "m.fits", "--output", "absent/labels.fits", "a.fits"],
    ],
)
def test_wrong_use_is_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_the_process_ends_with_the_status(model, files, capsys, monkeypatch):
    command = ["mdwarfs", "predict", "--model", str(model), str(files / "page.fits")]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(cli.__file__, run_name="__main__")
    assert ended.value.code == 1
    assert "is not a FITS file" in capsys.readouterr().out


@pytest.fixture
def real_spectrum(files, tmp_path):
    """The star in a file that does not say that it is simulated."""
    with fits.open(files / "spec.fits") as hdus:
        del hdus[0].header["SIMULATD"]
        hdus.writeto(tmp_path / "real.fits")
    return tmp_path / "real.fits"


@pytest.mark.parametrize("others", [[], ["page.fits", "absent.fits", "mwmStar.fits"]])
def test_a_model_of_simulated_stars_refuses_real_spectra(
    model, files, real_spectrum, tmp_path, capsys, others
):
    output = tmp_path / "labels.fits"
    paths = [*(files / name for name in others), real_spectrum]
    assert run(model, "--output", output, *paths) == 2
    message = capsys.readouterr().err
    assert f"{real_spectrum} is not stamped as simulated" in message
    assert "--simulated-model" in message and not output.exists()


def test_if_it_is_told_to_label_them_every_row_says_so(
    model, files, real_spectrum, tmp_path
):
    paths = [files / "page.fits", files / "spec.fits", real_spectrum]
    for suffix in ("fits", "ecsv"):
        output = tmp_path / f"labels.{suffix}"
        assert run(model, "--simulated-model", "--output", output, *paths) == 1
        table = tables.read(output)
        assert list(table["simulated_model"]) == [True] * 3
        sound = table[np.asarray(table["flags"]) == 0]
        told = ["model is of simulated" in x for x in sound["reason"]]
        assert told == [not x for x in sound["simulated"]]
        assert list(table["simulated"]) == [False, True, False]
        assert table["teff"][1] == table["teff"][2]
        assert table.meta["SIMULATD"] is table.meta["SIMMODEL"] is True


def test_a_model_of_real_stars_labels_both_and_says_which_are_simulated(
    model, files, real_spectrum, tmp_path
):
    own, output = tmp_path / "model.fits", tmp_path / "labels.fits"
    SupportVectors.read(model).write(own, {"run": "sky", "simulated": False})
    assert run(own, "--output", output, real_spectrum, files / "spec.fits") == 0
    table = tables.read(output)
    assert list(table["simulated"]) == [False, True]
    assert list(table["simulated_model"]) == [False, False]
    assert table.meta["SIMMODEL"] is False and table.meta["SIMULATD"] is True
    assert run(own, "--output", output, real_spectrum) == 0
    assert tables.read(output).meta["SIMULATD"] is False


def test_the_snr_is_one_quantity_whatever_the_file_states(results, files, tmp_path):
    """A file that states another survey's SNR, or none, has the e_* of its spectrum."""
    stated = []
    for number, snr in enumerate((None, 21.0, 400.0)):
        with fits.open(files / "spec.fits") as hdus:
            row = Table(hdus["SPALL"].data)
            if snr is not None:
                row["SN_MEDIAN_ALL"] = snr
            hdus["SPALL"] = fits.BinTableHDU(row, name="SPALL")
            stated.append(tmp_path / f"{number}.fits")
            hdus.writeto(stated[-1])
    output = tmp_path / "labels.ecsv"
    paths = [*stated, files / "lamost.fits", files / "mwmStar.fits"]
    arguments = ["predict", "--run", results, "--output", output, *paths]
    assert main(list(map(str, arguments))) == 0
    table = tables.read(output)
    assert table["snr"][:3] == pytest.approx([25] * 3, rel=0.01)
    assert table["snr"][3:] == pytest.approx([25, 50], rel=0.01)
    assert table["e_teff"] == pytest.approx(0.5 / np.sqrt(table["snr"]))
    np.testing.assert_array_equal(table["snr_file"][1:3], [21, 400])
    assert np.isnan(table["snr_file"][[0, 3]]).all()


def predict_with(results, spectrum, *more):
    """Exit status of `mdwarfs predict --run`."""
    return main(["predict", "--run", str(results), *map(str, more), str(spectrum)])


def test_parts_of_another_model_are_refused(results, model, files, tmp_path, capsys):
    """As when a run was trained anew, and the rest of it was left as it was."""
    slam = SupportVectors.read(model)
    slam.dual[:] *= 1.01
    (results / "slam" / "model.fits").unlink()
    own = results / "slam" / "model.fits"
    slam.write(own, {"run": "test", "simulated": True})
    seals.seal(own, fits.getheader(model)["CONFIG"])
    assert predict_with(results, files / "spec.fits") == 2
    message = capsys.readouterr().err
    assert f"{results / 'validation' / 'power_laws.ecsv'} was made with" in message
    for path in (model, own):
        assert seals.identity(path)["MODEL"] in message
    assert "`validate`" in message
    for name in ("power_laws", "calibration"):
        given = f"--{name.replace('_', '-')}", results / "validation" / f"{name}.ecsv"
        assert run(own, *given, files / "spec.fits") == 2
        assert f"{name}.ecsv was made with" in capsys.readouterr().err
        assert run(model, *given, files / "spec.fits") == 0


@pytest.mark.parametrize("name", ["power_laws", "calibration"])
def test_each_part_is_held_to_the_model_and_to_the_configuration(
    results, model, files, capsys, name
):
    path = results / "validation" / f"{name}.ecsv"
    table = tables.read(path)
    sound = dict(table.meta)
    for changes, words in (
        ({"MODEL": "0123456789abcdef"}, "was made with the model 0123456789abcdef"),
        ({"CONFIG": "0123456789abcdef"}, "with another section `prediction`"),
        (None, "does not say which model"),
    ):
        table.meta = {} if changes is None else sound | changes
        tables.write(table, path, {"run": "test", "simulated": True})
        assert predict_with(results, files / "spec.fits") == 2
        message = capsys.readouterr().err
        assert str(path) in message and words in message and "`validate`" in message
    both = [
        [f"--{x.replace('_', '-')}", str(results / "validation" / f"{x}.ecsv")]
        for x in ("power_laws", "calibration")
    ]
    table.meta = sound | {"CONFIG": "0123456789abcdef"}
    tables.write(table, path, {"run": "test", "simulated": True})
    assert run(model, *sum(both, []), files / "spec.fits") == 2
    assert "do not belong together" in capsys.readouterr().err


@pytest.mark.parametrize(
    "section, changes, target",
    [
        ("slam", {"folds": 7}, "train"),
        ("spectra", {"min_good_fraction": 0.3}, "train"),
        ("pairs", {"feh_err_max": 0.1}, "train"),
        ("prediction", {"prior": {"feh": {"mean": 0, "sigma": 1}}}, "validate"),
        ("prediction", {"block": 1}, None),
        ("slam", {"parts": 4, "block": 256}, None),
        ("figures", {"teff_bin": 50}, None),
    ],
)
def test_a_configuration_that_the_parts_were_not_made_with_is_refused(
    results, files, capsys, section, changes, target
):
    path = results / "audit" / "config.yaml"
    config = read_config([path])
    config[section] |= changes
    path.write_text(config_text(config, "simulated", True))
    assert predict_with(results, files / "spec.fits") == (0 if target is None else 2)
    if target:
        message = capsys.readouterr().err
        assert f"`{target}`" in message and str(results) in message


def test_a_model_that_was_changed_or_never_sealed_is_refused(
    results, model, files, capsys
):
    own = results / "slam" / "model.fits"
    own.unlink()
    with fits.open(model) as hdus:
        hdus["LABELS"].data["teff"][0] += 1
        hdus.writeto(own)
    assert predict_with(results, files / "spec.fits") == 2
    assert f"{own} has been changed" in capsys.readouterr().err
    SupportVectors.read(model).write(own, {"run": "test", "simulated": True})
    assert predict_with(results, files / "spec.fits") == 2
    assert f"{own} does not say what it was trained with" in capsys.readouterr().err
    alone = own.rename(results.parent / "alone.fits")  # it needs to fit nothing
    assert run(alone, files / "spec.fits") == 0


def test_a_folder_that_is_no_run_is_told_from_a_run_that_lacks_something(
    tmp_path, files, capsys
):
    for folder in (tmp_path, tmp_path / "absent"):
        assert predict_with(folder, files / "spec.fits") == 2
        assert f"{folder} holds no results of a run" in capsys.readouterr().err


def test_paths_that_cannot_be_written_are_refused_before_the_work(
    model, files, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(command_predict, "predict_files", None)  # is not to be called
    (tmp_path / "folder.fits").mkdir()
    wrong = {
        "/proc/labels.fits": "nothing can be written to",  # read-only even to root
        tmp_path / "folder.fits": "is not the name of a file",
        tmp_path / "absent" / "labels.fits": "there is no folder",
        tmp_path / ("n" * 250 + ".fits"): "nothing can be written to",
        tmp_path / "labels.txt": "does not end in",
    }
    for path, words in wrong.items():
        with pytest.raises(SystemExit) as caught:
            run(model, "--output", path, files / "spec.fits")
        assert caught.value.code == 2
        assert words in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["folder.fits"]


def test_an_output_that_the_labels_are_made_with_is_refused_before_the_work(
    results, model, files, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(command_predict, "predict_files", None)  # is not to be called
    spectrum, law = files / "spec.fits", results / "validation" / "power_laws.ecsv"
    alone = shutil.copy(law, tmp_path / "law.ecsv")
    copy = shutil.copy(model, tmp_path / "copy.fits")
    link = tmp_path / "link.fits"
    link.symlink_to(copy)
    own = tmp_path / "own.ecsv"
    own.write_text("prediction: {}")
    for output, arguments in (
        (copy, ["--model", copy]),
        (link, ["--model", copy]),
        (copy, ["--model", link]),
        (alone, ["--model", model, "--power-laws", alone]),
        (own, ["--model", model, "--config", own]),
    ):
        before = output.read_bytes()
        arguments = [*arguments, "--output", output, spectrum]
        assert main(["predict", *map(str, arguments)]) == 2
        assert "would overwrite" in capsys.readouterr().err
        assert output.read_bytes() == before


def test_limits_of_another_prior_are_said(model, results, files, tmp_path, caplog):
    output, words = tmp_path / "labels.ecsv", "limits of the fit were learnt with"
    limits = ["--limits", results / "validation" / "fit_limits.ecsv"]
    arguments = [*limits, "--output", output, files / "spec.fits"]
    assert configured(model, tmp_path, {"snr_min": 1}, *arguments) == 0
    assert words not in caplog.text
    prior = {"prior": {"feh": {"mean": 0.1, "sigma": 0.2}}}
    assert configured(model, tmp_path, prior, *arguments) == 0
    assert words in caplog.text and "velocity,bad_fit" in caplog.text


def test_without_power_laws_nothing_is_extrapolated(results, files, tmp_path):
    path = results / "validation" / "power_laws.ecsv"
    laws = tables.read(path)
    for name in ("amplitude", "exponent", "snr_min", "snr_max"):
        laws[name] = np.nan
    tables.write(laws, path, {"run": "test", "simulated": True})
    output = tmp_path / "labels.ecsv"
    assert predict_with(results, files / "faint.fits", "--output", output) == 0
    table = tables.read(output)
    assert np.isnan(table["e_teff"]).all() and not table["snr_extrapolated"].any()


def test_a_file_that_cannot_be_read_has_no_snr_that_is_extrapolated(
    results, files, tmp_path
):
    output = tmp_path / "labels.ecsv"
    arguments = ["--run", results, "--output", output]
    arguments += [files / "page.fits", files / "faint.fits"]
    assert main(["predict", *map(str, arguments)]) == 1
    assert tables.read(output)["snr_extrapolated"].tolist() == [False, True]


@pytest.fixture(scope="module")
def narrow(root, settings, model, tmp_path_factory):
    """A run that has limits, and other usable ranges than the default configuration."""
    rng = np.random.default_rng(4)
    snr, rows = rng.uniform(5, 100, 40), []
    for labels, one in zip(rng.uniform(LOWEST, HIGHEST, (40, 3)), snr):
        flux = star(BOSS, labels)
        noisy = flux + rng.normal(0, flux / one)
        spectrum = Spectrum(BOSS, noisy, (one / flux) ** 2, at_rest=True, snr=one)
        rows.append(prepare(spectrum, settings)[:2])
    stars = Table({"snr": snr, "source_id": np.arange(40), "sdss_id": np.arange(40)})
    stars["status"] = np.full(40, "ok")
    flux, ivar = np.array(rows).swapaxes(0, 1)
    sound = SpectrumSet(configured_grid(settings), flux, ivar, stars)
    own = own_configuration(root, settings)
    own["prediction"]["usable"]["teff"] = [3100, 3600]
    predictor = labeller(SupportVectors.read(model))
    found = label_stars(predictor, sound, own["prediction"], threads=1)
    folder = tmp_path_factory.mktemp("narrow") / "results"
    return write_run(folder, model, own, learn_limits(found, NAMES))


@pytest.fixture(scope="module")
def suspects(tmp_path_factory):
    """A star as it should be, at 200 km/s that its file denies, faint, and too hot."""
    folder, rng = tmp_path_factory.mktemp("suspects"), np.random.default_rng(6)
    hot, paths = TRUTH + [0, 300, 0], []
    for name, labels, snr, v_rad in (
        ("sound", TRUTH, 50, 0), ("shifted", TRUTH, 50, 200), ("faint", TRUTH, 6, 0),
        ("hot", hot, 50, 0),
    ):  # fmt: skip
        flux = star(BOSS / (1 + v_rad / SPEED_OF_LIGHT), labels)
        columns = {"sdss_id": 1, "snr": float(snr), "v_rad": 0.0}
        noisy, flags = flux + rng.normal(0, flux / snr), np.zeros(len(BOSS), int)
        paths.append(str(folder / f"{name}.fits"))
        write_mwm_star(paths[-1], columns, noisy, (snr / flux) ** 2, flags)
    return paths


@pytest.mark.dag
def test_the_verdict_on_a_star_is_the_same_by_every_route(narrow, suspects, tmp_path):
    place, alone, said = narrow / "slam" / "model.fits", tmp_path / "own.fits", {}
    slam = Slam.load(place)
    slam.save(alone)
    for route, given in (
        ("run", ["--run", narrow]), ("model", ["--model", place]),
        ("saved model", ["--model", alone]),
    ):  # fmt: skip
        output = tmp_path / "labels.ecsv"
        arguments = [*given, "--output", output, *suspects]
        assert main(["predict", *map(str, arguments)]) == 0
        said[route] = tables.read(output)
    observed = read_spectra(suspects)
    said["Python"] = slam.predict(observed)
    said["Python, saved"] = Slam.load(alone).predict(observed)
    for route, table in said.items():
        sound, shifted, faint, hot = map(str, table["flag_names"])
        assert sound == "" and "velocity" in shifted.split(","), route
        assert (faint, hot) == ("low_snr", "outside_teff"), route
        assert table["recommended"].tolist() == [True, False, False, False], route
        assert table["flags"].tolist() == said["run"]["flags"].tolist(), route
    for given in ({"run": narrow}, {"model": place}, {"model": slam}):
        for path, row in zip(suspects, said["run"]):
            star = show(path, **given, posterior=False)
            assert ",".join(star.flags) == row["flag_names"]
            assert star.recommended == row["recommended"]


def test_the_caller_of_python_goes_before_the_run(narrow, suspects):
    slam = Slam.load(narrow / "slam" / "model.fits")
    found = slam.predict(read_spectra(suspects[2:]), usable={}, snr_min=1)
    assert found["flag_names"].tolist() == ["", ""] and found["recommended"].all()


def test_a_model_that_left_its_run_recommends_nothing(model, suspects, tmp_path):
    """The limits stayed behind; what a star shows by itself is flagged."""
    with pytest.warns(UserWarning, match="no labels are recommended"):
        ours = Slam.load(model).predict(read_spectra(suspects))
    assert run(model, "--output", tmp_path / "labels.ecsv", *suspects) == 0
    for table in (ours, tables.read(tmp_path / "labels.ecsv")):
        assert not table["recommended"].any()
        assert "limits of the fit are not known" in table["reason"][0]
    shown = show(suspects[0], model=model, posterior=False)
    assert "recommended: no (limits of the fit not known)" in str(shown)


def test_the_legend_names_the_errors_that_are_shown(narrow, suspects):
    for given, words in (
        ({"run": narrow}, "power law, calibrated, formal"),
        ({"model": narrow / "slam" / "model.fits"}, "formal"),
    ):
        lines = str(show(suspects[0], **given, posterior=False)).splitlines()
        assert f"{words}: uncertainties (1 sigma)" in lines


def test_names_that_the_table_cannot_hold_are_refused_before_the_work(
    model, files, tmp_path, capsys
):
    folder = tmp_path / "données"
    folder.mkdir()
    accents = shutil.copy(files / "spec.fits", folder / "étoile 1.fits")
    assert run(model, "--output", folder / "é.fits", accents) == 2
    assert "cannot hold this name; write an .ecsv" in capsys.readouterr().err
    for suffix in ("ecsv", "csv"):
        output = folder / f"é.{suffix}"
        assert run(model, "--output", output, accents) == 0
        assert Table.read(output, format=f"ascii.{suffix}")["file"][0] == str(accents)
    assert run(model, "--output", folder / "é.fits", files / "spec.fits") == 0
    assert tables.read(folder / "é.fits")["flag_names"][0] == ""
    no_text = str(tmp_path / "caf\udce9.fits")  # Latin-1, as Python has it
    shutil.copy(files / "spec.fits", no_text)
    lines = tmp_path / "two\nlines.fits"
    for name in (no_text, lines):
        for suffix in ("fits", "ecsv", "csv"):
            assert run(model, "--output", folder / f"labels.{suffix}", name) == 2
            capsys.readouterr()
    own = shutil.copy(files / "spec.fits", tmp_path / "own.fits")
    before = (tmp_path / "own.fits").read_bytes()
    for name in (own, f"{own}[1]"):
        assert run(model, "--output", own, name) == 2
        assert "overwrite a spectrum" in capsys.readouterr().err
    assert (tmp_path / "own.fits").read_bytes() == before


@pytest.fixture(scope="module")
def labelled(model, files):
    """The table of labels that the command has found, before it writes it."""
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command_predict, "readable", found.append)  # of what is printed
        assert run(model, files / "spec.fits") == 0
    return found[0]


@pytest.mark.parametrize("suffix", ["fits", "ecsv", "csv"])
@pytest.mark.parametrize(
    "error, status", [(OSError(28, "No space left on device"), 2), (SystemExit(143), 0)]
)
def test_a_write_that_fails_or_is_interrupted_leaves_nothing(
    model, files, labelled, tmp_path, monkeypatch, capsys, suffix, error, status
):
    monkeypatch.setattr(command_predict, "slam_labels", lambda *given: labelled.copy())
    output = tmp_path / f"labels.{suffix}"
    output.write_text("of yesterday")

    def fail(part, path):
        assert part.exists()
        if isinstance(error, OSError):
            raise error
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(tables.files.os, "replace", fail)
    if status:
        assert run(model, "--output", output, files / "spec.fits") == status
        assert "the disk is full" in capsys.readouterr().err
    else:
        with pytest.raises(SystemExit) as caught:
            run(model, "--output", output, files / "spec.fits")
        assert caught.value.code == 143
    assert [path.name for path in tmp_path.iterdir()] == [output.name]
    assert output.read_text() == "of yesterday"
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_a_fault_of_the_program_is_status_2(model, files, monkeypatch, capsys):
    def fault(*arguments, **keywords):
        raise ZeroDivisionError("nobody thought of this")

    monkeypatch.setattr(command_predict, "predict_files", fault)
    assert run(model, files / "spec.fits") == 2
    message = capsys.readouterr().err
    assert "nobody thought of this" in message and "fault of the program" in message


def test_a_reader_that_goes_is_no_fault(root):
    command = [sys.executable, "-m", "mdwarfs.cli", "flags"]
    pipe = subprocess.PIPE
    done = subprocess.Popen(
        command,
        stdout=pipe,
        stderr=pipe,
        text=True,
        env=os.environ | {"PYTHONPATH": str(root / "workflow")},
    )
    done.stdout.close()
    message = done.stderr.read()
    done.stderr.close()
    assert done.wait() == 141 and "Traceback" not in message


def test_a_file_given_twice_has_two_rows_and_a_folder_one(model, files, tmp_path):
    output = tmp_path / "labels.ecsv"
    spectrum = files / "mwmStar.fits"
    assert run(model, "--output", output, spectrum, tmp_path, spectrum) == 1
    table = tables.read(output)
    assert table["teff"][0] == table["teff"][2]
    assert "cannot be read" in table["reason"][1]


def test_real_spectra_go_through(model, real, tmp_path):
    output = tmp_path / "labels.ecsv"
    paths = sorted(str(path) for path in (real / "boss").glob("*.fits.gz"))
    assert run(model, "--simulated-model", "--output", output, *paths) == 0
    table = tables.read(output)
    assert len(table) == 3
    faint = ["low_snr" in names for names in table["flag_names"]]
    assert dict(zip(("1123", "3764", "5047"), faint)) == {
        "1123": False, "3764": True, "5047": False,
    }  # fmt: skip
    np.testing.assert_allclose(table["v_rad"], [-21.95, 2.79, -57.73], atol=0.01)
    assert SupportVectors.read(model).label_names == NAMES


def test_a_full_device_is_no_fault_of_the_program(root, capfd):
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full on this system")
    line = [sys.executable, "-m", "mdwarfs.cli", "flags"]
    with open("/dev/full", "w") as full:
        own = os.environ | {"PYTHONPATH": str(root / "workflow")}
        status = subprocess.run(line, stdout=full, check=False, env=own).returncode
    said = capfd.readouterr().err
    assert status == 2 and said.count("\n") == 1 and "nothing can be printed" in said

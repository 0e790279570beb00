import gzip
import shutil
import subprocess
import sys

import numpy as np
import pytest
import yaml
from astropy.io import fits
from astropy.table import Table

from mdwarfs import cli, tables
from mdwarfs.cli import RUN, main
from mdwarfs.config import read_config, written
from mdwarfs.simulation.files.boss import write_mwm_star
from mdwarfs.slam.model import Slam
from mdwarfs.spectra.prepare import configured_grid, prepare
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT, Spectrum
from mdwarfs.validation.calibration import Calibration
from mdwarfs.validation.fit_limits import limit

BOSS = 10 ** (3.5523 + 1e-4 * np.arange(4648))
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
    return yaml.safe_load((root / "config" / "config.yaml").read_text())["spectra"]


@pytest.fixture(scope="module")
def model(settings, tmp_path_factory):
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
    slam = Slam.fit(
        labels, flux, ivar, label_names=NAMES, wavelength=configured_grid(settings),
        grid={"C": [10.0], "epsilon": [0.05], "gamma": [0.05]}, folds=4, seed=1,
        block=2000, threads=1, normalisation=settings,
    )  # fmt: skip
    path = tmp_path_factory.mktemp("model") / "model.fits"
    slam.write(path, {"run": "test", "simulated": True})
    return path


CALIBRATION = Calibration(0.1, 1e-3, 0.5, 0.4, 1.0)


def write_laws(path, columns):
    """Write a table with the same laws for each label."""
    table = Table({"label": NAMES, **{name: [x] * 3 for name, x in columns.items()}})
    for name in table.colnames:
        table[name].info.description = name
    tables.write(table, path, {"run": "test", "simulated": True})


@pytest.fixture
def results(root, model, tmp_path):
    """What a run leaves: its model, power laws, calibration and configuration."""
    folder = tmp_path / "results"
    (folder / "slam").mkdir(parents=True)
    (folder / "slam" / "model.fits").symlink_to(model)
    law = {"amplitude": 0.5, "exponent": -0.5, "snr_min": 3.0, "snr_max": 40.0}
    write_laws(folder / "validation" / "power_laws.ecsv", law)
    write_laws(folder / "validation" / "calibration.ecsv", vars(CALIBRATION))
    nothing = Table({"snr": [], "flags": np.zeros(0, int)})
    for name in ("chi2", "dof", "correlation", "v_offset", "v_stretch"):
        nothing[name] = np.zeros(0)
    for name in NAMES:
        nothing[f"e_{name}"] = np.zeros(0)
    nothing["continued"] = np.zeros((0, len(NAMES)))
    limits = folder / "validation" / "fit_limits.ecsv"
    tables.write(limit(nothing, NAMES), limits, {"run": "test", "simulated": True})
    (folder / "audit").mkdir()
    own = read_config([root / "config" / "config.yaml"])
    own["prediction"]["snr_min"] = 7.5
    (folder / "audit" / "config.yaml").write_text(written(own, "simulated", True))
    return folder


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
        folder / "faint.fits", star_columns | {"snr": 1.0}, flux, ivar, flags
    )

    for name, every in (("struck", 50), ("absurd", 3)):
        beyond = np.where(np.arange(len(BOSS)) % every == 0, 1e25 * flux, flux)
        write_mwm_star(folder / f"{name}.fits", star_columns, beyond, ivar, flags)

    flux, ivar = noisy(BOSS, 50, 150.0)
    coadd = Table({"FLUX": flux, "LOGLAM": np.log10(BOSS).astype("f4"), "IVAR": ivar})
    spall = Table({"CLASS": ["STAR"], "XCSAO_RV": [150.0], "XCSAO_RXC": [12.0]})
    hdus = [fits.PrimaryHDU()]
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
    lamost.header["Z"] = -9999.0
    lamost.writeto(folder / "lamost.fits")

    (folder / "page.fits").write_text("<html>404 Not Found</html>")
    (folder / "short.fits").write_bytes((folder / "spec.fits").read_bytes()[:60000])
    return folder


def run(model, *arguments):
    """Exit status of `mdwarfs predict`."""
    return main(["predict", "--model", str(model), *map(str, arguments)])


GOOD = "mwmStar.fits spec.fits spec.fits.gz lamost.fits struck.fits".split()


def test_every_format_gives_the_labels_of_the_star(model, files, tmp_path):
    output = tmp_path / "labels.ecsv"
    paths = [str(files / name) for name in GOOD]
    assert run(model, "--output", output, *paths) == 0
    table = tables.read(output)
    assert list(table["file"]) == paths
    assert list(table["kind"]) == ["mwmStar", "spec", "spec", "lamost", "mwmStar"]
    assert list(table["reason"]) == [""] * 5
    for name, truth, least in zip(NAMES, TRUTH, (0.02, 10, 0.02)):
        error = np.maximum(table[f"formal_e_{name}"], least)
        assert (np.abs(table[name] - truth) < 5 * error).all()
    np.testing.assert_allclose(table["v_rad"], [12, 150, 150, -90, 12], atol=4)
    assert (table["chi2"] < 2 * table["dof"]).all()
    assert table["formal_e_teff"].unit == table["teff"].unit == "K"
    assert table.meta["SIMULATD"]


def test_files_without_labels_give_rows_with_reasons_and_status_1(
    model, files, tmp_path
):
    output = tmp_path / "labels.fits"
    names = ("mwmStar", "page", "short", "faint", "absent", "absurd")
    paths = [str(files / f"{name}.fits") for name in names]
    assert run(model, "--output", output, *paths) == 1
    table = tables.read(output)
    expected = [
        "", "is not a FITS file", "truncated", "SNR 1.0 is below 3", "no such file",
        "only 0 of 1740 pixels are good",
    ]  # fmt: skip
    for reason, words in zip(table["reason"], expected, strict=True):
        assert words in reason and bool(reason) == bool(words)
    for name in NAMES:
        assert np.isfinite(table[name]).tolist() == [True] + 5 * [False]
    assert table["chi2"][0] > 0 and "no_labels" in table["flag_names"][1]
    assert "low_snr" in table["flag_names"][3]
    for row in (1, 2, 4):  # nothing is known of these but that they were not read
        assert table["flag_names"][row] == "no_labels"


def test_without_output_the_table_is_printed(model, files, capsys):
    assert run(model, files / "spec.fits") == 0
    printed = capsys.readouterr().out
    assert "teff" in printed and "spec.fits" in printed
    assert "150.0" in printed and "150.00" not in printed


def test_a_run_gives_the_uncertainties_of_its_catalogue(results, files, tmp_path):
    output = tmp_path / "labels.csv"
    names = [files / "mwmStar.fits", files / "faint.fits"]
    arguments = ["predict", "--run", results, "--output", output, *names]
    assert main(list(map(str, arguments))) == 1
    table = Table.read(output, format="ascii.csv").filled(np.nan)
    for name in NAMES:
        own = [name, f"sigma_{name}", f"formal_e_{name}", f"e_{name}"]
        assert [np.isfinite(table[column]).tolist() for column in own] == (
            [[True, False]] * 4
        )
        assert table[f"e_{name}"][0] == pytest.approx(0.5 / np.sqrt(50))
        assert table[f"sigma_{name}"][0] == pytest.approx(
            CALIBRATION.sigma(
                table[f"formal_e_{name}"][0], table["training_sparseness"][0]
            )
        )
    assert list(table["extrapolated"]) == ["True", "True"]  # beyond 40, below 3
    assert "is below 7.5" in table["reason"][1]  # as the run's own configuration says


def test_the_configuration_of_a_run_is_whole(results, files, root, tmp_path):
    """What is written into the default afterwards is not the run's."""
    checkout = tmp_path / "checkout"
    for name in ("config", "workflow/schemas"):
        shutil.copytree(root / name, checkout / name)
    results = results.rename(checkout / "results")
    later = read_config([root / "config" / "config.yaml"])
    later["prediction"]["prior"] = {"feh": {"mean": -0.5, "sigma": 1e-4}}
    (checkout / "config" / "config.yaml").write_text(written(later, "simulated", True))
    output = tmp_path / "labels.ecsv"
    arguments = ["predict", "--run", results, "--output", output, files / "spec.fits"]
    assert main(list(map(str, arguments))) == 0
    assert abs(tables.read(output)["feh"][0] + 0.5) > 0.1


def test_another_configuration_goes_before_that_of_the_run(results, files, tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text("prediction: {snr_min: 0.1}")
    arguments = ["--run", str(results), "--config", str(path)]
    assert main(["predict", *arguments, str(files / "faint.fits")]) == 0


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
        assert {"e_teff", "extrapolated"} & columns == (
            {"e_teff", "extrapolated"} if "--power-laws" in given else set()
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
    assert configured(model, tmp_path, {"snr_min": 60}, *arguments) == 1
    assert tables.read(output)["reason"][0] == "SNR 50.0 is below 60"


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


def test_outside_a_checkout_a_configuration_is_asked_for(
    model, files, tmp_path, capsys, monkeypatch, root
):
    monkeypatch.setattr(cli, "CONFIG", tmp_path / "config" / "config.yaml")
    assert run(model, files / "spec.fits") == 2
    message = capsys.readouterr().err
    assert "there is no checkout" in message and "with --config\n" in message
    named = root / "config" / "config.yaml"
    assert run(model, "--config", named, files / "spec.fits") == 0


def test_the_help_says_which_uncertainty_is_which(capsys):
    with pytest.raises(SystemExit):
        main(["predict", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "sigma_*, calibrated on stars of known labels" in text
    assert "formal_e_*, of the fit alone, which is too small" in text


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


def test_the_process_ends_with_the_status(model, files):
    command = [sys.executable, "-m", "mdwarfs.cli", "predict", "--model", str(model)]
    result = subprocess.run([*command, str(files / "page.fits")], capture_output=True)
    assert result.returncode == 1
    assert b"is not a FITS file" in result.stdout


def test_real_spectra_go_through(model, real, tmp_path):
    output = tmp_path / "labels.ecsv"
    paths = sorted(str(path) for path in (real / "boss").glob("*.fits.gz"))
    assert run(model, "--output", output, *paths) == 1
    table = tables.read(output)
    assert len(table) == 3
    reasons = dict(zip(("1123", "3764", "5047"), table["reason"]))
    assert reasons == {"1123": "", "3764": "SNR 1.0 is below 3", "5047": ""}
    np.testing.assert_allclose(table["v_rad"], [-21.95, 2.79, -57.73], atol=0.01)
    assert Slam.read(model).label_names == NAMES

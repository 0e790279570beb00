import gzip
import subprocess
import sys

import numpy as np
import pytest
import yaml
from astropy.io import fits
from astropy.table import Table

from mdwarfs import cli, tables
from mdwarfs.cli import main
from mdwarfs.simulation.files.boss import write_mwm_star
from mdwarfs.slam.model import Slam, fit
from mdwarfs.spectra.normalise_all import configured_grid, prepare
from mdwarfs.spectra.readers import SPEED_OF_LIGHT, Spectrum

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
        spectrum = Spectrum(
            BOSS, flux + rng.normal(0, flux / 100), ivar, "mwmStar", True, 0.0, 100.0
        )
        planes.append(prepare(spectrum, settings)[:2])
    flux, ivar = np.array(planes).swapaxes(0, 1)
    slam = fit(
        labels, flux, ivar, label_names=NAMES, wavelength=configured_grid(settings),
        grid={"C": [10.0], "epsilon": [0.05], "gamma": [0.05]}, folds=4, seed=1,
        block=2000, threads=1, normalisation=settings,
    )  # fmt: skip
    path = tmp_path_factory.mktemp("model") / "model.fits"
    slam.write(path, {"run": "test", "simulated": True})
    return path


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


GOOD = ["mwmStar.fits", "spec.fits", "spec.fits.gz", "lamost.fits"]


def test_every_format_gives_the_labels_of_the_star(model, files, tmp_path):
    output = tmp_path / "labels.ecsv"
    paths = [str(files / name) for name in GOOD]
    assert run(model, "--output", output, *paths) == 0
    table = tables.read(output)
    assert list(table["file"]) == paths
    assert list(table["kind"]) == ["mwmStar", "spec", "spec", "lamost"]
    assert list(table["reason"]) == [""] * 4
    for name, truth, least in zip(NAMES, TRUTH, (0.02, 10, 0.02)):
        error = np.maximum(table[f"e_{name}"], least)
        assert (np.abs(table[name] - truth) < 5 * error).all()
    np.testing.assert_allclose(table["v_rad"], [12, 150, 150, -90], atol=4)
    assert table["e_teff"].info.description == (
        "Formal error of teff; too small at high SNR"
    )
    assert table["teff"].unit == "K" and table.meta["SIMULATD"]


def test_files_without_labels_give_rows_with_reasons_and_status_1(
    model, files, tmp_path
):
    output = tmp_path / "labels.fits"
    names = ["mwmStar.fits", "page.fits", "short.fits", "faint.fits", "absent.fits"]
    paths = [str(files / name) for name in names]
    assert run(model, "--output", output, *paths) == 1
    table = tables.read(output)
    for reason, expected in zip(
        table["reason"],
        ["", "is not a FITS file", "truncated", "SNR 1.0 is below 3", "no such file"],
    ):
        assert expected in reason and bool(reason) == bool(expected)
    for name in NAMES:
        np.testing.assert_array_equal(
            np.isfinite(table[name]), [True, False, False, False, False]
        )
    assert table["chi2"][0] > 0 and "no_labels" in table["flag_names"][1]
    assert "low_snr" in table["flag_names"][3]
    for row in (1, 2, 4):  # nothing is known of these but that they were not read
        assert table["flag_names"][row] == "no_labels"


def test_without_output_the_table_is_printed(model, files, capsys):
    assert run(model, files / "spec.fits") == 0
    printed = capsys.readouterr().out
    assert "teff" in printed and "spec.fits" in printed
    assert "150.0" in printed and "150.00" not in printed


def test_power_laws_give_a_second_uncertainty(model, files, tmp_path):
    laws = Table(
        {
            "label": ["feh", "teff", "logg"],
            "amplitude": [1.0, 500.0, 0.5],
            "exponent": [-0.5, -0.5, -0.5],
            "snr_min": [3.0] * 3,
            "snr_max": [90.0] * 3,
        }
    )
    for name in laws.colnames:
        laws[name].info.description = name
    path, output = tmp_path / "laws.ecsv", tmp_path / "labels.csv"
    tables.write(laws, path, {"run": "test", "simulated": True})
    arguments = ["--power-laws", path, "--output", output, files / "mwmStar.fits"]
    assert run(model, *arguments) == 0
    table = Table.read(output, format="ascii.csv")
    assert table["cv_teff"][0] == pytest.approx(500 / np.sqrt(50))
    assert 0 < table["e_teff"][0] < 100


def test_a_wrong_model_or_configuration_is_status_2(model, files, tmp_path, capsys):
    spectrum = files / "spec.fits"
    for wrong in (spectrum, tmp_path / "absent.fits"):
        assert run(wrong, spectrum) == 2
        assert str(wrong) in capsys.readouterr().err
    for wrong in (model, tmp_path / "absent.yaml"):
        assert run(model, "--config", wrong, spectrum) == 2
        assert "--config" in capsys.readouterr().err


def test_outside_a_checkout_a_configuration_is_asked_for(
    model, files, tmp_path, capsys, monkeypatch, root
):
    monkeypatch.setattr(cli, "CONFIG", tmp_path / "config" / "config.yaml")
    assert run(model, files / "spec.fits") == 2
    message = capsys.readouterr().err
    assert "config.yaml: there is no such file" in message and "--config" in message
    named = root / "config" / "config.yaml"
    assert run(model, "--config", named, files / "spec.fits") == 0


def test_the_help_says_that_errors_are_formal(capsys):
    with pytest.raises(SystemExit):
        main(["predict", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "e_* are formal errors, too small at high SNR" in text


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["predict"],
        ["predict", "--model", "m.fits"],
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

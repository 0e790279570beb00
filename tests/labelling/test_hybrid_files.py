"""`mdwarfs predict --method hybrid`."""

import re

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.cli import main
from mdwarfs.config import config_text, read_config
from mdwarfs.hybrid import model_file
from mdwarfs.hybrid.model import Hybrid
from mdwarfs.labelling.beside_model import HYBRID_RUN
from mdwarfs.run import seals
from mdwarfs.simulation.files.boss import write_mwm_star
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.spectra.prepare import configured_grid, prepare
from mdwarfs.spectra.spectrum import Spectrum
from tests.command_line import status
from tests.fewer import search_shortly
from tests.test_cli import (
    BOSS,
    HIGHEST,
    LOWEST,
    NAMES,
    TRUTH,
    own_configuration,
    star,
)


@pytest.fixture(scope="module")
def results(root, tmp_path_factory):
    """What a run leaves of the hybrid labels: the model and the configuration."""
    settings = read_config([root / "config" / "config.yaml"])["spectra"]
    settings = settings | {"step_dex": 3 * settings["step_dex"]}
    rng = np.random.default_rng(0)
    labels = rng.uniform(LOWEST, HIGHEST, (64, 3))
    planes = []
    for row in labels:
        flux = star(BOSS, row)
        noisy = flux + rng.normal(0, flux / 100)
        spectrum = Spectrum(BOSS, noisy, (100 / flux) ** 2, at_rest=True, snr=100.0)
        planes.append(prepare(spectrum, settings)[:2])
    flux, ivar = np.array(planes).swapaxes(0, 1)
    with pytest.MonkeyPatch.context() as patch:
        search_shortly(patch)
        model, _ = Hybrid.fit(
            labels, np.zeros(labels.shape), flux, ivar, label_names=NAMES,
            wavelength=configured_grid(settings), seed=1, normalisation=settings,
        )  # fmt: skip
    folder = tmp_path_factory.mktemp("results")
    (folder / "hybrid").mkdir()
    path = folder / "hybrid" / "model.fits"
    own = own_configuration(root, settings)
    model_file.write(model, path, {"run": "test", "simulated": True})
    seals.seal(path, seals.training_digest(own, ()))
    (folder / "audit").mkdir()
    (folder / "audit" / "config.yaml").write_text(config_text(own, "test", True))
    return folder


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The star, as if it were real, and faint; and what is no spectrum."""
    folder = tmp_path_factory.mktemp("spectra")
    flux = star(BOSS, TRUTH)
    noisy = flux + np.random.default_rng(2).normal(0, flux / 50)
    ivar, flags = (50 / flux) ** 2, np.zeros(len(BOSS), int)
    columns = {"sdss_id": 1, "snr": 50.0, "v_rad": 0.0}
    write_mwm_star(folder / "star.fits", columns, noisy, ivar, flags)
    boast = columns | {"snr": 999.0}
    write_mwm_star(folder / "boast.fits", boast, noisy, ivar, flags)
    noise = np.random.default_rng(3).normal(0, flux / 2)
    faint = columns | {"snr": 2.0}
    write_mwm_star(folder / "faint.fits", faint, flux + noise, (2 / flux) ** 2, flags)
    noise, dim = np.random.default_rng(3).normal(0, flux / 6), columns | {"snr": 6.0}
    write_mwm_star(folder / "dim.fits", dim, flux + noise, (6 / flux) ** 2, flags)
    with fits.open(folder / "star.fits") as hdus:
        del hdus[0].header["SIMULATD"]
        hdus.writeto(folder / "real.fits")
    (folder / "page.fits").write_text("<html>404 Not Found</html>")
    return folder


def run(results, *arguments):
    """Exit status of the command, with the hybrid labels of a run."""
    given = "predict", "--method", "hybrid", "--run", results, *arguments
    return main([str(one) for one in given])


@pytest.mark.parametrize("suffix", ["fits", "ecsv", "csv"])
def test_labels_are_those_of_the_star_in_every_format(results, files, tmp_path, suffix):
    output = tmp_path / f"labels.{suffix}"
    assert run(results, "--output", output, files / "star.fits") == 0
    row = (Table.read(output) if suffix == "csv" else tables.read(output))[0]
    for name, true in zip(NAMES, TRUTH):
        assert abs(row[name] - true) < 4 * row[f"e_{name}"]
    assert row["e_teff"] < 100 and row["prior_share_teff"] < 0.2
    assert row["simulated"] and row["simulated_model"]


def test_columns_are_those_of_the_catalogue(results, files, tmp_path):
    output = tmp_path / "labels.fits"
    run(results, "--output", output, files / "star.fits")
    table = tables.read(output)
    model = model_file.read(results / "hybrid" / "model.fits")
    answer = model.predict(
        np.empty((0, len(model.used))), np.empty((0, len(model.used)))
    )
    own = set(answer.table().colnames) - {"status"}
    assert own | {"flag_names", "reason"} < set(table.colnames)
    assert all(table[name].info.description for name in table.colnames)


def test_what_has_no_labels_has_a_row_with_the_reason(results, files, tmp_path):
    output = tmp_path / "labels.fits"
    names = "page.fits", "star.fits", "faint.fits"
    assert run(results, "--output", output, *(files / name for name in names)) == 1
    table = tables.read(output)
    assert [reason == "" for reason in table["reason"]] == [False, True, True]
    assert table["flag_names"][0] == "no_labels"
    assert "low_snr" in str(table["flag_names"][2]).split(",")
    assert list(np.isfinite(table["feh"])) == [False, True, True]


def test_an_snr_that_flux_and_errors_do_not_have_is_not_believed(
    results, files, tmp_path
):
    output = tmp_path / "labels.fits"
    paths = [files / "star.fits", files / "boast.fits"]
    assert run(results, "--output", output, *paths) == 0
    sound, boast = tables.read(output)
    assert boast["snr_file"] == 999 and 30 < boast["snr"] < 100
    assert (boast["teff"], boast["e_teff"]) == (sound["teff"], sound["e_teff"])
    assert int(boast["flags"]) == int(sound["flags"]) | int(Flag.BAD_FIT)


def test_without_output_the_table_is_printed(results, files, capsys):
    assert run(results, files / "star.fits") == 0
    text = capsys.readouterr().out
    assert "labels ± e_*" in text and "prior_share" not in text and "flat" not in text
    assert re.search(r"^star.fits .* \d{4}±\d+ ", text, re.M)


def test_a_model_of_simulated_stars_refuses_real_spectra(
    results, files, tmp_path, capsys
):
    output = tmp_path / "labels.fits"
    paths = files / "star.fits", files / "real.fits"
    assert run(results, "--output", output, *paths) == 2
    assert "is not stamped as simulated" in capsys.readouterr().err
    assert not output.exists()
    assert run(results, "--simulated-model", "--output", output, *paths) == 0
    table = tables.read(output)
    assert list(table["simulated"]) == [True, False]
    assert list(table["simulated_model"]) == [True, True]
    assert table.meta["SIMULATD"] is table.meta["SIMMODEL"] is True


def test_a_model_alone_labels_as_well(results, files, tmp_path):
    outputs = tmp_path / "run.fits", tmp_path / "model.fits"
    spectra = files / "star.fits", files / "dim.fits"
    run(results, "--output", outputs[0], *spectra)
    model = results / "hybrid" / "model.fits"
    given = "predict", "--method", "hybrid", "--model", model, "--output", outputs[1]
    assert main([str(one) for one in (*given, *spectra)]) == 0
    one, other = (tables.read(output) for output in outputs)
    for name in ("feh", "flags", "recommended"):
        assert np.array_equal(one[name], other[name])
    # its SNR is below the limit of the run, not below that of the default
    assert "low_snr" in str(other["flag_names"][1]).split(",")


def test_wrong_use_is_status_2(results, files, tmp_path, capsys):
    spectrum, model = str(files / "star.fits"), str(results / "hybrid" / "model.fits")

    def said(*arguments):
        assert status("predict", *arguments, spectrum) == 2
        return capsys.readouterr().err

    assert "errors of their own" in said(
        "--method", "hybrid", "--model", model, "--power-laws", model
    )
    assert "use --method hybrid" in said("--model", model)
    other = tmp_path / "other.fits"
    fits.PrimaryHDU().writeto(other)
    assert "is not a hybrid model" in said("--method", "hybrid", "--model", other)
    missing = said("--method", "hybrid", "--run", tmp_path)
    assert all(name in missing for name in HYBRID_RUN)
    inside = results / "audit" / "labels.fits"
    among = said("--method", "hybrid", "--run", results, "--output", inside)
    assert "would lie among the parts of the run" in among


def test_a_configuration_that_the_model_was_not_trained_with_is_refused(
    results, files, root, tmp_path, capsys
):
    for name in HYBRID_RUN:
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes((results / name).read_bytes())
    other = read_config([results / "audit" / "config.yaml"]) | {"seed": 99}
    (tmp_path / "audit" / "config.yaml").write_text(config_text(other, "test", True))
    assert run(tmp_path, files / "star.fits") == 2
    assert "was trained with another configuration" in capsys.readouterr().err

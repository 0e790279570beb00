"""A stranger adds a format of spectra: one module, and nothing else."""

import sys

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.cli import main
from mdwarfs.config import read_config
from mdwarfs.errors import InputError
from mdwarfs.slam.model import SupportVectors
from mdwarfs.spectra import readers
from mdwarfs.spectra.formats import formats, read, read_all
from mdwarfs.spectra.load import load, load_all
from mdwarfs.spectra.normalise_all import normalise_all
from mdwarfs.spectra.prepare import configured_grid, prepare
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT, Spectrum
from tests.fewer import few_starts  # noqa: F401

MODULE = '''
"""Two columns of text, wavelength and flux; many stars below each other.

Each begins with a line of its name and its velocity, if that is known.
"""

import numpy as np

from mdwarfs.spectra.spectrum import build_spectrum

NAME = "columns"
TITLE = "two columns of text"


def recognises(content):
    return content.data.startswith(b"# star ")


def read(content):
    spectra = []
    for part in content.data.decode().split("# star ")[1:]:
        first, *lines = part.splitlines()
        name, v_rad = first.split(";")
        wavelength, flux = np.loadtxt(lines, unpack=True)
        ivar = np.full(len(flux), (100 / np.median(flux)) ** 2)
        facts = {"name": name, "v_rad": float(v_rad or "nan"), "at_rest": False}
        spectra.append(build_spectrum(wavelength, flux, ivar, **facts))
    return spectra
'''

WAVELENGTH = 10 ** np.arange(3.77, 3.96, 1e-4)
NAMES, LOWEST, HIGHEST = ("feh", "teff"), np.array([-0.6, 3100]), np.array([0.4, 3900])
STARS = {"Alpha": (-0.1, 3450.0, 60.0), "Beta": (0.15, 3250.0, -35.0)}
"""Name to [Fe/H], Teff and radial velocity [km/s]."""


def star(feh, teff, v_rad=0.0):
    """Flux of an invented star whose bands and lines tell its labels."""
    feh, teff = (np.array([feh, teff]) - LOWEST) / (HIGHEST - LOWEST)
    rest = WAVELENGTH / (1 + v_rad / SPEED_OF_LIGHT)
    flux = 60 * (rest / 7500) ** (3 - 2 * teff)
    lines = np.random.default_rng(8).uniform([5990, 2], [8970, 6], (90, 2))
    for k, (centre, width) in enumerate(lines):
        depth = 0.1 + 0.3 * (feh if k % 2 else teff)
        flux *= 1 - depth * np.exp(-0.5 * ((rest - centre) / width) ** 2)
    return flux


@pytest.fixture
def stranger(tmp_path, monkeypatch):
    """The package with a module more in its folder of formats."""
    folder = tmp_path / "added"
    folder.mkdir()
    (folder / "columns.py").write_text(MODULE)
    monkeypatch.setattr(readers, "__path__", [*readers.__path__, str(folder)])
    formats.cache_clear()
    yield
    formats.cache_clear()
    sys.modules.pop("mdwarfs.spectra.readers.columns")


@pytest.fixture
def file(tmp_path):
    """A file of the new format: two stars, of which one has a velocity."""
    rng = np.random.default_rng(3)
    path = tmp_path / "two.txt"
    with open(path, "w") as text:
        for name, labels in STARS.items():
            flux = star(*labels)
            text.write(f"# star {name};{'60' if name == 'Alpha' else ''}\n")
            np.savetxt(
                text, np.stack([WAVELENGTH, flux + rng.normal(0, 0.6, len(flux))], 1)
            )
    return path


@pytest.fixture(scope="module")
def settings(root):
    """Spectra as configured, on coarser pixels."""
    config = read_config([root / "config" / "config.yaml"])
    return config["spectra"] | {"step_dex": 3e-4}


@pytest.fixture(scope="module")
def model(settings, tmp_path_factory):
    """The file of a model of 30 stars."""
    rng = np.random.default_rng(0)
    labels = rng.uniform(LOWEST, HIGHEST, (30, 2))
    ones = np.ones(len(WAVELENGTH))
    spectra = [
        Spectrum(WAVELENGTH, star(*row), 3 * ones, at_rest=True) for row in labels
    ]
    flux, ivar, _ = np.swapaxes([prepare(s, settings) for s in spectra], 0, 1)
    slam = SupportVectors.fit(
        labels, flux, ivar, label_names=NAMES, wavelength=configured_grid(settings),
        grid={"C": [10.0], "epsilon": [0.05], "gamma": [0.05]}, folds=3, seed=1,
        block=2000, threads=1, normalisation=settings,
    )  # fmt: skip
    path = tmp_path_factory.mktemp("model") / "model.fits"
    slam.write(path, {"run": "test", "simulated": True})
    return path


def test_without_its_module_the_format_is_not_known(file):
    with pytest.raises(InputError, match="a text table needs commas"):
        read_all(file)


def test_the_reader_takes_it(stranger, file):
    assert [spectrum.name for spectrum in read_all(file)] == list(STARS)
    assert read(f"{file}[2]").name == "Beta"
    with pytest.raises(InputError, match=r"2 spectra \(Alpha, Beta\): choose one"):
        read(file)


def test_the_loader_takes_it(stranger, file, settings):
    def way(spectrum):
        return spectrum.shifted(STARS[spectrum.name][2])

    spectra = load_all([file], settings, way)
    assert list(spectra.stars["kind"]) == ["columns"] * 2 and spectra.ok.all()
    chosen = load([f"{file}[2]"], settings, way)
    np.testing.assert_array_equal(chosen.flux[0], spectra.flux[1])


def test_normalise_all_takes_it(stranger, file, settings):
    stars = Table(
        {
            "source_id": [11, 12, 13],
            "sdss_id": [1, 2, 3],
            "snr": [30.0, 40.0, 50.0],
            "file": ["two.txt[1]", "two.txt[2]", "two.txt"],
        }
    )
    spectra = normalise_all(stars, file.parent, settings, threads=1)
    status = list(spectra.stars["status"])
    assert status[0] == "ok"
    assert status[1].startswith("its radial velocity is not known: give it")
    assert status[2].startswith("holds 2 spectra (Alpha, Beta): choose one")
    rest = Spectrum(WAVELENGTH, star(-0.1, 3450.0), 1 + 0 * WAVELENGTH, at_rest=True)
    assert np.abs(spectra.flux[0] - prepare(rest, settings)[0])[5:-5].max() < 0.1


def test_predict_labels_each_spectrum_in_a_row_of_its_own(
    stranger, file, model, tmp_path, capsys
):
    output = tmp_path / "labels.ecsv"
    assert main(["predict", "--model", str(model), str(file)]) == 2  # is no FITS file
    command = ["predict", "--model", str(model), "--simulated-model"]
    command += ["--output", str(output)]
    assert main([*command, str(file), f"{file}[2]"]) == 0
    table = tables.read(output)
    assert list(table["file"]) == [f"{file}[1]", f"{file}[2]", f"{file}[2]"]
    assert list(table["name"]) == ["Alpha", "Beta", "Beta"]
    assert set(table["kind"]) == {"columns"}
    assert all(x.startswith("not recommended: the model") for x in table["reason"])
    for name, row in zip(STARS, table):
        feh, teff, v_rad = STARS[name]
        assert row["feh"] == pytest.approx(feh, abs=0.1)
        assert row["teff"] == pytest.approx(teff, abs=60)
        assert row["v_rad"] == pytest.approx(v_rad, abs=15)
    assert table["teff"][1] == table["teff"][2]
    assert main([*command, f"{file}[3]", str(file)]) == 1
    table = tables.read(output)
    assert table["reason"][0] == "has no spectrum 3: it holds 2 spectra (Alpha, Beta)"
    assert all(x.startswith("not recommended: ") for x in table["reason"][1:])
    with pytest.raises(SystemExit):
        main(["predict", "--help"])
    assert "two columns of text" in " ".join(capsys.readouterr().out.split())

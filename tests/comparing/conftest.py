"""Two small runs to be compared."""

import shutil

import numpy as np
import pytest
import yaml
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.slam.infer.flags import COLUMNS as FLAGS
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.tables.columns import describe
from mdwarfs.tables.tabulate import annotate

N = 40
STAMP = {"run": "test", "simulated": True}


@pytest.fixture
def catalogue():
    return labels()


def labels():
    """Labels of 40 stars; one has none."""
    rng = np.random.default_rng(1)
    table = Table({"source_id": np.arange(N) + 2**62, "snr": np.linspace(2, 30, N)})
    table["teff"], table["feh"] = rng.normal(3400, 200, N), rng.normal(-0.1, 0.2, N)
    table["e_teff"] = np.linspace(30, 90, N)
    table["flags"] = np.where(table["snr"] < 3, int(Flag.LOW_SNR), 0)
    table["reason"] = np.where(np.arange(N) == 7, "no spectrum", "")
    for name in ("teff", "feh", "e_teff"):
        table[name][7] = np.nan
    return describe(annotate(table, {"flags": FLAGS["flags"]}))


@pytest.fixture
def first(tmp_path, made):
    """A run that a test may change."""
    return shutil.copytree(made, tmp_path / "first")


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A run: catalogue, ledger, a text, its configuration and its rules."""
    run, catalogue = tmp_path_factory.mktemp("compared") / "first", labels()
    tables.write(catalogue, run / "catalogue" / "slam_labels.fits", STAMP)
    tables.write(catalogue, run / "slam" / "predictions.fits", STAMP)
    claims = Table(
        rows=[
            ("R1", "teff std", "K", 168.0, 150.0, 9.0, "simulated"),
            ("R1", "feh std", "dex", 0.25, 0.2, 0.01, "simulated"),
        ],
        names=("id", "quantity", "unit", "paper", "found", "e_found", "status"),
    )
    claims["judged"], claims["paper_upper"] = ["within", "at_most"], np.nan
    annotate(claims, {name: ("", name) for name in claims.colnames})
    tables.write(claims, run / "audit" / "claims.ecsv", STAMP)
    listed = Table({"path": ["catalogue/slam_labels.fits", "slam/predictions.fits"]})
    listed["rule"] = ["assemble_catalogue", "predict_labels"]
    listed["n_rows"] = [N, N]
    annotate(listed, {name: ("", name) for name in listed.colnames})
    tables.write(listed, run / "audit" / "products.ecsv", STAMP)
    config = {"run": "test", "candidates": {"ruwe_max": 1.4}}
    (run / "audit" / "config.yaml").write_text(yaml.safe_dump(config))
    (run / "README.md").write_text("The run.\nmean 12.5 K of 1,000 stars\n")
    return run


@pytest.fixture
def second(tmp_path, first):
    """A copy of it."""
    return shutil.copytree(first, tmp_path / "second")


@pytest.fixture
def rewrite():
    """A function that changes a table of a run."""

    def rewrite(path, change, stamp=STAMP):
        table = tables.read(path)
        found = change(table)
        table = found if isinstance(found, Table) else table
        tables.write(table, path, stamp)

    return rewrite

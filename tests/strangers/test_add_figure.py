"""A figure: one module with `draw`, and one entry in the registry."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from tests.workflow.conftest import copy_of

pytestmark = pytest.mark.dag

NAME = "diagnostic_metallicities"
MODULE = '''"""Diagnostic: how many stars have which metallicity."""

from mdwarfs.figures import style


@style.styled
def draw(catalogue, bin_width):
    """A histogram of [Fe/H]."""
    figure = style.new(style.COLUMN, 2.0)
    axes = figure.subplots()
    axes.hist(catalogue["feh"], bins=int(2 / bin_width), range=(-1, 1))
    axes.set_xlabel(style.with_unit(style.symbol("feh"), "feh"))
    axes.set_ylabel("Stars")
    return figure
'''
ENTRY = f"""    Figure(
        "{NAME}",
        DIAGNOSTIC,
        "How many stars have which metallicity.",
        {{"catalogue": "catalogue/slam_labels.fits"}},
        {{"bin_width": "figures.logg_bin"}},
    ),
)
"""


@pytest.fixture(scope="module")
def checkout(root, tmp_path_factory):
    """A copy with the figure, and the table that it is drawn from."""
    checkout = copy_of(root, tmp_path_factory.mktemp("figure") / "copy")
    figures = checkout.path / "workflow" / "mdwarfs" / "figures"
    (figures / f"{NAME}.py").write_text(MODULE)
    registry = figures / "registry.py"
    before, end, after = registry.read_text().partition("    ),\n)\n")
    assert end and "Figure(" not in after
    registry.write_text(before + "    ),\n" + ENTRY + after)
    catalogue = Table({"feh": np.random.default_rng(1).normal(-0.1, 0.2, 50)})
    stamp = {"run": "simulated-ci", "simulated": True}
    path = checkout.path / "results" / "simulated-ci" / "catalogue"
    tables.write(catalogue, path / "slam_labels.fits", stamp)
    return checkout


def test_it_is_drawn_by_its_name(checkout):
    checkout.snakemake(NAME, "--cores", "1", "--allowed-rules", NAME)
    folder = checkout.path / "figures" / "simulated-ci"
    made = sorted(path.name for path in folder.iterdir())
    assert made == [f"{NAME}.pdf", f"{NAME}.png"]
    assert (folder / f"{NAME}.png").read_bytes().startswith(b"\x89PNG")
    log = checkout.path / "results" / "simulated-ci" / "logs" / f"{NAME}.log"
    assert log.exists()


def test_it_belongs_to_its_target(checkout):
    assert NAME in checkout.planned("diagnostics")
    assert NAME not in checkout.planned("figures")

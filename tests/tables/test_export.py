"""Tables in the forms of other software."""

import re
import sys

import numpy as np
import pytest
from astropy.io.votable import parse
from astropy.io.votable.ucd import check_ucd
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.cli import main
from mdwarfs.labels import LABELS
from mdwarfs.tables.export import UCDS, export, ucd
from mdwarfs.tables.tabulate import annotate
from tests.command_line import status


@pytest.fixture
def catalogue(tmp_path, stamp):
    table = Table({"source_id": np.array([2**62 + 1, 5]), "feh": [-0.1, np.nan]})
    table["covariance"], table["reason"] = [1.0, 2.0], ["", "no parallax"]
    table["recommended"] = [True, False]
    annotate(table, {"covariance": ("K dex", "Of two"), "recommended": ("", "To use")})
    tables.write(table, tmp_path / "stars.fits", stamp)
    return tmp_path / "stars.fits"


@pytest.mark.parametrize("form", ["vot", "ecsv", "fits", "parquet"])
def test_units_descriptions_and_texts_are_kept(catalogue, form):
    if form == "parquet":
        pytest.importorskip("pyarrow", reason="mdwarfs[parquet] is not installed")
    output = catalogue.with_suffix(f".{form}").with_name(f"out.{form}")
    assert main(["export", str(catalogue), "-o", str(output)]) == 0
    table = Table.read(output)  # warnings are errors
    assert str(table["feh"].unit) == "dex" and str(table["covariance"].unit) == "K dex"
    assert table["feh"].description == "[Fe/H]"
    assert str(table["reason"][1]) == "no parallax"
    assert table["source_id"][0] == 2**62 + 1
    assert table["recommended"].tolist() == [True, False]
    assert np.isnan(np.ma.filled(table["feh"], np.nan)[1])


def test_booleans_of_a_votable_are_such_as_stilts_reads(catalogue, tmp_path):
    """astropy would write bits, at which STILTS 3.4 ends with an exception."""
    export(catalogue, tmp_path / "a.vot")
    fields = re.findall(rb"<FIELD[^>]*>", (tmp_path / "a.vot").read_bytes())
    (field,) = (x for x in fields if b'name="recommended"' in x)
    assert b'datatype="boolean"' in field


def test_a_votable_says_what_columns_and_parameters_are(catalogue, tmp_path):
    export(catalogue, tmp_path / "a.vot")
    resource = parse(tmp_path / "a.vot").resources[0]
    fields = {field.name: field.ucd for field in resource.tables[0].fields}
    assert fields["source_id"] == "meta.id;meta.main"
    assert fields["recommended"] == "meta.code.qual" and fields["reason"] is None
    (run,) = (x for x in resource.params if x.name == "RUN")
    assert run.description == "name of the run"


def test_content_descriptors_are_those_of_the_ivoa():
    labels = [name for name in UCDS if name in LABELS]
    assert labels
    for name in [*UCDS, *(f"formal_e_{x}" for x in labels), "e_teff_flat"]:
        assert check_ucd(ucd(name), check_controlled_vocabulary=True), name
    assert ucd("sigma_teff") == "stat.error;phys.temperature.effective"
    assert ucd("formal_covariance_feh_teff") is None


def test_pandas_has_them_from_parquet(catalogue, tmp_path):
    pytest.importorskip("pyarrow", reason="mdwarfs[parquet] is not installed")
    import pandas

    export(catalogue, tmp_path / "a.parquet")
    frame = pandas.read_parquet(tmp_path / "a.parquet")
    assert frame.attrs["columns"]["feh"] == {"unit": "dex", "description": "[Fe/H]"}
    assert frame.attrs["header"]["RUN"] == "test"
    assert frame["reason"].tolist() == ["", "no parallax"]


def test_without_pyarrow_the_command_says_what_to_install(
    catalogue, tmp_path, capsys, monkeypatch
):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    output = tmp_path / "a.parquet"
    assert main(["export", str(catalogue), "-o", str(output)]) == 2
    assert "pip install 'mdwarfs[parquet]'" in capsys.readouterr().err
    assert not output.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "a.xls"], "does not end in .vot"),
        (["-o", "nowhere/a.vot"], "there is no folder"),
        (["-o", "a.csv", "--columns", "teff"], "lacks the column(s) teff"),
    ],
)
def test_what_cannot_be_is_refused(
    catalogue, tmp_path, monkeypatch, capsys, arguments, said
):
    monkeypatch.chdir(tmp_path)
    assert status("export", catalogue, *arguments) == 2
    assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["stars.fits"]


def test_arrays_are_no_cells_of_csv(tmp_path, stamp, capsys):
    table = annotate(Table({"both": np.zeros((2, 2))}), {"both": ("", "Two")})
    tables.write(table, tmp_path / "a.fits", stamp)
    arguments = [str(tmp_path / "a.fits"), "-o", str(tmp_path / "a.csv")]
    assert main(["export", *arguments]) == 2
    assert "--columns" in capsys.readouterr().err


def test_a_catalogue_does_not_take_its_own_place(catalogue, capsys):
    before = catalogue.read_bytes()
    assert main(["export", str(catalogue), "-o", str(catalogue)]) == 2
    assert catalogue.read_bytes() == before


def test_csv_says_in_each_row_that_it_is_simulated(catalogue, tmp_path):
    output = tmp_path / "a.csv"
    assert main(["export", str(catalogue), "-o", str(output), "--columns", "feh"]) == 0
    assert output.read_text().splitlines()[:2] == [
        "feh,run,simulated",
        "-0.1,test,True",
    ]


def test_a_column_is_asked_for_once(catalogue, tmp_path, capsys):
    output = tmp_path / "a.csv"
    arguments = [str(catalogue), "-o", str(output), "--columns", "feh", "feh"]
    assert main(["export", *arguments]) == 2
    assert "feh is named more than once" in capsys.readouterr().err

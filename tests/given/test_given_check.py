"""What cannot be in the section files, each said by its key and with what to do."""

import pytest

from mdwarfs.config import merge_config, read_config
from mdwarfs.errors import ConfigError
from mdwarfs.given.check import contradictions_of_files, require_there
from mdwarfs.given.settings import paths, tables_asked, with_defaults

ARRAY = {"wavelength": "wave", "flux": "flux", "ivar": "ivar"}


@pytest.fixture(scope="module")
def default(root):
    return read_config([root / "config" / "config.yaml"])


@pytest.fixture
def config(default):
    files = {"table": "stars.csv", "columns": {"file": "f", "teff": "T", "feh": "M"}}
    return merge_config(
        default,
        {"source": "files", "files": files, "slam": {"labels": ["teff", "feh"]}},
    )


def found(config, **changes):
    return list(contradictions_of_files(merge_config(config, {"files": changes})))


def test_more_folds_than_anybody_means_are_refused(config):
    (said,) = found(config, validation=1_000_000)
    assert said.startswith("files.validation: 1000000 folds")
    assert found(config, validation=20) == found(config, validation="split") == []
    many = merge_config(config, {"slam": {"folds": 5000}})
    assert [
        x for x in contradictions_of_files(many) if x.startswith("slam.folds: 5000")
    ]


def test_a_table_or_folder_that_is_not_there_is_refused(config, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = merge_config(config, {"files": {"folder": "spectra"}})
    with pytest.raises(ConfigError) as refused:
        require_there(given, "raw", tmp_path / "checkout")
    said = str(refused.value)
    assert "files.table: there is no stars.csv" in said
    assert "files.folder: there is no spectra" in said and str(tmp_path) in said
    (tmp_path / "stars.csv").write_text("f,T,M\n")
    (tmp_path / "checkout" / "spectra").mkdir(parents=True)
    require_there(given, "raw", tmp_path / "checkout")
    (tmp_path / "checkout" / "spectra").rmdir()
    with pytest.raises(ConfigError, match="files.folder: there is no spectra"):
        require_there(given, "raw", tmp_path / "checkout")
    fetched = merge_config(given, {"files": {"fetch": {}}})
    require_there(fetched, "raw", tmp_path)  # it will be there
    require_there(merge_config(given, {"source": "simulated"}), "raw", tmp_path)


def test_nothing_is_said_of_what_can_be(config):
    assert found(config) == []
    cuts = [
        {"column": "e_teff", "below": 100},
        {"column": "good_fraction", "above": 0.5},
    ]
    columns = {"teff": {"name": "T", "unit": "kK", "error": "eT"}, "T2": "T2"}
    columns["logg"] = {"name": "g", "unit": "log(m/s2)"}
    assert found(config, columns=columns, cuts=cuts) == []
    compared = {"Others": {"teff": "T2", "key": "source_id"}}
    assert found(config, columns=columns, compared=compared) == []
    cuts = [{"column": "snr", "above": 20}]  # the spectra tell it
    assert found(config, cuts=cuts) == []


@pytest.mark.parametrize(
    ("changes", "start", "words"),
    [
        ({"columns": {"e_teff": "x"}}, "files.columns.e_teff", "`error` of its label"),
        ({"columns": {"fold": "x"}}, "files.columns.fold", "choose another"),
        ({"columns": {"sigma_x": "x"}}, "files.columns.sigma_x", "made by the run"),
        (
            {"columns": {"teff": {"name": "T", "unit": "Kelvins?"}}},
            "files.columns.teff.unit",
            "'Kelvins?' cannot be converted to K",
        ),
        (
            {"columns": {"logg": {"name": "g", "unit": "mag"}}},
            "files.columns.logg.unit",
            "not that of a decimal logarithm of cm / s2",
        ),
        (
            {"compared": {"Others": {"teff": "T2", "tef": "T"}}},
            "files.compared.Others.tef",
            "did you mean teff?",
        ),
        (
            {"compared": {"Others": {"teff": "T2"}}},
            "files.compared.Others.teff",
            "files.columns, which has no T2",
        ),
        ({"select": [{"column": "tef", "above": 1}]}, "files.select.0", "mean teff"),
        ({"select": [{"column": "n_good", "above": 1}]}, "files.select.0", "has no n_"),
        ({"cuts": [{"column": "teff"}]}, "files.cuts.0", "has no condition"),
        (
            {"cuts": [{"column": "teff", "above": 1, "below": 2}]},
            "files.cuts.0",
            "above and below; a cut has one",
        ),
        ({"compared": {"Others": {"table": "x"}}}, "files.compared.Others", "no label"),
        ({"table": "{raw}/stars.csv"}, "files.table", "files.fetch brings"),
        ({"folder": "{raw}"}, "files.folder", "files.fetch brings"),
        ({"array": ARRAY}, "files.array", "not both"),
    ],
)
def test_what_cannot_be_is_said_by_its_key(config, changes, start, words):
    said = found(config, **changes)
    assert any(line.startswith(start) and words in line for line in said), said


def test_a_label_without_a_column_is_named_with_its_likely_typing_error(config):
    wrong = merge_config(config, {"files": {"columns": {"tefff": "T"}}})
    del wrong["files"]["columns"]["teff"]
    (said,) = contradictions_of_files(wrong)
    assert "the label teff of slam.labels has no column; is it tefff?" in said


def without_files(config, array):
    changed = merge_config(config, {"files": {"array": array, "velocity": "rest"}})
    del changed["files"]["columns"]["file"]
    return changed


def test_spectra_are_files_or_one_array(config):
    (said,) = contradictions_of_files(without_files(config, None))
    assert said.startswith("files.columns: no column `file`")
    assert list(contradictions_of_files(without_files(config, ARRAY))) == []
    for array in (ARRAY | {"error": "e"}, {"wavelength": "w", "flux": "f"}):
        (said,) = contradictions_of_files(without_files(config, array))
        assert said == "files.array: give either error or ivar, an array of one of them"
    moving = without_files(config, ARRAY)
    moving["files"]["velocity"] = "file"
    (said,) = contradictions_of_files(moving)
    assert said.startswith("files.velocity") and "rest or others" in said
    row = without_files(config, ARRAY)
    row["files"]["columns"]["row"] = "n"
    (said,) = contradictions_of_files(row)
    assert "a row of which file?" in said


def test_every_table_is_asked_for_its_columns_by_the_keys_that_name_them(config):
    columns = config["files"]["columns"] | {"teff": {"name": "T", "error": "eT"}}
    del columns["file"]
    compared = {
        "A": {"table": "a.csv", "key": "k", "teff": "T2"},
        "B": {"feh": "feh"},  # of the table itself
    }
    said = {"table": "stars.csv", "columns": columns, "compared": compared}
    files = with_defaults(said | {"array": ARRAY})
    found = tables_asked(files, paths(files, "raw", "."), str.upper)
    assert found == {
        "stars.csv": {
            "files.columns.teff": "T",
            "files.columns.teff.error": "eT",
            "files.columns.feh": "M",
            "files.array.wavelength": "wave",
            "files.array.flux": "flux",
            "files.array.ivar": "ivar",
        },
        "A.CSV": {"files.compared.A.key": "k", "files.compared.A.teff": "T2"},
    }


@pytest.mark.parametrize(
    ("changes", "start", "words"),
    [
        ({"columns": {"logg": "T"}}, "files.columns.logg", "files.columns.teff alre"),
        ({"columns": {"snr": "T"}}, "files.columns.snr", "it cannot be both"),
        ({"columns": {"row": "f"}}, "files.columns.row", "files.columns.file already"),
        (
            {"columns": {"teff": {"name": "T", "error": "T"}}},
            "files.columns.teff.error",
            "column T is files.columns.teff already",
        ),
        ({"table": "stars.xlsx"}, "files.table", "save it as CSV"),
        ({"table": "/dev"}, "files.table", "is no file"),
        (
            {"select": [{"column": "teff", "above": 5000},
                        {"column": "teff", "below": 3000}]},
            "files.select", "teff cannot be above 5000 and below 3000",
        ),
        (
            {"cuts": [{"column": "correlation", "at_least": 2}]},
            "files.cuts", "correlation is never above 1",
        ),
    ],
)  # fmt: skip
def test_what_leaves_nothing_or_means_two_things_is_refused(
    config, changes, start, words
):
    (said,) = found(config, **changes)
    assert said.startswith(f"{start}: ") and words in said


def test_a_star_may_be_called_as_its_file(config):
    assert found(config, columns={"id": "f", "other": "T"}) == []

"""Who says what a column is, and who hands it on."""

import importlib
import pkgutil

import numpy as np
import pytest
from astropy import units as u
from astropy.table import Table

import mdwarfs
from mdwarfs.catalogues.registry import CATALOGUES, modules
from mdwarfs.errors import InputError
from mdwarfs.run.digest import PACKAGE, used
from mdwarfs.tables.columns import VOCABULARY, describe, meaning
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.tabulate import annotate, from_rows, take

AGE = {"age": ("Gyr", "Age of the star")}


def said():
    """Module, name, unit and description of the columns that modules describe."""
    for module in pkgutil.walk_packages(mdwarfs.__path__, "mdwarfs."):
        known = vars(importlib.import_module(module.name))
        for columns in (known.get("COLUMNS"), known.get("DESCRIBED")):
            for name, text in columns.items() if isinstance(columns, dict) else ():
                if isinstance(text, tuple):  # not what a reader reads
                    yield module.name, name, *text


@pytest.mark.parametrize("name", VOCABULARY)
def test_every_shared_name_has_a_valid_unit_and_a_description(name):
    unit, description = VOCABULARY[name]
    u.Unit(unit)
    assert description and not description.endswith(".")


def test_every_stage_says_valid_units_and_descriptions():
    found = list(said())
    assert len(found) > 200
    for module, name, unit, description in found:
        u.Unit(unit)
        assert description and not description.endswith("."), (module, name)


def test_uncertainties_and_components_inherit_their_unit():
    assert meaning("e_teff")[0] == "K"
    assert meaning("e_feh1")[0] == "dex"
    assert meaning("age2", AGE) == ("Gyr", "Age of the star; component 2")
    assert meaning("sigma_age_ref", AGE) == (
        "Gyr",
        "Calibrated uncertainty (1 sigma) of: Reference value of: Age of the star",
    )


def test_unknown_names_have_no_meaning():
    assert meaning("teff_of_the_moon") is None
    assert meaning("age") is None


def test_a_column_keeps_what_it_says_of_itself():
    table = Table({"teff": [3000.0]})
    table["teff"].info.description = "Colour temperature"
    describe(table)
    assert table["teff"].info.description == "Colour temperature"
    assert table["teff"].unit == "K"


def test_a_column_that_nobody_describes_is_refused_with_its_product():
    with pytest.raises(InputError, match=r"moon\.fits.*'mystery'"):
        describe(Table({"mystery": [1]}), "moon.fits")
    with pytest.raises(InputError, match="'e_mystery'"):
        describe(Table({"e_mystery": [1]}))


def test_a_stage_describes_its_columns_and_what_derives_from_them():
    table = Table({"age": [1.0], "e_age": [0.1], "age_ref": [2.0], "snr": [9.0]})
    table["age_ref"].info.description = "Age by somebody else"
    annotate(table, AGE)
    assert [table[name].unit for name in table.colnames] == ["Gyr"] * 3 + [None]
    assert table["e_age"].description == "Uncertainty (1 sigma) of: Age of the star"
    assert table["age_ref"].description == "Age by somebody else"


def test_a_stage_that_describes_no_column_of_its_table_is_told():
    with pytest.raises(KeyError, match="age"):
        annotate(Table({"snr": [1.0]}), AGE)


def test_rows_come_with_what_their_columns_are():
    table = from_rows([], AGE)
    assert table["age"].description == "Age of the star" and not len(table)


@pytest.fixture
def stars():
    return annotate(Table({"source_id": [7, 8], "age": [1.0, 5.0]}), AGE)


def test_a_selection_and_a_join_hand_on_what_columns_say(stars):
    for table in (stars[stars["age"] > 2], lookup(stars, [1, -1, 0])):
        assert table["age"].description == "Age of the star"
        assert table["age"].unit == "Gyr"
    assert np.isnan(lookup(stars, [-1])["age"][0])


def test_a_join_keeps_arrays_whole():
    table = Table({"source_id": [7, 8], "covariance": np.arange(8.0).reshape(2, 2, 2)})
    found = np.asarray(lookup(table, [1, -1, 0])["covariance"])
    np.testing.assert_array_equal(found[[0, 2]], table["covariance"][[1, 0]])
    assert np.isnan(found[1]).all() and found.shape == (3, 2, 2)


def test_columns_of_another_table_are_taken_with_what_they_say(stars):
    names = {"age": "age", "age2": "age", "age_ref": "age", "birthday": "age"}
    table = take(Table(), stars, names)
    assert table["birthday"].tolist() == [1.0, 5.0]
    assert [table[name].description for name in table.colnames] == [
        "Age of the star",
        "Age of the star; component 2",
        "Reference value of: Age of the star",
        None,  # somebody has to say what that is
    ]
    assert [table[name].unit for name in table.colnames] == ["Gyr"] * 3 + [None]


# A text, the rules that must see an edit of it, and some of those that must not.
HEAVY = {
    "simulate_survey",
    "simulate_part",
    "normalise_part",
    "train_part",
    "train_slam",
}
PREDICT = {"predict_part", "label_training_stars"}
EDITS = {
    "catalogues/wide_binaries.py: ratio of a chance alignment": (
        {"clean_catalogue wide_binaries"},
        HEAVY | PREDICT | {"pair_fgk_m", "clean_gaia", "assemble_catalogue"},
    ),
    "catalogues/gaia_columns.py: renormalised unit weight": (
        {"clean_gaia", "clean_catalogue wide_binaries"},
        HEAVY | PREDICT | {"clean_boss", "clean_birky", "select_candidates"},
    ),
    "catalogues/best_spectra.py: of this star in the source catalogue": (
        {"clean_boss", "clean_lamost_fgk"},
        HEAVY | PREDICT | {"clean_gaia", "deredden_m_type", "assemble_labels"},
    ),
    "catalogues/parsec.py: of the age in years": (
        {"clean_parsec"},
        HEAVY | PREDICT | {"clean_gaia", "deredden_m_type", "split_sample"},
    ),
    "samples/candidates.py: above the white dwarfs": (
        {"deredden_m_type", "select_candidates"},
        HEAVY | PREDICT | {"clean_boss", "assemble_labels", "split_sample"},
    ),
    "slam/infer/prediction.py: at the maximum of the posterior": (
        PREDICT,
        HEAVY | {"clean_boss", "split_sample", "assemble_catalogue", "table"},
    ),
    "validation/catalogue.py: outside the range over which": (
        {"assemble_catalogue"},
        HEAVY | PREDICT | {"compare_behmard", "clean_boss", "table"},
    ),
    "audit/products.py: below the run's results": (
        {"audit_products"},
        HEAVY | PREDICT | {"assemble_catalogue", "recover_truth"},
    ),
    "simulation/survey.py: What the star is": (
        {"simulate_survey"},
        PREDICT | {"normalise_part", "train_part", "clean_boss", "clean_gaia"},
    ),
    "spectra/normalise_all.py: below the raw folder": (
        {"normalise_part"},
        PREDICT | {"simulate_survey", "simulate_part", "train_part", "clean_boss"},
    ),
    "tables/columns.py: SDSS-V unique": (
        HEAVY | PREDICT | {"clean_boss", "table"},
        set(),
    ),
}


@pytest.fixture(scope="module")
def files_of(root):
    """The files that make the digest of each script."""
    scripts = root / "scripts"
    found = {script.stem: used(script) for script in scripts.glob("*.py")}
    for entry in CATALOGUES:
        read = used(scripts / "clean_catalogue.py", *modules(entry.reader))
        found[f"clean_catalogue {entry.name}"] = read
    return found


@pytest.mark.parametrize("edit", EDITS)
def test_the_text_of_a_column_concerns_the_stage_that_makes_it(files_of, edit):
    name, words = edit.split(": ", 1)
    file = PACKAGE / name
    assert file.read_text().count(words) == 1
    must, must_not = EDITS[edit]
    found = {script for script, files in files_of.items() if file in files}
    assert must <= found
    assert not found & must_not

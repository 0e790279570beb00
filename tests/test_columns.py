import pytest
from astropy import units as u
from astropy.table import Table

from mdwarfs.columns import VOCABULARY, describe, meaning
from mdwarfs.errors import InputError


@pytest.mark.parametrize("name", VOCABULARY)
def test_every_name_has_a_valid_unit_and_a_description(name):
    unit, description = VOCABULARY[name]
    u.Unit(unit)
    assert description and not description.endswith(".")


def test_uncertainties_and_components_inherit_their_unit():
    assert meaning("e_teff")[0] == "K"
    assert meaning("parallax_error2") == (
        "mas",
        "Standard error of the parallax; component 2",
    )
    assert meaning("e_feh1")[0] == "dex"


def test_unknown_names_have_no_meaning():
    assert meaning("teff_of_the_moon") is None


def test_a_column_keeps_what_it_says_of_itself():
    table = Table({"teff": [3000.0]})
    table["teff"].info.description = "Colour temperature"
    describe(table)
    assert table["teff"].info.description == "Colour temperature"
    assert table["teff"].unit == "K"


def test_an_unknown_column_without_description_is_refused():
    with pytest.raises(InputError, match="mystery"):
        describe(Table({"mystery": [1]}))

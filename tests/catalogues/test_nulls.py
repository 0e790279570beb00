import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.catalogues.nulls import (
    clean_real,
    clean_text,
    from_cards,
    keep_physical,
)
from mdwarfs.errors import InputError
from mdwarfs.tables.physical import limits
from tests.made_up import described


def test_reals():
    values = [1.5, np.nan, np.inf, -9999]
    np.testing.assert_array_equal(clean_real(values), [1.5, np.nan, np.nan, -9999])
    masked = np.ma.array([1.0, 2.0], mask=[False, True])
    np.testing.assert_array_equal(clean_real(masked), [1, np.nan])
    assert clean_real(np.array([1], ">f4")).dtype == np.float64


def stars(n=20, **columns):
    right = {
        "teff": np.linspace(3000, 3900, n), "e_teff": np.full(n, 50.0),
        "logg": np.full(n, 4.8), "feh": np.linspace(-0.5, 0.4, n),
        "ruwe1": np.full(n, 1.1), "R_chance_align": np.full(n, 0.01),
        "parallax_error": np.full(n, 0.03), "phot_g_mean_mag": np.full(n, 15.0),
    }  # fmt: skip
    return Table(right | columns)


@pytest.mark.parametrize("name", stars().colnames)
@pytest.mark.parametrize("fill", [-9999.0, -999.0, np.float32(-9999.99), 1e20])
def test_fill_values_are_null_and_counted(name, fill):
    table = stars()
    table[name][3] = table[name][7] = fill
    cards = keep_physical(table)
    assert np.flatnonzero(np.isnan(table[name])).tolist() == [3, 7]
    (found,) = from_cards(cards)
    assert (found.column, found.n, found.of, found.is_fill) == (name, 2, 20, True)
    assert f"{fill:g}" in found.reason


WRONG = {
    "teff in kK": ("teff", 3.4),
    "log Teff": ("teff", 3.53),
    "Teff of 0": ("teff", 0.0),
    "error in kK": ("e_teff", 0.05),
    "error below 0": ("e_teff", -30.0),
    "impossible metallicity": ("feh", 9.0),
    "Teff for log g": ("logg", 3400.0),
    "probability below 0": ("R_chance_align", -1.0),
    "error of a label of another": ("e_teff", 9000.0),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_no_star_can_have_is_null_and_counted(case):
    name, value = WRONG[case]
    table = stars()
    table[name][5] = value
    (found,) = from_cards(keep_physical(table))
    assert np.flatnonzero(np.isnan(table[name])).tolist() == [5]
    assert (found.column, found.n, found.of, found.is_fill) == (name, 1, 20, False)
    assert found.reason == f"outside {limits(name)}"


@pytest.mark.parametrize("error", [0.0, -9999.0, np.nan])
def test_a_0_without_an_error_is_a_fill_value_and_one_with_an_error_is_not(error):
    table = stars(e_feh=np.full(20, 0.1))
    table["feh"][[2, 3]] = 0.0
    table["e_feh"][3] = error
    found = from_cards(keep_physical(table))
    assert np.flatnonzero(np.isnan(table["feh"])).tolist() == [3]
    assert "fill value 0" in [f.reason for f in found if f.column == "feh"]


def test_sound_values_and_nulls_stay_as_they_are():
    table = stars(logg=np.r_[np.nan, np.full(19, 4.8)])
    before = table.copy()
    assert keep_physical(table) == {}
    for name in table.colnames:
        np.testing.assert_array_equal(table[name], before[name])


@pytest.mark.parametrize("name", ["e_teff", "ruwe1", "parallax_error"])
def test_a_0_says_that_there_is_none_where_0_is_no_value(name):
    table = stars(**{name: np.zeros(20)})
    (found,) = from_cards(keep_physical(table))
    assert np.isnan(table[name]).all()
    assert (found.n, found.reason) == (20, "fill value 0")


@pytest.mark.parametrize("wrong", [3.4, 3.53])
@pytest.mark.parametrize("share", [0.6, 1.0])
def test_a_column_of_another_quantity_is_refused_whole(wrong, share):
    teff = np.full(20, 3400.0)
    teff[: int(20 * share)] = wrong
    with pytest.raises(InputError, match="of 20 values of teff lie outside 1500 to"):
        keep_physical(stars(teff=teff))


def test_swapped_values_and_errors_are_refused():
    table = stars(e_feh=np.full(20, 0.05))
    table["feh"], table["e_feh"] = table["e_feh"].copy(), table["feh"].copy()
    with pytest.raises(InputError, match="10 of 20 values of e_feh|11 of 20"):
        keep_physical(table)


def test_huge_values_are_one_kind():
    table = stars()
    table["teff"][:5] = 1e20 * np.arange(1, 6)
    (found,) = from_cards(keep_physical(table))
    assert found.n == 5 and found.is_fill


def test_reals_that_came_as_texts():
    np.testing.assert_array_equal(
        clean_real(np.array(["3500", " 12.5 ", "---", "", "nan"])),
        [3500, 12.5, np.nan, np.nan, np.nan],
    )
    with pytest.raises(InputError, match="reals are wanted"):
        clean_real(np.array(["3500", "warm"]))


def test_a_column_of_nothing_but_fill_values_is_null():
    table = stars(teff=np.full(20, -9999.0))
    (found,) = from_cards(keep_physical(table))
    assert np.isnan(table["teff"]).all() and found.n == found.of == 20


def test_the_counts_survive_a_file(tmp_path, stamp):
    table = stars()
    table["feh"][:2] = [-9999.0, 9.0]
    table.meta = keep_physical(table)
    for name in ("x.fits", "x.ecsv"):
        tables.write(described(table), tmp_path / name, stamp)
        found = from_cards(tables.read(tmp_path / name).meta)
        assert [(f.column, f.n, f.is_fill) for f in found] == [
            ("feh", 1, True),
            ("feh", 1, False),
        ]


def test_texts():
    assert list(clean_text([b"STAR  ", b"UNKNOWN"])) == ["STAR", ""]
    assert list(clean_text(["M4 ", "null", "  "])) == ["M4", "", ""]
    assert list(clean_text(np.ma.array(["AAA", "BBB"], mask=[True, False]))) == [
        "",
        "BBB",
    ]

import re

import numpy as np
import pytest

from mdwarfs.catalogues import astra, gaia, lamost, wide_binaries
from mdwarfs.samples import extinction
from mdwarfs.tables.columns import VOCABULARY
from mdwarfs.tables.physical import DWARF, ERRORS, RANGES, limits


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("teff", "teff"),
        ("ruwe2", "ruwe"),
        ("parallax_error1", "parallax_error"),
        ("teff_ref", "teff"),
    ],
)
def test_a_column_has_the_range_of_its_quantity(name, of):
    assert limits(name) is RANGES[of]


@pytest.mark.parametrize(
    "name", ["e_teff", "sigma_teff", "formal_e_teff", "e_teff_ref"]
)
def test_every_kind_of_uncertainty_has_one(name):
    assert limits(name) is ERRORS["teff"]


def test_of_other_columns_nothing_is_known():
    assert limits("status") is None and limits("e_status") is None


def test_an_error_or_ruwe_of_0_is_none_and_a_metallicity_of_0_is_one():
    for name in ("e_teff", "ruwe", "parallax_error"):
        assert limits(name).holds([0.0, 0.2]).tolist() == [False, True]
    assert limits("feh").holds([0.0, np.nan]).tolist() == [True, False]


def test_ranges_are_of_columns_that_the_catalogues_have():
    known = VOCABULARY | extinction.COLUMNS
    for reader in (astra, gaia, lamost, wide_binaries):
        known |= reader.DESCRIBED
    assert RANGES.keys() <= known.keys() and ERRORS.keys() <= RANGES.keys()


def test_a_dwarf_is_a_star():
    for name, dwarf in DWARF.items():
        assert RANGES[name].low < dwarf.low < dwarf.high < RANGES[name].high


def test_the_known_extremes_are_within():
    # Barnard's and Proxima's motion and parallax, a late M and an O star, the largest
    # giants, the most metal-poor star with iron: none of them may be lost.
    for name, values in {
        "pmra": [-801.6], "pmdec": [10362.4], "parallax": [768.07, 546.98, -100.0],
        "teff": [1600, 45_000], "logg": [-0.5, 5.5], "feh": [-5.5, 0.6],
    }.items():  # fmt: skip
        assert limits(name).holds(values).all()


def test_every_real_of_the_clean_catalogues_has_a_range():
    """What a reader takes cannot be a fill value unnoticed."""
    from mdwarfs.catalogues import astra, behmard, birky, gaia, lamost, wide_binaries

    names = [*gaia.REALS, *gaia.TMASS, *wide_binaries.COMPONENT, *behmard.REALS]
    names += [*birky.REALS, "sep_au", "R_chance_align", "snrg", "snr"]
    for module in (*astra.REALS.values(), *lamost.LABELS.values()):
        names += module
    assert [name for name in names if limits(name) is None] == []
    assert [name for name in names if not re.fullmatch(r"\w+", name)] == []

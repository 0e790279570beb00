"""The paper's own table, however its file spells its columns."""

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table

from mdwarfs.archives.nadc import write_stand_in
from mdwarfs.catalogues.nulls import from_cards
from mdwarfs.catalogues.paper_pairs import choose, read_paper_pairs
from mdwarfs.errors import InputError
from mdwarfs.simulation.files.paper_pairs import write_paper_pairs
from mdwarfs.tables import absent

N = 12
IDS = {"source_id1": np.arange(N) + 2**60, "source_id2": np.arange(N) + 2**61}
VALUES = {
    "FeH": -0.1, "FeH_niu": -0.2, "e_FeH": 0.05, "Teff": 3500.0, "e_Teff": 40.0,
    "alphaM": 0.1, "e_alphaM": 0.02, "logg": 4.8, "e_logg": 0.05, "SNR": 12.0,
    "ra1": 10.0, "dec1": -5.0, "ra2": 10.1, "dec2": -5.1,
}  # fmt: skip


def columns(**changes):
    return IDS | {name: np.full(N, value) for name, value in VALUES.items()} | changes


def write(path, **changes):
    Table(columns(**changes)).write(path, format="fits", overwrite=True)
    return path


def test_the_printed_names_become_ours_with_their_units(tmp_path):
    write_paper_pairs(tmp_path / "t.fits", columns())
    pairs = read_paper_pairs(tmp_path / "t.fits")
    assert pairs["source_id1"].tolist() == IDS["source_id1"].tolist()
    assert pairs["row"].tolist() == list(range(1, N + 1))
    expected = {"feh": -0.1, "feh_niu": -0.2, "e_feh": 0.05, "teff": 3500, "snr": 12}
    expected |= {"alpha_m": 0.1, "e_alpha_m": 0.02, "logg": 4.8, "ra2": 10.1}
    for name, value in expected.items():
        np.testing.assert_allclose(pairs[name], value, rtol=1e-6)
    assert (pairs["role"] == "").all() and pairs.meta == {"N_ROWS": N}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("SOURCE_ID1", "source_id1"), ("gaia_id_2", "source_id2"),
        ("[Fe/H]", "feh"), ("FEH_NIU", "feh_niu"), ("fe_h_err", "e_feh"),
        ("TEFF_ERR", "e_teff"), ("alpha_m", "alpha_m"), ("sigma_logg", "e_logg"),
        ("S/N", "snr"), ("RA_1", "ra1"), ("Set", "role"),
    ],
)  # fmt: skip
def test_other_spellings_are_taken_for_the_same(theirs, ours):
    names = {"source_id1", "source_id2"} - {ours}
    assert choose([*names, theirs])[ours] == theirs


def test_fe_h_is_not_taken_for_its_error_nor_the_other_way_round():
    taken = choose(["source_id1", "source_id2", "e_FeH", "FeH_niu", "FeH"])
    assert (taken["feh"], taken["feh_niu"], taken["e_feh"]) == (
        "FeH",
        "FeH_niu",
        "e_FeH",
    )


def test_each_column_says_which_name_it_had(tmp_path):
    path = write(tmp_path / "t.fits")
    pairs = read_paper_pairs(path)
    assert "(in the file: alphaM)" in pairs["alpha_m"].info.description


def test_what_the_file_lacks_is_null_and_named(tmp_path):
    table = Table(columns())
    table.remove_columns(["alphaM", "e_alphaM"])
    table.write(tmp_path / "t.fits")
    pairs = read_paper_pairs(tmp_path / "t.fits")
    assert np.isnan(pairs["alpha_m"]).all() and np.isfinite(pairs["teff"]).all()
    assert pairs.meta["LACKS"] == "alpha_m, e_alpha_m"


def test_a_table_without_identifiers_is_refused_with_what_it_has(tmp_path):
    table = Table(columns())
    table.rename_column("source_id2", "star")
    table.write(tmp_path / "t.fits")
    with pytest.raises(InputError, match=r"lacks .*source_id2; it has .*star"):
        read_paper_pairs(tmp_path / "t.fits")


def test_identifiers_that_were_reals_are_refused(tmp_path):
    path = write(tmp_path / "t.fits", source_id1=IDS["source_id1"].astype(float))
    with pytest.raises(InputError, match=r"t\.fits.*reals"):
        read_paper_pairs(path)


def test_fill_values_and_impossible_ones_are_null_and_counted(tmp_path):
    teff, feh, error = np.full(N, 3500.0), np.full(N, 0.1), np.full(N, 40.0)
    teff[:3] = -9999.0, 3.5, np.nan
    feh[0], error[1] = 9.0, -1.0
    ids = IDS["source_id2"].copy()
    ids[4] = -1
    path = write(tmp_path / "t.fits", Teff=teff, FeH=feh, e_Teff=error, source_id2=ids)
    pairs = read_paper_pairs(path)
    assert np.isnan(pairs["teff"][:3]).all() and np.isfinite(pairs["teff"][3:]).all()
    assert np.isnan(pairs["feh"][0]) and np.isnan(pairs["e_teff"][1])
    assert pairs["source_id2"][4] == 0
    counted = {(nulled.column, nulled.n) for nulled in from_cards(pairs.meta)}
    assert {("teff", 1), ("feh", 1), ("e_teff", 1)} <= counted


def test_another_unit_is_no_kelvin(tmp_path):
    path = write(tmp_path / "t.fits", Teff=np.full(N, 3.5))
    with pytest.raises(InputError, match=r"t\.fits.*12 of 12 values of teff"):
        read_paper_pairs(path)


def test_texts_of_a_division_are_train_and_test(tmp_path):
    sets = np.array(["Training", "test set", "", "validation"] * 3)
    pairs = read_paper_pairs(write(tmp_path / "t.fits", sample=sets))
    assert pairs["role"].tolist() == ["train", "test", "", ""] * 3


def test_the_stand_in_has_no_rows_and_says_why(tmp_path):
    path = tmp_path / "t.fits"
    write_stand_in(path, "NADC is gone")
    pairs = read_paper_pairs(path)
    assert len(pairs) == 0 and absent.why(pairs) == "NADC is gone"
    with fits.open(path) as hdus:
        hdus.verify("exception")

"""The simulated table of the paper's own pairs, and what is different in it."""

import numpy as np
import pytest
from astropy.io import fits

from mdwarfs.samples.lost_pairs import STEPS
from mdwarfs.simulation import other_rows, paper_rows, sdss_rows
from mdwarfs.simulation.files.paper_pairs import write_paper_pairs
from mdwarfs.simulation.streams import NAMES, stream
from tests.simulation.conftest import SEED


@pytest.fixture(scope="module")
def stars(tenth):
    return tenth.copy()


@pytest.fixture(scope="module")
def catalogues(stars):
    lamost = other_rows.lamost_stellar(stars, stream(SEED, "lamost"))
    return lamost, *sdss_rows.apogee(stars, stream(SEED, "apogee"))


@pytest.fixture(scope="module")
def made(stars, catalogues):
    return paper_rows.paper_pairs(stars, *catalogues, stream(SEED, "paper_pairs"))


def rows_of(made, kind):
    """Values of the table for the pairs into which something was injected."""
    columns, truth = made
    ids = truth["source_id2"][np.asarray(truth["injected"]) == kind]
    rows = np.isin(columns["source_id2"], ids)
    return {name: values[rows] for name, values in columns.items()}


def test_every_kind_of_difference_is_there(made):
    _, truth = made
    kinds = {*paper_rows.SOUND, *paper_rows.EXTRA, ""}
    assert set(truth["injected"]) == kinds
    assert set(paper_rows.EXTRA) <= set(STEPS)


def test_the_table_has_all_but_the_missing_pairs(made):
    columns, truth = made
    kept = truth[truth["injected"] != "missing"]
    assert sorted(columns["source_id2"]) == sorted(kept["source_id2"])
    assert len(np.unique(columns["source_id2"])) == len(columns["source_id2"])
    assert len(rows_of(made, "missing")["FeH"]) == 0
    assert all(np.isfinite(values).all() for values in columns.values())


def test_sound_pairs_have_the_labels_of_the_catalogues(made, catalogues):
    lamost, apogee_net, aspcap = catalogues
    table = rows_of(made, "")
    for row in range(0, len(table["FeH"]), 7):
        own = lamost["gaia_source_id"] == str(table["source_id1"][row])
        best = np.flatnonzero(own)[np.argmax(lamost["snrg"][own])]
        assert table["FeH"][row] == lamost["feh"][best]
        assert table["e_FeH"][row] == lamost["feh_err"][best]
        for catalogue, column, name in (
            (apogee_net, "teff", "Teff"), (apogee_net, "logg", "logg"),
            (aspcap, "alpha_m_atm", "alphaM"),
        ):  # fmt: skip
            own = catalogue["gaia_dr3_source_id"] == table["source_id2"][row]
            best = np.flatnonzero(own)[np.argmax(catalogue["snr"][own])]
            assert table[name][row] == catalogue[column][best]
    difference = table["FeH_niu"] - table["FeH"]
    assert (difference > 0.03).all() and (difference < 0.23).all()  # equation 11


def test_older_versions_are_shifted_by_known_amounts(stars, catalogues, made):
    lamost, apogee_net, _ = catalogues
    old = rows_of(made, "older_teff")
    assert len(old["Teff"]) >= 1
    for teff, star in zip(old["Teff"], old["source_id2"]):
        own = apogee_net["gaia_dr3_source_id"] == star
        best = np.flatnonzero(own)[np.argmax(apogee_net["snr"][own])]
        shift = paper_rows.OLDER["older_teff"]["teff"]
        assert teff - apogee_net["teff"][best] == pytest.approx(shift)
    old = rows_of(made, "older_feh")
    for feh, star in zip(old["FeH"], old["source_id1"]):
        own = lamost["gaia_source_id"] == str(star)
        best = np.flatnonzero(own)[np.argmax(lamost["snrg"][own])]
        shift = paper_rows.OLDER["older_feh"]["feh"]
        assert feh - lamost["feh"][best] == pytest.approx(shift)


def test_its_random_numbers_are_a_stream_of_their_own(stars, catalogues, made):
    """Behind those that were there, so that no other stream has changed."""
    assert NAMES.index("paper_pairs") > NAMES.index("spectrum") == 12
    again, _ = paper_rows.paper_pairs(stars, *catalogues, stream(SEED, "paper_pairs"))
    for name, values in made[0].items():
        np.testing.assert_array_equal(values, again[name])


def test_the_file_has_the_printed_columns_and_says_that_it_is_simulated(made, tmp_path):
    write_paper_pairs(tmp_path / "t.fits", made[0])
    with fits.open(tmp_path / "t.fits") as hdus:
        hdus.verify("exception")
        assert hdus[0].header["SIMULATD"] is True
        names, units = (
            hdus[1].columns.names,
            dict(zip(hdus[1].columns.names, hdus[1].columns.units)),
        )
        assert len(hdus[1].data) == len(made[0]["FeH"])
    assert set(names) == set(made[0])
    assert (units["Teff"], units["e_FeH"], units["ra1"]) == ("K", "dex", "deg")

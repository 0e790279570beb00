"""Released labels for the candidates whose spectra are not fetched."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import labels
from mdwarfs.samples.with_spectra import choose_for_spectra
from mdwarfs.slam.infer.flags import Flag
from mdwarfs.slam.infer.released import RELEASED, add_released, can_have

NAMES = ("feh", "teff")
PREDICTION = {"snr_min": 3.0, "usable": {"feh": [-0.6, 0.5], "teff": [3100, 3900]}}


@pytest.fixture
def candidates():
    return Table(
        {"source_id": [11, 12, 13, 14], "sdss_id": [1, 2, 3, 4], "snr": [9.0, 8, 2, 7]}
    )


def predictions():
    table = Table({"source_id": [12], "sdss_id": [2], "snr": [8.0]})
    for name, value in {
        "feh": 0.1,
        "teff": 3400.0,
        "e_feh": 0.05,
        "e_teff": 30.0,
    }.items():
        table[name] = [value]
    table["covariance"] = np.ones((1, 2, 2))
    table["dof"], table["status"], table["flags"] = [100], ["ok"], [0]
    table["teff"].info.description = "Effective temperature"
    return table


def released():
    return Table(
        {
            "sdss_id": [3, 2, 1],
            "feh": [0.0, 0.3, -0.9],
            "teff": [3300.0, 3500.0, np.nan],
            "e_feh": [0.1, 0.1, 0.1],
            "e_teff": [50.0, 50.0, 50.0],
        }
    )


def test_the_spectra_of_labelled_and_paired_stars_are_chosen(candidates):
    labels = Table({"source_id": [14, 12], "labelled": [True, False]})
    pairs = Table(
        {"source_id1": [11, 12], "source_id2": [13, 14], "selected": [True, False]}
    )
    assert choose_for_spectra(candidates, labels, pairs)["source_id"].tolist() == [
        11,
        13,
        14,
    ]


def test_own_labels_come_first_and_released_ones_fill_the_rest(candidates):
    joined = add_released(predictions(), candidates, released(), NAMES, PREDICTION)
    assert joined.colnames == predictions().colnames
    assert joined["source_id"].tolist() == [12, 11, 13]
    assert joined["status"].tolist() == ["ok", RELEASED, RELEASED]
    assert joined["feh"].tolist() == [0.1, -0.9, 0.0]
    assert np.isnan(joined["covariance"][1]).all() and joined["dof"][1] == 0
    assert joined["teff"].info.description == "Effective temperature"


def test_released_labels_are_flagged_as_far_as_they_can_be(candidates):
    joined = add_released(predictions(), candidates, released(), NAMES, PREDICTION)
    assert joined["flags"][0] == 0
    assert joined["flags"][1] == Flag.OUTSIDE_FEH | Flag.NO_LABELS
    assert joined["flags"][2] == Flag.LOW_SNR


def test_a_label_that_the_released_table_lacks_is_null_and_no_fault(
    candidates, monkeypatch
):
    others = {name: x for name, x in labels.RELEASED.items() if name != "teff"}
    monkeypatch.setattr(labels, "RELEASED", others)
    lacking = released()
    lacking.remove_columns(["teff", "e_teff"])
    joined = add_released(predictions(), candidates, lacking, NAMES, PREDICTION)
    assert np.isnan(joined["teff"][1:]).all() and np.isnan(joined["e_teff"][1:]).all()
    assert joined["feh"].tolist() == [0.1, -0.9, 0.0]
    assert joined["flags"].tolist() == [0, Flag.OUTSIDE_FEH, Flag.LOW_SNR]
    has = can_have("teff", joined["status"])
    assert has.tolist() == [True, False, False]
    assert can_have("feh", joined["status"]).all()

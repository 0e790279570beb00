"""The table of candidates, and what of the simulated ones is found."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.metal_poor.candidates import select
from mdwarfs.recovery.metal_poor import recover

SOURCES = np.arange(1, 7)


@pytest.fixture
def given():
    kinematics = Table({"source_id": SOURCES, "sdss_id": SOURCES + 100})
    kinematics["halo"] = [True, True, False, False, False, False]
    indices = Table({"source_id": SOURCES[:5], "sdss_id": SOURCES[:5] + 100})
    indices["snr"], indices["zeta_own"] = 10.0, 0.5
    indices["weak_tio"] = [True, False, False, False, False]
    matched = indices["source_id", "sdss_id"]
    matched["template_gain"] = [0.0, 0.0, 0.1, 0.0, 0.0]
    matched["poor_template"] = matched["template_gain"] > 0.05
    slam = Table({"source_id": SOURCES, "feh": [-0.3, -0.9, np.nan, 0.0, -0.7, 0.0]})
    slam["sigma_feh"], slam["flags"], slam["flag_names"] = 0.1, 0, ""
    hybrid = slam["source_id", "feh"]
    return {
        "kinematics": kinematics,
        "indices": indices,
        "slam": slam,
        "hybrid": hybrid,
        "matched": matched,
    }


def test_candidates_have_their_routes_and_what_to_think_of_their_labels(given):
    table = select(**given, usable=(-0.6, 0.5))
    assert table["source_id"].tolist() == [1, 2, 3]
    found_by = ["kinematics,indices", "kinematics", "templates"]
    assert table["found_by"].tolist() == found_by
    assert table["doubtful"].tolist() == [True, False, False]
    assert table["template_gain"].tolist() == [0.0, 0.0, 0.1]
    without = select(**(given | {"matched": None}), usable=(-0.6, 0.5))
    assert without["source_id"].tolist() == [1, 2]
    assert table["zeta_own"][0] == 0.5 and np.isnan(table["feh"][2])


def test_completeness_and_purity_are_counted_among_stars_with_spectra(given):
    truth = Table({"source_id": SOURCES, "feh": [-1.2, -0.1, -0.9, 0.0, -1.1, -1.5]})
    truth["population"] = ["halo", "thin", "thick", "thin", "halo", "halo"]
    split = Table({"source_id": [4], "role": ["train"]})
    table = recover(truth, **given, split=split, edges=[8.0])

    def row(wanted, method, low=np.nan):
        same = np.isnan(table["snr_min"]) if np.isnan(low) else table["snr_min"] == low
        use = (table["wanted"] == wanted) & (table["method"] == method) & same
        return table[use][0]

    halo = row("halo", "kinematics")  # of stars 1, 2, 3, 5
    assert (halo["n_wanted"], halo["n_chosen"], halo["n_found"]) == (2, 2, 1)
    assert halo["completeness"] == halo["purity"] == 0.5
    either = row("[Fe/H] < -0.8", "any of these")
    assert either["completeness"] == pytest.approx(2 / 3)
    assert row("[Fe/H] < -0.8", "two or more")["purity"] == 1
    assert row("halo", "SLAM's [Fe/H] < -0.6")["n_found"] == 1
    faint = row("halo", "indices", low=8.0)
    assert faint["n_wanted"] == 2

"""Orbits of candidates, where galpy is installed."""

import sys

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.metal_poor.orbits import orbits
from tests.metal_poor.test_kinematics import STARS, V_RAD

CANDIDATES = Table({"source_id": STARS["source_id"], "sdss_id": [1, 2], "v_rad": V_RAD})


def test_without_galpy_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "galpy.orbit", None)
    with pytest.raises(InputError, match="orbits"):
        orbits(STARS, CANDIDATES)


@pytest.mark.filterwarnings("ignore:Using C implementation")
def test_kapteyns_star_goes_against_the_rotation():
    pytest.importorskip("galpy")
    stars = CANDIDATES.copy()
    table = orbits(STARS, stars)
    barnard, kapteyn = table
    assert kapteyn["l_z"] < 0 < barnard["l_z"]
    assert kapteyn["eccentricity"] > 0.6 and 7.5 < kapteyn["r_apo"] < 9.5
    assert np.all(table["r_peri"] < 8.2) and np.all(table["r_apo"] > 8.0)
    stars["v_rad"][0] = np.nan
    assert np.isnan(orbits(STARS, stars)["z_max"][0])

import shutil

import h5py
import numpy as np
import pytest

from mdwarfs.errors import InputError
from mdwarfs.literature.extinction import COLOUR_RANGE, gaia_extinction
from mdwarfs.samples.extinction import (
    absolute_magnitude,
    cmd_position,
    deredden,
    reddening,
)

COLOURS = np.linspace(-0.2, 4.5, 48)
NORTH = {"ra": [10.0], "dec": [40.0]}


def redden(g, colour, a_v):
    """Observed G, BP, RP of stars of intrinsic G and colour (RP0 = G0 - 1)."""
    a_g, a_bp, a_rp = gaia_extinction(colour, a_v)
    return g + a_g, g - 1 + colour + a_bp, g - 1 + a_rp


def test_the_coefficients_are_those_of_the_published_polynomial():
    """Worked by hand at (BP-RP)_0 = 1, A_0 = 2: every one of the seven terms counts."""
    a_g, a_bp, a_rp = gaia_extinction(1.0, 2.0)
    assert a_g == pytest.approx(2 * (0.8154 - 0.0876 + 0.0052 + 0.0198))
    assert a_bp == pytest.approx(2 * (1.0486 - 0.0460 + 0.0024 + 0.0086))
    assert a_rp == pytest.approx(2 * (0.5891 - 0.0156 + 0.0002 + 0.0012))


def test_dust_reddens_and_dims_stars_of_every_colour():
    a_g, a_bp, a_rp = gaia_extinction(COLOURS, 1.0)
    assert np.all((a_bp > a_g) & (a_g > a_rp) & (a_rp > 0))


def test_beyond_the_fitted_colours_the_coefficients_are_those_of_the_edge():
    assert gaia_extinction(4.0, 1.0) == gaia_extinction(COLOUR_RANGE[1], 1.0)


@pytest.mark.parametrize("a_v", [0.0, 0.1, 0.5, 1.0])
def test_dereddening_undoes_reddening(a_v):
    found = deredden(*redden(15.0, COLOURS, a_v), a_v, iterations=4)
    assert np.max(np.abs(found["bp_rp0"] - COLOURS)) < 1e-3
    assert np.max(np.abs(found["g0"] - 15.0)) < 1e-3


def test_the_observed_colour_alone_is_not_good_enough():
    """Without iterating, a K dwarf behind one magnitude of dust is off by 0.02 mag."""
    first = deredden(*redden(15.0, 1.0, 1.0), 1.0, iterations=1)
    assert abs(first["bp_rp0"] - 1.0) > 0.01


def test_the_iteration_converges_for_red_stars_behind_much_dust():
    found = deredden(*redden(15.0, COLOURS, 4.0), 4.0, iterations=50)
    assert np.max(np.abs(found["bp_rp0"] - COLOURS)) < 1e-6


def test_a_missing_magnitude_gives_no_colour():
    found = deredden([15.0, np.nan], [16.0, 16.0], [14.0, 14.0], [0.1, 0.1], 4)
    assert np.isfinite(found["g0"]).tolist() == [True, False]
    assert np.isfinite(found["bp_rp0"]).all()


def test_absolute_is_apparent_magnitude_at_ten_parsecs():
    assert absolute_magnitude(9.0, 100.0) == pytest.approx(9.0)
    assert absolute_magnitude(9.0, 10.0) == pytest.approx(4.0)


def test_no_absolute_magnitude_without_a_positive_parallax():
    assert np.isnan(absolute_magnitude([9.0] * 3, [0.0, -1.0, np.nan])).all()


def test_reddening_is_that_of_the_map_at_the_star_s_distance(dust_map):
    ebv = reddening([10.0] * 2, [40.0] * 2, [10.0, 1.0], dust_map, 1.0)
    assert ebv == pytest.approx([0.1, 0.2], abs=1e-6)


def test_the_map_s_unit_is_converted(dust_map):
    ebv = reddening([10.0], [40.0], [10.0], dust_map, 0.884)
    assert ebv == pytest.approx([0.0884], abs=1e-6)


def test_the_best_fit_is_read_and_not_the_samples(dust_map, tmp_path):
    path = shutil.copy(dust_map, tmp_path / "map.h5")
    with h5py.File(path, "r+") as file:
        file["samples"][:] = 9.0
    assert reddening([10.0], [40.0], [10.0], path, 1.0) == pytest.approx([0.1])


def test_no_reddening_outside_the_map_or_without_a_distance(dust_map):
    ra = [10.0, 10.0, 10.0, 10.0, np.nan, 10.0]
    dec = [40.0, -60.0, 40.0, 40.0, 40.0, 40.0]
    parallax = [10.0, 10.0, -1.0, 0.0, 10.0, np.nan]
    ebv = reddening(ra, dec, parallax, dust_map, 1.0)
    assert np.isfinite(ebv).tolist() == [True] + [False] * 5


def test_nothing_is_printed(dust_map, capsys):
    reddening([10.0], [40.0], [10.0], dust_map, 1.0)
    assert capsys.readouterr().out == ""


def test_a_file_that_is_no_map_is_named(tmp_path):
    path = tmp_path / "bayestar2019.h5"
    path.write_text("not HDF5")
    with pytest.raises(InputError, match="bayestar2019.h5 cannot be read"):
        reddening([10.0], [40.0], [10.0], path, 1.0)


def test_a_star_returns_to_its_place_in_the_diagram(dust_map, config):
    """M_G0 = 9, colour 2.3, at 100 pc behind the map's 0.1 mag: A_V = 0.31."""
    g, bp, rp = redden(14.0, np.array([2.3]), 0.31)
    star = {**NORTH, "parallax": [10.0]}
    star |= {"phot_g_mean_mag": g, "phot_bp_mean_mag": bp, "phot_rp_mean_mag": rp}
    place = cmd_position(star, dust_map, config["extinction"])
    assert place["a_v"] == pytest.approx([0.31], abs=1e-6)
    assert place["mg0"] == pytest.approx([9.0], abs=1e-3)
    assert place["bp_rp0"] == pytest.approx([2.3], abs=1e-3)

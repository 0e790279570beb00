import numpy as np

from mdwarfs.catalogues.wide_binaries import COLUMNS, read_wide_binaries
from mdwarfs.simulation.files.wide_binaries import write_catalogue


def test_real_rows(real):
    pairs = read_wide_binaries(real / "el_badry" / "example_binary.fits")
    assert pairs.meta == {"N_ROWS": 2}
    pair = pairs[0]
    assert pair["source_id1"] == 3122834441337513728
    assert pair["source_id2"] == 3122834235176922496
    assert pair["binary_type"] == "MSMS"
    np.testing.assert_allclose(pair["sep_au"], 593.69992, rtol=1e-7)
    np.testing.assert_allclose(pair["R_chance_align"], 3.70406e-6, rtol=1e-5)
    np.testing.assert_allclose(pair["ruwe2"], 1.574039, rtol=1e-6)
    # separation [au] = angle [arcsec] x distance [pc], to the catalogue's precision
    cos = np.cos(np.radians(pairs["dec1"]))
    east = (pairs["ra2"] - pairs["ra1"]) * cos
    angle = 3600 * np.hypot(east, pairs["dec2"] - pairs["dec1"])
    np.testing.assert_allclose(1000 / pairs["parallax1"] * angle, pairs["sep_au"], 1e-3)


def test_round_trip_with_nulls(tmp_path):
    rng = np.random.default_rng([4, 4])
    columns = {name: rng.uniform(0.1, 0.9, size=3) for name in COLUMNS}
    columns["source_id1"] = 3122834441337513729 + np.arange(3)
    columns["source_id2"] = np.array([1, 2, 3])
    columns["binary_type"] = ["MSMS", "WDMS", "MS??"]
    columns["phot_bp_mean_mag2"] = [15.0, 1e20, np.nan]
    write_catalogue(tmp_path / "all_columns_catalog.fits.gz", columns)
    pairs = read_wide_binaries(tmp_path / "all_columns_catalog.fits.gz")
    assert list(pairs["source_id1"]) == list(columns["source_id1"])
    assert list(pairs["binary_type"]) == columns["binary_type"]
    np.testing.assert_array_equal(pairs["phot_bp_mean_mag2"], [15, np.nan, np.nan])
    assert pairs.meta == {
        "N_ROWS": 3,
        "NULLED1": "1 of 2 phot_bp_mean_mag2: fill value 1e+20",
    }
    np.testing.assert_array_equal(pairs["ra2"], columns["ra2"])
    np.testing.assert_array_equal(pairs["sep_au"], columns["sep_AU"])

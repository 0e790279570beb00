import numpy as np
import pytest

from mdwarfs.catalogues.astra import FLAGS, REALS, read_astra
from mdwarfs.errors import InputError
from mdwarfs.simulation.files.astra import write_summary

LARGE = 3122834441337513729
PRODUCTS = {"apogee_net": "ApogeeNet", "aspcap": "ASPCAP", "slam": "Slam"}


def value(name, i):
    """A value that tells columns apart, such as a star can have."""
    return (3000.0 if name.endswith("teff") else 0.0) + 0.01 * (i + 1)


def write(path, pipeline, **columns):
    n = 4
    rows = {
        "sdss_id": np.array([7, 7, 8, -1]),
        "gaia_dr3_source_id": np.array([LARGE, LARGE, -1, 3]),
        "release": ["dr17", "sdss5", "sdss5", "sdss5"],
        **{name: np.array([0, 5, -1, 0]) for name in FLAGS[pipeline]},
    }
    for i, (name, column) in enumerate(REALS[pipeline].items()):
        rows[column] = 0.1 * np.arange(n) + value(name, i)
    rows["snr"] = np.array([50.0, 80.0, np.nan, 100.0])
    write_summary(path, PRODUCTS[pipeline], {**rows, **columns})
    return path


@pytest.mark.parametrize("pipeline", PRODUCTS)
def test_best_spectrum_of_each_star(tmp_path, pipeline):
    stars = read_astra(write(tmp_path / "x.fits.gz", pipeline), pipeline)
    assert list(stars["sdss_id"]) == [7, 8]
    assert list(stars["source_id"]) == [LARGE, 0]
    assert list(stars["n_spectra"]) == [2, 1]
    assert stars.meta == {"N_STARS": 2, "N_ROWS": 4}
    np.testing.assert_array_equal(
        stars["snr" if pipeline == "slam" else "snr_apogee"], [80, np.nan]
    )
    assert list(stars[FLAGS[pipeline][0]]) == [5, 0]
    for i, (name, column) in enumerate(REALS[pipeline].items()):
        if column != "snr" and not name.startswith("e_"):
            assert stars[name][0] == pytest.approx(0.1 + value(name, i), abs=1e-3)


def test_aspcap_keeps_the_release_and_both_scales(tmp_path):
    stars = read_astra(write(tmp_path / "x.fits.gz", "aspcap"), "aspcap")
    assert list(stars["release"]) == ["sdss5", "sdss5"]
    assert stars["teff"][0] != stars["raw_teff"][0]


def test_released_uncertainties_of_slam_are_variances(tmp_path):
    e_teff = np.array([1.0, 900.0, -4.0, 1.0])
    path = write(tmp_path / "x.fits.gz", "slam", e_teff=e_teff)
    stars = read_astra(path, "slam")
    np.testing.assert_array_equal(stars["e_teff"], [30, np.nan])
    assert "1 of 4 e_teff: outside" in stars.meta["NULLED1"]
    assert "square root" in stars["e_teff"].info.description
    path = write(tmp_path / "y.fits.gz", "apogee_net", e_teff=e_teff)
    assert read_astra(path, "apogee_net")["e_teff"][0] == 900


def test_one_pipeline_is_not_taken_for_another(tmp_path):
    path = write(tmp_path / "astraAllStarSlam.fits.gz", "slam")
    with pytest.raises(InputError, match="Slam.fits.gz lacks the column.*raw_teff"):
        read_astra(path, "aspcap")

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.catalogues.astra import FLAGS, REALS, clean, read_astra, reals, values_of
from mdwarfs.errors import InputError
from mdwarfs.simulation.files.astra import write_summary

LARGE = 3122834441337513729
PRODUCTS = {"apogee_net": "ApogeeNet", "aspcap": "ASPCAP", "slam": "Slam"}


def value(name, i):
    """A value that tells columns apart, such as a star can have."""
    low = {"teff": 3000.0, "raw_teff": 3000.0, "e_teff": 30.0}.get(name, 0.0)
    return low + 0.01 * (i + 1)


def write(path, pipeline, **columns):
    n = 4
    rows = {
        "sdss_id": np.array([7, 7, 8, -1]),
        "gaia_dr3_source_id": np.array([LARGE, LARGE, -1, 3]),
        "release": ["dr17", "sdss5", "sdss5", "sdss5"],
        **{name: np.array([0, 5, -1, 0]) for name in FLAGS[pipeline]},
    }
    for i, column in enumerate(reals(pipeline)):
        rows[column] = 0.1 * np.arange(n) + value(column, i)
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
    best = Table([[0.1 + value(x, i)] for i, x in enumerate(reals(pipeline))])
    best.rename_columns(best.colnames, reals(pipeline))
    for name, column in REALS[pipeline].items():
        if column != "snr" and not name.startswith("e_"):
            right = values_of(best, name, column)[0]
            assert stars[name][0] == pytest.approx(right, abs=1e-3)


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


SLAM_LABELS = ("teff", "logg", "fe_h", "fe_h_niu", "alpha_fe")


def dr20(path, flags, null):
    """A SLAM table with some flags, in which some rows have no label but a fill."""
    n = len(flags)
    columns = {
        name: np.full(n, 3500.0 if name == "teff" else 0.1) for name in SLAM_LABELS
    }
    columns |= {f"e_{name}": np.full(n, 0.01) for name in SLAM_LABELS}
    for name in columns:
        columns[name][np.asarray(null)] = -9999.0
    ids = {"sdss_id": np.arange(1, n + 1), "gaia_dr3_source_id": np.arange(11, n + 11)}
    columns |= {"snr": np.full(n, 9.0), "result_flags": np.array(flags)}
    write_summary(path, "Slam", {**ids, **columns}, "0.8.1")
    return path


def test_slam_keeps_the_stars_that_were_selected_and_counts_the_others(tmp_path):
    flags = [0, 16 + 32, 16, 32, 1, 48, 0, 2]
    null = [False, True, True, True, False, True, True, False]
    stars = read_astra(dr20(tmp_path / "x.fits", flags, null), "slam")
    assert list(stars["sdss_id"]) == [1, 5, 7, 8]
    np.testing.assert_allclose(stars["teff"], [3500, 3500, np.nan, 3500])
    counts = {"N_BIT4": 3, "N_BIT5": 3, "N_UNSEL": 4, "N_NOLAB": 1, "N_ROWS": 8}
    assert counts.items() <= stars.meta.items()
    assert "1 of 4 teff: fill value" in str(stars.meta)


@pytest.mark.parametrize("bit", [16, 32])
def test_a_flagged_label_is_not_taken(tmp_path, bit):
    stars = read_astra(dr20(tmp_path / "x.fits", [0, 0, bit], [False] * 3), "slam")
    assert list(stars["sdss_id"]) == [1, 2]


def test_flags_that_most_labels_have_cannot_mean_that_there_are_none(tmp_path):
    path = dr20(tmp_path / "x.fits", [32, 32, 0, 48], [False, False, False, True])
    with pytest.raises(
        InputError, match="x.fits: of 3 SLAM results with labels 2 have"
    ):
        read_astra(path, "slam")


def test_two_columns_are_a_difference_without_fill_values(tmp_path, monkeypatch):
    """[X/Fe] of [X/H] and [Fe/H]: two fill values do not make a 0."""
    of_aspcap = {"m_h": ("mg_h", "fe_h"), "e_feh": ("e_mg_h", "e_fe_h")}
    monkeypatch.setitem(REALS, "aspcap", of_aspcap | {"snr_apogee": "snr"})
    rows = Table({"sdss_id": [1, 2, 3], "gaia_dr3_source_id": [4, 5, 6]})
    rows["mg_h"], rows["fe_h"] = [0.1, -9999.0, 0.3], [-0.2, -9999.0, 0.1]
    rows["e_mg_h"], rows["e_fe_h"] = [0.03, np.nan, 0.03], [0.04, 0.04, 0.04]
    rows["snr"], rows["calibrated_flags"], rows["release"] = 50.0, 0, "sdss5"
    stars = clean(rows, "aspcap")
    np.testing.assert_allclose(stars["m_h"], [0.3, np.nan, 0.2])
    np.testing.assert_allclose(stars["e_feh"], [0.05, np.nan, 0.05])
    assert reals("aspcap") == ["mg_h", "fe_h", "e_mg_h", "e_fe_h", "snr"]

import logging

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.simulation.files.boss import write_mwm_star
from mdwarfs.spectra.normalise_all import normalise_all
from mdwarfs.spectra.readers.mwm_star import path as path_of
from tests.spectra.observed import LOGLAM


def write_star(folder, sdss_id, good=4648):
    rng = np.random.default_rng(sdss_id)
    wavelength = 10**LOGLAM
    flux = 20 * (wavelength / 7000) ** 2 * (1 + 0.1 * np.sin(wavelength / 40))
    flux += rng.normal(0, 1, len(flux))
    ivar = (np.arange(len(flux)) < good).astype(float)
    path = folder / f"{sdss_id}.fits"
    columns = {"sdss_id": sdss_id, "snr": 21.0, "v_rad": 0.0}
    write_mwm_star(path, columns, flux, ivar, np.zeros(len(flux), int))
    return path


@pytest.fixture
def sample(tmp_path):
    """Six stars: good, missing, good, damaged, mostly masked, good."""
    ids = np.array([11, 12, 13, 14, 15, 16])
    for sdss_id in (11, 13, 14, 16):
        path = write_star(tmp_path, sdss_id)
        if sdss_id == 14:
            path.write_bytes(path.read_bytes()[:9000])
    write_star(tmp_path, 15, good=2400)
    stars = Table(
        {
            "source_id": ids + 2**55,
            "sdss_id": ids,
            "snr": [5.0, 6.0, np.nan, 8.0, 9.0, 10.0],
            "file": [f"{sdss_id}.fits" for sdss_id in ids],
        }
    )
    return stars, tmp_path


def test_a_file_that_fails_is_recorded_and_does_not_stop_the_others(sample, settings):
    stars, folder = sample
    spectra = normalise_all(stars, folder, settings, threads=1)
    status = list(spectra.stars["status"])
    assert status == [
        "ok",
        "there is no such file",
        "ok",
        "the file is truncated",
        "only 140 of 1740 pixels are good",
        "ok",
    ]
    np.testing.assert_array_equal(spectra.stars["source_id"], stars["source_id"])
    failed = ~spectra.ok
    assert (spectra.flux[failed] == 1).all() and (spectra.ivar[failed] == 0).all()
    assert list(spectra.stars["n_good"]) == [1740, 0, 1740, 0, 0, 1740]
    assert np.isfinite(spectra.flux).all() and (spectra.ivar[~failed] > 0).all()


def test_a_file_of_another_star_is_refused(tmp_path, settings):
    """The archive's path of one star holds the file of another."""
    mine, other = (path_of(sdss_id, "0.6.0") for sdss_id in (21, 22))
    for path in (mine, other):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        write_star(tmp_path, 22).rename(tmp_path / path)
    stars = Table({"source_id": [1, 2], "sdss_id": [21, 22], "snr": [9.0, 9.0],
                   "file": [str(mine), str(other)]})  # fmt: skip
    status = normalise_all(stars, tmp_path, settings, threads=1).stars["status"]
    assert list(status) == [
        "its name says the star of SDSS_ID 21, its header that of 22",
        "ok",
    ]


def test_the_snr_of_the_file_fills_what_the_list_lacks(sample, settings):
    stars, folder = sample
    spectra = normalise_all(stars, folder, settings, threads=1)
    np.testing.assert_array_equal(spectra.stars["snr"], [5, 6, 21, 8, 9, 10])


def test_the_number_of_processes_does_not_matter(sample, settings, stamp, tmp_path):
    stars, folder = sample
    for threads in (1, 2):
        spectra = normalise_all(stars, folder, settings, threads)
        spectra.write(tmp_path / f"{threads}.fits", stamp)
    assert (tmp_path / "1.fits").read_bytes() == (tmp_path / "2.fits").read_bytes()


def test_progress_is_reported_by_file(sample, settings, caplog):
    stars, folder = sample
    with caplog.at_level(logging.INFO):
        normalise_all(stars, folder, settings, threads=2)
    assert "6 of 6 files" in caplog.text

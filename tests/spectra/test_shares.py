"""Stars shared out among jobs: what is gathered is the same for any number of them."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.run.shares import GROUP, share
from mdwarfs.simulation.files.boss import write_mwm_star
from mdwarfs.spectra.readers.mwm_star import path as path_of
from tests.spectra.observed import LOGLAM


@pytest.mark.parametrize("parts", [1, 2, 3, 9, 40])
@pytest.mark.parametrize("stars", [0, 5, GROUP, 2000])
def test_shares_are_whole_groups_and_cover_all_stars(parts, stars):
    found = [share(f"{k + 1}-of-{parts}", stars) for k in range(parts)]
    rows = np.concatenate([np.arange(stars)[x] for x in found])
    np.testing.assert_array_equal(rows, np.arange(stars))
    assert all(x.start % GROUP == 0 or x.start == stars for x in found)
    sizes = [x.stop - x.start for x in found]
    assert max(sizes) - min(sizes) < 2 * GROUP


@pytest.fixture
def raw(tmp_path):
    """Five stars, of which the second has no file, and the last a damaged one."""
    ids = np.arange(11, 16)
    folder = tmp_path / "raw" / "spectra"
    rng = np.random.default_rng(1)
    for sdss_id in np.delete(ids, 1):
        flux = 20 + rng.normal(0, 1, len(LOGLAM))
        path = folder / path_of(sdss_id, "0.6.0")
        path.parent.mkdir(parents=True, exist_ok=True)
        columns = {"sdss_id": sdss_id, "snr": 21.0, "v_rad": 0.0}
        write_mwm_star(path, columns, flux, flux**0, np.zeros(len(flux), int))
    path.write_bytes(path.read_bytes()[:9000])
    stars = Table({"source_id": ids + 2**55, "sdss_id": ids, "snr": ids / 2})
    return {"stars": stars, "manifest": tmp_path / "raw" / "spectra.ecsv"}


def test_spectra_are_the_same_bytes_for_any_number_of_parts(
    raw, settings, stamp, run_script, tmp_path, monkeypatch
):
    monkeypatch.setattr("mdwarfs.run.shares.GROUP", 2)
    tables.write(raw["stars"], tmp_path / "stars.fits", stamp)
    files = {"stars": tmp_path / "stars.fits", "manifest": raw["manifest"]}

    def gathered(parts):
        folder = tmp_path / f"{parts}"
        made = [folder / f"{k + 1}-of-{parts}.fits" for k in range(parts)]
        params = {"spectra": settings, "astra": "0.6.0"}
        for part in made:
            run_script(
                "normalise_part", files, {"spectra": part}, params,
                wildcards={"scatteritem": part.stem},
            )  # fmt: skip
        whole = {"spectra": folder / "normalised.fits"}
        run_script("normalise_spectra", {"parts": made}, whole)
        assert {path.name for path in folder.iterdir()} == {
            "normalised.fits",
            *(path.name for path in made),
        }
        return whole["spectra"].read_bytes()

    one = gathered(1)
    assert one == gathered(5)  # of which some are empty

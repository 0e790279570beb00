"""Fetching spectra, one file per star."""

from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest

from mdwarfs.archives import integrity
from mdwarfs.archives.spectra import came, fetch_all, require_most
from mdwarfs.errors import InputError
from mdwarfs.spectra import manifest


def path_of(star):
    """Where the archive keeps the file of a star."""
    return PurePosixPath("stars", f"{star % 10}", f"{star}.fits")


@pytest.fixture
def spectra(archive, fits_bytes):
    """An archive with the spectra of the stars 1 to 6."""
    for sdss_id in range(1, 7):
        archive.files[str(path_of(sdss_id))] = fits_bytes({"flux": [float(sdss_id)]})
    return archive


def test_spectra_come_once_and_missing_ones_are_listed(spectra, limits, tmp_path):
    ids, base = [3, 1, 9, 0, 2, 3], f"{spectra.url}/good"
    listed = fetch_all(ids, path_of, base, tmp_path, 2, limits)
    assert listed["sdss_id"].tolist() == [1, 2, 3, 9]
    assert listed["file"][3] == "" and "404" in listed["reason"][3]
    for row in listed[:3]:
        content = (tmp_path / row["file"]).read_bytes()
        assert content == spectra.files[row["file"]] and row["bytes"] == len(content)
    asked = len(spectra.asked)
    fetch_all(ids, path_of, base, tmp_path, 2, limits)
    assert len(spectra.asked) == asked + 1  # the missing one alone
    assert len(list(tmp_path.rglob("*.fits"))) == 3
    said = came(listed, tmp_path)
    assert (said["rows"], said["missing"]) == (3, 1)
    first, last = (datetime.fromisoformat(x) for x in said["fetched"])
    assert first <= last and abs(datetime.now(UTC) - last).total_seconds() < 600


def test_spectra_that_do_not_come_stop_the_run_and_the_others_stay(
    spectra, limits, tmp_path
):
    spectra.files[str(path_of(4))] = b"not a spectrum"
    with pytest.raises(InputError, match="1 spectra.*of 4: .*not a fits file"):
        fetch_all([1, 2, 4], path_of, f"{spectra.url}/good", tmp_path, 2, limits)
    assert {path.name for path in tmp_path.rglob("*.fits")} == {
        path_of(1).name,
        path_of(2).name,
    }


def test_an_archive_without_most_of_the_spectra_is_not_believed(
    spectra, limits, tmp_path
):
    base = f"{spectra.url}/good"
    listed = fetch_all([1, 11, 12, 13], path_of, base, tmp_path, 2, limits)
    with pytest.raises(InputError, match="lacks 3 of 4.*release"):
        require_most(listed, base)


def test_a_run_that_goes_on_checks_no_file_again(
    spectra, limits, tmp_path, monkeypatch
):
    """Whichever job has checked it, and whatever a killed job has half written."""
    folder, base = tmp_path / "spectra", f"{spectra.url}/good"
    listed = fetch_all([1, 2, 3], path_of, base, folder, 2, limits, "1-of-2")
    with open(tmp_path / "spectra.verified" / "1-of-2.tsv", "a") as notes:
        notes.write("stars/4/4.fits\t12")
    checked = []
    monkeypatch.setattr(integrity, "check_fits", lambda path: checked.append(path.name))
    monkeypatch.setattr(manifest, "sized", None)
    again = fetch_all([1, 2, 3], path_of, base, folder, 2, limits, "all")
    assert checked == [] and (again == listed).all()
    path = folder / path_of(2)
    path.write_bytes(path.read_bytes())  # may be another file
    fetch_all([1, 2, 3, 4], path_of, base, folder, 2, limits, "1-of-2")
    assert sorted(checked) == ["2.fits", "4.fits.part"]


def test_a_damaged_file_of_an_earlier_run_is_found(spectra, limits, tmp_path):
    base = f"{spectra.url}/good"
    fetch_all([1], path_of, base, tmp_path, 1, limits)
    path = tmp_path / path_of(1)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(InputError, match="FITS structure"):
        fetch_all([1], path_of, base, tmp_path, 1, limits)

"""Recorded answers of the real services, in the parsers of the archives' clients."""

import numpy as np
import pytest

from mdwarfs.archives import gaia, integrity, vizier
from mdwarfs.archives.vizier import filled, find_column
from mdwarfs.catalogues.gaia import read_votable
from mdwarfs.errors import InputError


@pytest.fixture
def answers(real):
    """The folder of the recorded answers."""
    return real / "service_responses"


def test_a_table_of_vizier_with_the_50_rows_at_which_it_cuts(answers):
    path = answers / "astroquery" / "vizier_tests_data_kang2010.xml"
    rows = read_votable(path, ["SSTGLMC", "AV", "Jmag", "[3.6]"])
    assert len(rows) == vizier.SILENT_CAP
    assert str(rows["AV"].unit) == "mag"
    assert find_column(rows.colnames, [r"\[3\.6\]"]) == "[3.6]"
    flat = filled(rows, {"SSTGLMC": "text", "Jmag": "real", "[3.6]": "real"})
    assert flat["SSTGLMC"][0] == "G048.7567-00.6341"
    assert flat["Jmag"][0] == pytest.approx(15.89)
    assert np.isnan(flat["Jmag"][2]) and flat["[3.6]"][2] == pytest.approx(13.05)


def test_the_first_of_many_tables_of_vizier(answers):
    path = answers / "astroquery" / "vizier_tests_data_viz.xml"
    rows = read_votable(path, ["_RAJ2000", "_DEJ2000"])
    assert len(rows) == 5 and str(rows["_RAJ2000"].unit) == "deg"
    assert rows["_RAJ2000"][0] == pytest.approx(101.2871)


def test_a_job_of_gaia(answers):
    rows = read_votable(
        answers / "astroquery" / "gaia_tests_data_job_1.vot", ["alpha", "source_id"]
    )
    assert len(rows) == 3 < gaia.SILENT_CAP
    assert rows["source_id"].tolist() == ["a", "b", "c"]


def test_an_answer_that_says_overflow_is_refused(answers):
    path = answers / "pyvo" / "pyvo_mivot_tests_data_simbad-cone-mivot.xml"
    with pytest.raises(InputError, match="the server says OVERFLOW Truncated result"):
        read_votable(path, ["ra"])


@pytest.mark.parametrize(
    "name",
    [
        "astroquery/gaia_tests_data_cone_search.json",
        "astroquery/gaia_tests_data_launch_job.json",
        "astroquery/sdss_data_SpecObjAll_dr12.json",
        "astroquery/utils_tap_xmlparser_tests_data_test_tables_gaia.xml",
        "pyvo/pyvo_dal_tests_data_tap_capabilities.xml",
        "dustmaps/argonaut_output_v1.txt",
    ],
)
def test_answers_of_another_kind_are_no_results(answers, name):
    with pytest.raises(InputError, match="not a VOTable|not data"):
        read_votable(answers / name, ["source_id"])


def test_a_fits_file_of_gaia_is_whole(answers, tmp_path):
    path = (
        answers / "astroquery" / "utils_tap_xmlparser_tests_data_1714556098855O-result"
    ).with_suffix(".fits")
    integrity.check_file(path, "fits", path.stat().st_size)
    half = tmp_path / "half.fits"
    half.write_bytes(path.read_bytes()[:4000])
    with pytest.raises(InputError, match="FITS structure"):
        integrity.check_file(half, "fits")

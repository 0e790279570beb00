import gzip

import numpy as np
import pytest

from mdwarfs.catalogues.gaia import read_gaia, read_votable
from mdwarfs.errors import InputError
from mdwarfs.simulation.files import gaia as files

LARGE = 3122834441337513729


def rows(**columns):
    """Rows of the result; what is not given is null."""
    n = len(columns["dr2_source_id"])
    table = {}
    for name, dtype, _ in files.COLUMNS:
        null = {"i": 0, "f": np.nan, "S": b""}[np.dtype(dtype).kind]
        table[name] = np.asarray(columns.pop(name, np.full(n, null)), dtype)
    assert not columns
    return table


@pytest.fixture
def path(tmp_path):
    table = rows(
        dr2_source_id=[LARGE, 5, LARGE, 5, 6],
        source_id=[LARGE, 8, 9, LARGE + 1, 10],
        angular_distance=[2.0, 3.0, 1.0, 3.0, np.nan],
        magnitude_difference=[0.0, 0.5, 3.0, -0.1, np.nan],
        parallax=[1.0, 2.0, 3.0, 4.0, np.nan],
        ruwe=[1.0, 1.1, 1.2, 1.3, 1.4],
        tmass_designation=["", "", "00003379+7940362", "00004701+1624101", ""],
        ph_qual=["", "", "AAA", "AAB", ""],
    )
    files.write_result(tmp_path / "gaia.vot.gz", table)
    return tmp_path / "gaia.vot.gz"


def test_nearest_neighbour_then_the_most_alike_in_brightness(path):
    stars = read_gaia(path)
    assert list(stars["gaia_dr2_source_id"]) == [5, 6, LARGE]
    assert list(stars["source_id"]) == [LARGE + 1, 10, 9]
    assert stars.meta == {"N_ROWS": 5, "N_STARS": 3}


@pytest.mark.parametrize("seed", range(5))
def test_the_same_row_is_chosen_whatever_the_order_of_the_answer(tmp_path, seed):
    """Of two neighbours alike in all, and of a neighbour's rows with 2MASS and without,
    with large errors and small, and alike in these."""
    n = 8
    table = rows(
        dr2_source_id=np.full(n, LARGE),
        source_id=[8, 8, 8, 8, 8, 8, 9, 9],
        angular_distance=np.full(n, 2.0),
        magnitude_difference=np.full(n, 0.5),
        tmass_designation=["", "A", "B", "B", "C", "C", "", "D"],
        j_m=[np.nan, 9.0, 8.0, 8.5, 7.0, 7.5, np.nan, 6.0],
        j_msigcom=[np.nan, np.nan, 0.02, 0.02, 0.03, 0.04, np.nan, 0.01],
        ph_qual=["", "AAA", "AAA", "AAA", "AAA", "AAA", "", "AAA"],
    )
    order = np.random.default_rng(seed).permutation(n)
    table = {name: values[order] for name, values in table.items()}
    files.write_result(tmp_path / "gaia.vot.gz", table)
    (star,) = read_gaia(tmp_path / "gaia.vot.gz")
    assert (star["source_id"], star["tmass_designation"], star["j_m"]) == (8, "B", 8.0)


def test_nulls_and_texts(path):
    stars = read_gaia(path)
    np.testing.assert_array_equal(stars["parallax"], [4.0, np.nan, 3.0])
    assert list(stars["tmass_designation"]) == [
        "00004701+1624101", "", "00003379+7940362",
    ]  # fmt: skip
    assert list(stars["ph_qual"]) == ["AAB", "", "AAA"]
    assert np.isnan(stars["j_m"]).all()


@pytest.mark.parametrize(
    "name",
    [
        "gaia_tests_data_1710099405832VAL-result.vot",
        "utils_tap_xmlparser_tests_data_1714556098855O-result.vot",
    ],
)
def test_recorded_answers_of_the_archive(real, name):
    path = real / "service_responses" / "astroquery" / name
    columns = ["source_id", "ra", "parallax", "ruwe", "phot_bp_rp_excess_factor"]
    table = read_votable(path, columns)
    assert table.colnames == columns and table["source_id"].dtype == np.int64
    assert str(table["parallax"].unit) == "mas" and (table["ruwe"] > 0.5).all()
    with pytest.raises(InputError, match=f"{name} lacks the column.*tmass_designation"):
        read_votable(path, ["source_id", "tmass_designation"])


def altered(path, old, new):
    text = gzip.decompress(path.read_bytes())
    assert old in text
    path.write_bytes(text.replace(old, new))
    return path


def test_result_that_the_server_cut_is_refused(path):
    altered(path, b'value="OK"', b'value="OVERFLOW"')
    with pytest.raises(InputError, match="the server says OVERFLOW"):
        read_gaia(path)


def test_error_answer_is_passed_on(path):
    path.write_text(
        '<?xml version="1.0"?><VOTABLE version="1.3" '
        'xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE type="results">'
        '<INFO name="QUERY_STATUS" value="ERROR">Cannot parse query</INFO>'
        "</RESOURCE></VOTABLE>"
    )
    with pytest.raises(InputError, match="says ERROR Cannot parse query"):
        read_gaia(path)


@pytest.mark.parametrize("size", [200, 1500, -40])
def test_truncated_result(path, size):
    path.write_bytes(gzip.decompress(path.read_bytes())[:size])
    with pytest.raises(InputError, match="gaia.vot.gz is not a VOTable"):
        read_gaia(path)


def test_truncated_gzip(path):
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(InputError, match="truncated or damaged"):
        read_gaia(path)


def test_sources_asked_for_by_their_dr3_names_have_no_others(tmp_path):
    ids = np.array([LARGE, 5])
    files.write_result(tmp_path / "g.vot", rows(dr2_source_id=ids, source_id=ids))
    stars = read_gaia(tmp_path / "g.vot", release=3)
    assert list(stars["source_id"]) == [5, LARGE]
    assert "gaia_dr2_source_id" not in stars.colnames


def test_an_answer_by_dr2_names_is_not_taken_for_one_by_dr3(path):
    with pytest.raises(InputError, match="gaia.vot.gz: 3 of 3.*Gaia DR2"):
        read_gaia(path, release=3)

"""Fetching official files from a server that misbehaves as archives do."""

import gzip
import hashlib
import json
import time
from dataclasses import replace

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.archives import settings
from mdwarfs.archives.availability import unavailable
from mdwarfs.archives.certificates import Session
from mdwarfs.archives.fetch import deliver_file
from mdwarfs.archives.patience import Limits
from mdwarfs.archives.transfer import cap_answers
from mdwarfs.catalogues.birky import read_birky
from mdwarfs.catalogues.excerpt import Excerpt
from mdwarfs.catalogues.fits_rows import read_columns
from mdwarfs.config import read_config
from mdwarfs.errors import InputError

NAME = "table.fits.gz"
WANTED = Excerpt(
    hdu=2,
    columns={"ID": "int", "TEFF": "real", "KIND": "text"},
    positive="ID",
    unique="ID",
    keep=lambda rows: rows["KIND"] == "M4",
    keep_columns=("KIND",),
    words="M4",
    counts={"N_G2": lambda rows: rows["KIND"] == "G2"},
)
FAULTS = ["good", "busy", "reset", "stall", "norange", "changed"]


def packed(content):
    """A file, gzipped in little time."""
    return gzip.compress(content, compresslevel=1, mtime=0)


@pytest.fixture(scope="module")
def packed_table(stars, fits_bytes):
    """The stars as a table in HDU 2."""
    return packed(fits_bytes(stars, hdu=2))


@pytest.fixture
def table(archive, packed_table):
    """The archive that has it."""
    archive.files[NAME] = packed_table
    archive.files["map.h5"] = b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 4000
    return archive


def source(archive, *faults, name=NAME, **more):
    urls = [f"{archive.url}/{fault}/{name}" for fault in faults]
    known = {"archive": "SDSS SAS", "version": "1", "kind": "table"}
    return known | {"urls": urls} | more


def rows(n=5_000):
    return {"rows": [n, n]}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_table_is_filtered_on_the_way_whatever_happens(
    table, stars, limits, tmp_path, fault
):
    path = tmp_path / "raw" / NAME
    deliver_file(path, source(table, fault, **rows()), limits, WANTED)
    got = read_columns(path, 2, ["id", "teff"])
    kept = stars["KIND"] == "M4"
    np.testing.assert_array_equal(got["id"], stars["ID"][kept])
    np.testing.assert_array_equal(got["teff"], stars["TEFF"][kept])
    assert got.meta == {"N_ROWS": 5_000, "N_G2": int(np.sum(~kept))}
    assert {file.name for file in path.parent.iterdir()} == {NAME, f"{NAME}.json"}
    assert len(table.asked) == {"good": 1, "busy": 3, "norange": 3, "changed": 3}.get(
        fault, 2
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_a_whole_file_comes_whole_whatever_happens(table, limits, tmp_path, fault):
    path, wanted = tmp_path / "map.h5", table.files["map.h5"]
    md5 = hashlib.md5(wanted).hexdigest()
    given = source(table, fault, name="map.h5", kind="hdf5", bytes=len(wanted), md5=md5)
    record = deliver_file(path, given, limits)
    assert path.read_bytes() == wanted
    assert record == json.loads((tmp_path / "map.h5.json").read_text())
    assert record["sha256"] == hashlib.sha256(wanted).hexdigest()
    assert record["bytes"] == len(wanted) and record["url"] == given["urls"][0]
    assert {file.name for file in tmp_path.iterdir()} == {"map.h5", "map.h5.json"}
    ranges = [asked for _, asked in table.asked if asked]
    assert bool(ranges) == (fault in ("reset", "stall", "norange", "changed"))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("html", "a page .*instead of the file: Sorry"),
        ("json", "a page .*json.*no"),
        ("forbidden", "status 403 .*Not you"),
        ("missing", "status 404"),
        ("waf", "status 202 .*firewall"),
        ("waf200", "a page .*firewall .*a challenge.*Robot"),
        ("empty", "nothing came"),
        ("short", "gzip stream is broken|truncated"),
        ("always", "3 attempts"),
    ],
)
def test_lasting_faults_name_archive_file_and_remedy(
    table, limits, tmp_path, fault, words
):
    given = source(table, fault, **rows())
    if fault == "missing":
        given["urls"] = [f"{table.url}/good/other.fits.gz"]
    with pytest.raises(InputError, match=f"(?s){words}") as error:
        deliver_file(tmp_path / NAME, given, limits, WANTED)
    assert f"SDSS SAS did not give {NAME}" in str(error.value)
    assert f"by hand and put it at {tmp_path / NAME}" in str(error.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"rows": [1, 10]}, "5000 rows, 1 to 10 are right"),
        ({"bytes": 10}, "10 are right"),
        ({"md5": "0" * 32}, "md5"),
    ],
)
def test_a_table_that_is_not_the_right_one_is_refused(
    table, limits, tmp_path, more, words
):
    with pytest.raises(InputError, match=words):
        deliver_file(
            tmp_path / NAME, source(table, "good", **rows() | more), limits, WANTED
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"TEFF": None}, "lacks the column"),
        ({"ID": np.arange(5_000) / 2}, "ID has the format D, which is no int"),
        ({"ID": np.full(5_000, 7)}, "ID should identify a row"),
        ({"ID": -np.arange(5_000)}, "positive ID"),
    ],
)
def test_changed_columns_are_named(
    table, stars, fits_bytes, limits, tmp_path, change, words
):
    columns = {k: v for k, v in (stars | change).items() if v is not None}
    table.files[NAME] = packed(fits_bytes(columns, hdu=2))
    with pytest.raises(InputError, match=words):
        deliver_file(tmp_path / NAME, source(table, "good", **rows()), limits, WANTED)
    assert list(tmp_path.iterdir()) == []


def test_the_bytes_decide_whether_a_table_is_gzipped(
    table, stars, fits_bytes, limits, tmp_path
):
    table.files[NAME] = fits_bytes(stars, hdu=2)
    deliver_file(tmp_path / NAME, source(table, "good", **rows()), limits, WANTED)
    assert read_columns(tmp_path / NAME, 2, ["ID"]).meta["N_ROWS"] == 5_000


def test_a_flipped_bit_is_found_by_the_sum_of_the_file(
    table, stars, fits_bytes, limits, tmp_path
):
    content = bytearray(fits_bytes(stars, hdu=2, checksum=True))
    table.files[NAME] = packed(bytes(content))
    given = source(table, "good", **rows())
    deliver_file(tmp_path / "right" / NAME, given, limits, WANTED)
    content[len(content) // 2] ^= 1
    table.files[NAME] = packed(bytes(content))
    with pytest.raises(InputError, match="DATASUM"):
        deliver_file(tmp_path / "wrong" / NAME, given, limits, WANTED)


def test_the_second_address_is_tried_when_the_first_fails(table, limits, tmp_path):
    given = source(table, "html", "good", **rows())
    record = deliver_file(tmp_path / NAME, given, limits, WANTED)
    assert record["url"] == given["urls"][1]


def test_a_file_that_was_cut_off_goes_on_in_the_next_run(table, limits, tmp_path):
    path = tmp_path / "map.h5"
    given = source(table, "always", name="map.h5", kind="hdf5")
    once = Limits(attempts=1, first_wait=0.01, connect=2, stall=0.5, total=20)
    with pytest.raises(InputError):
        deliver_file(path, given, once)
    half = (tmp_path / "map.h5.part").stat().st_size
    assert 0 < half < len(table.files["map.h5"]) and not path.exists()
    given["urls"] = [url.replace("always", "reset") for url in given["urls"]]
    note = json.loads((tmp_path / "map.h5.part.json").read_text())
    (tmp_path / "map.h5.part.json").write_text(
        json.dumps(note | {"url": given["urls"][0]})
    )
    deliver_file(path, given, limits)
    assert path.read_bytes() == table.files["map.h5"]
    assert f"bytes={half}-" in [asked for _, asked in table.asked]


@pytest.mark.parametrize("whole", [False, True])
def test_what_was_left_and_is_damaged_is_fetched_anew(table, limits, tmp_path, whole):
    path, wanted = tmp_path / "map.h5", table.files["map.h5"]
    part, note = tmp_path / "map.h5.part", tmp_path / "map.h5.part.json"
    md5 = hashlib.md5(wanted).hexdigest()
    given = source(
        table, "good", name="map.h5", kind="hdf5", bytes=len(wanted), md5=md5
    )
    left = wanted if whole else wanted[: len(wanted) // 2]
    part.write_bytes(left[:-1] + b"!")
    said = {"etag": '"1"', "last_modified": None, "length": len(wanted)}
    note.write_text(json.dumps({"url": given["urls"][0]} | said))
    deliver_file(path, given, limits)
    assert path.read_bytes() == wanted and not part.exists() and not note.exists()


@pytest.mark.parametrize("change", [None, {"length": "abc"}, {"etag": 1}, {"url": 2}])
def test_a_damaged_note_is_as_none(table, limits, tmp_path, change):
    path, wanted = tmp_path / "map.h5", table.files["map.h5"]
    given = source(table, "good", name="map.h5", kind="hdf5")
    said = {"url": given["urls"][0], "etag": '"1"', "last_modified": None, "length": 9}
    (tmp_path / "map.h5.part").write_bytes(b"something")
    (tmp_path / "map.h5.part.json").write_text(json.dumps(change and said | change))
    deliver_file(path, given, limits)
    assert path.read_bytes() == wanted and [asked for _, asked in table.asked] == [None]


def test_what_is_there_already_is_not_fetched_again(table, limits, tmp_path):
    path, given = tmp_path / NAME, source(table, "good", **rows())
    deliver_file(path, given, limits, WANTED)
    before = path.read_bytes()
    deliver_file(path, given, limits, WANTED)
    assert len(table.asked) == 1
    path.write_bytes(before[:-50])
    deliver_file(path, given, limits, WANTED)
    assert len(table.asked) == 2 and path.read_bytes() == before


def test_a_change_of_what_is_wanted_fetches_again(table, limits, tmp_path):
    path, given = tmp_path / NAME, source(table, "good", **rows())
    deliver_file(path, given, limits, WANTED)
    deliver_file(path, given, limits, Excerpt(2, {"ID": "int"}))
    assert len(table.asked) == 2
    assert len(read_columns(path, 2, ["ID"])) == 5_000


def test_a_file_put_there_by_hand_is_verified_and_kept(table, limits, tmp_path):
    path, given = tmp_path / NAME, source(table, "good", **rows())
    path.write_bytes(table.files[NAME])
    record = deliver_file(path, given, limits, WANTED)
    assert record["url"] == "by hand" and record["rows"] == 5_000
    assert path.read_bytes() == table.files[NAME] and table.asked == []
    deliver_file(path, given | {"urls": ["http://elsewhere"]}, limits, WANTED)
    assert path.read_bytes() == table.files[NAME] and table.asked == []


def test_a_wrong_file_put_there_by_hand_is_refused_and_left(table, limits, tmp_path):
    path = tmp_path / NAME
    path.write_bytes(table.files[NAME][:-3000])
    with pytest.raises(InputError, match="put there by hand.*delete it"):
        deliver_file(path, source(table, "good", **rows()), limits, WANTED)
    assert path.exists() and table.asked == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bytes": 10}, "10 are right"),
        ({"md5": "0" * 32}, "md5"),
        ({"rows": [1, 10]}, "5000 rows"),
    ],
)
def test_a_table_put_there_by_hand_has_the_known_size_and_sum(
    table, limits, tmp_path, change, words
):
    path, content = tmp_path / NAME, table.files[NAME]
    known = {"bytes": len(content), "md5": hashlib.md5(content).hexdigest()}
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"by hand.*{words}"):
        deliver_file(
            path, source(table, "good", **rows() | known | change), limits, WANTED
        )
    assert path.read_bytes() == content
    deliver_file(path, source(table, "good", **rows() | known), limits, WANTED)
    path.write_bytes(gzip.decompress(content))  # of which neither is known
    (tmp_path / f"{NAME}.json").unlink()
    record = deliver_file(path, source(table, "good", **rows() | known), limits, WANTED)
    assert record["url"] == "by hand" and table.asked == []


def test_the_time_for_an_input_is_limited(table, tmp_path):
    short = Limits(attempts=9, first_wait=5, connect=2, stall=0.5, total=1)
    with pytest.raises(InputError, match="limit of 1 s"):
        deliver_file(tmp_path / NAME, source(table, "busy", **rows()), short, WANTED)


def test_an_archive_that_drips_is_not_waited_for_beyond_the_limit(table, tmp_path):
    short = Limits(attempts=3, first_wait=0.01, connect=2, stall=1, total=0.3)
    begin, url = time.monotonic(), f"{table.url}/drip"
    with pytest.raises(InputError, match="longer than 0.3 s"):
        deliver_file(tmp_path / NAME, source(table, "drip", **rows()), short, WANTED)
    with Session() as session, pytest.raises(InputError, match="longer than 0.3 s"):
        cap_answers(session, short)
        session.get(f"{url}/{NAME}", timeout=short.timeout)
    table.files["availability"] = b"<available>false</available>" * 9
    assert unavailable(url, replace(short, stall=0.3)) == ("", 0.0)
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize(
    ("fault", "words"), [("nowhere", "(?i)invalid"), ("circles", "30 redirects")]
)
def test_an_address_that_leads_nowhere_is_not_asked_again(
    table, limits, tmp_path, fault, words
):
    with pytest.raises(InputError, match=words) as error:
        deliver_file(tmp_path / NAME, source(table, fault, **rows()), limits, WANTED)
    assert "attempts" not in str(error.value)
    assert len(table.asked) == {"nowhere": 1, "circles": 31}[fault]


def test_a_text_that_unpacks_to_far_too_much_is_refused(archive, limits, tmp_path):
    archive.files["t.csv.gz"] = gzip.compress(b"0" * 20_000_000)
    given = source(archive, "good", name="t.csv.gz", kind="text")
    with pytest.raises(InputError, match="unpacks to more than"):
        deliver_file(tmp_path / "t.csv.gz", given, limits)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_a_last_line_counts_whether_it_is_ended_or_not(archive, limits, tmp_path, end):
    archive.files["t.csv"] = b"a,b\n1,2\n3,4" + end
    given = source(archive, "good", name="t.csv", kind="text", rows=[2, 2])
    assert deliver_file(tmp_path / "t.csv", given, limits)["rows"] == 2


@pytest.mark.parametrize(
    ("unit", "wanted", "right"),
    [("K", "K", True), ("Kelvin", "K", True), ("Kelvin", None, True), ("", "K", True),
     ("mK", "K", False)],
)  # fmt: skip
def test_units_are_checked_where_both_state_one(
    table, stars, fits_bytes, limits, tmp_path, unit, wanted, right
):
    columns = Table(stars)
    columns["TEFF"].unit = unit or None
    table.files[NAME] = packed(fits_bytes(columns))
    excerpt = Excerpt(1, {"TEFF": "real"}, {"TEFF": wanted} if wanted else {})
    given = source(table, "good", **rows())
    if right:
        deliver_file(tmp_path / NAME, given, limits, excerpt)
        return
    with pytest.raises(InputError, match="TEFF is in mK, not in K"):
        deliver_file(tmp_path / NAME, given, limits, excerpt)


@pytest.fixture
def birky(root, archive, real):
    """The authors' own Table 6 of Birky+2020, as config/dr19.yaml asks for it."""
    section = read_config([root / "config" / "dr19.yaml"])["archives"]
    section["addresses"]["github"] = f"{archive.url}/good"
    found = settings.source_of(section, "birky")
    content = (real / "birky2020" / "Table6_full_sample.csv.gz").read_bytes()
    archive.files[found["urls"][0].removeprefix(f"{archive.url}/good/")] = content
    return found | {"content": content}


@pytest.mark.parametrize("how", ["fetched", "by hand", "by hand, unpacked"])
def test_the_real_table_of_birky_is_the_one_that_is_asked_for(
    birky, archive, limits, tmp_path, how
):
    path, content = tmp_path / "Table6_full_sample.csv.gz", birky["content"]
    assert birky["urls"][0].endswith(path.name)
    if how != "fetched":
        unpacked = gzip.decompress(content)
        path.write_bytes(unpacked if "unpacked" in how else content)
    record = deliver_file(path, birky, limits)
    assert record["rows"] == 14_828
    if how != "by hand":  # of which the bytes are those that are fetched
        assert len(read_birky(path)) == 14_828
    assert (record["url"] == "by hand") == (how != "fetched") == (not archive.asked)


@pytest.mark.parametrize("n", [-1, 1])
def test_the_rows_of_a_text_table_are_counted(birky, limits, tmp_path, n):
    path = tmp_path / "Table6_full_sample.csv.gz"
    lines = gzip.decompress(birky["content"]).splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1] if n < 0 else [*lines, lines[-1]]))
    with pytest.raises(InputError, match=f"{14_828 + n} rows, 14828 are right"):
        deliver_file(path, birky, limits)

"""SDSS tables by SQL, from a server of loopback, through astroquery.sdss."""

import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from mdwarfs.archives import skyserver, wanted
from mdwarfs.archives.transfer import Deadline
from mdwarfs.catalogues.astra import read_astra
from mdwarfs.catalogues.boss import read_boss
from mdwarfs.errors import InputError

BOSS = {"class": "STAR", "subclass": "M"}
OFFICIAL = {"kind": "table", "rows": [10, 10]}
HEAD = "#Table1\n"


class Answers(dict):
    """Serves CSV to SQL, in place of the files of the loopback archive."""

    def __init__(self, answer):
        self.answer = answer

    def get(self, name, default=None):
        query = parse_qs(urlsplit(f"/{name}").query)["cmd"][0]
        return self.answer(query).encode()


@pytest.fixture
def server(archive, limits, monkeypatch):
    monkeypatch.setattr(skyserver, "PAUSE", 0)
    return skyserver.SkyServer(f"{archive.url}/good", 19, limits)


def spall(query):
    """The M-type entries of a slice by MJD, as SkyServer answers."""
    if "COUNT" in query:
        return f"{HEAD}n\n{7 if 'class' in query else 10}\n"
    names = re.search(r"SELECT (.*?) FROM", query)[1].split(", ")
    n, k = map(int, re.search(r"mjd % (\d+) = (\d+)", query).groups())
    lines = [",".join(names)]
    for i in range(5):
        if i % n == k:
            values = {
                "sdss_id": 10 - i, "gaia_id": 2**60 + i, "catalogid": 2**58 + i,
                "field": 1, "mjd": i, "spec_file": f"spec-{i}.fits", "obs": "APO",
                "class": "STAR", "subclass": "M4.5:III (123657)",
                "sn_median_all": 12.5, "zwarning": 0, "racat": 1.5,
                "deccat": "null" if i == 3 else -1.5,
            }  # fmt: skip
            lines.append(",".join(str(values[name]) for name in names))
    return HEAD + "\n".join(lines) + "\n"


def test_the_boss_list_comes_in_slices_with_the_counts(archive, server, tmp_path):
    archive.files = Answers(spall)
    path = tmp_path / "spAll.fits.gz"
    source = {"version": "1", "slices": 2, "rows": [5, 5]}
    excerpt = wanted.spall(BOSS)
    skyserver.deliver_table(server, "spall", source, OFFICIAL, excerpt, BOSS, path)
    stars = read_boss(path, BOSS)
    assert stars["sdss_id"].tolist() == [6, 7, 8, 9, 10]
    assert (stars["gaia_dr2_source_id"] - 2**60).tolist() == [4, 3, 2, 1, 0]
    assert np.isnan(stars["dec"]).tolist() == [False, True, False, False, False]
    assert stars.meta == {"N_ROWS": 10, "N_CLASS": 7, "N_MTYPE": 5, "N_STARS": 5}
    queries = [parse_qs(urlsplit(path).query) for path, _ in archive.asked]
    assert len(queries) == 4 and all(q["searchtool"] == ["SQL"] for q in queries)
    assert "/dr19/" in archive.asked[0][0]
    skyserver.deliver_table(server, "spall", source, OFFICIAL, excerpt, BOSS, path)
    assert len(archive.asked) == 4


def test_astra_labels_of_the_m_type_stars(archive, server, tmp_path):
    def answer(query):
        if "COUNT" in query:
            return f"{HEAD}n\n7\n"
        names = re.search(r"SELECT (.*?) FROM", query)[1].split(", ")
        k = int(re.search(r"sdss_id % 2 = (\d)", query)[1])
        assert "sdss_id IN (SELECT sdss_id FROM spAll WHERE class = 'STAR'" in query
        values = [f"{3400 + k}" if "teff" in name else f"{2 + k}" for name in names]
        return f"{HEAD}{','.join(names)}\n{','.join(values)}\n"

    archive.files = Answers(answer)
    path = tmp_path / "a.fits.gz"
    source = {"version": "1", "slices": 2, "rows": [2, 2]}
    excerpt = wanted.astra_summary("apogee_net")
    skyserver.deliver_table(server, "apogee_net", source, OFFICIAL, excerpt, BOSS, path)
    stars = read_astra(path, "apogee_net")
    assert stars["sdss_id"].tolist() == [2, 3] and stars["teff"].tolist() == [3400, 3401]
    assert stars.meta["N_ROWS"] == 7


def test_what_came_before_an_interruption_is_not_asked_again(archive, server, tmp_path):
    asked = []

    def failing(query):
        asked.append(query)
        return spall(query) if "% 3 = 2" not in query else "#Error: time-out"

    archive.files = Answers(failing)
    path = tmp_path / "spAll.fits.gz"
    source = {"version": "1", "slices": 3, "rows": [5, 5]}
    arguments = "spall", source, OFFICIAL, wanted.spall(BOSS), BOSS, path
    with pytest.raises(InputError, match="time-out"):
        skyserver.deliver_table(server, *arguments)
    assert len(asked) == 3 and not path.exists()
    archive.files = Answers(lambda query: asked.append(query) or spall(query))
    skyserver.deliver_table(server, *arguments)
    assert sum("% 3" in query for query in asked[3:]) == 1
    assert len(read_boss(path, BOSS)) == 5
    assert {file.suffix for file in tmp_path.iterdir()} == {".gz", ".json"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<html><body>Query timed out</body></html>", "Query timed out"),
        ("#Error: Incorrect syntax near FROM", "Incorrect syntax"),
        ("", "nothing"),
        (f"{HEAD}b\n1\n", "lacks the column.* a"),
        (f"{HEAD}a\n1.5\n", "column a is no int"),
        (HEAD + "a\n" + "1\n" * 500_000, "exactly 500000 rows"),
    ],
)
def test_what_is_no_whole_table_is_refused(archive, server, tmp_path, text, words):
    archive.files = Answers(lambda query: text)
    with pytest.raises(InputError, match=words):
        server.ask("SELECT a FROM t", {"a": "int"}, tmp_path / "a.csv", Deadline(10))
    assert list(tmp_path.iterdir()) == []


def test_long_identifiers_stay_exact():
    rows = skyserver.read_csv(f"{HEAD}ID\n{2**62 + 1}\nnull\n", {"id": "int"})
    assert rows["id"].tolist() == [2**62 + 1, -1]


def test_bits_are_numbers_however_they_are_printed():
    rows = skyserver.read_csv(f"{HEAD}a,b\nTrue,1\nFalse,0\n", {"a": "int", "b": "int"})
    assert rows["a"].tolist() == rows["b"].tolist() == [1, 0]


def test_queries_come_no_faster_than_the_service_wants(
    archive, limits, tmp_path, monkeypatch
):
    """At most 60 a minute."""
    waits = []
    monkeypatch.setattr(skyserver.time, "sleep", waits.append)
    archive.files = Answers(lambda query: f"{HEAD}a\n1\n")
    server = skyserver.SkyServer(f"{archive.url}/good", 19, limits)
    for name in ("one", "two"):
        server.ask(name, {"a": "int"}, tmp_path / name, Deadline(10))
    assert len(waits) == 2 and min(waits) >= 1


def test_the_recorded_answer_of_the_service(real):
    path = real / "service_responses" / "astroquery" / "sdss_tests_data_xid_sp.txt"
    kinds = {"objid": "int", "specobjid": "int", "z": "real", "instrument": "text"}
    rows = skyserver.read_csv(path.read_text(), kinds)
    assert rows["objid"][0] == 1237652943176138868
    assert rows["specobjid"][0] == 845594848269461504
    assert rows["z"][0] == 0.04559058 and set(rows["instrument"]) == {"SDSS"}

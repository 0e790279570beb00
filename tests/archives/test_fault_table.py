"""What archives do wrong, archive by archive, and what becomes of it.

Each input is fetched as config/dr19.yaml asks for it; it has to come with the right
bytes, or to stop the run with a message that names archive, file and remedy.
"""

import gzip
import io
import re
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.archives import (
    nadc,
    patience,
    settings,
    skyserver,
    skyserver_errors,
    wanted,
)
from mdwarfs.archives.fetch import deliver_file
from mdwarfs.archives.parsec import parsec
from mdwarfs.archives.queries import Query
from mdwarfs.archives.record import record_path
from mdwarfs.archives.spectra import fetch_all
from mdwarfs.catalogues.paper_pairs import read_paper_pairs
from mdwarfs.catalogues.registry import INPUTS
from mdwarfs.config import read_config
from mdwarfs.errors import InputError
from mdwarfs.spectra.readers import mwm_star
from mdwarfs.tables import absent
from tests.archives import fault_rows
from tests.archives.fault_rows import EVER, RECOVERS, ROWS, SPALL, SQL
from tests.archives.servers import faults
from tests.archives.servers.archives import NADC_FILE
from tests.archives.servers.fixtures import RAW
from tests.archives.servers.loopback import facts

PATH_OF = partial(mwm_star.path, version="0.6.0")


@pytest.fixture(scope="module")
def config(root):
    """config/dr19.yaml over the defaults."""
    merged = read_config([root / "config" / "config.yaml"])
    return merged | read_config([root / "config" / "dr19.yaml"])


@pytest.fixture
def retrieve(config, archives, hasty, monkeypatch):
    """Fetches one input into a file, from loopback, as the rules do."""
    monkeypatch.setattr(skyserver, "PAUSE", 0)
    monkeypatch.setattr(skyserver, "PATIENCE", 0)
    monkeypatch.setattr(skyserver_errors, "MINUTE", 0)
    section = config["archives"]
    section = section | {"addresses": archives.addresses(section["addresses"])}

    def retrieve(key, route, path, limits=hasty):
        found = served(settings.source_of(section, key, route), key, archives.raw)
        official = served(
            settings.source_of(section, key, "download"), key, archives.raw
        )
        excerpt = wanted.excerpt(INPUTS[key].excerpt, config["boss"])
        if key == "parsec":
            limits = limits.of(found)
            return parsec(found["address"], path, config["isochrones"], limits)
        if route == "download":
            return deliver_file(path, found, limits, excerpt)
        limits = limits.of(found)
        service = skyserver.SkyServer(found["address"], found["release"], limits)
        query = Query(path, service, found, official, excerpt)
        return skyserver.deliver_table(query, key, config["boss"])

    return retrieve


def served(source, key, raw):
    """An entry of the configuration with what is true of the simulated file."""
    path = raw / RAW[key]
    megabytes = max(path.stat().st_size / 1e6, 0.1)
    return source | facts(source, path) | {"megabytes": megabytes}


@pytest.fixture(scope="module")
def right():
    """The right files, each fetched once."""
    return {}


def rows():
    """All rows; together they take long, but for one of each archive and outcome."""
    first = {}
    for row, (*_, words) in ROWS.items():
        first.setdefault((row.partition(" ")[0], words == RECOVERS), row)
    quick = set(first.values())
    return [
        pytest.param(row, marks=[] if row in quick else pytest.mark.dag) for row in ROWS
    ]


@pytest.mark.parametrize("row", rows())
def test_it_comes_right_or_stops_with_a_message(
    row, retrieve, archives, right, tmp_path, hasty, monkeypatch
):
    key, route, where, fault, times, words = ROWS[row]
    path = tmp_path / "raw" / RAW[key].rpartition("/")[2]
    if (key, route) not in right:
        retrieve(key, route, tmp_path / "right" / path.name)
        right[key, route] = (tmp_path / "right" / path.name).read_bytes()
        archives.behave()
    archives.misbehave(where, fault, times)
    if fault is faults.endless:  # of which little has to be read
        monkeypatch.setattr(patience, "SPARE", patience.MEGABYTE / 10)
        monkeypatch.setattr(patience, "ROUGH", 1.1)
    if fault in (faults.stall, faults.silence):  # which are waited for in vain
        hasty = replace(hasty, stall=0.4)
    if words == RECOVERS:
        retrieve(key, route, path, hasty)
        assert path.read_bytes() == right[key, route]
        assert {file.name for file in path.parent.iterdir()} == {
            path.name, f"{path.name}.json",
        }  # fmt: skip
    else:
        with pytest.raises(InputError, match=words) as error:
            retrieve(key, route, path, hasty)
        message = str(error.value)
        assert row.partition(" ")[0] in message  # the archive
        assert path.name in message  # the file
        assert str(path) in message and "by hand" in message  # the remedy
        assert left_over(path) == []
    assert any(where in asked for asked in archives.asked)


@pytest.mark.parametrize(("route", "where"), [("download", SPALL), ("query", SQL)])
def test_the_time_that_an_archive_asks_for_is_waited(
    retrieve, archives, tmp_path, monkeypatch, route, where
):
    waited = []
    monkeypatch.setattr(patience.Deadline, "sleep", lambda self, s, _: waited.append(s))
    archives.misbehave(where, partial(faults.busy, seconds=7))
    retrieve("spall", route, tmp_path / "spall.fits.gz")
    assert waited == [pytest.approx(7, abs=0.1)]


def left_over(path):
    """Files that are there, but for one that can be continued."""
    files = {file.name for file in path.parent.rglob("*") if file.is_file()}
    files -= {"divided.json"}  # so that the next run does not wait once more
    # Whole answers to slices of a table, which the next run does not ask for again.
    files -= {name for name in files if re.fullmatch(r"[0-9a-f]{16}\.csv", name)}
    unfinished = {f"{path.name}.part", f"{path.name}.part.json"}
    return sorted(files - unfinished if unfinished <= files else files)


def test_a_resumed_file_is_asked_for_from_where_it_broke(retrieve, archives, tmp_path):
    archives.misbehave("datafile", faults.reset)
    retrieve("bayestar", "download", tmp_path / "bayestar2019.h5")
    assert len(archives.asked) == 2
    assert (tmp_path / "bayestar2019.h5").read_bytes() == (
        archives.raw / RAW["bayestar"]
    ).read_bytes()


def test_the_other_suffix_is_tried(retrieve, archives, simulated_raw, tmp_path):
    """SDSS's own path tools lack the .gz of some files."""
    archives.misbehave(f"{SPALL}.gz", faults.gone, EVER)
    folder = "/sas/dr19/spectro/boss/redux/v6_1_3"
    packed = (simulated_raw / RAW["spall"]).read_bytes()
    archives.others[f"{folder}/{SPALL}"] = gzip.decompress(packed)
    retrieve("spall", "download", tmp_path / "spall.fits.gz")
    archives.behave()
    retrieve("spall", "download", tmp_path / "right.fits.gz")
    assert (tmp_path / "spall.fits.gz").read_bytes() == (
        tmp_path / "right.fits.gz"
    ).read_bytes()


def test_an_uncertain_number_of_rows_is_a_warning(retrieve, archives, tmp_path, caplog):
    """It names both numbers, in the log and in the record."""
    archives.misbehave("spAll-lite", faults.fewer_rows)
    path = tmp_path / "spall.fits.gz"
    record = retrieve("spall", "download", path)
    n_rows = record["rows"]
    words = f"the table has {n_rows} rows, {n_rows + 1} were expected"
    assert record["warnings"] == [words] and words in caplog.text
    assert record_path(path).read_text().count(words) == 1
    archives.misbehave("spAll-lite", faults.no_rows)
    with pytest.raises(InputError, match="0 rows"):
        retrieve("spall", "download", tmp_path / "other.fits.gz")


def test_a_missing_spectrum_is_listed_and_the_others_come(
    archives, simulated_raw, hasty, tmp_path
):
    """With a maintenance, a reset and a stall on the way."""
    listed = tables.read(simulated_raw / RAW["spectra"])
    ids = listed["sdss_id"][:12].tolist()
    archives.misbehave(f"-{ids[3]}.fits", faults.gone, EVER)
    for number, fault in enumerate([faults.busy, faults.reset, faults.stall]):
        archives.misbehave(f"-{ids[number]}.fits", fault)
    base = f"{archives.url}/sas/dr19/spectro/astra/0.6.0/spectra"
    patience = replace(hasty, stall=0.4)
    manifest = fetch_all(ids, PATH_OF, base, tmp_path, 4, patience)
    assert manifest["sdss_id"].tolist() == sorted(ids)
    lost = [row["sdss_id"] for row in manifest if row["reason"]]
    assert lost == [ids[3]]
    came = {row["sdss_id"]: row["sha256"] for row in manifest if not row["reason"]}
    right = dict(zip(listed["sdss_id"].tolist(), listed["sha256"].tolist()))
    assert came == {sdss_id: right[sdss_id] for sdss_id in came}


@pytest.mark.parametrize("fault", [faults.truncated, faults.page, faults.endless])
def test_a_spectrum_that_may_be_there_is_not_passed_over(
    archives, simulated_raw, hasty, tmp_path, fault
):
    ids = tables.read(simulated_raw / RAW["spectra"])["sdss_id"][:4].tolist()
    archives.misbehave(f"-{ids[0]}.fits", fault, EVER)
    base = f"{archives.url}/sas/dr19/spectro/astra/0.6.0/spectra"
    with pytest.raises(InputError, match=f"SDSS SAS .*{ids[0]}.*by hand"):
        fetch_all(ids, PATH_OF, base, tmp_path, 2, hasty.of({"megabytes": 0.1}))
    assert len([file for file in tmp_path.rglob("*") if file.is_file()]) == 3


@pytest.fixture
def paper_table(archives):
    """The paper's Table 3, as NADC serves it, and how it is asked for."""
    values = {"FeH": -0.1, "FeH_niu": -0.2, "Teff": 3500.0, "alphaM": 0.1, "logg": 4.8}
    values = {name: np.full(8, value) for name, value in values.items()}
    values |= {f"source_id{k}": np.arange(8) + 2**60 + k for k in (1, 2)}
    content = io.BytesIO()
    Table(values).write(content, format="fits")
    archives.others[NADC_FILE] = content.getvalue()
    printed = f"{archives.url}/res/r101717/LAMOST_FGK_BOSS_M_dwarfs.fits"
    urls = [printed, f"{archives.url}/res/r101717/"]
    known = {"archive": "NADC", "version": "1", "kind": "fits", "rows": [8, 8]}
    return known | {"urls": urls}


def test_nadc_landing_page_instead_of_the_file(archives, paper_table, hasty, tmp_path):
    path = tmp_path / "LAMOST_FGK_BOSS_M_dwarfs.fits"
    nadc.paper_table(path, paper_table, hasty)
    assert path.read_bytes() == archives.others[NADC_FILE]


@pytest.mark.parametrize(
    ("where", "fault", "words"),
    [
        ("download?id=46039", faults.gone, "status 404"),
        ("download?id=46039", faults.page, "page"),
        ("download?id=46039", faults.fewer_rows, "rows"),
        ("/res/r101717/", faults.gone, "status 404"),
        ("/res/r101717/", faults.stall, "(?i)timed out|timeout|attempts"),
    ],
)
def test_nadc_faults_that_stay(
    archives, paper_table, hasty, tmp_path, where, fault, words
):
    path = tmp_path / "LAMOST_FGK_BOSS_M_dwarfs.fits"
    archives.misbehave(where, fault, EVER)
    if fault is faults.stall:  # of which each attempt brings half of the rest
        hasty = replace(hasty, stall=0.05, attempts=2, first_wait=0.01)
    with pytest.raises(InputError, match=words) as error:
        nadc.paper_table(path, paper_table, hasty)
    for said in ("NADC", path.name, str(path), "by hand"):
        assert said in str(error.value)
    assert left_over(path) == []
    nadc.table_or_reason(path, paper_table, hasty)  # the run goes on
    pairs = read_paper_pairs(path)
    assert len(pairs) == 0 and re.search(words, absent.why(pairs))


def test_the_dead_server_of_the_dust_map_is_not_asked(root):
    text = (root / "config" / "dr19.yaml").read_text()
    library = "".join(p.read_text() for p in (root / "workflow").rglob("*.py"))
    assert "argonaut" not in text and "BayestarWebQuery" not in library


def test_who_asks_says_what_it_is_in_a_browsers_words(retrieve, archives, tmp_path):
    """Dataverse's firewall lets nobody else through."""
    retrieve("bayestar", "download", tmp_path / "bayestar2019.h5")
    (agent,) = archives.agents
    assert agent.startswith("Mozilla/5.0 (") and "mdwarfs" in agent


def test_a_certificate_of_cmd_that_is_not_accepted(archives, hasty, tmp_path):
    path, isochrones = tmp_path / "p.dat", {"log_age": 9.5, "mh": [0.0]}
    secure = archives.url.replace("http:", "https:")
    with pytest.raises(InputError, match="(?s)CMD server.*(?i:ssl).*by hand") as error:
        parsec(secure, path, isochrones, hasty)
    assert str(path) in str(error.value) and list(tmp_path.iterdir()) == []


def test_a_host_that_is_gone(root, config, hasty, tmp_path):
    section = config["archives"]
    nobody = dict.fromkeys(section["addresses"], "http://127.0.0.1:9")
    found = settings.source_of(section | {"addresses": nobody}, "lamost_mstellar")
    path = tmp_path / "m.fits.gz"
    with pytest.raises(InputError, match="(?s)LAMOST.*(?i:refused).*by hand"):
        deliver_file(path, found, hasty, wanted.lamost_table("m"))
    assert list(tmp_path.iterdir()) == []


def test_the_documentation_lists_every_row(root):
    """Made anew by `python -m tests.archives.fault_rows > docs/archive_faults.md`."""
    page = (root / "docs" / "archive_faults.md").read_text()
    assert page == fault_rows.page()


def test_the_documentation_names_tests_that_exist(root):
    code = {path.name: path.read_text() for path in root.glob("tests/archives/*.py")}
    for _, file, name in fault_rows.OTHERS.values():
        assert f"def {name}(" in code[file], name

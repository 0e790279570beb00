"""The clients of Gaia and VizieR against a real TAP server: GAVO DaCHS on loopback."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.archives import birky, gaia, queries, vizier, wanted
from mdwarfs.catalogues.birky import read_birky
from mdwarfs.catalogues.gaia import COLUMNS, read_gaia, read_votable
from mdwarfs.catalogues.lamost import read_lamost
from mdwarfs.catalogues.wide_binaries import read_wide_binaries
from mdwarfs.config import read_config
from mdwarfs.errors import InputError
from tests.archives.servers import faults, tap_tables

pytestmark = pytest.mark.dag  # the server takes as long as a run

MANY = [1, 10_000_000]
GAIA = {"version": "DR3", "gaia_release": 2, "rows": MANY}
OFFICIAL = {"kind": "table", "rows": MANY}


@pytest.fixture
def gaia_service(tap_archives, hasty):
    return gaia.service(tap_archives.url, hasty)


@pytest.fixture
def vizier_service(tap_archives, hasty):
    return vizier.service(f"{tap_archives.url}/TAPVizieR/tap", hasty)


@pytest.fixture
def dr2_ids(simulated_raw):
    rows = read_votable(simulated_raw / tap_tables.GAIA, COLUMNS)
    return np.asarray(rows["dr2_source_id"])


@pytest.fixture
def inputs(root):
    """How config/dr19.yaml asks for each input, whatever the number of rows."""
    config = read_config([root / "config" / "dr19.yaml"])["archives"]
    found = {name: entry.get("query", {}) for name, entry in config["inputs"].items()}
    few = {"version": "1", "rows": MANY, "chunk": 200, "slices": 3}
    return {name: entry | few for name, entry in found.items()}


def same(one, other):
    """Whether two catalogues have the same rows, value for value, in any order."""
    assert one.colnames == other.colnames
    for rows in (one, other):
        rows.sort(rows.colnames[:2])
    for name in one.colnames:
        np.testing.assert_array_equal(np.asarray(one[name]), np.asarray(other[name]))
    return True


def test_the_rows_of_gaia_come_back_value_for_value(
    gaia_service, dr2_ids, simulated_raw, tmp_path
):
    """DR2 to DR3, and the three steps to 2MASS, in uploads of 60."""
    path = tmp_path / "gaia.vot.gz"
    record = gaia.deliver_rows(dr2_ids, path, gaia_service, GAIA | {"chunk": 60})
    assert record["jobs"] == -(-len(np.unique(dr2_ids)) // 60) > 1
    assert same(read_gaia(path), read_gaia(simulated_raw / tap_tables.GAIA))


def test_of_suspected_duplicates_in_2mass_the_best_is_taken(
    gaia_service, dr2_ids, simulated_raw, tmp_path, monkeypatch
):
    """The join table has several rows of them: one alone comes back for each star."""
    record = gaia.deliver_rows(dr2_ids, tmp_path / "g.vot.gz", gaia_service, GAIA | {
        "chunk": 1000})  # fmt: skip
    right = read_votable(simulated_raw / tap_tables.GAIA, COLUMNS)
    assert record["rows"] == len(right)
    designations = set(read_gaia(tmp_path / "g.vot.gz")["tmass_designation"])
    assert not any(name.endswith("A") for name in designations)
    # Without care, they come, and the star has two rows.
    careless = gaia.QUERIES[2].replace(
        "AND j.original_psc_source_id = x.original_ext_source_id", ""
    )
    monkeypatch.setitem(gaia.QUERIES, 2, careless)
    path = tmp_path / "careless.vot.gz"
    record = gaia.deliver_rows(dr2_ids, path, gaia_service, GAIA | {"chunk": 1000})
    assert record["rows"] > len(right)


@pytest.mark.parametrize("release", [2, 3])
def test_the_tables_of_gaia_are_named_with_their_release(release):
    tables = re.findall(r"(?:FROM|JOIN) (\S+)", gaia.QUERIES[release])
    assert len(tables) >= 5
    assert {name for name in tables if not name.startswith("gaiadr3.")} == {
        "tap_upload.ids", "gaiadr1.tmass_original_valid",
    }  # fmt: skip


def test_identifiers_of_dr3_are_sources_themselves(
    gaia_service, simulated_raw, tmp_path
):
    """As the BOSS list of SDSS DR20 gives them."""
    right = read_gaia(simulated_raw / tap_tables.GAIA)
    ids, path = np.unique(right["source_id"]), tmp_path / "gaia.vot.gz"
    source = GAIA | {"gaia_release": 3, "chunk": 1000}
    gaia.deliver_rows(ids, path, gaia_service, source)
    found = read_gaia(path)
    assert (found["gaia_dr2_source_id"] == found["source_id"]).all()
    right["gaia_dr2_source_id"] = right["source_id"]
    _, first = np.unique(right["source_id"], return_index=True)
    assert same(found, right[first])


@pytest.mark.parametrize("how", ["sync", "async"])
def test_pyvo_gets_the_same_from_an_upload(tap_server, dr2_ids, how):
    import pyvo  # here, or all processes of the tests import it

    service = pyvo.dal.TAPService(tap_server.url)
    upload = Table({"dr2_source_id": np.unique(dr2_ids)[:40]})
    ask = service.run_sync if how == "sync" else service.run_async
    answer = ask(gaia.QUERIES[2], uploads={"ids": upload}).to_table()
    assert set(upload["dr2_source_id"]) == set(answer["dr2_source_id"])


def test_a_job_waits_until_it_is_started(gaia_service, dr2_ids):
    """That is what lets a run that was cut off find its job again."""
    upload = Table({"dr2_source_id": np.unique(dr2_ids)[:10]})
    job = gaia_service.tap.launch_job_async(
        gaia.QUERIES[2], upload_resource=upload, upload_table_name="ids", autorun=False
    )
    assert job.get_phase(update=True) == "PENDING"
    job.start()
    job.wait_for_job_end()
    assert job.get_phase(update=True) == "COMPLETED"


def test_an_interrupted_job_is_picked_up_by_its_address(
    gaia_service, tap_archives, dr2_ids, tmp_path
):
    upload = Table({"dr2_source_id": np.unique(dr2_ids)[:10]})
    path = tmp_path / "chunk.vot"
    tap_archives.misbehave("/results/result", faults.busy, times=99)
    with pytest.raises(InputError, match="Gaia archive"):
        gaia_service.ask(gaia.QUERIES[2], COLUMNS, path, upload)
    job = json.loads((tmp_path / "chunk.vot.job").read_text())["job"]
    tap_archives.behave()
    assert len(gaia_service.ask(gaia.QUERIES[2], COLUMNS, path, upload)) >= 10
    assert "POST /tap-server/tap/async" not in tap_archives.asked
    assert any(job in path for path in tap_archives.asked)


@pytest.mark.parametrize("mod", [True, False])
def test_wide_binaries_below_the_limit_and_of_m_stars(
    vizier_service, tap_archives, inputs, simulated_raw, tmp_path, mod
):
    """By remainders, or by ranges where the server does not know MOD."""
    if not mod:
        tap_archives.misbehave("MOD(", faults.unknown_function, times=99)
    stars = read_gaia(simulated_raw / tap_tables.GAIA)["source_id"]
    path = tmp_path / "pairs.fits.gz"
    source = inputs["wide_binaries"]
    query = queries.Query(
        path, vizier_service, source, {"rows": MANY}, wanted.wide_binaries_table()
    )
    record = queries.wide_binaries(query, 0.1, stars)
    assert any('t."Source1" >= ' in query for query in record["queries"]) != mod
    every = read_wide_binaries(simulated_raw / tap_tables.WIDE_BINARIES)
    of_m = np.isin(every["source_id1"], stars) | np.isin(every["source_id2"], stars)
    right = every[(every["R_chance_align"] < 0.1) | of_m]
    assert same(read_wide_binaries(path), right)
    assert (right["R_chance_align"] >= 0.1).any()


@pytest.mark.parametrize("table", ["V/162/dr11sl", "V/162/dr11sl_text"])
def test_lamost_spectra_of_the_stars_in_pairs(
    vizier_service, inputs, simulated_raw, tmp_path, table
):
    """Whether the identifiers are integers or texts there."""
    pairs = read_wide_binaries(simulated_raw / tap_tables.WIDE_BINARIES)
    stars = np.concatenate([pairs["source_id1"], pairs["source_id2"]])
    path = tmp_path / "lamost.fits.gz"
    query = queries.Query(
        path, vizier_service, inputs["lamost_stellar"] | {"table": table},
        {"rows": MANY}, wanted.lamost_table("fgk"),
    )  # fmt: skip
    record = queries.lamost(query, stars)
    text = "char" in record["types"]["gaia_source_id"]
    assert text == table.endswith("text")
    every = read_lamost(simulated_raw / tap_tables.LAMOST, "fgk")
    right = every[np.isin(every["source_id"], stars)]
    assert len(right) > 50 and same(read_lamost(path, "fgk"), right)


def test_birky_is_found_among_the_tables_of_its_catalogue(
    vizier_service, inputs, simulated_raw, tmp_path
):
    path = tmp_path / "birky.csv.gz"
    record = birky.birky(vizier_service, inputs["birky"], path)
    assert record["table"].strip('"') == "J/ApJ/892/31/table6"
    assert same(read_birky(path), read_birky(simulated_raw / tap_tables.BIRKY))


def test_an_answer_that_overflows_is_refused(gaia_service, dr2_ids, tmp_path):
    gaia_service.maxrec = 5
    upload = Table({"dr2_source_id": np.unique(dr2_ids)[:20]})
    with pytest.raises(InputError, match="Gaia archive .*OVERFLOW"):
        gaia_service.ask(gaia.QUERIES[2], COLUMNS, tmp_path / "a.vot", upload)
    assert list(tmp_path.iterdir()) == []


def test_a_query_that_cannot_be_read_stops_with_the_servers_words(
    vizier_service, tmp_path
):
    with pytest.raises(InputError, match="VizieR .*no_such_table"):
        vizier_service.ask("SELECT x FROM no_such_table", ["x"], tmp_path / "a.vot")
    assert list(tmp_path.iterdir()) == []


def test_a_table_that_vizier_lacks_is_named(vizier_service, inputs, tmp_path):
    source = inputs["lamost_stellar"] | {"table": "V/164/dr11sl"}
    query = queries.Query(
        tmp_path / "lamost.fits.gz", vizier_service, source, {"rows": MANY},
        wanted.lamost_table("fgk"),
    )  # fmt: skip
    with pytest.raises(InputError, match="no table V/164/dr11sl"):
        queries.lamost(query, [1, 2])
    assert not (tmp_path / "lamost.fits.gz").exists()


@pytest.mark.parametrize("fault", [faults.busy, faults.failed, faults.reset])
def test_passing_faults_of_a_job_are_waited_out(
    gaia_service, tap_archives, dr2_ids, tmp_path, fault
):
    """When it is made, looked after and fetched."""
    stages = ["tap/async", "/phase", "/results/result"]
    for stage in reversed(stages):  # the first that fits is the one that misbehaves
        tap_archives.misbehave(stage, fault)
    path, source = tmp_path / "gaia.vot.gz", GAIA | {"chunk": 20}
    record = gaia.deliver_rows(np.unique(dr2_ids)[:20], path, gaia_service, source)
    assert record["rows"] >= 20
    assert not any(map(tap_archives.fault, stages))  # all have happened
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "gaia.vot.gz", "gaia.vot.gz.json",
    ]  # fmt: skip


@pytest.mark.parametrize("stage", ["tap/async", "/phase", "/results/result"])
def test_a_time_of_maintenance_is_waited_for_and_named(
    gaia_service, tap_archives, dr2_ids, tmp_path, stage
):
    """A page of status 200 stands for the whole archive then."""
    path, source = tmp_path / "gaia.vot.gz", GAIA | {"chunk": 20}
    ids = np.unique(dr2_ids)[:20]
    for where in (stage, "availability"):
        tap_archives.misbehave(where, faults.maintenance, times=99)
    with pytest.raises(InputError, match="(?s)Gaia archive .*down for maintenance"):
        gaia.deliver_rows(ids, path, gaia_service, source)
    tap_archives.behave()
    for where in (stage, "availability") if "result" not in stage else ():
        tap_archives.misbehave(where, faults.maintenance, times=2)
    assert gaia.deliver_rows(ids, path, gaia_service, source)["rows"] >= 20
    begun = tap_archives.asked.count("POST /tap-server/tap/async")
    assert begun == {"tap/async": 3}.get(stage, 0)  # else the same job goes on


def test_a_result_without_end_does_not_fill_the_disk(
    gaia_service, tap_archives, dr2_ids, tmp_path
):
    gaia_service.limits = gaia_service.limits.of({"megabytes": 0.001})
    tap_archives.misbehave("/results/result", faults.endless, times=99)
    path, source = tmp_path / "gaia.vot.gz", GAIA | {"chunk": 20}
    with pytest.raises(InputError, match="Gaia archive .*bytes and more are sent"):
        gaia.deliver_rows(np.unique(dr2_ids)[:20], path, gaia_service, source)
    left = sum(f.stat().st_size for f in tmp_path.rglob("*") if f.is_file())
    assert left < 1000


def test_patience_has_an_end(gaia_service, tap_archives, dr2_ids, tmp_path):
    gaia_service.limits = replace(gaia_service.limits, attempts=2)
    tap_archives.misbehave("tap/async", faults.busy, times=99)
    path, source = tmp_path / "gaia.vot.gz", GAIA | {"chunk": 60}
    with pytest.raises(InputError) as error:
        gaia.deliver_rows(dr2_ids, path, gaia_service, source)
    for words in ("Gaia archive", str(path), "by hand"):
        assert words in str(error.value)
    assert not path.exists()

"""The real run, from archives on loopback, makes what the simulated run makes.

Twice: with the whole file of wide binaries and all spectra, as far as these; and as far
as the audit, as config/dr19.yaml has it: a query for the wide binaries, and released
labels where no spectrum is needed.
"""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from mdwarfs import absent, tables
from mdwarfs.catalogues.nulls import from_cards
from mdwarfs.labelling.released import RELEASED
from mdwarfs.matching import match
from tests.archives.servers import faults
from tests.archives.servers.archives import Archives
from tests.archives.servers.loopback import served
from tests.archives.servers.tap import TapServer, Unavailable
from tests.workflow.conftest import copy_of

pytestmark = pytest.mark.dag

RUN = "simulated-ci"
OF_SKYSERVER = ("boss", "apogee_net", "aspcap", "astra_slam")
LOOPBACK = [
    "--config", f"run={RUN}",
    "--configfile", "config/dr19.yaml", "config/ci.yaml", "config/loopback.yaml",
    "served.yaml",
]  # fmt: skip


@pytest.fixture(scope="module")
def server(finished):
    """The archives, with the raw files of the simulated run."""
    raw = finished.path / "results" / RUN / "raw"
    try:
        tap = TapServer(raw)
    except Unavailable as error:
        pytest.skip(str(error))
    with tap, Archives(raw, tap.url) as archives:
        yield archives


def copy_to_run_in(root, path, server):
    """A copy of the checkout, with a configuration that says where the servers are."""
    checkout = copy_of(root, path)
    archives = yaml.safe_load((root / "config" / "dr19.yaml").read_text())["archives"]
    served_yaml = yaml.safe_dump(served(archives, server))
    (checkout.path / "served.yaml").write_text(served_yaml)
    raw = checkout.path / "results" / RUN / "raw"
    raw.mkdir(parents=True, exist_ok=True)
    for name in ("truth.fits", "truth_paper_table.fits"):  # which no archive has
        shutil.copy(server.raw / name, raw / name)
    return checkout


@pytest.fixture(scope="module")
def compared(finished):
    """Products as far as the spectra, from which on a run knows no archive."""
    results = finished.path / "results" / RUN
    folders = [
        path for name in ("catalogues", "samples") for path in results.glob(f"{name}/*")
    ]
    files = [*folders, results / "spectra" / "normalised.fits"]
    return sorted(str(path.relative_to(finished.path)) for path in files)


@pytest.fixture(scope="module")
def loopback(root, server, compared, tmp_path_factory):
    """A copy in which they have been made through those archives, on one core."""
    path = tmp_path_factory.mktemp("loopback") / "copy"
    checkout = copy_to_run_in(root, path, server)
    server.asked.clear()
    checkout.snakemake("--cores", "1", *LOOPBACK, "--", *compared, configfile=None)
    checkout.asked = list(server.asked)
    return checkout


@pytest.fixture(scope="module")
def published(root, server, tmp_path_factory):
    """A copy in which it has run by the routes of dr19.yaml, with one set of
    hyperparameters, up to the catalogue and the audit."""
    path = tmp_path_factory.mktemp("published") / "copy"
    checkout = copy_to_run_in(root, path, server)
    changes = {
        "archives": {
            "candidates": "released",
            "inputs": {"wide_binaries": {"route": "query"}},
        },
        "slam": {"grid": {"C": [1.0], "epsilon": [0.1], "gamma": [0.03]}},
    }
    (checkout.path / "published.yaml").write_text(yaml.safe_dump(changes))
    server.asked.clear()
    server.misbehave("/res/r101717/", faults.gone, 2)  # NADC has moved
    checkout.snakemake(
        "--cores", "2", *LOOPBACK, "published.yaml", "--", "samples", "predict",
        "audit", configfile=None,
    )  # fmt: skip
    checkout.asked = list(server.asked)
    return checkout


def test_every_product_has_the_bytes_of_the_simulated_run(finished, loopback, compared):
    """But for headers of catalogues from SkyServer, which has -9999 for NaN."""
    assert len(compared) >= 25
    other = {
        path
        for path in compared
        if (finished.path / path).read_bytes() != (loopback.path / path).read_bytes()
    }
    of_skyserver = {f"results/{RUN}/catalogues/{name}.fits" for name in OF_SKYSERVER}
    assert other <= of_skyserver
    for path in other:
        one, two = (tables.read(c.path / path) for c in (finished, loopback))
        assert one.colnames == two.colnames
        for name in one.colnames:
            np.testing.assert_array_equal(one[name], two[name])


def test_fill_values_of_skyserver_are_null_and_listed(published):
    aspcap = catalogue(published, "aspcap")
    assert any(
        "fill value -9999" in nulled.reason for nulled in from_cards(aspcap.meta)
    )
    claims = published.path / "results" / RUN / "audit" / "claims.md"
    text = claims.read_text().partition("## Values made null")[2]
    assert "| `catalogues/aspcap.fits` | alpha_m | fill value -9999 |" in text


def test_the_archives_were_asked_as_the_real_run_asks(loopback):
    asked = "\n".join(loopback.asked)
    for part in (
        "POST /tap-server/tap/async",
        "POST /TAPVizieR/tap/async",
        "GET /dr19/SkyServerWS/SearchTools/SqlSearch?cmd=",
        "GET /sas/dr19/spectro/astra/0.6.0/spectra/star/",
        "GET /sas/dr19/vac/mwm/m-dwarf/elemental_abundances/",
        "GET /api/records/4435257/files/all_columns_catalog.fits.gz/content",
        "GET /dr11/v2.0/catdl?name=dr11_v2.0_LRS_mstellar.fits.gz",
        "GET /api/access/datafile/:persistentId",
        "POST /cgi-bin/cmd",
        "Mdwarf_project",
        "GET /res/r101717/LAMOST_FGK_BOSS_M_dwarfs.fits",
        "GET /res/file_upload/download?id=46039",
    ):
        assert part in asked, part


def test_every_raw_file_has_a_record(loopback):
    raw = loopback.path / "results" / RUN / "raw"
    records = [json.loads(path.read_text()) for path in raw.rglob("*.json")]
    assert len(records) == 13
    for record in records:
        file = next(raw.rglob(record["file"]))
        assert record["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        assert record["bytes"] == file.stat().st_size
        assert "127.0.0.1" in record["url"] and record["time"]
        assert record.get("version") or record["request"]["version"]
        if file.name.endswith((".fits.gz", ".fits", ".vot.gz")):
            assert record["rows"] > 0
            assert record.get("columns") or record["request"]["columns"]
        if "/sas/" in record["url"] or "catdl" in record["url"]:
            assert record["etag"]
        else:
            said = json.dumps(record)
            assert "SELECT" in said or "urls" in said or "isochrones" in said
    assert not list(raw.rglob("*.part*"))


def test_running_again_fetches_nothing(loopback, compared, server):
    server.asked.clear()
    done = loopback.snakemake("-n", *LOOPBACK, "--", *compared, configfile=None)
    assert "Nothing to be done" in done.stdout + done.stderr
    assert server.asked == []


def test_queries_for_the_needed_rows_give_the_same_samples(finished, published):
    for name in ("candidates", "pairs_fgk_m", "pairs_m_m", "labels", "split"):
        file = Path("results", RUN, "samples", f"{name}.fits")
        direct = (finished.path / file).read_bytes()
        assert (published.path / file).read_bytes() == direct, name
    assert len(catalogue(published, "wide_binaries")) < len(
        catalogue(finished, "wide_binaries")
    )


def catalogue(checkout, name):
    """One of a run's clean catalogues."""
    return tables.read(checkout.path / "results" / RUN / "catalogues" / f"{name}.fits")


def test_the_claims_count_the_whole_catalogues(finished, published):
    for checkout in (finished, published):
        claims = tables.read(checkout.path / "results" / RUN / "audit" / "claims.ecsv")
        found = dict(zip(claims["id"], claims["found"]))
        raw = catalogue(finished, "wide_binaries").meta["N_ROWS"]
        assert found["N2"] == raw == len(catalogue(finished, "wide_binaries"))
        assert found["N3"] == catalogue(finished, "lamost_fgk").meta["N_ROWS"]


def test_without_the_paper_s_table_the_run_goes_on_and_says_so(published):
    results = published.path / "results" / RUN
    record = json.loads(
        (results / "raw/nadc/LAMOST_FGK_BOSS_M_dwarfs.fits.json").read_text()
    )
    assert "NADC did not give" in record["absent"] and "url" not in record
    for name in (
        "catalogues/paper_pairs.fits", "comparisons/paper_sample.fits",
        "diagnostics/paper_sample.ecsv", "diagnostics/paper_sample_counts.ecsv",
    ):  # fmt: skip
        table = tables.read(results / name)
        assert len(table) == 0 and absent.why(table) == record["absent"], name
    claims = tables.read(results / "audit" / "claims.ecsv")
    own = claims[np.char.startswith(np.asarray(claims["id"], str), "S")]
    assert set(own["status"]) == {"not testable here"}
    assert all("not compared: NADC did not give" in note for note in own["note"])
    listed = tables.read(results / "audit" / "products.ecsv")
    assert [row["path"] for row in listed if row["problems"]] == []
    assert "**Not compared**" in (results / "audit" / "claims.md").read_text()


def test_only_the_needed_spectra_are_fetched(published):
    results = published.path / "results" / RUN
    listed = tables.read(results / "raw" / "astra" / "spectra.ecsv")
    chosen = tables.read(results / "samples" / "chosen.fits")
    candidates = tables.read(results / "samples" / "candidates.fits")
    assert sorted(listed["sdss_id"]) == sorted(chosen["sdss_id"])
    assert len(chosen) < 0.5 * len(candidates)
    asked = {line for line in published.asked if "/spectra/star/" in line}
    assert len(asked) == len(chosen)


def test_the_other_candidates_have_the_released_labels(published):
    results = published.path / "results" / RUN
    released = catalogue(published, "astra_slam")
    chosen = tables.read(results / "samples" / "chosen.fits")
    labels = tables.read(results / "catalogue" / "slam_labels.fits")
    other = (labels["status"] == RELEASED) & ~np.isin(
        labels["source_id"], chosen["source_id"]
    )
    assert np.sum(other) > 100 and not np.any((labels["status"] == RELEASED) & ~other)
    place = match(labels["sdss_id"][other], released["sdss_id"])
    assert (place >= 0).all()
    np.testing.assert_array_equal(labels["teff"][other], released["teff"][place])

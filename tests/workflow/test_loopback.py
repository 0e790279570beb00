"""The real run, from archives on loopback, makes what the simulated run makes.

With the whole file of wide binaries and all spectra, as far as these; and then, in a
copy of this, by the routes of config/dr19.yaml as far as the audit: a query for the
wide binaries, and released labels where no spectrum is needed.
"""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from mdwarfs import tables
from mdwarfs.catalogues.nulls import from_cards
from mdwarfs.slam.infer.released import RELEASED
from mdwarfs.tables import absent
from mdwarfs.tables.matching import match
from tests.archives.servers import faults
from tests.workflow.conftest import Checkout, product_bytes
from tests.workflow.loopback import LOOPBACK, RUN, copy_to_run_in

pytestmark = pytest.mark.dag

SHARES = "--set-scatter", "stars=3"
OF_SKYSERVER = ("boss", "apogee_net", "aspcap", "astra_slam")


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
    """A copy in which they have been made through those archives, on one core.

    Spectra are fetched and normalised in three shares of the stars.
    """
    path = tmp_path_factory.mktemp("loopback") / "copy"
    checkout = copy_to_run_in(root, path, server)
    server.behave()
    asked = "--cores", "1", *SHARES, *LOOPBACK, "--", *compared
    checkout.snakemake(*asked, configfile=None)
    checkout.asked = list(server.asked)
    return checkout


def test_every_product_has_the_bytes_of_the_simulated_run(finished, loopback, compared):
    """But for headers of catalogues from SkyServer, which has -9999 for NaN."""
    assert len(compared) >= 25
    other = {
        path
        for path in compared
        if product_bytes(finished.path / path) != product_bytes(loopback.path / path)
    }
    of_skyserver = {f"results/{RUN}/catalogues/{name}.fits" for name in OF_SKYSERVER}
    assert other <= of_skyserver
    for path in other:
        one, two = (tables.read(c.path / path) for c in (finished, loopback))
        assert one.colnames == two.colnames
        for name in one.colnames:
            np.testing.assert_array_equal(one[name], two[name])


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
    assert len(records) == 14
    for record in records:
        file = next(raw.rglob(record["file"]))
        assert record["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        assert record["bytes"] == file.stat().st_size
        assert "127.0.0.1" in record["url"] and record["time"]
        assert record.get("version") or record["request"]["version"]
        if file.name.endswith((".fits.gz", ".fits", ".vot.gz")):
            assert record["rows"] > 0
            assert record.get("columns") or record["request"]["columns"]
        if record["file"] == "spectra.ecsv":  # of many files
            assert record["rows"] > 500 and len(record["fetched"]) == 2
        elif "/sas/" in record["url"] or "catdl" in record["url"]:
            assert record["etag"]
        else:
            said = json.dumps(record)
            assert "SELECT" in said or "urls" in said or "isochrones" in said
    assert not list(raw.rglob("*.part*"))


def test_running_again_fetches_nothing(loopback, compared, server):
    server.asked.clear()
    asked = "-n", *SHARES, *LOOPBACK, "--", *compared
    done = loopback.snakemake(*asked, configfile=None)
    assert "Nothing to be done" in done.stdout + done.stderr
    assert server.asked == []


@pytest.fixture(scope="module")
def published(loopback, server, tmp_path_factory):
    """A copy of it that has gone on by the routes of dr19.yaml, up to the audit.

    It is trained with one set of hyperparameters. Spectra, wide binaries and the
    paper's table are fetched anew.
    """
    path = tmp_path_factory.mktemp("published") / "copy"
    shutil.copytree(loopback.path, path)
    checkout = Checkout(path)
    raw = path / "results" / RUN / "raw"
    for name in ("astra/spectra", "wide_binaries", "nadc"):
        shutil.rmtree(raw / name)
    (raw.parent / "catalogues" / "paper_pairs.fits").unlink()  # or NADC is not asked
    changes = {
        "archives": {
            "candidates": "released",
            "inputs": {"wide_binaries": {"route": "query"}},
        },
        "slam": {"folds": 2, "grid": {"C": [1.0], "epsilon": [0.1], "gamma": [0.03]}},
        "spectra": {"wave_min": 7800.0},
        "posterior": {"draws": 64},
        "uncertainty": {"parts": 2},
    }
    (checkout.path / "published.yaml").write_text(yaml.safe_dump(changes))
    server.behave()
    server.misbehave("/res/r101717/", faults.gone, 2)  # NADC has moved
    checkout.snakemake(
        "--cores", "2", *LOOPBACK, "published.yaml", "--", "samples", "predict",
        "audit", configfile=None,
    )  # fmt: skip
    checkout.asked = list(server.asked)
    return checkout


def catalogue(checkout, name):
    """One of a run's clean catalogues."""
    return tables.read(checkout.path / "results" / RUN / "catalogues" / f"{name}.fits")


def test_fill_values_of_skyserver_are_null_and_listed(published):
    aspcap = catalogue(published, "aspcap")
    assert any(
        "fill value -9999" in nulled.reason for nulled in from_cards(aspcap.meta)
    )
    claims = published.path / "results" / RUN / "audit" / "claims.md"
    text = claims.read_text().partition("## Values made null")[2]
    assert "| `catalogues/aspcap.fits` | alpha_m | fill value -9999 |" in text


def test_queries_for_the_needed_rows_give_the_same_samples(finished, published):
    for name in ("candidates", "pairs_fgk_m", "pairs_m_m", "labels", "split"):
        file = Path("results", RUN, "samples", f"{name}.fits")
        direct = product_bytes(finished.path / file)
        assert product_bytes(published.path / file) == direct, name
    assert len(catalogue(published, "wide_binaries")) < len(
        catalogue(finished, "wide_binaries")
    )


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

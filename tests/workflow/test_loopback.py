"""The real run, from archives on loopback, makes what the simulated run makes.

With the whole file of wide binaries and all spectra, as far as these.
"""

import hashlib
import json

import numpy as np
import pytest

from mdwarfs import tables
from tests.workflow.conftest import product_bytes
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
    asked = "-n", *SHARES, *LOOPBACK, "--", *compared
    done = loopback.snakemake(*asked, configfile=None)
    assert "Nothing to be done" in done.stdout + done.stderr
    assert server.asked == []

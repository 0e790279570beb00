"""The real run, from archives on loopback, makes what the simulated run makes."""

import hashlib
import json
import shutil

import pytest
import yaml

from tests.archives.servers.archives import Archives
from tests.archives.servers.loopback import served
from tests.archives.servers.tap import TapServer, Unavailable
from tests.workflow.conftest import copy_of

pytestmark = pytest.mark.dag

RUN = "simulated-ci"
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


@pytest.fixture(scope="module")
def loopback(root, server, tmp_path_factory):
    """A copy in which the workflow has run through those archives."""
    checkout = copy_of(root, tmp_path_factory.mktemp("loopback") / "copy")
    archives = yaml.safe_load((root / "config" / "dr19.yaml").read_text())["archives"]
    served_yaml = yaml.safe_dump(served(archives, server))
    (checkout.path / "served.yaml").write_text(served_yaml)
    truth = checkout.path / "results" / RUN / "raw" / "truth.fits"
    truth.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(server.raw / "truth.fits", truth)  # which no archive has
    checkout.snakemake("--cores", "2", *LOOPBACK, configfile=None)
    return checkout


def products(checkout):
    """Digest of every product, by its path below results and figures."""
    folders = [checkout.path / name / RUN for name in ("results", "figures")]
    return {
        str(path.relative_to(checkout.path)): hashlib.sha256(
            path.read_bytes()
        ).hexdigest()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not {"logs", "benchmarks", "raw"} & set(path.parts)
    }


def test_every_product_has_the_bytes_of_the_simulated_run(finished, loopback):
    direct, fetched = products(finished), products(loopback)
    assert len(direct) > 60
    assert sorted(fetched) == sorted(direct)
    assert [path for path in direct if fetched[path] != direct[path]] == []


def test_the_archives_were_asked_as_the_real_run_asks(loopback, server):
    asked = "\n".join(server.asked)
    for part in (
        "POST /tap-server/tap/async",
        "POST /TAPVizieR/tap/async",
        "GET /dr19/en/tools/search/x_results.aspx",
        "GET /sas/dr19/spectro/astra/0.6.0/spectra/star/",
        "GET /sas/dr19/vac/mwm/m-dwarf/elemental_abundances/",
        "GET /api/records/4435257/files/all_columns_catalog.fits.gz/content",
        "GET /dr11/v2.0/catdl?name=dr11_v2.0_LRS_mstellar.fits.gz",
        "GET /api/access/datafile/:persistentId",
        "POST /cgi-bin/cmd",
        "Mdwarf_project",
    ):
        assert part in asked, part


def test_every_raw_file_has_a_record(loopback):
    raw = loopback.path / "results" / RUN / "raw"
    records = [json.loads(path.read_text()) for path in raw.rglob("*.json")]
    assert len(records) == 12
    for record in records:
        file = next(raw.rglob(record["file"]))
        assert record["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
        assert "127.0.0.1" in record["url"] and record["time"]
    assert not list(raw.rglob("*.part*"))


def test_running_again_fetches_nothing(loopback, server):
    server.asked.clear()
    done = loopback.snakemake("-n", *LOOPBACK, configfile=None)
    assert "Nothing to be done" in done.stdout + done.stderr
    assert server.asked == []

"""What archives do wrong, archive by archive, and what becomes of it.

Each row is a fault that an archive has shown. The input is fetched as config/dr19.yaml
asks for it; it has to come with the right bytes, or to stop the run with a message that
names archive, file and remedy. The faults of Gaia's and VizieR's jobs are in
test_tap_server.py.
"""

import gzip
import hashlib
import io

import numpy as np
import pytest
import yaml
from astropy.io import fits
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.archives import nadc, settings, skyserver, wanted
from mdwarfs.archives.fetch import deliver_file
from mdwarfs.archives.parsec import parsec
from mdwarfs.archives.spectra import fetch_all
from mdwarfs.errors import InputError
from tests.archives.servers import faults
from tests.archives.servers.archives import NADC_FILE
from tests.archives.servers.fixtures import RAW

RECOVERS = ""
SPALL = "spAll-lite-v6_1_3.fits"
SLAM = "dr19/spectro/astra/0.6.0/summary/astraAllStarSlam"
ZENODO = "records/4435257/files"
LAMOST = "dr11_v2.0_LRS_mstellar"
EVER = 99

# Input, route, where the fault is, the fault, how often, and the words with which the
# run stops, or RECOVERS.
ROWS = {
    "SAS 503 during maintenance": (
        "spall", "full", SPALL, faults.busy, 1, RECOVERS),
    "SAS 503 for good": (
        "spall", "full", SPALL, faults.busy, EVER, "status 503"),
    "SAS 504": ("spall", "full", SPALL, faults.gateway, 2, RECOVERS),
    "SAS reset in the middle": (
        "spall", "full", SPALL, faults.reset, 2, RECOVERS),
    "SAS reset for good": (
        "spall", "full", SPALL, faults.reset, EVER, "(?i)reset"),
    "SAS stalled read": ("spall", "full", SPALL, faults.stall, 1, RECOVERS),
    "SAS file changes between attempts": (
        "spall", "full", SPALL, faults.changed, 1, RECOVERS),
    "SAS truncated gzip": (
        "spall", "full", SPALL, faults.truncated, EVER, "gzip stream|truncated"),
    "SAS empty file": ("spall", "full", SPALL, faults.empty, EVER, "empty"),
    "SAS directory index instead of the file": (
        "spall", "full", SPALL, faults.page, EVER, "page"),
    "SAS page that says it is a file": (
        "spall", "full", SPALL, faults.page_as_file, EVER, "page"),
    "SAS unpacks on the way": (
        "spall", "full", SPALL, faults.unpacked, EVER, RECOVERS),
    "SAS paths of another release": (
        "spall", "full", SPALL, faults.gone, EVER, "status 404"),
    "SAS missing column": (
        "spall", "full", SPALL, faults.without_column("SUBCLASS"), EVER, "SUBCLASS"),
    "SAS wrong number of rows": (
        "spall", "full", SPALL, faults.fewer_rows, EVER, "rows"),
    "SAS printed address of the paper": (
        "slam", "full", SLAM, faults.gone, EVER, RECOVERS),
    "SAS wrong number of rows, no md5 known": (
        "behmard", "full", "abundances", faults.fewer_rows, EVER, "rows"),
    "SkyServer busy": (
        "spall", "lean", "x_results", faults.busy, 1, RECOVERS),
    "SkyServer time-out of the client": (
        "spall", "lean", "x_results", faults.stall, 1, RECOVERS),
    "SkyServer error as text with 200": (
        "spall", "lean", "x_results", faults.text_error, EVER, "Invalid object name"),
    "SkyServer page with 200": (
        "spall", "lean", "x_results", faults.page, EVER, "maintenance"),
    "SkyServer JSON error with 200": (
        "spall", "lean", "x_results", faults.json_error, EVER, "no such file"),
    "SkyServer cuts the answer": (
        "spall", "lean", "x_results", faults.capped(100_000), 1, "exactly 100000 rows"),
    "SkyServer nothing": (
        "spall", "lean", "x_results", faults.empty, EVER, "(nothing|column)"),
    "Zenodo 429": ("wide_binaries", "full", ZENODO, faults.too_many, 2, RECOVERS),
    "Zenodo 503": ("wide_binaries", "full", ZENODO, faults.busy, 1, RECOVERS),
    "Zenodo other version of the record": (
        "wide_binaries", "full", ZENODO, faults.fewer_rows, EVER, "rows"),
    "Zenodo damaged file": (
        "wide_binaries", "full", ZENODO, faults.flipped, EVER, "gzip stream|md5|trunc"),
    "Zenodo first address gone": (
        "wide_binaries", "full", "api/records", faults.gone, EVER, RECOVERS),
    "LAMOST JSON error with 200": (
        "lamost_mstellar", "full", LAMOST, faults.json_error, EVER, "no such file"),
    "LAMOST stalls without a reset": (
        "lamost_mstellar", "full", LAMOST, faults.stall, 1, RECOVERS),
    "LAMOST fewer bytes": (
        "lamost_mstellar", "full", LAMOST, faults.truncated, EVER, "gzip|truncated"),
    "Dataverse 202 and nothing": (
        "bayestar", "full", "dataverse", faults.firewall, EVER, "firewall.*browser"),
    "Dataverse reset, resumed": (
        "bayestar", "full", "dataverse", faults.reset, 1, RECOVERS),
    "Dataverse ignores Range": (
        "bayestar", "full", "dataverse", faults.no_range, 1, RECOVERS),
    "Dataverse file changes between attempts": (
        "bayestar", "full", "dataverse", faults.changed, 1, RECOVERS),
    "Dataverse damaged file": (
        "bayestar", "full", "dataverse", faults.flipped, EVER, "md5"),
    "Dataverse truncated file": (
        "bayestar", "full", "dataverse", faults.truncated, EVER, "bytes"),
    "GitHub page": ("birky", "full", "Table6", faults.page, EVER, "page"),
    "CMD busy": ("parsec", "lean", "cgi-bin/cmd", faults.busy, 1, RECOVERS),
    "CMD fields of the form renamed": (
        "parsec", "lean", "cgi-bin/cmd", faults.no_table, EVER, "Invalid photometric"),
    "CMD table without its end": (
        "parsec", "lean", "tmp/output", faults.unfinished, EVER, "isochrone termin"),
    "CMD table expired": (
        "parsec", "lean", "tmp/output", faults.gone, EVER, "status 404"),
    "CMD page instead of the table": (
        "parsec", "lean", "tmp/output", faults.page, EVER, "page"),
}  # fmt: skip
PATHS = {"dataverse": "api/access/datafile"}


@pytest.fixture(scope="module")
def config(root):
    """config/dr19.yaml over the defaults."""
    merged = yaml.safe_load((root / "config" / "config.yaml").read_text())
    return merged | yaml.safe_load((root / "config" / "dr19.yaml").read_text())


@pytest.fixture
def retrieve(config, archives, hasty, monkeypatch):
    """Fetches one input into a file, from loopback, as the rules do."""
    monkeypatch.setattr(skyserver, "PAUSE", 0)
    section = config["archives"]
    section = section | {"addresses": archives.addresses(section["addresses"])}

    def retrieve(key, route, path):
        found = served(settings.source(section, key, route), key, archives.raw)
        official = served(settings.source(section, key, "full"), key, archives.raw)
        excerpt = wanted.excerpt(key, config["boss"])
        if key == "parsec":
            return parsec(found["address"], path, config["isochrones"], hasty)
        if route == "full":
            return deliver_file(path, found, hasty, excerpt)
        service = skyserver.SkyServer(found["address"], found["release"], hasty)
        return skyserver.deliver_table(
            service, key, found, official, excerpt, config["boss"], path
        )

    return retrieve


def served(source, key, raw):
    """An entry of the configuration with what is true of the simulated file."""
    if "rows" in source:
        n_rows = sum(len(hdu.data) for hdu in fits.open(raw / RAW[key])[1:])
        lowest = n_rows if "urls" in source else 1
        source = source | {"rows": [lowest, n_rows]}
    content = (raw / RAW[key]).read_bytes()
    known = {"bytes": len(content), "md5": hashlib.md5(content).hexdigest()}
    return source | {name: value for name, value in known.items() if name in source}


@pytest.fixture(scope="module")
def right():
    """The right files, each fetched once."""
    return {}


@pytest.mark.parametrize("row", ROWS)
def test_it_comes_right_or_stops_with_a_message(
    row, retrieve, archives, right, tmp_path
):
    key, route, where, fault, times, words = ROWS[row]
    path = tmp_path / "raw" / RAW[key].rpartition("/")[2]
    if (key, route) not in right:
        retrieve(key, route, tmp_path / "right" / path.name)
        right[key, route] = (tmp_path / "right" / path.name).read_bytes()
        archives.behave()
    where = PATHS.get(where, where)
    archives.misbehave(where, fault, times)
    if words == RECOVERS:
        retrieve(key, route, path)
        assert path.read_bytes() == right[key, route]
        assert {file.name for file in path.parent.iterdir()} == {
            path.name, f"{path.name}.json",
        }  # fmt: skip
    else:
        with pytest.raises(InputError, match=words) as error:
            retrieve(key, route, path)
        message = str(error.value)
        assert row.partition(" ")[0] in message  # the archive
        assert path.name in message  # the file
        assert str(path) in message and "by hand" in message  # the remedy
        assert left_over(path) == []
    assert any(where in asked for asked in archives.asked)


def left_over(path):
    """Files that are there, but for one that can be continued."""
    files = {file.name for file in path.parent.rglob("*") if file.is_file()}
    unfinished = {f"{path.name}.part", f"{path.name}.part.json"}
    return sorted(files - unfinished if unfinished <= files else files)


def test_a_resumed_file_is_asked_for_from_where_it_broke(
    retrieve, archives, simulated_raw, tmp_path
):
    archives.misbehave("datafile", faults.reset)
    retrieve("bayestar", "full", tmp_path / "bayestar2019.h5")
    assert len(archives.asked) == 2
    assert (tmp_path / "bayestar2019.h5").read_bytes() == (
        simulated_raw / RAW["bayestar"]
    ).read_bytes()


def test_the_other_suffix_is_tried(retrieve, archives, simulated_raw, tmp_path):
    """SDSS's own path tools lack the .gz of some files."""
    archives.misbehave(f"{SPALL}.gz", faults.gone, EVER)
    folder = "/sas/dr19/spectro/boss/redux/v6_1_3"
    packed = (simulated_raw / RAW["spall"]).read_bytes()
    archives.others[f"{folder}/{SPALL}"] = gzip.decompress(packed)
    retrieve("spall", "full", tmp_path / "spall.fits.gz")
    archives.behave()
    retrieve("spall", "full", tmp_path / "right.fits.gz")
    assert (tmp_path / "spall.fits.gz").read_bytes() == (
        tmp_path / "right.fits.gz"
    ).read_bytes()


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
    manifest = fetch_all(ids, base, tmp_path, 4, hasty)
    assert manifest["sdss_id"].tolist() == sorted(ids)
    lost = [row["sdss_id"] for row in manifest if row["reason"]]
    assert lost == [ids[3]]
    came = {row["sdss_id"]: row["sha256"] for row in manifest if not row["reason"]}
    right = dict(zip(listed["sdss_id"].tolist(), listed["sha256"].tolist()))
    assert came == {sdss_id: right[sdss_id] for sdss_id in came}


@pytest.mark.parametrize("fault", [faults.truncated, faults.page])
def test_a_spectrum_that_may_be_there_is_not_passed_over(
    archives, simulated_raw, hasty, tmp_path, fault
):
    ids = tables.read(simulated_raw / RAW["spectra"])["sdss_id"][:4].tolist()
    archives.misbehave(f"-{ids[0]}.fits", fault, EVER)
    base = f"{archives.url}/sas/dr19/spectro/astra/0.6.0/spectra"
    with pytest.raises(InputError, match=f"SDSS SAS .*{ids[0]}.*by hand"):
        fetch_all(ids, base, tmp_path, 2, hasty)
    assert len([file for file in tmp_path.rglob("*") if file.is_file()]) == 3


@pytest.fixture
def paper_table(archives):
    """The paper's Table 3, as NADC serves it, and how it is asked for."""
    names = [*nadc.IDENTIFIERS, *nadc.REALS]
    values = {name: np.arange(1.0, 9.0) for name in names}
    values |= {name: np.arange(8) + 2**60 for name in nadc.IDENTIFIERS}
    content = io.BytesIO()
    Table(values).write(content, format="fits")
    archives.others[NADC_FILE] = content.getvalue()
    printed = f"{archives.url}/res/r101717/LAMOST_FGK_BOSS_M_dwarfs.fits"
    urls = [printed, f"{archives.url}/res/r101717/"]
    return {"archive": "NADC", "kind": "fits", "rows": [8, 8], "urls": urls}


def test_nadc_landing_page_instead_of_the_file(archives, paper_table, hasty, tmp_path):
    path = tmp_path / "LAMOST_FGK_BOSS_M_dwarfs.fits"
    nadc.published_table(path, paper_table, hasty)
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
    with pytest.raises(InputError, match=words) as error:
        nadc.published_table(path, paper_table, hasty)
    for said in ("NADC", path.name, str(path), "by hand"):
        assert said in str(error.value)
    assert left_over(path) == []


def test_the_dead_server_of_the_dust_map_is_not_asked(root):
    text = (root / "config" / "dr19.yaml").read_text()
    library = "".join(p.read_text() for p in (root / "workflow").rglob("*.py"))
    assert "argonaut" not in text and "BayestarWebQuery" not in library

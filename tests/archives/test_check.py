"""Whether the archives are as a run assumes: all right, and each one wrong in turn."""

import gzip
import json
import os
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
import yaml
from astropy.io import fits

from mdwarfs.archives import check as checking
from mdwarfs.archives import probes, skyserver, verdicts
from mdwarfs.archives.check import check, last_line, table_of
from mdwarfs.archives.head import check_part
from mdwarfs.archives.patience import Limits
from mdwarfs.archives.verdicts import AS_ASSUMED
from mdwarfs.cli import main
from mdwarfs.config import merge_config, read_config
from mdwarfs.errors import InputError
from tests.archives.servers import faults, loopback, tls
from tests.archives.servers.faults import Answer

HASTY = Limits(attempts=2, first_wait=0.05, connect=5, stall=15, total=90)
PATIENT = replace(HASTY, stall=60, total=400)  # for the jobs of a real TAP server
EVER = 99
OF_TAP = ("gaia", "wide_binaries", "lamost_stellar")  # as config/dr19.yaml has them


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(skyserver, "PAUSE", 0)


@pytest.fixture(scope="module")
def config(root):
    return read_config([root / "config" / "config.yaml", root / "config" / "dr19.yaml"])


@pytest.fixture(scope="module")
def what_is_served(config, all_archives):
    """What the configuration says of the loopback servers."""
    return loopback.served(config["archives"], all_archives)


@pytest.fixture
def served(config, archives, what_is_served):
    """The configuration of the loopback servers."""
    return merge_config(config, what_is_served)


def only(config, *keys):
    """A configuration with some of the inputs alone."""
    inputs = config["archives"]["inputs"]
    section = config["archives"] | {"inputs": {key: inputs[key] for key in keys}}
    return config | {"archives": section}


def without(config, keys):
    """A configuration without some of the inputs."""
    return only(
        config, *(key for key in config["archives"]["inputs"] if key not in keys)
    )


def wrong(findings):
    """What is not as assumed, as (input, verdict)."""
    return {(f.input, f.verdict) for f in findings if f.verdict != AS_ASSUMED}


def test_all_is_as_assumed_where_the_archives_are_right(served, archives):
    """But for those that a TAP server plays."""
    some = without(served, OF_TAP)
    findings, facts = check(some, limits=PATIENT, seconds=400)
    assert wrong(findings) == set()
    assert {f.input for f in findings} == some["archives"]["inputs"].keys()
    assert 1e3 < facts["bytes"] < 5e6
    assert not any(f.remedy for f in findings)
    assert len([a for a in archives.asked if "x_results" in a or "Sql" in a]) == 4
    assert last_line(findings, facts).startswith(f"All {len(findings)} assumptions")


@pytest.mark.dag
def test_all_is_as_assumed_by_either_route(served, tap_archives):
    findings, facts = check(served, True, PATIENT, seconds=400)
    assert wrong(findings) == set()
    assert {f.archive for f in findings} == {
        "SDSS SAS", "SDSS SkyServer", "the Gaia archive", "VizieR", "Zenodo", "LAMOST",
        "Harvard Dataverse", "GitHub", "the CMD server", "NADC",
    }  # fmt: skip
    assert facts["bytes"] < 5e6
    said = " ".join(f"{f.input} {f.assumption}" for f in findings)
    for assumption in ("uploaded", "types", "one row", "partial", "form", "spectrum"):
        assert assumption in said


def retyped(name, format_):
    """A FITS table in which a column has another format."""

    def change(rows):
        columns = [
            fits.Column(c.name, format_, array=np.zeros(len(rows)))
            if c.name == name
            else c
            for c in rows.columns
        ]
        return fits.BinTableHDU.from_columns(columns).data

    return lambda answer: faults.edited(answer, change)


def no_parts(answer):
    """The whole file in answer to a request for a part."""
    return replace(answer, ranges=False)


def sql_error(words):
    """SkyServer's answer to a query that cannot be run."""
    return lambda answer: Answer(f"#Error: {words}\n".encode(), kind="text/plain")


def sql_cells(change):
    """SkyServer's answer with other rows."""

    def changed(answer):
        name, head, *rows = answer.body.decode().splitlines()
        lines = [name, head, *change(rows)]
        return replace(answer, body="".join(f"{line}\n" for line in lines).encode())

    return changed


def other_head(right, wrong):
    """A text table, gzipped or not, with another line of names."""

    def changed(answer):
        packed = answer.body.startswith(b"\x1f\x8b")
        body = gzip.decompress(answer.body) if packed else answer.body
        body = body.replace(right, wrong, 1)
        return replace(answer, body=gzip.compress(body) if packed else body)

    return changed


def renamed_field(answer):
    """A form in which a field has another name."""
    body = answer.body.replace(b'name="photsys_file"', b'name="photsys"')
    return replace(answer, body=body)


def newer_form(answer):
    """A form of another version."""
    return replace(answer, body=answer.body.replace(b'value="3.9"', b'value="4.0"'))


SLAM = "FROM slam_boss_star"
WRONG = {
    "SAS: wrong address": (
        "behmard", "abundances", faults.gone, verdicts.ELSEWHERE, "404"),
    "SAS: page instead of the file": (
        "behmard", "abundances", faults.page, verdicts.ELSEWHERE, "page"),
    "SAS: column renamed": (
        "behmard", "abundances", faults.without_column("fe_h_cannon"),
        verdicts.NO_COLUMN, "fe_h_cannon"),
    "SAS: identifiers as reals": (
        "behmard", "abundances", retyped("gaia_dr3_source_id", "D"),
        verdicts.OTHER_TYPE, "gaia_dr3_source_id"),
    "SAS: no row": (
        "behmard", "abundances", faults.no_rows, verdicts.NO_ROW, "none"),
    "SAS: other number of rows": (
        "behmard", "abundances", faults.fewer_rows, verdicts.OTHER_ROWS, "rows"),
    "SAS: no parts": (
        "behmard", "abundances", no_parts, verdicts.NO_PARTS, "200"),
    "SAS: no spectrum": (
        "spectra", "/mwmStar-", faults.gone, verdicts.NO_SPECTRUM, "mwmStar-0.6.0"),
    "SAS: damaged spectrum": (
        "spectra", "/mwmStar-", faults.truncated, verdicts.NO_SPECTRUM, "FITS"),
    "SAS: maintenance": (
        "behmard", "abundances", faults.busy, verdicts.BUSY, "503"),
    "SkyServer: no table": (
        "slam", SLAM, sql_error("Invalid object name 'slam_boss_star'."),
        verdicts.NO_TABLE, "slam_boss_star"),
    "SkyServer: no column": (
        "slam", SLAM, sql_error("Invalid column name 'fe_h_niu'."),
        verdicts.NO_COLUMN, "fe_h_niu"),
    "SkyServer: identifiers as reals": (
        "slam", SLAM, sql_cells(lambda rows: [f"5.4e7{row[8:]}" for row in rows]),
        verdicts.OTHER_TYPE, "sdss_id"),
    "SkyServer: no row": (
        "slam", SLAM, sql_cells(lambda rows: []), verdicts.NO_ROW, "empty"),
    "SkyServer: wrong address": (
        "slam", SLAM, faults.gone, verdicts.ELSEWHERE, "404"),
    "LAMOST: wrong address": (
        "lamost_mstellar", "mstellar", faults.json_error, verdicts.ELSEWHERE, "code"),
    "LAMOST: other size": (
        "lamost_mstellar", "mstellar", faults.truncated, verdicts.OTHER_FILE, "bytes"),
    "LAMOST: column renamed": (
        "lamost_mstellar", "mstellar", faults.without_column("gaia_source_id"),
        verdicts.NO_COLUMN, "gaia_source_id"),
    "Dataverse: firewall": (
        "bayestar", "datafile", faults.firewall, verdicts.FIREWALL, "datafile"),
    "Dataverse: other file": (
        "bayestar", "datafile", faults.page_as_file, verdicts.OTHER_FILE, "page"),
    "GitHub: wrong address": (
        "birky", "Mdwarf_project", faults.gone, verdicts.ELSEWHERE, "404"),
    "GitHub: column renamed": (
        "birky", "Mdwarf_project",
        other_head(b",TEFF,", b",T,"),
        verdicts.NO_COLUMN, "TEFF"),
    "CMD: wrong address": (
        "parsec", "cgi-bin/cmd", faults.gone, verdicts.ELSEWHERE, "404"),
    "CMD: field renamed": (
        "parsec", "cgi-bin/cmd", renamed_field, verdicts.OTHER_FORM, "photsys_file"),
    "CMD: another version": (
        "parsec", "cgi-bin/cmd", newer_form, verdicts.OTHER_VERSION, "4.0"),
    "CMD: no form": (
        "parsec", "cgi-bin/cmd", faults.page, verdicts.OTHER_FORM, "no form"),
    "NADC: page without the file": (
        "paper_table", "/res/r101717/", faults.page, verdicts.ELSEWHERE, "offers"),
    "NADC: column renamed": (
        "paper_table", "download?id", faults.without_column("source_id2"),
        verdicts.NO_COLUMN, "source_id2"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_named_with_what_to_do(what, served, archives):
    key, where, fault, verdict, words = WRONG[what]
    archives.misbehave(where, fault, EVER)
    keys = ["slam", key] if key == "spectra" else [key]
    findings, facts = check(only(served, *keys), limits=HASTY)
    assert (key, verdict) in wrong(findings)
    finding = [f for f in findings if f.verdict == verdict][-1]
    assert words in finding.found and finding.remedy
    text = table_of(findings, 120)
    assert verdict in text and "what to do" in text and "Traceback" not in text
    assert max(map(len, text.splitlines())) <= 120
    assert "do not hold" in last_line(findings, facts)
    assert finding.stops == (verdict not in verdicts.HARMLESS and key != "paper_table")


def test_an_unexpected_number_of_rows_stops_no_run(served, archives):
    archives.misbehave("spAll-lite", faults.fewer_rows, EVER)
    inputs = {"spall": {"route": "download"}}
    changed = merge_config(only(served, "spall"), {"archives": {"inputs": inputs}})
    findings, facts = check(changed, limits=HASTY)
    assert wrong(findings) == {("spall", verdicts.UNEXPECTED_ROWS)}
    assert not any(finding.stops for finding in findings)
    assert "a run would stop at none of them" in last_line(findings, facts)


def test_the_other_inputs_of_an_archive_are_checked_nevertheless(served, archives):
    archives.misbehave("FROM apogee_net", faults.text_error, EVER)
    keys = ("spall", "apogee_net", "aspcap", "slam")
    findings, _ = check(only(served, *keys), limits=HASTY)
    assert wrong(findings) == {("apogee_net", verdicts.NO_TABLE)}
    assert {f.input for f in findings} == set(keys)


def test_the_second_address_counts(served, archives):
    archives.misbehave("spectro/astra/0.6.0/summary", faults.gone, EVER)
    inputs = {"slam": {"route": "download"}}
    changed = merge_config(only(served, "slam"), {"archives": {"inputs": inputs}})
    findings, _ = check(changed, limits=HASTY)
    assert wrong(findings) == set()
    (address,) = [f for f in findings if f.assumption == "address"]
    assert "MWM_ASTRA" in address.found and "404" in address.found


TAP_WRONG = {
    "VizieR: no table": (
        {"wide_binaries": {"query": {"table": "J/MNRAS/506/2269/none"}}},
        "wide_binaries", verdicts.NO_TABLE, "2269/none"),
    "VizieR: no catalogue": (
        {"birky": {"route": "query", "query": {"catalogue": "J/ApJ/0/0"}}},
        "birky", verdicts.NO_TABLE, "J/ApJ/0/0"),
    "VizieR: columns of another table": (
        {"lamost_stellar": {"query": {"table": "J/ApJ/892/31/table6"}}},
        "lamost_stellar", verdicts.NO_COLUMN, "obsid"),
}  # fmt: skip


@pytest.mark.dag
@pytest.mark.parametrize("what", TAP_WRONG)
def test_what_is_wrong_with_vizier_is_named(what, served, tap_archives):
    inputs, key, verdict, words = TAP_WRONG[what]
    changed = merge_config(only(served, key), {"archives": {"inputs": inputs}})
    findings, _ = check(changed, limits=PATIENT, seconds=400)
    assert wrong(findings) == {(key, verdict)}
    assert words in findings[-1].found


@pytest.mark.parametrize(
    ("key", "where"), [("gaia", "/tap-server"), ("wide_binaries", "/TAPVizieR")]
)
def test_a_service_that_is_not_at_its_address_is_named(key, where, served, archives):
    archives.misbehave(where, faults.gone, EVER)
    findings, _ = check(only(served, key), limits=PATIENT, seconds=400)
    assert wrong(findings) == {(key, verdicts.ELSEWHERE)}
    archives.behave()
    archives.misbehave(where, faults.busy, EVER)
    findings, _ = check(only(served, key), limits=PATIENT, seconds=400)
    assert wrong(findings) == {(key, verdicts.BUSY)}


def test_zenodo_is_checked_where_its_file_is_what_is_used(served, archives):
    full = {"archives": {"inputs": {"wide_binaries": {"route": "download"}}}}
    changed = merge_config(only(served, "wide_binaries"), full)
    findings, _ = check(changed, limits=HASTY)
    assert wrong(findings) == set() and {f.archive for f in findings} == {"Zenodo"}
    archives.misbehave("records/4435257", faults.gone, EVER)
    findings, _ = check(changed, limits=HASTY)
    assert wrong(findings) == {("wide_binaries", verdicts.ELSEWHERE)}
    archives.behave()
    archives.misbehave("records/4435257", faults.without_column("R_chance_align"), EVER)
    findings, _ = check(changed, limits=HASTY)
    assert ("wide_binaries", verdicts.NO_COLUMN) in wrong(findings)


@pytest.mark.dag
def test_a_column_that_the_gaia_archive_lacks_is_named(
    served, tap_archives, monkeypatch
):
    queries = {2: probes.gaia.QUERIES[2].replace("g.ruwe", "g.ruwe_new")}
    monkeypatch.setattr(probes.gaia, "QUERIES", queries)
    findings, _ = check(only(served, "gaia"), limits=PATIENT, seconds=400)
    assert wrong(findings) == {("gaia", verdicts.NO_COLUMN)}
    assert "gaiadr3.gaia_source.ruwe_new" in findings[0].found
    queries[2] = queries[2].replace("tmass_psc_xsc_join", "tmass_psc_join")
    findings, _ = check(only(served, "gaia"), limits=PATIENT, seconds=400)
    assert wrong(findings) == {("gaia", verdicts.NO_TABLE)}
    assert "gaiadr3.tmass_psc_join" in findings[0].found


def test_every_column_of_the_gaia_query_is_held_against_the_archive():
    needed = probes.columns_of(probes.gaia.QUERIES[2])
    assert needed["gaiadr3.dr2_neighbourhood"] == [
        "angular_distance", "dr2_source_id", "dr3_source_id", "magnitude_difference",
    ]  # fmt: skip
    assert {"ruwe", "source_id", "phot_bp_rp_excess_factor"} <= set(
        needed["gaiadr3.gaia_source"]
    )
    assert "designation" in needed["gaiadr1.tmass_original_valid"]
    assert len(needed) == 5


@pytest.fixture
def self_signed(tmp_path):
    """The address of a server whose certificate nobody else has signed."""
    with tls.Server() as server:
        server.secure(tls.make("archive"), tmp_path)
        yield server.url


def test_a_certificate_that_is_not_accepted_is_named(served, self_signed):
    """By each of the ways in which archives are asked."""
    ways = "behmard", "spectra", "paper_table", "parsec"  # files and forms
    ways += "slam", "gaia", "wide_binaries"  # queries
    there = {"addresses": dict.fromkeys(served["archives"]["addresses"], self_signed)}
    there["addresses"]["vizier"] += "/TAPVizieR/tap"
    changed = merge_config(only(served, *ways), {"archives": there})
    findings, _ = check(changed, limits=HASTY)
    assert {f.verdict for f in findings} == {verdicts.CERTIFICATE}
    assert {f.input for f in findings} == {*ways}


def test_a_network_that_is_not_there_takes_no_time(served):
    nobody = dict.fromkeys(served["archives"]["addresses"], "http://127.0.0.1:9/tap")
    changed = merge_config(served, {"archives": {"addresses": nobody}})
    begin = time.monotonic()
    findings, facts = check(changed, limits=HASTY)
    assert time.monotonic() - begin < 15
    assert last_line(findings, facts).startswith("None of 9 archives was reached")
    assert {f.verdict for f in findings} == {verdicts.UNREACHABLE}
    assert {f.input for f in findings} == served["archives"]["inputs"].keys()


def test_a_network_that_swallows_everything_ends_in_time(served, archives):
    """The archives accept the connection and never answer."""
    silent = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    url = f"http://127.0.0.1:{silent.server_port}/tap"  # nobody serves it
    swallowed = dict.fromkeys(served["archives"]["addresses"], url)
    changed = merge_config(served, {"archives": {"addresses": swallowed}})
    begin = time.monotonic()
    patient = replace(HASTY, stall=60)
    findings, _ = check(changed, limits=patient, seconds=1)
    assert 0.8 < time.monotonic() - begin < 4
    assert {f.verdict for f in findings} == {verdicts.LATE}
    assert {f.input for f in findings} == served["archives"]["inputs"].keys()
    silent.server_close()


def test_it_stops_at_so_many_bytes(served, archives, monkeypatch):
    monkeypatch.setattr(checking, "MEGABYTES", 0.05)
    findings, facts = check(only(served, "bayestar"), limits=HASTY)
    assert wrong(findings) == {("bayestar", verdicts.TOO_MUCH)}
    assert facts["bytes"] < 0.2e6


def test_an_answer_that_nobody_has_thought_of_is_a_finding(
    served, archives, monkeypatch
):
    def broken(*arguments):
        raise RuntimeError("what is this")

    monkeypatch.setattr(probes, "check_form", broken)
    findings, _ = check(only(served, "parsec", "behmard"), limits=HASTY)
    assert wrong(findings) == {("parsec", verdicts.BROKEN)}
    assert any("what is this" in finding.found for finding in findings)


def test_only_what_the_configuration_uses_is_asked(served, archives):
    full = {"inputs": {"slam": {"route": "download"}}}
    check(merge_config(only(served, "slam"), {"archives": full}), limits=HASTY)
    assert archives.asked and all("astraAllStarSlam" in a for a in archives.asked)


def test_every_verdict_has_a_remedy():
    names = {v for k, v in vars(verdicts).items() if k.isupper() and isinstance(v, str)}
    assert names - {AS_ASSUMED} == verdicts.REMEDIES.keys()


def written(path, served):
    """A configuration as a file, for the command."""
    path.write_text(yaml.safe_dump(served))
    return str(path)


def test_the_command_prints_a_table_writes_json_and_has_a_status(
    served, archives, tmp_path, capsys, root
):
    some = without(served, [*OF_TAP, "spectra"])
    # The schema wants all inputs; those of TAP servers are switched to their files.
    inputs = {
        "wide_binaries": {"route": "download"}, "lamost_stellar": {"route": "download"},
    }  # fmt: skip
    changed = merge_config(served, {"archives": {"inputs": inputs}})
    path = written(tmp_path / "served.yaml", changed)
    arguments = ["archives", "check", "--json", str(tmp_path / "found.json")]
    arguments += ["--configfile", str(root / "config" / "dr19.yaml"), path]
    archives.misbehave("tap-server", faults.gone, EVER)
    assert main(arguments) == 1
    out = capsys.readouterr().out
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["nothing_stops_a_run"] is False and found["run"] == "dr19"
    bad = [f for f in found["findings"] if f["verdict"] != AS_ASSUMED]
    assert {f["input"] for f in bad} == {"gaia"} and all(f["remedy"] for f in bad)
    assert {f["input"] for f in found["findings"]} > some["archives"]["inputs"].keys()
    assert "archive" in out and "verdict" in out and "do not hold: the Gaia" in out


def test_a_configuration_that_cannot_be_run_is_status_2(root, tmp_path, capsys):
    ci = str(root / "config" / "ci.yaml")
    assert main(["archives", "check", "--configfile", ci]) == 2
    assert "no section archives" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        main(["archives", "check", "--json", str(tmp_path / "no" / "a.json")])
    assert ended.value.code == 2


@pytest.fixture
def in_the_way(tmp_path):
    """What is there and no file, by name."""
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    return tmp_path


@pytest.mark.parametrize("name", ["fifo", "folder", "link", ""])
def test_findings_go_to_a_file_alone_and_that_is_known_before_all(
    in_the_way, monkeypatch, capsys, name
):
    monkeypatch.setattr(checking, "check", lambda *_: pytest.fail("asked"))
    with pytest.raises(SystemExit) as ended:
        main(["archives", "check", "--json", name and str(in_the_way / name)])
    assert (
        ended.value.code == 2 and "is not the name of a file" in capsys.readouterr().err
    )
    assert {path.name for path in in_the_way.iterdir()} == {"fifo", "folder", "link"}


def test_a_folder_that_is_gone_by_then_is_named(root, tmp_path, monkeypatch, capsys):
    """The findings are printed nevertheless."""
    folder = tmp_path / "folder"
    folder.mkdir()

    def check(*_):
        folder.rmdir()
        folder.write_text("")
        return [], {"seconds": 1, "bytes": 0}

    monkeypatch.setattr(checking, "check", check)
    assert main(["archives", "check", "--json", str(folder / "a.json")]) == 2
    out, err = capsys.readouterr()
    assert "a.json cannot be written" in err and "assumptions hold" in out


def test_parts_of_another_file_are_refused():
    with pytest.raises(InputError, match="another part"):
        check_part("bytes 5-9/10", 0)

"""Asynchronous jobs on a TAP server of loopback, through astroquery."""

import json
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs.archives.patience import Limits
from mdwarfs.archives.tap import Service, client
from mdwarfs.errors import InputError


def posts(tap, path="/tap/async"):
    return [asked for asked in tap.asked if asked == ("POST", path)]


def test_an_answer_comes_and_is_kept(tap, service, tmp_path):
    path = tmp_path / "parts" / "a.vot"
    answer = service.ask("SELECT x FROM t", ["x"], path)
    assert answer["x"].tolist() == [1, 2]
    assert service.ask("SELECT x FROM t", ["x"], path)["x"].tolist() == [1, 2]
    assert len(posts(tap)) == 1
    assert [file.name for file in path.parent.iterdir()] == ["a.vot"]
    assert tap.jobs["1000"]["maxrec"] == ["1000000"]


def test_the_time_is_limited_for_all_queries_together(tap, service, tmp_path):
    service.ask("SELECT x FROM t", ["x"], tmp_path / "a.vot")
    service.limits = Limits(3, 0.01, 2, 0.5, total=0.1)
    time.sleep(0.1)
    with pytest.raises(InputError, match="longer than 0.1 s"):
        service.ask("SELECT x FROM u", ["x"], tmp_path / "b.vot")


def test_identifiers_go_up_exactly(tap, service, tmp_path):
    ids = np.array([2**62 + 1, 2**62 + 3])
    tap.answer = lambda query, ids: Table({"y": ids + 1})
    upload = Table({"id": ids})
    answer = service.ask("SELECT y", ["y"], tmp_path / "a.vot", upload)
    assert answer["y"].tolist() == [2**62 + 2, 2**62 + 4]


def test_a_busy_server_is_waited_for(tap, service, tmp_path):
    tap.busy = 2
    assert len(service.ask("SELECT x", ["x"], tmp_path / "a.vot")) == 2


def test_a_job_that_a_run_has_left_is_picked_up(tap, service, tmp_path):
    path = tmp_path / "a.vot"
    tap.end = "EXECUTING"
    patience, service.limits = service.limits, Limits(3, 0.01, 2, 0.5, total=1)
    with pytest.raises(InputError, match="longer than 1 s"):
        service.ask("SELECT x", ["x"], path)
    service.limits = patience
    assert json.loads((tmp_path / "a.vot.job").read_text())["job"] == "1000"
    tap.end = "COMPLETED"
    assert len(service.ask("SELECT x", ["x"], path)) == 2
    assert list(tap.jobs) == ["1000"] and not (tmp_path / "a.vot.job").exists()


def test_a_certificate_that_is_not_accepted_stops_with_a_message(tap, limits, tmp_path):
    url = tap.url.replace("http:", "https:")
    service = Service("VizieR", url, client(url, limits), limits, 10, 5)
    with pytest.raises(InputError, match="VizieR .*(?i:ssl)"):
        service.ask("SELECT x", ["x"], tmp_path / "a.vot")
    assert list(tmp_path.iterdir()) == []


VOSI = """<vosi:availability xmlns:vosi="http://www.ivoa.net/xml/VOSIAvailability/v1.0">
<vosi:available>{available}</vosi:available>{more}</vosi:availability>"""


def test_a_service_that_says_when_it_is_back(tap, service, tmp_path, monkeypatch):
    """It is waited for until then, if the time allows; the failure is in its words."""
    back = datetime.now(UTC) + timedelta(seconds=0.8)
    more = f"<vosi:backAt>{back:%Y-%m-%dT%H:%M:%S.%f}</vosi:backAt>"
    tap.availability = VOSI.format(available="false", more=more).encode()
    tap.busy, begin = 1, time.monotonic()
    assert len(service.ask("SELECT x", ["x"], tmp_path / "a.vot")) == 2
    assert time.monotonic() - begin > 0.7
    more = "<vosi:backAt>2199-01-01T00:00:00Z</vosi:backAt><vosi:note>DR4</vosi:note>"
    tap.availability = VOSI.format(available="false", more=more).encode()
    tap.busy = 1
    with pytest.raises(InputError, match="out of service and says: .*DR4.*go beyond"):
        service.ask("SELECT y", ["x"], tmp_path / "b.vot")


def test_a_failure_of_an_available_service_is_what_it_says(tap, service, tmp_path):
    tap.availability = VOSI.format(available="true", more="").encode()
    tap.busy = 3
    with pytest.raises(InputError, match="Service Unavailable .3 attempts") as error:
        service.ask("SELECT x", ["x"], tmp_path / "a.vot")
    assert "out of service" not in str(error.value)


@pytest.mark.dag
@pytest.mark.parametrize("lost", ["expired", "other query"])
def test_a_job_that_is_lost_is_asked_anew(tap, service, tmp_path, lost):
    path, query = tmp_path / "a.vot", "SELECT x"
    tap.end = "EXECUTING"
    patience, service.limits = service.limits, Limits(3, 0.01, 2, 0.5, total=1)
    with pytest.raises(InputError):
        service.ask(query, ["x"], path)
    tap.end, service.limits = "COMPLETED", patience
    if lost == "expired":
        tap.jobs.clear()
        tap.jobs["none"] = {}
    else:
        query = "SELECT x, y"
    assert len(service.ask(query, ["x"], path)) == 2
    assert len(posts(tap)) == 2


@pytest.mark.parametrize(
    "note", ["", "null", "[]", "5", "{}", '{"asked": 1, "job": 2}']
)
def test_a_damaged_note_of_a_job_is_none(tap, service, tmp_path, note):
    (tmp_path / "a.vot.job").write_text(note)
    assert len(service.ask("SELECT x", ["x"], tmp_path / "a.vot")) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["a.vot"]


@pytest.mark.parametrize("end", ["ERROR", "ABORTED"])
def test_a_failed_job_stops_with_the_archives_words(tap, service, tmp_path, end):
    tap.end = end
    with pytest.raises(InputError, match=f"VizieR .*{end}: Cannot parse query"):
        service.ask("SELEC x", ["x"], tmp_path / "a.vot")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", ["OVERFLOW", "ERROR"])
def test_a_cut_answer_is_refused(tap, service, tmp_path, status):
    tap.status = status
    with pytest.raises(InputError, match=f"the server says {status}"):
        service.ask("SELECT x", ["x"], tmp_path / "a.vot")
    assert list(tmp_path.iterdir()) == []


def test_as_many_rows_as_are_asked_for_at_most_are_refused(tap, service, tmp_path):
    service.maxrec = 500
    tap.answer = lambda query, ids: Table({"x": np.arange(500)})
    with pytest.raises(InputError, match="exactly 500 rows"):
        service.ask("SELECT x", ["x"], tmp_path / "a.vot")
    tap.answer = lambda query, ids: Table({"x": np.arange(499)})
    assert len(service.ask("SELECT x", ["x"], tmp_path / "a.vot")) == 499


def test_as_many_rows_as_a_service_cuts_at_are_counted_by_the_archive(
    tap, service, tmp_path
):
    counted, asked = [51], []

    def answer(query, ids):
        asked.append((query, ids.tolist()))
        if "COUNT" in query:
            return Table({"n_rows": counted})
        return Table({"x": np.arange(50)})

    tap.answer, upload = answer, Table({"id": [7]})
    path = tmp_path / "a.vot"
    with pytest.raises(InputError, match="50 rows came, the archive counts 51"):
        service.ask("SELECT x", ["x"], path, upload)
    assert not path.exists()
    (tmp_path / "a.vot.count").unlink()
    counted[0] = 50
    assert len(service.ask("SELECT x", ["x"], path, upload)) == 50
    count = ("SELECT COUNT(*) AS n_rows FROM (SELECT x) AS q", [7])
    assert asked == [("SELECT x", [7]), count] * 2

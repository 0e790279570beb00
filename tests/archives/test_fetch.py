"""The fetcher against a real HTTP server that misbehaves as archives do."""

import gzip
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from mdwarfs.archives.fetch import fetch
from mdwarfs.errors import InputError

BODY = gzip.compress(b"spAll " * 5000, mtime=0)


class Archive(BaseHTTPRequestHandler):
    """Serves BODY, after as many failures as the path asks for."""

    def do_GET(self):
        self.server.asked.append(self.path)
        fault = self.path.strip("/").split("/")[0]
        times = self.server.asked.count(self.path)
        status, content, body = 200, "application/gzip", BODY
        if fault == "busy" and times < 3:
            status, body = 503, b"maintenance"
        elif fault == "html":
            content, body = "text/html", b"<html>Sorry</html>"
        elif fault == "liar":
            body = b"<html>Sorry</html>"
        elif fault == "missing":
            status, body = 404, b"not here"
        elif fault == "short":
            body = BODY[:-20]
        self.send_response(status)
        self.send_header("Content-Type", content)
        cut = fault == "reset" and times == 1
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)

    def log_message(self, *args):
        pass


@pytest.fixture
def archive():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Archive)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


def get(archive, path, *names, **keywords):
    urls = [f"{archive.url}/{name}/spAll.fits.gz" for name in names]
    return fetch(urls, path, "gzip", "SDSS SAS", wait=0.01, attempts=3, **keywords)


def test_the_file_comes_with_a_sidecar(archive, tmp_path):
    path = tmp_path / "raw" / "spAll.fits.gz"
    get(archive, path, "good")
    sidecar = json.loads((tmp_path / "raw" / "spAll.fits.gz.json").read_text())
    assert path.read_bytes() == BODY
    assert sidecar["bytes"] == len(BODY)
    assert sidecar["sha256"] == hashlib.sha256(BODY).hexdigest()
    assert sidecar["url"].endswith("/good/spAll.fits.gz")


@pytest.mark.parametrize("fault", ["busy", "reset"])
def test_passing_faults_are_waited_out(archive, tmp_path, fault):
    get(archive, tmp_path / "f.gz", fault)
    assert (tmp_path / "f.gz").read_bytes() == BODY
    assert len(archive.asked) > 1


@pytest.mark.parametrize(
    ("fault", "keywords", "words"),
    [
        ("html", {}, "a page .*instead of the file"),
        ("liar", {}, "not a gzip file"),
        ("missing", {}, "status 404"),
        ("short", {}, "gzip stream is broken"),
        ("good", {"size": 10}, "10 are right"),
        ("good", {"md5": "0" * 32}, "md5"),
    ],
)
def test_lasting_faults_name_archive_file_and_remedy(
    archive, tmp_path, fault, keywords, words
):
    with pytest.raises(InputError, match=words) as error:
        get(archive, tmp_path / "f.gz", fault, **keywords)
    assert "SDSS SAS did not give f.gz" in str(error.value)
    assert "by hand" in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_the_second_address_is_tried_when_the_first_fails(archive, tmp_path):
    sidecar = get(archive, tmp_path / "f.gz", "missing", "good")
    assert "/good/" in sidecar["url"]

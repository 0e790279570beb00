"""Archives on loopback that misbehave as real ones do."""

import email
import io
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from astropy.io import fits
from astropy.io.votable import from_table, parse_single_table
from astropy.io.votable.tree import Info
from astropy.table import Table

from mdwarfs.archives.patience import Limits
from mdwarfs.archives.tap import Service, client
from tests.archives.servers import tls


class Handler(BaseHTTPRequestHandler):
    """Serves `server.files`; the first part of the path names a fault."""

    def do_GET(self):
        server = self.server
        server.asked.append((self.path, self.headers.get("Range")))
        fault, _, name = self.path.strip("/").partition("/")
        times = sum(path == self.path for path, _ in server.asked)
        body, etag = server.files.get(name), '"1"'
        if body is None:
            return self.reply(404, b"no such file")
        if fault == "busy" and times < 3:
            return self.reply(503, b"maintenance", {"Retry-After": "0"})
        if fault == "forbidden":
            return self.reply(403, b"<html><b>Not you</b></html>", kind="text/html")
        if fault == "html":
            return self.reply(200, b"<html>Sorry</html>", kind="text/html")
        if fault == "json":
            return self.reply(200, b'{"error": "no"}', kind="application/json")
        if fault == "waf":
            return self.reply(202, b"", {"x-amzn-waf-action": "challenge"})
        if fault == "waf200":
            return self.reply(
                200, b"<p>Robot?</p>", {"x-amzn-waf-action": "challenge"}, "text/html"
            )
        if fault in ("nowhere", "circles"):
            to = {"nowhere": "http://[bad/", "circles": self.path}[fault]
            return self.reply(302, b"", {"Location": to})
        if fault == "drip":
            self.head(200, len(body), etag)
            for number in range(len(body)):
                if server.release.wait(0.05):
                    break
                try:
                    self.wfile.write(body[number : number + 1])
                except OSError:  # nobody waits any more
                    break
            return None
        if fault == "empty":
            return self.reply(200, b"")
        if fault == "short":
            return self.reply(200, body[: len(body) // 2])
        if fault == "changed":
            etag = f'"{times}"'
        if fault == "stall" and times == 1:
            self.head(200, len(body), etag)
            self.wfile.write(body[: len(body) // 2])
            server.release.wait(3)
            return None
        start = int((self.headers.get("Range") or "bytes=0-")[6:-1])
        if start and fault == "norange":
            start = 0
        status = 206 if start else 200
        more = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
        self.head(status, len(body) - start, etag, more if start else {})
        breaks = {"reset": 1, "changed": 1, "norange": 1, "always": 99}.get(fault, 0)
        end = start + (len(body) - start) // 2 if times <= breaks else len(body)
        self.wfile.write(body[start:end])
        return None

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        self.server.asked.append((self.path, self.rfile.read(length).decode()))
        page = self.server.files["page"]
        self.reply(200, page, kind="text/html")

    def head(self, status, length, etag, more=()):
        self.send_response(status)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(length))
        self.send_header("ETag", etag)
        for name, value in dict(more).items():
            self.send_header(name, value)
        self.end_headers()

    def reply(self, status, body, more=(), kind="text/plain"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in dict(more).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def archive():
    """A server with the attributes url, files (bytes by name) and asked."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.asked, server.files = [], {}
    server.release = threading.Event()
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    server.url = f"http://127.0.0.1:{server.server_port}"
    yield server
    server.release.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def limits():
    """Little patience, for tests; a busy machine answers within it, so that requests
    can be counted."""
    return Limits(attempts=3, first_wait=0.01, connect=2, stall=1, total=20)


@pytest.fixture(scope="session")
def fits_bytes():
    """Makes a FITS file with one table, as bytes, of columns by name."""

    def make(columns, hdu=1, checksum=False):
        table = fits.table_to_hdu(Table(columns))
        hdus = [fits.PrimaryHDU(), *(fits.BinTableHDU() for _ in range(hdu - 1)), table]
        content = io.BytesIO()
        fits.HDUList(hdus).writeto(content, checksum=checksum)
        return content.getvalue()

    return make


@pytest.fixture(scope="session")
def stars():
    """Columns of a table of 5,000 stars of some archive; not to be changed."""
    n = 5_000
    rng = np.random.default_rng(1)
    return {
        "ID": np.arange(1, n + 1) + 2**60,
        "TEFF": rng.normal(3500, 200, n).astype("f4"),
        "KIND": np.where(rng.random(n) < 0.1, "M4", "G2"),
        "OTHER": rng.random((n, 5)),
    }


JOB = """<?xml version="1.0"?>
<uws:job xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0">
<uws:jobId>{name}</uws:jobId><uws:phase>{phase}</uws:phase>
<uws:parameters/><uws:results/></uws:job>"""


class TapHandler(BaseHTTPRequestHandler):
    """As much of an asynchronous TAP service as a client needs."""

    def do_POST(self):
        server = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.asked.append(("POST", self.path))
        if server.busy:
            server.busy -= 1
            return self.reply(503, b"maintenance")
        if self.path == "/tap/async":
            name = str(1000 + len(server.jobs))
            server.jobs[name] = {"phase": "PENDING"} | parse_job(self.headers, body)
            return self.reply(303, b"", {"Location": f"{server.url}/async/{name}"})
        job = server.jobs[self.path.split("/")[3]]
        job["phase"] = "EXECUTING" if job["phase"] == "PENDING" else job["phase"]
        return self.reply(303, b"", {"Location": f"{server.url}/async"})

    def do_GET(self):
        server = self.server
        server.asked.append(("GET", self.path))
        if self.path == "/tap/availability":
            return self.reply(200 if server.availability else 404, server.availability)
        name, *rest = self.path.removeprefix("/tap/async/").split("/")
        job = server.jobs.get(name)
        if job is None:
            return self.reply(404, b"no such job")
        if rest == ["phase"]:
            phase = job["phase"]
            if phase == "EXECUTING":
                refused = server.refuses and server.refuses in job["query"]
                job["phase"] = "ERROR" if refused else server.end
            return self.reply(200, phase.encode())
        if rest == ["error"]:
            return self.reply(200, b"<html>Cannot parse query</html>")
        if rest == ["results", "result"]:
            table = server.answer(job["query"], job["ids"])
            content = votable_bytes(table, server.status)
            return self.reply(200, content, kind="application/x-votable+xml")
        return self.reply(200, JOB.format(name=name, phase=job["phase"]).encode())

    reply = Handler.reply
    log_message = Handler.log_message


def parse_job(headers, body):
    """Query and uploaded identifiers of a request for a job."""
    if "multipart" not in headers["Content-Type"]:
        fields = urllib.parse.parse_qs(body.decode())
        return {"query": fields["QUERY"][0], "ids": None, "maxrec": fields["MAXREC"]}
    head = f"Content-Type: {headers['Content-Type']}\n\n".encode()
    parts = email.message_from_bytes(head + body).get_payload()
    named = {
        part.get_param("name", header="content-disposition"): part for part in parts
    }
    upload = parse_single_table(io.BytesIO(named["ids"].get_payload(decode=True)))
    column = upload.to_table().columns[0]
    return {"query": named["QUERY"].get_payload().strip(), "ids": np.array(column)}


def votable_bytes(table, status):
    """A TAP result."""
    votable = from_table(table)
    votable.resources[0].type = "results"
    votable.resources[0].infos.append(Info(name="QUERY_STATUS", value=status))
    content = io.BytesIO()
    votable.to_xml(content)
    return content.getvalue()


def play_tap(server):
    """Give a server what `TapHandler` needs."""
    server.asked, server.jobs, server.busy = [], {}, 0
    server.end, server.status, server.refuses = "COMPLETED", "OK", ""
    server.availability = b""
    server.answer = lambda query, ids: Table({"x": [1, 2]})
    server.url += "/tap"


@pytest.fixture
def secure_tap(tmp_path, monkeypatch):
    """The same by HTTPS, with a certificate of a root that is trusted."""
    root = tls.make("root", authority=True)
    (tmp_path / "root.pem").write_bytes(root.pem)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "root.pem"))
    with tls.Server(TapHandler) as server:
        server.secure(tls.make("archive", root), tmp_path)
        play_tap(server)
        yield server


@pytest.fixture
def tap():
    """A TAP server with the attributes answer (of query and ids), end, status, busy.

    A job fails if its query has the words `refuses`.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), TapHandler)
    server.daemon_threads = True
    server.url = f"http://127.0.0.1:{server.server_port}"
    play_tap(server)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def service(tap, limits, monkeypatch):
    """The client of that server, which looks at its jobs without delay."""
    monkeypatch.setattr("mdwarfs.archives.tap.FIRST_POLL", 0.01)
    tap_client = client(tap.url, limits)
    return Service("VizieR", tap.url, tap_client, limits, 1_000_000, silent_cap=50)

"""The archives on loopback: one HTTP server under the paths of all of them.

It serves a folder of simulated raw files, answers SkyServer's SQL and the form of the
CMD server, hands TAP requests on to a real TAP server, and can be told to misbehave.
"""

import contextlib
import hashlib
import http.client
import socket
import struct
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from mdwarfs.archives import parsec
from tests.archives.servers.faults import Answer
from tests.archives.servers.skyserver import PAGE, SERVICE, Database

SPALL = "boss/spAll-lite-v6_1_3.fits.gz"
SPALL_DR20 = "boss/spAll-lite-v6_2_1.fits.gz"
CONTIN = "mdwarf_contin/mdwarf-contin-standardization-1.0.0.fits"
ACTIVE = "mdwarf_active/mdwarf_active_params-1.0.0.fits"
WIDE_BINARIES = "wide_binaries/all_columns_catalog.fits.gz"
BEHMARD = "behmard/mdwarf_abundances-1.0.2.fits"
BIRKY = "birky/Table6_full_sample.csv.gz"
PAPER_PAIRS = "nadc/LAMOST_FGK_BOSS_M_dwarfs.fits"
BAYESTAR = "bayestar/bayestar2019.h5"
PARSEC = "parsec/parsec_gaiaEDR3.dat"
TAP_PREFIXES = ("/tap-server/tap", "/TAPVizieR/tap")

NADC_FILE = "/res/file_upload/download?id=46039"
OF_M_DWARFS = "/sas/dr20/vac/mwm/m-dwarf"

# Paths below which an archive has a folder, and paths at which it has a file. A survey
# in DR20's form has files of two versions of Astra; one in DR19's form none of DR20.
FOLDERS = {
    "/sas/dr19/spectro/astra/0.6.0/summary/": "astra/",
    "/sas/dr19/env/MWM_ASTRA/0.6.0/summary/": "astra/",
    "/sas/dr19/spectro/astra/0.6.0/spectra/": "astra/spectra/",
    "/sas/dr20/spectro/astra/0.6.0/summary/": "astra/",
    "/sas/dr20/spectro/astra/0.8.1/summary/": "astra/",
    "/sas/dr20/spectro/astra/0.8.1/spectra/": "astra/spectra/",
    "/dr11/v2.0/catdl?name=": "lamost/",
}
FILES = {
    "/sas/dr19/spectro/boss/redux/v6_1_3/spAll-lite-v6_1_3.fits.gz": SPALL,
    "/sas/dr20/spectro/boss/redux/v6_2_1/summary/daily/spAll-lite-v6_2_1.fits.gz": (
        SPALL_DR20
    ),
    f"{OF_M_DWARFS}/mdwarf-contin/mdwarf-contin-standardization-1.0.0.fits": CONTIN,
    f"{OF_M_DWARFS}/boss_spectral_activity/mdwarf_active_params-1.0.0.fits": ACTIVE,
    f"{OF_M_DWARFS}/elemental_abundances/mdwarf_abundances-1.0.2.fits": BEHMARD,
    "/sas/dr19/vac/mwm/m-dwarf/elemental_abundances/mdwarf_abundances-1.0.2.fits": (
        BEHMARD
    ),
    "/api/records/4435257/files/all_columns_catalog.fits.gz/content": WIDE_BINARIES,
    "/records/4435257/files/all_columns_catalog.fits.gz?download=1": WIDE_BINARIES,
    "/api/access/datafile/:persistentId?persistentId=doi:10.7910/DVN/2EJ9TX/1CUGA1": (
        BAYESTAR
    ),
    "/jbirky/Mdwarf_project/master/paper/tables/Table6_full_sample.csv.gz": BIRKY,
    NADC_FILE: PAPER_PAIRS,
}
FORM = "/cgi-bin/cmd"
CMD_VERSION = "3.9"
MADE = "/tmp/output123456789.dat"
FORM_PAGE = f'<html><body>Done: <a href="..{MADE}">the table</a></body></html>'.encode()
NADC_PAGE = b"""<html><body><h1>Resource 101717</h1>
<div class="paperinfo-files-filename">README.txt</div>
<a href="/res/file_upload/download?id=46038">Download</a>
<div class="paperinfo-files-filename">LAMOST_FGK_BOSS_M_dwarfs.fits</div>
<a href="/res/file_upload/download?id=46039">Download</a></body></html>"""
ASKED_OF_CMD = (
    "photsys_file",
    "photsys_version",
    "isoc_lagelow",
    "isoc_metlow",
    "submit_form",
    ".cgifields",
)
BOLOMETRIC = {"YBCnewVega", "YBC", "odfnew"}
TERMINATED = b"#isochrone terminated\n"
FORM_FIELDS = parsec.form(9.5, [0.0]) | {"photsys_version": "YBCnewVega"}


def cmd_form(version=CMD_VERSION, missing=()):
    """The page with CMD's form, as its script writes it."""
    fields = {name: value for name, value in FORM_FIELDS.items() if name not in missing}
    inputs = [f'<input type="text" name="{n}" value="{v}" >' for n, v in fields.items()]
    hidden = [("cmd_version", version)] if version else []
    hidden += [(".cgifields", name) for name in ("photsys_version", "output_kind")]
    inputs += [f'<input type="hidden" name="{n}" value="{v}" >' for n, v in hidden]
    return (
        f'<html><body>CMD {version}<form method="post" action="{FORM}_{CMD_VERSION}" '
        f'enctype="multipart/form-data">{"".join(inputs)}</form></body></html>'
    )


def isochrones(table, fields):
    """Those isochrones of a table that a form asks for.

    Ranges exclude their upper end, as CMD's do.
    """
    low, above, step = (
        float(fields[f"isoc_{name}"][0]) for name in ("metlow", "metupp", "dmet")
    )
    head, *blocks = table.removesuffix(TERMINATED).split(b"# Zini ")

    def wanted(block):
        mh = float(block.splitlines()[1].split()[1])
        return abs(mh - low) < 1e-6 or (step and low < mh < above - 1e-6)

    kept = [b"# Zini " + block for block in blocks if wanted(block)]
    return head + b"".join(kept) + TERMINATED


class Archives(ThreadingHTTPServer):
    """The server; a context manager that gives itself.

    Parameters
    ----------
    raw : Path
        Folder of simulated raw files.
    tap : str, optional
        Address of the TAP server; without one there is nothing at its paths.
    port : int, optional
        Default: any.

    Attributes
    ----------
    url : str
        Address, without a slash at its end.
    asked : list of str
        Method and path of each request.
    agents : set of str
        How those who asked named themselves.
    others : dict of str to bytes
        Files at other paths, or other files.
    bolometric : set of str
        The bolometric corrections with which CMD makes tables.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, raw, tap="", port=0):
        super().__init__(("127.0.0.1", port), Handler)
        self.raw, self.tap = raw, tap.rstrip("/")
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.asked, self.others, self.released = [], {}, threading.Event()
        self.agents, self.bolometric, self.made = set(), BOLOMETRIC, b""
        self._faults, self._lock, self._databases = [], threading.Lock(), {}

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=[0.02], daemon=True).start()
        return self

    def __exit__(self, *error):
        self.released.set()
        self.shutdown()
        self.server_close()

    def misbehave(self, part, fault, times=1):
        """Give wrong answers to the next requests for a path.

        Parameters
        ----------
        part : str
            A part of the path, or of what is posted to it, by which it is known.
        fault : callable
            One of `tests.archives.servers.faults`.
        times : int
            How many requests are affected.
        """
        self._faults.append([part, fault, times])

    def behave(self):
        """Forget all faults, other files, and what has been asked."""
        for memory in (self._faults, self.others, self.asked, self.agents):
            memory.clear()
        self.bolometric = BOLOMETRIC

    def fault(self, asked):
        """The fault that the next answer to what is asked has, or None."""
        with self._lock:
            for entry in self._faults:
                if entry[0] in asked and entry[2] > 0:
                    entry[2] -= 1
                    return entry[1]
        return None

    def sql(self, path, query):
        """SkyServer's answer to a query, about the data release of the address."""
        release = 20 if "/dr20/" in path else 19
        with self._lock:
            if release not in self._databases:
                self._databases[release] = Database(self.raw, release)
        return self._databases[release].answer(path, query)

    def addresses(self, archives):
        """The archives' addresses by name, on this server instead of their own."""
        return {
            name: self.url + urllib.parse.urlsplit(address).path
            for name, address in archives.items()
        }

    def handle_error(self, request, client_address):
        """A client that goes away is none of ours."""

    def body(self, path):
        """The bytes that an archive has at a path, or None."""
        if path in self.others:
            return self.others[path]
        name = FILES.get(path)
        for prefix, folder in FOLDERS.items():
            if path.startswith(prefix):
                name = folder + path.removeprefix(prefix)
        file = self.raw / name if name and ".." not in name else None
        return file.read_bytes() if file is not None and file.is_file() else None


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._handle(b"")

    def do_POST(self):
        self._handle(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    do_DELETE = do_GET

    def _handle(self, body):
        path = urllib.parse.unquote_plus(self.path)
        self.server.asked.append(f"{self.command} {path}")
        self.server.agents.add(self.headers.get("User-Agent", ""))
        fault = self.server.fault(
            path + urllib.parse.unquote_plus(body.decode("latin1"))
        )
        if path.startswith(TAP_PREFIXES):
            answer = self._of_tap(body)
        else:
            answer = self._of_archive(path, body)
        self._send(fault(answer) if fault else answer)

    def _of_archive(self, path, body):
        """The right answer for a file, a query or the form."""
        if SERVICE in path or PAGE in path:
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
            return self.server.sql(path, query["cmd"][0])
        if path == FORM:  # what is posted there is forgotten: it has no version
            return Answer(cmd_form().encode(), kind="text/html")
        if path == f"{FORM}_{CMD_VERSION}" and self.command == "POST":
            return self._of_cmd(urllib.parse.parse_qs(body.decode()))
        if path == MADE:
            return Answer(self.server.made, kind="text/plain")
        if path.startswith("/res/r101717/"):  # whatever stands behind it
            return Answer(NADC_PAGE, kind="text/html")
        body = self.server.body(path)
        if body is None:
            return Answer(b"<html>Not Found</html>", 404, "text/html")
        return Answer(body, etag=f'"{hashlib.md5(body).hexdigest()}"')

    def _of_cmd(self, fields):
        """CMD's answer to its form: it makes a table."""
        given = all(name in fields for name in ASKED_OF_CMD)
        if not given or fields.get("cmd_version") != [CMD_VERSION]:
            return Answer(b"<html>Fill in the form</html>", kind="text/html")
        if not self.server.bolometric.issuperset(fields["photsys_version"]):
            said = b"<html>This photometric system is not available</html>"
            return Answer(said, kind="text/html")
        whole = (self.server.raw / PARSEC).read_bytes()
        self.server.made = isochrones(whole, fields)
        return Answer(FORM_PAGE, kind="text/html")

    def _of_tap(self, body):
        """What the TAP server says; its own addresses become ours."""
        if not self.server.tap:
            return Answer(b"Not Found", 404, "text/plain")
        prefix = next(p for p in TAP_PREFIXES if self.path.startswith(p))
        target = urllib.parse.urlsplit(self.server.tap)
        with contextlib.closing(
            http.client.HTTPConnection(target.hostname, target.port, timeout=60)
        ) as connection:
            names = ("Content-Type", "Accept")
            headers = {n: self.headers[n] for n in names if n in self.headers}
            path = target.path + self.path.removeprefix(prefix)
            connection.request(self.command, path, body or None, headers)
            answer = connection.getresponse()
            kind = answer.headers.get("Content-Type", "text/plain")
            more = {}
            if location := answer.headers.get("Location"):
                ours = self.server.url + prefix
                more["Location"] = location.replace(self.server.tap, ours)
            return Answer(answer.read(), answer.status, kind, more, ranges=False)

    def _send(self, answer):
        """Send an answer, or the half of it at which it breaks."""
        body, status, headers = answer.body, answer.status, dict(answer.headers)
        if answer.breaks == "silence":
            self.server.released.wait(30)
            return self._cut()
        self.body = body
        if answer.breaks == "reset" and len(body) < 1000:
            return self._cut()  # before its head
        start = 0
        if answer.ranges and status == 200 and "Range" in self.headers:
            start, end = self._range(len(body))
            status = 206
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(body)}"
            body = body[:end]
        if answer.etag:
            headers["ETag"] = answer.etag
        self.send_response(status)
        self.send_header("Content-Type", answer.kind)
        if answer.breaks == "endless":
            return self._send_on(headers)
        if answer.breaks == "closed":
            self.close_connection = True
        else:
            headers.setdefault("Content-Length", str(len(body) - start))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            if not answer.breaks:
                return self.wfile.write(body[start:])
            if answer.breaks == "drip":
                return self._drip(body[start:])
            self.wfile.write(body[start : start + (len(body) - start) // 2])
            self.wfile.flush()
        if answer.breaks == "stall":
            self.server.released.wait(30)
        return None if answer.breaks == "closed" else self._cut()

    def _drip(self, body):
        """Send a body byte by byte, ten in a second."""
        for k in range(len(body)):
            if self.server.released.wait(0.1):
                break
            self.wfile.write(body[k : k + 1])
            self.wfile.flush()

    def _send_on(self, headers):
        """Send a body, and then nothing of sense for ever."""
        self.close_connection = True
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(self.body)
            while not self.server.released.is_set():
                self.wfile.write(bytes(1 << 16))

    def _range(self, size):
        """First byte, and the one behind the last, of the part that is asked for."""
        first, _, last = self.headers["Range"].removeprefix("bytes=").partition("-")
        return int(first), min(int(last) + 1, size) if last else size

    def _cut(self):
        """Reset the connection, as a network does."""
        now = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
        self.close_connection = True
        self.rfile.close()
        self.connection.close()

    def log_message(self, *arguments):
        pass

"""Asynchronous TAP queries that survive interruptions, through astroquery.

`TapPlus`, which astroquery's Gaia client is and which speaks to any TAP server, carries
the jobs. Each job is created, written down, and only then started, so that a run that
is cut off picks the same job up again. A synchronous query is never made: astroquery
would cut it at 2,000 rows without a word.
"""

import http.client
import json
import logging
import ssl
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax import SAXException

import requests
from astropy.table import Table
from astroquery.utils.tap import TapPlus
from astroquery.utils.tap.conn.tapconn import ConnectionHandler, TapConn

from mdwarfs import tables
from mdwarfs.archives.availability import unavailable
from mdwarfs.archives.certificates import check_refusal, completed, context_of
from mdwarfs.archives.connections import opened
from mdwarfs.archives.patience import Deadline, Limits, Transient, persist
from mdwarfs.archives.transfer import network_error, save, without_markup
from mdwarfs.archives.uploads import fingerprint
from mdwarfs.catalogues.gaia import read_votable
from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

WORKING = {"PENDING", "QUEUED", "EXECUTING", "HELD", "SUSPENDED", "UNKNOWN"}
ENDED = {"COMPLETED", "ERROR", "ABORTED", "ARCHIVED"}
FIRST_POLL, LONGEST_POLL = 0.2, 30.0  # between two looks at a job [s]
PASSING = (
    "Too Many Requests", "Internal Server Error", "Bad Gateway", "Service Unavailable",
    "Gateway Time", "Error 429", "Error 500", "Error 502", "Error 503", "Error 504",
)  # fmt: skip
NETWORK = (OSError, http.client.HTTPException, requests.RequestException)


class Connections(ConnectionHandler):
    """astroquery's connections, as requests makes its own.

    With a time limit, through the proxy of the environment, and verified by the same
    roots; astroquery knows none of these.

    Parameters
    ----------
    url
        Address of the service.
    timeout
        Longest time without a byte [s].
    """

    def __init__(self, url: str, timeout: float) -> None:
        parts = urlsplit(url)
        super().__init__(parts.hostname, parts.port, parts.port)
        self._url, self._timeout, self._context = url, timeout, None

    def get_connection(
        self, *, ishttps: bool = False, cookie: str | None = None, verbose: bool = False
    ) -> http.client.HTTPConnection | http.client.HTTPSConnection:
        """An open connection to the service."""
        if urlsplit(self._url).scheme == "https" and self._context is None:
            self._context = context_of(self._url)
        try:
            return opened(self._url, self._timeout, self._context)
        except ssl.SSLError as error:
            self._context = completed(self._url, error, self._timeout)
            if self._context is None:
                raise
        try:
            return opened(self._url, self._timeout, self._context)
        except ssl.SSLError as error:
            check_refusal(self._url, error)
            raise

    def get_connection_secure(
        self, verbose: bool
    ) -> http.client.HTTPConnection | http.client.HTTPSConnection:
        """The same."""
        return self.get_connection(verbose=verbose)


def connect(url: str, limits: Limits) -> TapConn:
    """Connection of astroquery's to a TAP service.

    Parameters
    ----------
    url
        Address of the service, such as
        https://tapvizier.cds.unistra.fr/TAPVizieR/tap.
    """
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    context, _, tap = parts.path.rstrip("/").rpartition("/")
    return TapConn(
        secure, parts.hostname, server_context=context, tap_context=tap,
        port=port, sslport=port,
        connhandler=Connections(url, limits.stall),
    )  # fmt: skip


def client(url: str, limits: Limits) -> TapPlus:
    """astroquery's client of any TAP service."""
    return TapPlus(connhandler=connect(url, limits), host=urlsplit(url).hostname)


class Service:
    """A TAP service: asks the queries for an input and keeps each answer as a file.

    Parameters
    ----------
    archive
        Name for messages.
    url
        Address of the service.
    tap
        Its client.
    maxrec
        Rows up to which the service is asked to answer.
    silent_cap
        Number of rows at which the service, or astroquery for it, may cut an answer
        without saying so. An answer of so many is counted by the archive.
    """

    def __init__(
        self,
        archive: str,
        url: str,
        tap: TapPlus,
        limits: Limits,
        maxrec: int,
        silent_cap: int,
    ) -> None:
        self.archive, self.url, self.tap = archive, url.rstrip("/"), tap
        self.limits, self.maxrec, self.silent_cap = limits, maxrec, silent_cap
        self._begin = time.monotonic()

    def ask(
        self,
        query: str,
        columns: Sequence[str],
        path: PathLike,
        upload: Table | None = None,
    ) -> Table:
        """The answer to a query; from a file, if it is there already.

        Parameters
        ----------
        query
            ADQL. The uploaded table is `tap_upload.ids`.
        columns
            Columns of the answer.
        path
            VOTable that keeps the answer; `<path>.job` keeps the job's address while
            it runs.

        Returns
        -------
        answer
            Of `columns`, nulls masked.

        Raises
        ------
        InputError
            With the archive's own words, if it gives no answer, or a cut one.
        """
        path = Path(path)
        try:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                deadline = Deadline(self.limits.total, self._begin)
                self._run(query, path, upload, deadline)
            answer = self._checked(path, columns)
            if len(answer) == self.silent_cap:
                self._count(query, path, upload, len(answer))
            return answer
        except InputError as error:
            raise InputError(
                f"{self.archive} ({self.url}) gave no answer for {path.name}: {error}"
            ) from error

    def _count(self, query, path, upload, n_rows):
        """Let the archive count, where the number of rows is that of a silent cap."""
        counting = f"SELECT COUNT(*) AS n_rows FROM ({query.strip()}) AS q"
        counted = self.ask(counting, ["n_rows"], Path(f"{path}.count"), upload)
        right = int(counted["n_rows"][0])
        if right != n_rows:
            path.unlink()
            raise InputError(f"{n_rows} rows came, the archive counts {right}")

    def _run(self, query, path, upload, deadline):
        """Run a job, a new one or the one that an earlier run left, and keep it."""
        note = Path(f"{path}.job")
        asked = fingerprint(query, upload)
        job = self._resume(note, asked, deadline)
        if job is None:
            job = persist(
                lambda: self._launch(query, upload), self.limits, deadline
            )  # fmt: skip
            note.write_text(json.dumps({"asked": asked, "job": job.jobid}))
            logger.info("%s: job %s", self.archive, job.jobid)
        phase = self._follow(job, deadline)
        if phase != "COMPLETED":
            note.unlink()
            raise InputError(f"job {job.jobid} ended as {phase}: {self._words(job)}")
        self._fetch(job, path, deadline)
        note.unlink()

    def _resume(self, note, asked, deadline):
        """The job of an earlier run, if it was the same and the archive has it yet."""
        left = job_of(note, asked)
        if left is None:
            return None
        try:
            job = persist(
                lambda: self._control(self.tap.load_async_job, jobid=left,
                                      load_results=False),
                self.limits, deadline,
            )  # fmt: skip
        except InputError as error:
            logger.warning("job %s is lost (%s)", left, error)
            return None
        if job.get_phase() in ("ERROR", "ABORTED"):
            return None
        logger.info("%s: going on with job %s", self.archive, job.jobid)
        return job

    def _launch(self, query, upload):
        """Create a job without starting it."""
        options = {"autorun": False, "maxrec": self.maxrec}
        if upload is not None:
            options |= {"upload_resource": upload, "upload_table_name": "ids"}
        # The base class's method: that of the Gaia client has no `maxrec`.
        launch = TapPlus.launch_job_async
        return self._control(launch, self.tap, query, **options)

    def _follow(self, job, deadline):
        """Start a job if it waits for that; its phase when it has ended."""
        pause = FIRST_POLL
        while True:
            phase = persist(lambda: self._phase(job), self.limits, deadline)
            if phase not in WORKING:
                return phase
            deadline.check()
            time.sleep(pause)
            pause = min(1.5 * pause, LONGEST_POLL)

    def _phase(self, job):
        """Phase of a job, which is started if it is pending."""
        phase = self._control(job.get_phase, update=True).strip().upper()
        if phase == "PENDING":
            self._control(job.start)
            return "QUEUED"
        if phase not in WORKING | ENDED:  # a page, as in times of maintenance
            raise self._trouble(f"no phase of a job, but {without_markup(phase)[:100]}")
        return phase

    def _fetch(self, job, path, deadline):
        """Fetch the result of a finished job."""
        url = f"{self.url}/async/{job.jobid}/results/result"
        with tables.atomic(path) as part:
            save(url, part, self.limits, deadline)

    def _checked(self, path, columns):
        """Read an answer; one that is not whole is removed."""
        try:
            answer = read_votable(path, columns)
            if len(answer) == self.maxrec:
                raise InputError(
                    f"it has exactly {self.maxrec} rows, at which it is cut: ask for "
                    "less at a time (chunk or slices of the input)"
                )
        except InputError:
            path.unlink()
            raise
        return answer

    def _words(self, job):
        """What the archive says of a job that failed."""
        try:
            said = without_markup(self._control(job.get_error))
            return said.removeprefix("Error 200:").strip()[:500]
        except (Transient, InputError) as error:
            return f"(no reason given: {error})"

    def _control(self, action, *arguments, **options):
        """Call something of astroquery's; passing failures become `Transient`."""
        try:
            return action(*arguments, **options)
        except requests.HTTPError as error:
            # astroquery keeps the archive's words, or the status's, and not its number.
            said = without_markup(str(error))
            trouble = self._trouble(said)
            if trouble.named or any(words in said for words in PASSING):
                raise trouble from error
            raise InputError(said) from error
        except SAXException as error:  # a page came, as in times of maintenance
            raise self._trouble(f"no description of a job: {error}") from error
        except NETWORK as error:
            raise network_error(self.url, error) from error

    def _trouble(self, said):
        """A passing failure; it names a time of maintenance, if the service says so."""
        words, wait = unavailable(self.url, self.limits)
        if not words:
            return Unavailable(said)
        return Unavailable(
            f"it is out of service and says: {words} ({said})", wait, True
        )


def job_of(note: Path, asked: str) -> str | None:
    """The job that a note names for what is asked; None if it names none."""
    try:
        left = json.loads(note.read_text())
    except (FileNotFoundError, ValueError):
        return None
    match left:
        case {"asked": found, "job": str(job)} if found == asked:
            return job
    return None


class Unavailable(Transient):
    """A service that does not work at the moment.

    Attributes
    ----------
    named
        Whether the service says itself that it is out of service.
    """

    def __init__(self, message: str, wait: float = 0.0, named: bool = False) -> None:
        super().__init__(message, wait)
        self.named = named

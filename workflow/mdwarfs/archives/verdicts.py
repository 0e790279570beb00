"""Verdicts of `mdwarfs archives check` on an assumption, and what to do about them."""

import http.client
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import requests
import urllib3

from mdwarfs.archives.patience import Transient
from mdwarfs.archives.slices import TooMuch
from mdwarfs.archives.transfer import Missing
from mdwarfs.errors import MissingColumn, MissingTable, WrongType

AS_ASSUMED = "as assumed"
CERTIFICATE = "certificate not accepted"
UNREACHABLE = "not reachable"
ELSEWHERE = "not at this address"
FIREWALL = "browsers only"
BUSY = "busy or failing"
LATE = "no answer in time"
NO_PARTS = "no partial answers"
OTHER_FILE = "another file"
NO_TABLE = "no such table"
NO_COLUMN = "column missing"
OTHER_TYPE = "another type"
NO_ROW = "no row"
OTHER_ROWS = "another number of rows"
UNEXPECTED_ROWS = "unexpected number of rows"
OTHER_VERSION = "another version"
NO_UPLOAD = "no uploads"
NO_SPECTRUM = "no spectrum"
OTHER_FORM = "form has changed"
TOO_MUCH = "too much was sent"
BROKEN = "not understood"

HARMLESS = (NO_PARTS, UNEXPECTED_ROWS, OTHER_VERSION)
"""Verdicts that a run goes on after, with a warning."""

OF_ADDRESS = (CERTIFICATE, UNREACHABLE, ELSEWHERE, FIREWALL, BUSY)
"""Verdicts on an address, whatever was asked there."""

REMEDIES = {
    CERTIFICATE: "See that this machine's clock and certificates are right, and that "
    "no proxy opens connections. If so, the fault is the archive's: fetch the file in "
    "a browser and put it in its place (docs/first_real_run.md, By hand).",
    UNREACHABLE: "See that there is a network, and that HTTPS_PROXY names the proxy if "
    "one is needed. If others are reached, the archive is down or has moved: try "
    "later, or set archives.addresses.{slot}.",
    ELSEWHERE: "Look the address up at the archive, and set {where}, or "
    "archives.addresses.{slot}.",
    FIREWALL: "Fetch the file in a browser from the address shown, and put it in its "
    "place (docs/first_real_run.md, By hand): it is verified and used.",
    BUSY: "Try again later; a run waits and asks again.",
    LATE: "Try again later. If it stays so, lower the chunk or raise the slices of "
    "archives.inputs.{key}, or choose its other route.",
    NO_PARTS: "Nothing needs to be done: a download that breaks off begins anew, and "
    "goes on nowhere else. The connection should be a stable one.",
    OTHER_FILE: "The archive has another version. See what has changed; then set "
    "bytes, md5 and rows of {where}.",
    NO_TABLE: "Look its name up at the archive, and set {where}; or choose the other "
    "route of this input.",
    NO_COLUMN: "The readers have to learn the new name (mdwarfs/archives and "
    "mdwarfs/catalogues); until then choose the other route of this input, if there is "
    "one.",
    OTHER_TYPE: "Identifiers must not pass through reals. The readers have to learn "
    "the new type (mdwarfs/archives); until then choose the other route of this input.",
    NO_ROW: "The table is empty, or its values have changed: look at it at the "
    "archive; or choose the other route of this input.",
    OTHER_ROWS: "See which version the archive has; then set rows of {where}.",
    UNEXPECTED_ROWS: "A run goes on, and the audit says so. See which version the "
    "archive has; then set rows_expected of {where}.",
    OTHER_VERSION: "A run goes on, and the audit says so. See whether the tables are "
    "the same; then set VERSION of mdwarfs/archives/parsec.py.",
    NO_UPLOAD: "The archive takes no uploaded identifiers: try later, or choose the "
    "other route of this input.",
    NO_SPECTRUM: "Look at the release's folder of spectra, and set {where}, or "
    "archives.release.",
    OTHER_FORM: "mdwarfs/archives/parsec.py has to be brought to the form; until then, "
    "fill the form in by hand (docs/first_real_run.md, By hand).",
    TOO_MUCH: "Ask again for less, with a configuration that uses fewer archives.",
    BROKEN: "The answer is of a form that nobody has thought of: look at it at the "
    "archive, and report it with the JSON of this check.",
}

OF_ERRORS = {
    (ssl.SSLCertVerificationError,): CERTIFICATE,
    (Missing,): ELSEWHERE,
    (MissingTable,): NO_TABLE,
    (MissingColumn,): NO_COLUMN,
    (WrongType,): OTHER_TYPE,
    (TooMuch,): LATE,
    (
        ConnectionError,
        TimeoutError,
        ssl.SSLError,
        socket.gaierror,
        http.client.HTTPException,
        requests.ConnectionError,
        requests.Timeout,
        urllib3.exceptions.HTTPError,
    ): UNREACHABLE,
    (Transient,): BUSY,
}
"""The first that one of an error's causes belongs to gives its verdict."""

OF_WORDS = {
    r"firewall": FIREWALL,
    r"(?i)certificate\b.* not accepted|certificate verify failed": CERTIFICATE,
    r"gaierror|[Cc]onnection refused|RemoteDisconnected": UNREACHABLE,
    r"lacks the column": NO_COLUMN,
    r"column \S+ is no (int|real)\b": OTHER_TYPE,
    r"(?i)invalid object name": NO_TABLE,
    r"(?i)invalid column name": NO_COLUMN,
    r"Error 404|status 404": ELSEWHERE,
    r"beyond the limit|took longer": LATE,
    r"fetches no more than": TOO_MUCH,
}
"""What archives, and the modules that ask them, say in words alone."""


@dataclass(frozen=True)
class Finding:
    """One assumption, and what was found.

    Attributes
    ----------
    archive, input
        Name of the archive, key of the input.
    verdict
        `AS_ASSUMED`, or what is wrong.
    remedy
        What to do; "" if all is as assumed.
    """

    archive: str
    input: str
    assumption: str
    found: str
    verdict: str = AS_ASSUMED
    remedy: str = ""

    @property
    def stops(self) -> bool:
        """Whether a run stops at it; it does without the paper's own table."""
        harmless = self.verdict in (AS_ASSUMED, *HARMLESS)
        return not harmless and self.input != "paper_table"


def verdict_of(error: Exception, otherwise: str) -> str:
    """The verdict of an error: by its causes, its words, or else by what was asked."""
    causes = list(causes_of(error))
    for kinds, verdict in OF_ERRORS.items():
        if any(isinstance(cause, kinds) for cause in causes):
            return verdict
    for words, verdict in OF_WORDS.items():
        if re.search(words, str(error)):
            return verdict
    return otherwise


def causes_of(error: Exception) -> Iterator[BaseException]:
    """An error and what it was raised from, down to the first."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__

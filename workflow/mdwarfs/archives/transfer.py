"""Download one address over HTTP, and resume after whatever goes wrong.

The library requests does the transfers, because it gives status, headers and raw bytes
as they came, so that all of them can be checked.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
import urllib3

from mdwarfs.archives.certificates import Session, check_refusal
from mdwarfs.archives.patience import (
    Deadline,
    Limits,
    Restart,
    Transient,
    Until,
    from_the_beginning,
)
from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

TRANSIENT = {408, 425, 429, 500, 502, 503, 504}
CHUNK = 1 << 16
WORDS, SOON = 20_000, 10.0  # most of an answer that explains a failure [bytes, s]
AGENT = "Mozilla/5.0 (compatible; mdwarfs; astronomy; python-requests)"
"""Harvard's Dataverse lets only browsers through; this is as browsers name themselves,
and says what it is."""


NETWORK = (requests.RequestException, urllib3.exceptions.HTTPError, ValueError)
"""What requests and urllib3 raise; see `network_error`. Of an address that is none,
they let Python's own ValueError pass."""


class Missing(InputError):
    """The archive has no such file (status 404 or 410)."""


class TooLarge(InputError):
    """More comes than what is expected can ever have."""


def save(url: str, path: PathLike, limits: Limits, deadline: Deadline) -> None:
    """Write what an address gives to a file, which is begun anew if need be.

    Raises
    ------
    InputError
        If it does not come; see `Transfer`.
    """

    def once():
        with open(path, "wb") as file:
            for chunk in Transfer(url, limits, deadline):
                file.write(chunk)

    from_the_beginning(once, url, limits)


@dataclass
class Source:
    """What an address serves: enough to know the same bytes again.

    Attributes
    ----------
    length
        Size of the whole file [bytes], if the archive says.
    """

    etag: str | None = None
    last_modified: str | None = None
    length: int | None = None

    @property
    def known(self) -> bool:
        """Whether the archive says anything by which a file is known again."""
        return self.etag is not None or self.length is not None

    def differs(self, other: Source) -> bool:
        """Whether another answer cannot be of the same file."""
        if self.etag is not None and other.etag is not None:
            return self.etag != other.etag
        return self.length != other.length


class Transfer:
    """The bytes of one address, read on where they broke off.

    Iterating gives the bytes as the archive stores them; a gzipped file stays
    gzipped. After a break the transfer goes on from the same byte if the archive
    answers with status 206 and the same ETag or size.

    Parameters
    ----------
    position
        Byte at which to begin.
    source
        What the address served when the bytes before `position` were read.
    text
        Whether a web page or JSON is what is wanted (a form, an answer in words).

    Raises
    ------
    Restart
        While iterating, if the rest cannot be had: begin again at byte 0.
    InputError
        While iterating, if the archive answers with anything but the file, or
        patience is at its end.
    """

    def __init__(
        self,
        url: str,
        limits: Limits,
        deadline: Deadline,
        position: int = 0,
        source: Source | None = None,
        text: bool = False,
    ) -> None:
        self.url, self.limits, self.deadline = url, limits, deadline
        self.position, self.source, self.text = position, source or Source(), text

    def __iter__(self):
        failures = 0
        while True:
            before = self.position
            try:
                yield from self._read()
                return
            except Transient as error:
                failures = failures + 1 if self.position == before else 1
                logger.warning("%s: %s", self.url, error)
                if failures >= self.limits.attempts:
                    raise InputError(f"{error} ({failures} attempts)") from error
                self.deadline.sleep(self.limits.wait(failures, error.wait), error)
            if self.position and not self.source.known:
                raise Restart("the archive names neither size nor ETag")

    def _read(self):
        headers = {"Accept-Encoding": "identity", "User-Agent": AGENT}
        if self.position:
            headers["Range"] = f"bytes={self.position}-"
        try:
            with (
                Session() as session,
                session.get(
                    self.url, stream=True, timeout=self.limits.timeout, headers=headers
                ) as answer,
            ):
                self._accept(answer)
                for chunk in as_they_come(answer.raw, self.deadline):
                    self.position += len(chunk)
                    check_largest(self.position, self.limits)
                    yield chunk
        except InputError:
            raise
        except NETWORK as error:
            raise network_error(self.url, error) from error
        length = self.source.length
        if length is not None and self.position < length:
            raise Transient(f"{self.position} bytes came of {length}")

    def _accept(self, answer):
        """Check the head of an answer; note what it says of the file."""
        if self.position and answer.status_code in (200, 416):
            raise Restart(f"status {answer.status_code} to a request for the rest")
        reject_status(answer, {206} if self.position else {200})
        reject_page(answer, self.text)
        said = source_of(answer)
        if self.position:
            start = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
            if start is None or int(start[1]) != self.position:
                raise Restart("the archive sent another part of the file")
            if self.source.differs(said):
                raise Restart("the archive's file has changed")
        else:
            check_largest(said.length or 0, self.limits)
            self.source = said


def as_they_come(
    raw: urllib3.response.HTTPResponse,
    deadline: Until,
    decode: bool = False,
) -> Iterator[bytes]:
    """The bytes of a raw answer, in pieces that do not wait to be full.

    An archive that lets bytes drip is not waited for beyond the deadline.
    """
    while chunk := raw.read1(CHUNK, decode_content=decode):
        yield chunk
        deadline.check()


def cap_answers(
    session: requests.Session,
    limits: Limits,
    deadline: Until | None = None,
) -> None:
    """Let a session of requests read no answer that is larger than it can be.

    Parameters
    ----------
    session
        Its answers raise TooLarge while they are read.
    deadline
        Of the answers. Default: the limits' total, for each.
    """

    def capped(answer, **options):
        until = deadline or Deadline(limits.total)
        answer.raw = Capped(answer.raw, limits, until)

    session.hooks["response"].insert(0, capped)  # others may read the answer


class Capped:
    """The raw answer of a session that is capped; as urllib3's, but for its end."""

    def __init__(
        self, raw: urllib3.response.HTTPResponse, limits: Limits, deadline: Until
    ) -> None:
        self._raw, self._limits, self._deadline = raw, limits, deadline

    def __getattr__(self, name):
        return getattr(self._raw, name)

    def stream(
        self, amount: int | None = None, decode_content: bool | None = None
    ) -> Iterator[bytes]:
        """The body, chunk by chunk, as it comes."""
        size = 0
        for chunk in as_they_come(self._raw, self._deadline, decode_content):
            size += len(chunk)
            check_largest(size, self._limits)
            yield chunk


def check_largest(size: int, limits: Limits) -> None:
    """Raise TooLarge if an answer has, or announces, more than what it can have."""
    if size > limits.largest:
        raise TooLarge(
            f"{size} bytes and more are sent, at most {limits.largest:.0f} are expected"
        )


def network_error(url: str, error: Exception) -> Transient:
    """What a network error means: worth another attempt, or final.

    Raises
    ------
    InputError
        If the server's certificate is not accepted, or an address (this one, that of a
        proxy, or one to which the archive sends on) is none, or goes round in circles.
    """
    check_refusal(url, error)
    broken = isinstance(error, requests.exceptions.InvalidHeader)  # by the archive
    if isinstance(error, (ValueError, requests.TooManyRedirects)) and not broken:
        raise InputError(brief(error)) from error
    return Transient(brief(error))


def reject_status(answer: requests.Response, good: set[int]) -> None:
    """Raise Transient, Missing or InputError unless the status is a good one."""
    status = answer.status_code
    if status in good:
        return
    said = f"status {status} {answer.reason or ''}".strip()
    if status in TRANSIENT:
        wait = retry_after(answer.headers.get("Retry-After"))
        raise Transient(f"{said} {answer_text(answer)}".strip(), wait)
    if status in (404, 410):
        raise Missing(said)
    raise InputError(f"{said}{firewall(answer)} {answer_text(answer)}".strip())


def reject_page(answer: requests.Response, text: bool = False) -> None:
    """Raise InputError if a page or JSON came where a file is wanted."""
    content = answer.headers.get("Content-Type", "").lower()
    if not text and ("html" in content or "json" in content):
        said = f"a page ({content}) came instead of the file{firewall(answer)}"
        raise InputError(f"{said}: {answer_text(answer)}".rstrip(": "))


def firewall(answer: requests.Response) -> str:
    """That an answer is a firewall's, which wants to see a browser; or nothing."""
    challenge = answer.headers.get("x-amzn-waf-action")
    if not challenge:
        return ""
    return f": its firewall lets only browsers through (it asks for a {challenge})"


def source_of(answer: requests.Response) -> Source:
    """What an answer says of the file that it belongs to."""
    total = re.search(r"/(\d+)$", answer.headers.get("Content-Range", ""))
    if answer.status_code == 206:
        length = int(total[1]) if total else None
    else:
        length = content_length(answer.headers.get("Content-Length"))
    return Source(
        answer.headers.get("ETag"), answer.headers.get("Last-Modified"), length
    )


def content_length(said: str) -> int:
    """The size that an answer announces [bytes], or None.

    Raises
    ------
    Transient
        If it is no size, or several.
    """
    if said is None:
        return None
    sizes = {size.strip() for size in said.split(",")}
    size = sizes.pop()
    if sizes or not (size.isascii() and size.isdigit()):
        raise Transient(f"a broken answer: its Content-Length is {said!r}")
    return int(size)


def answer_text(answer: requests.Response, most: int = 300) -> str:
    """The archive's own words: the first of an answer's text, without its markup."""
    content = b""
    # An answer that breaks off, or drips, has said enough.
    with suppress(urllib3.exceptions.HTTPError, AttributeError, OSError, InputError):
        for chunk in as_they_come(answer.raw, Deadline(SOON), decode=True):
            content += chunk
            if len(content) > WORDS:
                break
    return without_markup(content[:WORDS].decode("utf-8", "replace"))[:most]


def without_markup(text: str) -> str:
    """A page's text without markup, scripts and superfluous blanks."""
    text = re.sub(r"(?is)<(script|style)\b.*?</\1>", " ", text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)).strip()


def retry_after(value: str | None) -> float:
    """Seconds until a Retry-After header's time; 0 if there is none."""
    if not value:
        return 0.0
    if value.isascii() and value.strip().isdecimal():
        return float(value)
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max((when - datetime.now(UTC)).total_seconds(), 0.0)


def brief(error: Exception) -> str:
    """A network error in a line: requests and urllib3 wrap them many times."""
    while isinstance(error.__cause__ or error.__context__, Exception):
        error = error.__cause__ or error.__context__
    return f"{type(error).__name__}: {error}"[:200]

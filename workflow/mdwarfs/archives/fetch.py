"""Official files: fetched whole or filtered on the way, and checked."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mdwarfs import tables
from mdwarfs.archives import integrity
from mdwarfs.archives.checks import check_rows
from mdwarfs.archives.excerpt import inspect_table, take_excerpt
from mdwarfs.archives.patience import (
    INFLATED,
    SPARE,
    Deadline,
    Limits,
    Restart,
    from_the_beginning,
)
from mdwarfs.archives.record import deliver
from mdwarfs.archives.transfer import Source, TooLarge, Transfer
from mdwarfs.catalogues.raw_file import GZIP, open_raw
from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.catalogues.excerpt import Excerpt


UNPACKED = 100  # times its size: so much no table packs


@dataclass(frozen=True)
class Download:
    """A file that is to be fetched, from whatever address.

    Attributes
    ----------
    path
        Where it is to lie.
    source
        See `deliver_file`.
    limits
        Of size and of patience, for this file.
    deadline
        For all of its addresses together.
    excerpt
        What is wanted of a table; None of other files.
    """

    path: Path
    source: dict
    limits: Limits
    deadline: Deadline
    excerpt: Excerpt | None = None


def deliver_file(
    path: PathLike, source: dict, limits: Limits, excerpt: Excerpt | None = None
) -> dict:
    """Give a raw file by its route `download`; see `mdwarfs.archives.record.deliver`.

    Parameters
    ----------
    source
        `archive` (name), `urls` (addresses of the same file, in the order in which to
        try them), `version`, `kind` ("table", "fits", "hdf5" or "text"), and where
        they are known `rows` or `rows_expected` (see
        `mdwarfs.archives.checks.check_rows`), `bytes` and `md5`.
    excerpt
        What is wanted of a table.

    Returns
    -------
    entries
        The record.

    Raises
    ------
    InputError
        Naming archive, file and remedy, if no address gave the right file, or the
        file that is there is not the right one.
    """
    path = Path(path)
    request = {"version": source["version"], "urls": list(source["urls"])}
    if excerpt is not None:
        request |= {"columns": list(excerpt.columns), "kept": excerpt.words}
    return deliver(
        path,
        request,
        accept=lambda: verify_file(path, source, excerpt),
        obtain=lambda: from_any(
            Download(path, source, limits.of(source), Deadline(limits.total), excerpt)
        ),
    )


def from_any(download: Download) -> dict:
    """Fetch a file from the first of its addresses that gives it."""
    path, source, failures = download.path, download.source, []
    for url in source["urls"]:
        try:
            return {"url": url} | fetch(url, download)
        except InputError as error:
            failures.append(f"{url}: {error}")
    raise InputError(
        f"{source['archive']} did not give {path.name}:\n  " + "\n  ".join(failures)
        + f"\n  Fetch the file by hand and put it at {path}; it is then verified and "
        f"used. {by_hand(source)}"
    )  # fmt: skip


def by_hand(source: dict) -> str:
    """Where a file is to be had in a browser, and how to know it."""
    known = [f"at {source['urls'][0]}"]
    if "bytes" in source:
        known.append(f"{source['bytes']} bytes")
    if "md5" in source:
        known.append(f"md5 {source['md5']}")
    return f"A browser gets it {', '.join(known)}."


def verify_file(path: Path, source: dict, excerpt: Excerpt | None = None) -> dict:
    """Verify a whole file; what was found.

    Raises
    ------
    InputError
        If it is not the right file. It is left where it is.
    """
    integrity.check_sha256(path, source.get("sha256"))
    size, md5 = source.get("bytes"), source.get("md5")
    if source["kind"] not in INFLATED:
        integrity.check_file(path, source["kind"], size, md5)
    elif is_packed(path):  # the size and sum of an unpacked one are not known
        integrity.check_file(path, "gzip", size, md5)
    if source["kind"] == "text":
        return count_lines(path, source)
    if excerpt is None:
        return {}
    with open_raw(path) as stream:
        return inspect_table(stream, path.name, excerpt, source)[2]


def count_lines(path: Path, source: dict) -> dict:
    """Check the number of rows of a text table, below its line of names."""
    most = UNPACKED * path.stat().st_size + SPARE
    lines, size, last = 0, 0, b"\n"
    with open_raw(path) as stream:
        while block := stream.read(integrity.CHUNK):
            lines, size, last = lines + block.count(b"\n"), size + len(block), block
            if size > most:
                raise InputError(f"it unpacks to more than {most:.0f} bytes")
    rows = lines + (not last.endswith(b"\n")) - 1  # the last may not be ended
    return {"rows": rows, "warnings": check_rows(max(rows, 0), source)}


def is_packed(path: Path) -> bool:
    """Whether a file is gzipped, whatever its name says."""
    with open(path, "rb") as file:
        return file.read(len(GZIP)) == GZIP


def fetch(url: str, download: Download) -> dict:
    """Fetch a file from one address, whole or as an excerpt; what is known of it.

    Raises
    ------
    InputError
        If it does not come, or is not right. No half file is left, but for one that
        can be continued (`<path>.part`).
    """
    get = _filtered if download.source["kind"] == "table" else _whole

    def once():
        try:
            return get(url, download)
        except (Restart, TooLarge):
            _forget(download.path)
            raise

    return from_the_beginning(once, url, download.limits)


def _filtered(url, download):
    """Fetch a table and keep the wanted part; see `fetch`."""
    path, source = download.path, download.source
    transfer = Transfer(url, download.limits, download.deadline)
    incoming = Incoming(transfer)
    stream = io.BufferedReader(incoming, integrity.CHUNK)
    start = stream.peek(64)[:64]
    packed = start.startswith(GZIP)
    # Servers and proxies unpack some files on the way: the bytes decide, not the name.
    integrity.check_start(start, "gzip" if packed else "fits")
    with tables.atomic(path) as part:
        try:
            with gzip.open(stream) if packed else stream as unpacked:
                facts = take_excerpt(
                    unpacked, path.name, download.excerpt, part, source
                )
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(f"the gzip stream is broken: {error}") from error
        if packed:
            integrity.check_size(incoming.size, source.get("bytes"))
            integrity.check_md5(incoming.md5.hexdigest(), source.get("md5"))
    return facts | {
        "etag": transfer.source.etag,
        "last_modified": transfer.source.last_modified,
        "original_bytes": incoming.size,
        "original_sha256": incoming.sha256.hexdigest(),
    }


class Incoming(io.RawIOBase):
    """A transfer as a file to read from; counts and sums what comes."""

    size: int
    md5: Any
    sha256: Any

    def __init__(self, transfer: Transfer) -> None:
        super().__init__()
        self._chunks, self._left = iter(transfer), memoryview(b"")
        self.size, self.md5, self.sha256 = 0, hashlib.md5(), hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        filled = (
            0  # to the end, however small the chunks: the first bytes are peeked at
        )
        while filled < len(buffer):
            if not self._left:
                chunk = next(self._chunks, None)
                if chunk is None:
                    break
                self.size += len(chunk)
                self.md5.update(chunk)
                self.sha256.update(chunk)
                self._left = memoryview(chunk)
            n = min(len(buffer) - filled, len(self._left))
            buffer[filled : filled + n] = self._left[:n]
            self._left, filled = self._left[n:], filled + n
        return filled


def _whole(url, download):
    """Fetch a whole file, going on with what an earlier run has left; see `fetch`."""
    path = download.path
    part, note = _part(path)
    part.parent.mkdir(parents=True, exist_ok=True)
    position, known = _left_over(url, part, note)
    transfer = Transfer(url, download.limits, download.deadline, position, known)
    if not position or position != known.length:
        _append(transfer, part, note)
    try:
        facts = verify_file(part, download.source, download.excerpt)
    except InputError as error:
        _forget(path)
        if position:
            raise Restart(
                f"together with the part from an earlier run, {error}"
            ) from error
        raise
    part.replace(path)
    _forget(path)
    said = transfer.source
    return facts | {"etag": said.etag, "last_modified": said.last_modified}


def _append(transfer, part, note):
    """Write what comes to the end of a file, which begins with the first byte."""
    chunks = iter(transfer)
    position = transfer.position
    first = next(chunks, b"")
    if not position:
        note.write_text(json.dumps({"url": transfer.url} | vars(transfer.source)))
    with open(part, "ab" if position else "wb") as file:
        file.write(first)
        for chunk in chunks:
            file.write(chunk)


def _part(path):
    """An unfinished file, and the note of what it is."""
    return Path(f"{path}.part"), Path(f"{path}.part.json")


def _left_over(url, part, note):
    """Bytes of the file that are there already, and what the address served then."""
    try:
        said = json.loads(note.read_text())
        known = Source(said["etag"], said["last_modified"], said["length"])
        if said["url"] == url and _is_right(known) and known.known:
            return part.stat().st_size, known
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        pass  # the note is damaged: as if there were none
    return 0, None


def _is_right(source):
    """Whether what a note says of a file is of the right types."""
    texts = (source.etag, source.last_modified)
    return all(isinstance(text, str | None) for text in texts) and isinstance(
        source.length, int | None
    )


def _forget(path):
    """Remove an unfinished file."""
    for file in _part(path):
        file.unlink(missing_ok=True)

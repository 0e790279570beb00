"""Fetching one file over HTTP, and not believing that it is right until it is checked.

requests carries the transfer and tenacity the repetition: both are what the tools of
this field stand on, and neither hides what the server said.
"""

import gzip
import hashlib
import json
import zlib
from datetime import UTC, datetime
from pathlib import Path

import requests
import tenacity

from mdwarfs import tables
from mdwarfs.errors import InputError

MAGIC = {
    "gzip": b"\x1f\x8b",
    "fits": b"SIMPLE  =",
    "hdf5": b"\x89HDF\r\n\x1a\n",
    "text": b"",
}
TRANSIENT = {429, 500, 502, 503, 504}
TIMEOUT = (15, 180)  # seconds to connect, and without a byte
CHUNK = 1 << 20


class Transient(Exception):
    """The archive may answer if asked again."""


def fetch(urls, path, kind, archive, size=None, md5=None, attempts=5, wait=5.0):
    """Fetch a file, check it, and write a sidecar that says where it came from.

    Parameters
    ----------
    urls : sequence of str
        Addresses of the same file, in the order in which to try them.
    path : path-like
        Where to write; `<path>.json` becomes the sidecar.
    kind : {"gzip", "fits", "hdf5", "text"}
        What the file has to begin with.
    archive : str
        Name for messages.
    size : int, optional
        Exact size [bytes].
    md5 : str, optional
        Checksum, hexadecimal.
    attempts : int
        How often one address is tried when its archive fails for a moment.
    wait : float
        First wait between attempts [s]; it triples, with jitter.

    Returns
    -------
    dict
        The sidecar: address, time, bytes, sha256, ETag, Last-Modified.

    Raises
    ------
    InputError
        Naming archive, file and remedy, if no address gave the right file. No half
        file is left.
    """
    failures = []
    for url in urls:
        again = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Transient),
            stop=tenacity.stop_after_attempt(attempts),
            wait=tenacity.wait_exponential(wait, max=300, exp_base=3)
            + tenacity.wait_random(0, wait),
            reraise=True,
        )
        try:
            with tables.atomic(path) as part:
                sidecar = again(download, url, part)
                inspect(part, kind, sidecar, size, md5)
        except (Transient, InputError, requests.RequestException) as error:
            failures.append(f"{url}: {error}")
            continue
        with tables.atomic(f"{path}.json") as part:
            part.write_text(json.dumps(sidecar, indent=1) + "\n")
        return sidecar
    raise InputError(
        f"{archive} did not give {Path(path).name}:\n  " + "\n  ".join(failures) + "\n"
        f"  Fetch the file by hand and put it at {path}; it is then used as it is."
    )


def download(url, part):
    """Stream one address into a file.

    Raises
    ------
    Transient
        If the server says that it is busy, or the connection breaks or stalls.
    InputError
        If the server answers with anything but the file.
    """
    headers = {"Accept-Encoding": "identity", "User-Agent": "mdwarfs (astronomy)"}
    sha256 = hashlib.sha256()
    count = 0
    try:
        with requests.get(url, stream=True, timeout=TIMEOUT, headers=headers) as answer:
            if answer.status_code in TRANSIENT:
                raise Transient(f"status {answer.status_code} {answer.reason}")
            if answer.status_code != 200:
                raise InputError(f"status {answer.status_code} {answer.reason}")
            content = answer.headers.get("Content-Type", "")
            if "html" in content or "json" in content:
                raise InputError(f"a page ({content}) came instead of the file")
            with open(part, "wb") as file:
                for chunk in answer.iter_content(CHUNK):
                    file.write(chunk)
                    sha256.update(chunk)
                    count += len(chunk)
            promised = answer.headers.get("Content-Length")
            if promised is not None and int(promised) != count:
                raise Transient(f"{count} bytes came of {promised}")
            return {
                "url": url,
                "time": datetime.now(UTC).isoformat(timespec="seconds"),
                "bytes": count,
                "sha256": sha256.hexdigest(),
                "etag": answer.headers.get("ETag"),
                "last_modified": answer.headers.get("Last-Modified"),
            }
    except (
        requests.ConnectionError,
        requests.Timeout,
        requests.exceptions.ChunkedEncodingError,
    ) as error:
        raise Transient(str(error)) from error


def inspect(path, kind, sidecar, size, md5):
    """Check magic bytes, size, checksum and, for gzip, the end of the stream.

    Raises
    ------
    InputError
        Saying what is wrong.
    """
    with open(path, "rb") as file:
        start = file.read(max(map(len, MAGIC.values())))
    if not start.startswith(MAGIC[kind]):
        raise InputError(f"this is not a {kind} file: it begins with {start!r}")
    if size is not None and sidecar["bytes"] != size:
        raise InputError(f"{sidecar['bytes']} bytes came, {size} are right")
    if md5 is not None:
        with open(path, "rb") as file:
            found = hashlib.file_digest(file, "md5").hexdigest()
        if found != md5:
            raise InputError(f"its md5 is {found}, {md5} is right")
    if kind == "gzip":
        try:
            with gzip.open(path) as file:
                while file.read(CHUNK):
                    pass
        except (EOFError, OSError, zlib.error) as error:
            raise InputError(f"the gzip stream is broken: {error}") from error

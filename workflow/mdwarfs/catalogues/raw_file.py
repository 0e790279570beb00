"""Open a downloaded file, which may be damaged or something else than expected."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

GZIP = b"\x1f\x8b"
AGAIN = "delete it and fetch it again"


@contextmanager
def open_raw(path: PathLike) -> Iterator[BinaryIO]:
    """Open a file for reading bytes, unpacked if it is gzipped.

    The first bytes decide, not the name: servers and browsers unpack files on the way,
    and some answer an error as a web page.

    Raises
    ------
    InputError
        If the file is missing, empty or a web page, or ends too early; also while it
        is being read.
    """
    if Path(path).is_fifo():  # it would be waited for without end
        raise InputError(f"{path} is a pipe, not a file")
    try:
        with open(path, "rb") as raw:
            start = raw.read(512)
            raw.seek(0)
            reject_page(path, start)
            if start.startswith(GZIP):
                with gzip.open(raw) as unpacked:
                    yield unpacked
            else:
                yield raw
    except FileNotFoundError as error:
        raise InputError(f"{path} does not exist") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path} is truncated or damaged; {AGAIN}") from error


@contextmanager
def of_file(path: PathLike) -> Iterator[None]:
    """Let an error about a file's content be an InputError that names the file."""
    try:
        yield
    except (ValueError, TypeError) as error:
        if isinstance(error, InputError) and str(path) in str(error):
            raise
        raise InputError(f"{path}: {error}") from error


def reject_page(path: PathLike, start: bytes) -> None:
    """Raise InputError if a file's first bytes are nothing, or those of a web page."""
    if not start:
        raise InputError(f"{path} is empty; {AGAIN}")
    text = start.lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html", b"{")):
        raise InputError(
            f"{path} is a web page or an error message of the server, not data; {AGAIN}"
        )

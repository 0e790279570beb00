"""Fetch only the first bytes of a file, by requests for parts of it."""

import io
import re
from collections.abc import Callable

import requests
import urllib3

from mdwarfs.archives.certificates import Session
from mdwarfs.archives.patience import Deadline, Limits, persist
from mdwarfs.archives.transfer import (
    AGENT,
    Source,
    network_error,
    reject_page,
    reject_status,
    source_of,
)
from mdwarfs.errors import InputError

STEP = 1 << 16
MOST = 1 << 19  # of one file; headers of tables with hundreds of columns are shorter


class Head(io.RawIOBase):
    """The beginning of a file as a stream, which asks for more when it is read.

    Parameters
    ----------
    meter
        Takes the number of bytes that came; may raise InputError.

    Attributes
    ----------
    partial
        Whether the archive answers requests for a part with that part (status 206).
    source
        What it says of the whole file.

    Raises
    ------
    InputError
        If the file does not come, as `mdwarfs.archives.transfer.Transfer` would say;
        also while it is read, at the latest after `MOST` bytes.
    """

    partial: bool
    source: Source

    def __init__(
        self, url: str, limits: Limits, deadline: Deadline, meter: Callable
    ) -> None:
        super().__init__()
        self.url, self.limits, self.deadline = url, limits, deadline
        self.partial, self.source, self._meter = True, None, meter
        self._content, self._position = b"", 0
        self._more()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        if self._position == len(self._content) and not self._whole:
            self._more()
        piece = self._content[self._position :][: len(buffer)]
        buffer[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)

    @property
    def _whole(self):
        """Whether the whole file is there."""
        return self.source.length is not None and (
            len(self._content) >= self.source.length
        )

    def _more(self):
        if len(self._content) >= MOST:
            raise InputError(
                f"what is looked for is not in the first {MOST} bytes of the file"
            )
        self._content += persist(self._get, self.limits, self.deadline)

    def _get(self):
        """The next part; of an archive that sends no parts, the first `MOST` bytes."""
        start = len(self._content)
        headers = {
            "Accept-Encoding": "identity",
            "User-Agent": AGENT,
            "Range": f"bytes={start}-{start + STEP - 1}",
        }
        try:
            with (
                Session() as session,
                session.get(
                    self.url, stream=True, timeout=self.limits.timeout, headers=headers
                ) as answer,
            ):
                reject_status(answer, {206} if start else {200, 206})
                reject_page(answer)
                self.partial = answer.status_code == 206
                self.source = source_of(answer)
                if self.partial:
                    check_part(answer.headers.get("Content-Range", ""), start)
                content = answer.raw.read(STEP if self.partial else MOST)
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise network_error(self.url, error) from error
        self._meter(len(content))
        return content


def check_part(said: str, start: int) -> None:
    """Raise InputError if an answer with status 206 is another part than asked for."""
    found = re.match(r"bytes (\d+)-", said)
    if found is None or int(found[1]) != start:
        raise InputError(f"another part of the file came: Content-Range is {said!r}")

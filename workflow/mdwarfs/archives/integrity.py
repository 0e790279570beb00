"""Checks of a downloaded file, the cheapest first."""

import hashlib
import os
import warnings
from typing import BinaryIO, Literal

import numpy as np
from astropy.io import fits

from mdwarfs.errors import InputError
from mdwarfs.tables.fits_format import Column
from mdwarfs.types import PathLike

MAGIC = {
    "gzip": b"\x1f\x8b",
    "fits": b"SIMPLE  =",
    "hdf5": b"\x89HDF\r\n\x1a\n",
    "text": b"",
}
PAGES = (b"<!doctype html", b"<html", b"{")
CHUNK = 1 << 20


def check_file(
    path: PathLike,
    kind: Literal["gzip", "fits", "hdf5", "text"],
    size: int | None = None,
    md5: str | None = None,
) -> None:
    """Check a whole file: first bytes, size, checksum; of FITS, its structure.

    The end of a gzip stream is checked where it is unpacked (`open_raw`).

    Parameters
    ----------
    kind
        What the file has to be.
    size
        Exact size [bytes].
    md5
        Hexadecimal.

    Raises
    ------
    InputError
        Saying what is wrong.
    """
    with open(path, "rb") as file:
        check_start(file.read(64), kind)
        file.seek(0, 2)
        check_size(file.tell(), size)
    if md5 is not None:
        check_md5(digest(path, "md5"), md5)
    if kind == "fits":
        check_fits(path)


def check_start(start: bytes, kind: str) -> None:
    """Raise InputError unless a file's first bytes are those of its kind."""
    if not start:
        raise InputError("nothing came: the file is empty")
    if start.lstrip().lower().startswith(PAGES):
        raise InputError(f"this is a page, not a {kind} file: it begins with {start!r}")
    if not start.startswith(MAGIC[kind]):
        raise InputError(f"this is not a {kind} file: it begins with {start!r}")


def check_size(size: int, right: int | None) -> None:
    """Raise InputError if a size differs from the right one, where that is known."""
    if right is not None and size != right:
        raise InputError(f"{size} bytes came, {right} are right")


def check_md5(md5: str, right: str) -> None:
    """Raise InputError if a checksum differs from the right one, where it is known."""
    if right is not None and md5 != right:
        raise InputError(f"its md5 is {md5}, {right} is right")


def check_sha256(path: PathLike, right: str) -> None:
    """Raise InputError if a file's SHA-256 differs from the right one, if known."""
    if right is not None and digest(path) != right:
        raise InputError(f"its sha256 is {digest(path)}, {right} is right")


def digest(path: PathLike, algorithm: str = "sha256") -> str:
    """Checksum of a file, hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def check_fits(path: PathLike) -> None:
    """Raise InputError unless every HDU is whole and agrees with its checksums.

    The columns of a table without checksums have to fill its rows.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", fits.verify.VerifyWarning)
            warnings.filterwarnings("error", message="(Checksum|Datasum) verification")
            warnings.filterwarnings("error", message="File may have been truncated")
            with fits.open(path, checksum=True, memmap=False) as hdus:
                end = os.path.getsize(path)
                for hdu in hdus:
                    place = hdu.fileinfo()
                    if place["datLoc"] + place["datSpan"] > end:
                        raise OSError(f"it ends before its HDU {hdu.name!r} does")
                    if isinstance(hdu, fits.BinTableHDU) and not summed(hdu.header):
                        width = row_width(hdu.header)
                        if width != hdu.header["NAXIS1"]:
                            raise OSError(
                                f"rows of HDU {hdu.name!r} are not {width} bytes"
                            )
    except (
        OSError,
        ValueError,
        TypeError,
        LookupError,
        fits.VerifyError,
        Warning,
    ) as error:
        raise InputError(f"its FITS structure is broken: {error}") from error


def row_width(header: fits.Header) -> int:
    """Bytes of a row by the formats of its columns, of which astropy makes no objects.

    Raises
    ------
    KeyError, IndexError, ValueError
        If a column has no format, or one that is none.
    """
    numbers = range(1, header["TFIELDS"] + 1)
    return sum(
        Column("", str(header[f"TFORM{number}"]).strip()).width for number in numbers
    )


def summed(header: fits.Header) -> bool:
    """Whether an HDU has both checksums, which hold once it has been opened."""
    return "CHECKSUM" in header and "DATASUM" in header


class Summed:
    """A stream that adds up what is read of it, as the FITS keyword DATASUM does.

    The sum is that of big-endian 32-bit words in ones' complement (FITS standard 4.0,
    appendix J), so that a table of gigabytes is checked as it flows past.

    Attributes
    ----------
    total
        The sum so far.
    """

    total: int

    def __init__(self, stream: BinaryIO) -> None:
        self.stream, self.total, self._rest = stream, 0, b""

    def read(self, size: int) -> bytes:
        """Read as the stream does."""
        data = self.stream.read(size)
        block = self._rest + data
        whole = len(block) // 4 * 4
        self._rest = block[whole:]
        self.total += int(np.frombuffer(block[:whole], ">u4").sum(dtype=np.uint64))
        while self.total >> 32:
            self.total = (self.total & 0xFFFFFFFF) + (self.total >> 32)
        return data

    def check(self, header: fits.Header) -> None:
        """Raise InputError if the sum is not that of the header, where it has one."""
        said = header.get("DATASUM")
        if said is not None and int(said) != self.total:
            raise InputError(f"its DATASUM is {self.total}, its header says {said}")

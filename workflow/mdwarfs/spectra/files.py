"""The contents of a file of spectra: uncompressed bytes, and the parts of FITS."""

import gzip
import io
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning

from mdwarfs.errors import InputError
from mdwarfs.spectra.fits_sizes import check_sizes
from mdwarfs.types import PathLike

LARGEST = 2**31
"""Of a file that is read [bytes]."""

LARGEST_INFLATED = 2**27
"""Of what a gzipped file may become [bytes]: a few kilobytes can become many
gigabytes. The spectra of a star are a hundredth of it."""

STEP = 2**20
"""Bytes that are inflated at once."""

MARK = "SIMULATD"
"""Card by which a file says that it is simulated."""


@dataclass(frozen=True)
class Content:
    """What a file holds, for formats to recognise and to read.

    Attributes
    ----------
    name
        Of the file, without its folder and without ".gz".
    data
        Inflated if they were gzipped, whatever the name says.
    hdus
        The parts of a FITS file, which is whole; of any other file none.
    path
        Of the file.
    """

    name: str
    data: bytes
    hdus: fits.HDUList
    path: PathLike = ""

    @property
    def simulated(self) -> bool | None:
        """Whether a FITS file says that it is simulated; None if it does not say."""
        said = [hdu.header[MARK] for hdu in self.hdus if MARK in hdu.header]
        return any(map(bool, said)) if said else None


@contextmanager
def opened(path: PathLike) -> Iterator[Content]:
    """Open a file of spectra, whatever its format.

    Raises
    ------
    InputError
        If the file is missing, cannot be read or inflated, or is FITS and not whole.
    """
    data, name = read_bytes(path), Path(path).name.removesuffix(".gz")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)
        if not data.startswith(b"SIMPLE  ="):
            yield Content(name, data, fits.HDUList(), path)
            return
        hdus = parts_of(data)
        try:
            yield Content(name, data, hdus, path)
        finally:
            with suppress(Exception):  # damaged headers are looked at here once more
                hdus.close()


def read_bytes(path: PathLike) -> bytes:
    """The bytes of a file, inflated if they are gzipped.

    Raises
    ------
    InputError
        If it cannot be read or is larger than `LARGEST`, its gzip stream is damaged,
        or it inflates to more than `LARGEST_INFLATED`.
    """
    try:
        if Path(path).is_fifo():  # a pipe that nobody fills would be read for ever
            raise InputError("is a pipe, not a file: save its contents first")
        if Path(path).stat().st_size > LARGEST:
            raise InputError(f"is larger than {LARGEST // 2**20} MiB")
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError("there is no such file") from None
    except (OSError, ValueError) as error:
        raise InputError(
            f"cannot be read ({getattr(error, 'strerror', None) or error})"
        ) from error
    return inflated(data) if data.startswith(b"\x1f\x8b") else data


def inflated(data: bytes) -> bytes:
    """What a gzip stream becomes, in steps; raises InputError, see `read_bytes`."""
    found = io.BytesIO()
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            while block := stream.read(STEP):
                if found.tell() + len(block) > LARGEST_INFLATED:
                    raise InputError(
                        f"inflates to more than {LARGEST_INFLATED // 2**20} MiB: if it "
                        "is sound, unpack it first (gunzip)"
                    )
                found.write(block)
    except (EOFError, OSError, zlib.error):
        raise InputError("the gzip stream is truncated or damaged") from None
    return found.getvalue()


def parts_of(data: bytes) -> fits.HDUList:
    """The parts of the bytes of a FITS file.

    Bytes behind the last part are left alone.

    Raises
    ------
    InputError
        If it is not whole, or its headers make no sense.
    """
    end = check_sizes(data)
    whole = data if end == len(data) else data[:end]
    try:
        return fits.open(io.BytesIO(whole), lazy_load_hdus=False)
    except Exception as error:  # astropy has many for the headers of a damaged file
        raise InputError(f"is damaged ({error_text(error)})") from error


def check_headers(hdus: fits.HDUList) -> None:
    """Raise InputError if a card or a column of a header cannot be understood."""
    for hdu in hdus:
        try:
            list(hdu.header.values())
            if isinstance(hdu, fits.BinTableHDU):
                list(hdu.columns.names)
        except Exception as error:
            raise InputError(f"is damaged ({error_text(error)})") from error


def error_text(error: Exception) -> str:
    """What an exception says in a line, or what it is called if it says nothing."""
    return " ".join(str(error).split())[:200] or type(error).__name__

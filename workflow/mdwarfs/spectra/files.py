"""What a file of spectra holds: its bytes, inflated, and its parts if it is FITS."""

import gzip
import io
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning

from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

FITS_BLOCK = 2880
"""Every part of a FITS file fills whole blocks of so many bytes."""


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
    """

    name: str
    data: bytes
    hdus: fits.HDUList


@contextmanager
def opened(path: PathLike) -> Iterator[Content]:
    """Open a file of spectra, whatever its format.

    Raises
    ------
    InputError
        If the file is missing, cannot be read or inflated, or is FITS and not whole.
    """
    data, name = read_bytes(path), Path(path).name.removesuffix(".gz")
    if not data.startswith(b"SIMPLE  ="):
        yield Content(name, data, fits.HDUList())
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)
        with parts_of(data) as hdus:
            yield Content(name, data, hdus)


def read_bytes(path: PathLike) -> bytes:
    """The bytes of a file, inflated if they are gzipped; raises InputError."""
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise InputError("there is no such file") from None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})") from error
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        return gzip.decompress(data)
    except (EOFError, OSError, zlib.error):
        raise InputError("the gzip stream is truncated or damaged") from None


def parts_of(data: bytes) -> fits.HDUList:
    """The parts of the bytes of a FITS file; raises InputError if it is not whole."""
    try:
        hdus = fits.open(io.BytesIO(data), lazy_load_hdus=False)
        complete = whole(hdus, len(data))
    except Exception as error:  # astropy has many for the headers of a damaged file
        raise InputError(f"is damaged ({error})") from error
    if not complete:
        raise InputError("the file is truncated")
    return hdus


def whole(hdus: fits.HDUList, size: int) -> bool:
    """Whether a file of `size` bytes holds all that its headers announce."""
    parts = [hdu.fileinfo() for hdu in hdus]
    end = max(part["datLoc"] + part["datSpan"] for part in parts)
    return size % FITS_BLOCK == 0 and end <= size

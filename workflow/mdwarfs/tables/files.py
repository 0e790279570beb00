"""Reading and writing the workflow's tables.

Every column carries a unit and a description, every file says which run made it and
whether that run is simulated, and writing is atomic: a file is either whole or not
there. The same table gives the same bytes. What columns say of themselves is read with
them.
"""

import os
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path
from socket import gethostname

from astropy.io import fits
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.software import digest, software
from mdwarfs.tables.columns import describe
from mdwarfs.tables.hdu import filled, from_hdu, to_hdu
from mdwarfs.types import PathLike

DAMAGED = OSError, ValueError, TypeError
"""What astropy raises of a file that is empty, cut off or no table."""
LITTLE = 2**20  # of a disk, when it is full [bytes]

COMMENTS = {
    "RUN": "name of the run",
    "SIMULATD": "whether the stars are invented",
    "CREATOR": "software that made this file",
    "COMMIT": "of its code",
    "CODEDATE": "of that commit",
    "CONFHASH": "digest of the configuration of the run",
}
"""What the header of every product says, and what the keywords mean."""

MEANINGS = {
    **COMMENTS,
    "N_ROWS": "rows of the catalogue, as the archive has it",
    "N_CLASS": "of these, of the stellar class",
    "N_MTYPE": "of these, of the M subclasses",
    "N_STARS": "different stars among them",
    "MODEL": "digest of the model's content",
    "CONFIG": "digest of the configuration of prediction",
    "LABELLED": "digest of what of it changes labels",
    "SEALED": "digest of MODEL, CONFIG and SIMULATD",
    "N_DRAWS": "draws from the posterior of a star",
    "SEED": "of their random numbers",
}
"""What these and other keywords mean that products have."""

RENAMED = {"extrapolated": "snr_extrapolated", "seen": "trained_on"}
"""Columns that had another name once."""


@contextmanager
def atomic(path: PathLike) -> Iterator[Path]:
    """Give a temporary path beside `path`; rename it to `path` if all went well.

    Parameters
    ----------
    path
        The file to write; missing folders are made.

    Yields
    ------
    path
        Where to write. It keeps the suffixes of `path`, so that writers which look
        at them choose the same format.

    Raises
    ------
    InputError
        If `path` is there and no file: a folder, a device, a socket. If the disk is
        full, with how much was written.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        raise InputError(f"{path} is not a regular file, and is not replaced")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = part_of(path)
    try:
        yield part
        os.replace(part, path)
    except OSError as error:
        if not is_full(error, path.parent):
            raise
        size = part.stat().st_size / 1e6 if part.exists() else 0
        raise InputError(
            f"{path} cannot be written: the disk is full, or the quota used up, after "
            f"{size:.1f} MB of it. Make room and run again: what is finished is kept"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def is_full(error: OSError, folder: Path) -> bool:
    """Whether a disk or a quota being full is why nothing could be written."""
    # NumPy and astropy say so in words, without the number
    little_left = shutil.disk_usage(folder).free < LITTLE
    return error.errno in (ENOSPC, EDQUOT) or little_left


def part_of(path: Path) -> Path:
    """Where `atomic` writes what is to be `path`: the name says whose it is."""
    return path.with_name(f".part-{os.getpid()}@{gethostname()}-{path.name}")


def require_writable(path: PathLike) -> None:
    """Refuse a path to which `atomic` could not write, before the work is done.

    Raises
    ------
    InputError
        If it is a folder, a device or the like, its folder is missing or read-only, or
        its name is too long or cannot be encoded.
    """
    path = Path(path)
    # of os.path, which say no where those of Path fail: a name that is too long
    if not path.name or (os.path.exists(path) and not os.path.isfile(path)):
        raise InputError(f"{str(path)!r} is not the name of a file")
    if not os.path.isdir(path.parent):
        raise InputError(f"there is no folder {str(path.parent)!r}")
    try:
        part = part_of(path)
        part.open("wb").close()
        part.unlink()
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        why = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"nothing can be written to {str(path)!r}: {why}") from error


def write_text(path: PathLike, text: str) -> None:
    """Write a text file, whole or not at all."""
    with atomic(path) as part:
        part.write_text(text, encoding="utf-8")


def write(table: Table, path: PathLike, stamp: dict) -> None:
    """Write a table as FITS or ECSV, by the suffix of the path.

    Parameters
    ----------
    table
        Its columns must carry descriptions (`mdwarfs.tables.tabulate.annotate`), but
        for the names of `mdwarfs.tables.columns`. Floats are null where NaN, strings
        where empty.
    path
        Ends in .fits or .ecsv.
    stamp
        What `header` says of the run.

    Raises
    ------
    InputError
        If a column has no description, or the suffix is not known.
    """
    path = Path(path)
    table = describe(table.copy(copy_data=False), path)
    table.meta = {**table.meta, **header(stamp)}
    with atomic(path) as part:
        if path.suffix == ".fits":
            hdu = to_hdu(table, extension_name(path))
            commented(hdu.header)
            fits.HDUList([primary_hdu(stamp), hdu]).writeto(part)
        elif path.suffix == ".ecsv":
            table.write(part, format="ascii.ecsv")
        else:
            raise InputError(f"{path}: tables are written as .fits or .ecsv")


def read(path: PathLike, columns: Collection[str] | None = None) -> Table:
    """Read a table that `write` made.

    Parameters
    ----------
    path
        A .fits or .ecsv file.
    columns
        Columns that must be there; the table holds these alone. Default: all.

    Returns
    -------
    table
        Strings as str; floats that are null as NaN, unmasked.

    Raises
    ------
    InputError
        If the file is missing or unreadable, or lacks one of `columns`.
    """
    path = Path(path)
    try:
        if path.suffix == ".ecsv":
            table = Table.read(path, format="ascii.ecsv", guess=False)
        else:
            with fits.open(path, memmap=False) as hdus:
                table = from_hdu(hdus[1])
    except (*DAMAGED, IndexError, InputError) as error:
        raise InputError(f"{path} cannot be read as a table: {error}") from error
    for name in table.colnames:
        if hasattr(table[name], "mask"):
            table[name] = filled(table[name])
    # These are about the file, not about what is made of it.
    for key in COMMENTS.keys() - {"RUN", "SIMULATD"}:
        table.meta.pop(key, None)
    if columns is None:
        return table
    missing = [name for name in columns if name not in table.colnames]
    if missing:
        raise InputError(
            f"{path} lacks the column(s) {', '.join(missing)}{renamed(missing)}"
        )
    return table[list(columns)]


def renamed(names: Iterable[str]) -> str:
    """What to say of names that columns had once; empty if they had none."""
    known = [f"{name} is {RENAMED[name]} now" for name in names if name in RENAMED]
    return f" ({', '.join(known)})" if known else ""


def extension_name(path: Path) -> str:
    """Of the table of a file: the file's own name, as far as FITS can write it."""
    return "".join(x for x in path.stem.upper() if x.isascii() and x.isprintable())


def header(stamp: dict) -> dict:
    """Header keywords that say which run and which code made a file.

    Parameters
    ----------
    stamp
        `run` (name), `simulated` (bool) and, where a rule of the workflow makes it,
        `config`, the whole configuration of the run.
    """
    made = software()
    said = {"RUN": stamp["run"], "SIMULATD": bool(stamp["simulated"])}
    said |= {"CREATOR": f"mdwarfs {made.version}"}
    said |= {"COMMIT": made.commit, "CODEDATE": made.date}
    if "config" in stamp:
        said["CONFHASH"] = digest(stamp["config"])
    return said


def commented(header: fits.Header) -> None:
    """Say in comments what the keywords mean that the header of a product has."""
    for key, words in MEANINGS.items():
        if key in header:
            header.comments[key] = words


def primary_hdu(stamp: dict) -> fits.PrimaryHDU:
    """A primary HDU without data whose header carries the stamp."""
    hdu = fits.PrimaryHDU()
    hdu.header["EXTNAME"] = "PRIMARY"
    hdu.header.update(header(stamp))
    commented(hdu.header)
    return hdu

"""Reading spectra from files of any known format.

The formats are the modules of `mdwarfs.spectra.readers`, which says what such a module
has. They are found by looking into that package, so that a format is added by adding
its module.
"""

from __future__ import annotations

import pkgutil
import re
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from mdwarfs.errors import InputError
from mdwarfs.spectra import readers
from mdwarfs.spectra.files import Content, opened
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.spectra.spectrum import Spectrum


SELECTOR = re.compile(r"(?P<file>.+)\[(?P<number>\d+)\]", re.DOTALL)
"""How one spectrum of a file of several is named: `file[3]` is the third."""

LISTED = 5
"""Names of spectra that a message gives at most."""


@cache
def formats() -> tuple:
    """The modules of all formats, in the alphabetical order of their names."""
    names = sorted(module.name for module in pkgutil.iter_modules(readers.__path__))
    return tuple(import_module(f"{readers.__name__}.{name}") for name in names)


def titles() -> str:
    """What the known formats are, in words: "Astra's stack ..., LAMOST DR7, ..."."""
    return ", ".join(module.TITLE for module in formats())


def read(path: PathLike, number: int | None = None) -> Spectrum:
    """Read one spectrum of any known format.

    Parameters
    ----------
    path
        A file, gzipped or not; `file[3]` is the third spectrum of a file that holds
        several, unless there is a file of that very name.
    number
        The same, given apart; counted from 1.

    Returns
    -------
    spectrum
        In the frame of the file; see `Spectrum.in_rest_frame`.

    Raises
    ------
    InputError
        If the file is missing, truncated, of no known format, or holds no such
        spectrum; or if it holds several and none is chosen. The message is
        "<path>: <reason>".
    """
    spectra = read_all(path) if number is None else choose(path, path, number)
    if len(spectra) > 1:
        raise InputError(
            f"{path}: holds {count(spectra)}: choose one by its number, as {path}[1]"
        )
    return spectra[0]


def read_all(path: PathLike) -> list[Spectrum]:
    """Read all spectra of a file of any known format.

    Parameters
    ----------
    path
        See `read`. Of `file[3]` there is one.

    Returns
    -------
    entries
        At least one, in the order of the file, with `kind` and `source` filled in.

    Raises
    ------
    InputError
        See `read`.
    """
    return choose(path, *selected(path))


def choose(path: PathLike, file: PathLike, number: int) -> list:
    """The spectra of a file, or that of a number; `path` is what messages call it."""
    try:
        with opened(file) as content:
            spectra = sourced(file, parse(content))
        if number is None:
            return spectra
        if not 1 <= number <= len(spectra):
            raise InputError(f"has no spectrum {number}: it holds {count(spectra)}")
        return [spectra[number - 1]]
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def selected(path: PathLike) -> tuple[PathLike, int | None]:
    """The file and the number of the spectrum, or None, that a path names."""
    match = SELECTOR.fullmatch(str(path))
    if match and not Path(path).exists():
        return match["file"], int(match["number"])
    return path, None


def parse(content: Content) -> list[Spectrum]:
    """The spectra of a file, by the first format that recognises it.

    Returns
    -------
    entries
        At least one, with `kind` and `simulated` filled in.

    Raises
    ------
    InputError
        If there is no such format or no spectrum, or the file is damaged.
    """
    try:
        for module in formats():
            if module.recognises(content):
                spectra = module.read(content)
                break
        else:
            raise InputError(
                f"holds no spectrum of a known format ({titles()})"
                if content.hdus
                else "is not a FITS file, nor of another known format"
            )
    except InputError:
        raise
    except Exception as error:  # whatever a parser makes of bytes that make no sense
        raise InputError(f"is damaged ({error})") from error
    if not spectra:
        raise InputError("holds no spectrum")
    simulated = bool(content.hdus) and content.hdus[0].header.get("SIMULATD") is True
    return [replace(x, kind=module.NAME, simulated=simulated) for x in spectra]


def sourced(file: PathLike, spectra: list[Spectrum]) -> list:
    """The spectra of a file with `source` filled in."""
    if len(spectra) == 1:
        return [replace(spectra[0], source=str(file))]
    return [
        replace(spectrum, source=f"{file}[{number}]")
        for number, spectrum in enumerate(spectra, start=1)
    ]


def count(spectra: list) -> str:
    """How many spectra there are, and what the first of them are called."""
    names = [spectrum.name for spectrum in spectra if spectrum.name]
    words = "1 spectrum" if len(spectra) == 1 else f"{len(spectra)} spectra"
    if not names:
        return words
    more = ", ..." if len(names) > LISTED else ""
    return f"{words} ({', '.join(names[:LISTED])}{more})"

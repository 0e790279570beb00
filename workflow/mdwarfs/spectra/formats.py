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
from types import ModuleType
from typing import TYPE_CHECKING

from mdwarfs.errors import InputError
from mdwarfs.spectra import readers
from mdwarfs.spectra.files import Content, check_headers, error_text, opened
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.spectra.spectrum import Spectrum


SELECTOR = re.compile(r"(?P<file>.+)\[(?P<which>[^\[\]]+)\]", re.DOTALL)
"""How one spectrum of a file of several is named: `file[3]` is the third, `file[NAME]`
the one that the file calls NAME."""

BEGINNING = 4096
"""Bytes of a text by which is seen whether it is a table."""

LISTED = 5
"""Names of spectra that a message gives at most."""


@cache
def formats() -> tuple:
    """The modules of all formats, in the order in which they are tried.

    By their `RANK`, which is 0 where they have none, then by their names.
    """
    names = sorted(module.name for module in pkgutil.iter_modules(readers.__path__))
    found = [import_module(f"{readers.__name__}.{name}") for name in names]
    return tuple(sorted(found, key=lambda module: getattr(module, "RANK", 0)))


def titles() -> str:
    """What the known formats are, in words: "Astra's stack ..., LAMOST DR7, ..."."""
    return ", ".join(module.TITLE for module in formats())


def read(path: PathLike, which: int | str | None = None) -> Spectrum:
    """Read one spectrum of any known format.

    Parameters
    ----------
    path
        A file, gzipped or not; `file[3]` is the third spectrum of a file that holds
        several, `file[NAME]` the one of that name, unless there is a file of that very
        name.
    which
        The same, given apart: a number, counted from 1, or a name. Digits are a number
        if there are so many spectra, otherwise a name.

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
    spectra = read_all(path) if which is None else choose(path, path, which)
    if len(spectra) > 1:
        raise InputError(
            f"{path}: holds {count(spectra)}: choose one by its number, as {path}[1]"
            + (", or by its name" if spectra[0].name else "")
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
        See `read`. There is no other error, whatever the file holds.
    """
    return choose(path, *selected(path))


def choose(path: PathLike, file: PathLike, which: int | str | None) -> list:
    """The spectra of a file, or the one chosen; `path` is what messages call it."""
    try:
        with opened(file) as content:
            spectra = sourced(file, parse(content))
        return spectra if which is None else [chosen(spectra, which)]
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    except Exception as error:  # one file must not cost the others their rows
        raise InputError(f"{path}: cannot be read ({error_text(error)})") from error


def selected(path: PathLike) -> tuple[PathLike, str | None]:
    """The file and the number or name of the spectrum, or None, that a path names."""
    match = SELECTOR.fullmatch(str(path))
    if match and not is_there(path):
        return match["file"], match["which"]
    return path, None


def is_there(path: PathLike) -> bool:
    """Whether there is such a file; not if its name is none."""
    try:
        return Path(path).exists()
    except (OSError, ValueError):
        return False


def chosen(spectra: list[Spectrum], which: int | str) -> Spectrum:
    """The spectrum of a number or name; raises InputError if there is not one."""
    which = str(which).strip()
    if which.isdecimal() and 1 <= int(which) <= len(spectra):
        return spectra[int(which) - 1]
    named = [spectrum for spectrum in spectra if spectrum.name == which]
    if not named:
        raise InputError(f"has no spectrum {which}: it holds {count(spectra)}")
    if len(named) > 1:
        raise InputError(
            f"holds {len(named)} spectra of the name {which}: choose by the number"
        )
    return named[0]


def parse(content: Content) -> list[Spectrum]:
    """The spectra of a file, by the first format that recognises it.

    Returns
    -------
    entries
        At least one, with `kind` filled in, and `simulated` where the file says so.

    Raises
    ------
    InputError
        If there is no such format or no spectrum, or the file is damaged.
    """
    module = recognised(content)
    try:
        spectra, simulated = module.read(content), content.simulated
    except InputError:
        raise
    except Exception as error:  # whatever a parser makes of bytes that make no sense
        check_headers(content.hdus)
        raise InputError(
            f"looks like {module.TITLE}, and cannot be read as that "
            f"({error_text(error)})"
        ) from error
    if not spectra:
        raise InputError("holds no spectrum")
    return [
        replace(
            spectrum,
            kind=module.NAME,
            simulated=simulated if spectrum.simulated is None else spectrum.simulated,
        )
        for spectrum in spectra
    ]


def recognised(content: Content) -> ModuleType:
    """The first format that recognises a file; raises InputError if there is none."""
    for module in formats():
        try:
            if module.recognises(content):
                return module
        except InputError:
            raise
        except Exception:  # headers that make no sense are no sign of any format
            continue
    check_headers(content.hdus)
    raise InputError(unknown(content))


def unknown(content: Content) -> str:
    """Why a file is of no known format."""
    if not content.data.strip():
        return "is empty"
    if not content.hdus and columns_without_commas(content.data):
        return (
            "is a text of numbers in columns: a text table needs commas between its "
            "columns, and a first line with their names (docs/formats.md)"
        )
    what = "holds no spectrum of" if content.hdus else "is not a FITS file, nor of"
    return (
        f"{what} a known format (docs/formats.md has them; the extra "
        "mdwarfs[specutils] knows more)"
    )


def columns_without_commas(data: bytes) -> bool:
    """Whether the first lines of a text have numbers between blanks or semicolons.

    They may begin with names and comments. In the numbers of a table with semicolons a
    comma may stand for the point.
    """
    lines = data[:BEGINNING].decode("utf-8", "replace").splitlines()
    if len(data) > BEGINNING:
        del lines[-1]  # which is cut off
    rows = [line for line in lines if line.strip() and not line.startswith("#")]
    return bool(rows) and sum(map(is_of_numbers, rows)) >= len(rows) / 2


def is_of_numbers(line: str) -> bool:
    """Whether a line is two numbers or more, between blanks or semicolons."""
    words = line.replace(",", ".").split(";") if ";" in line else line.split()
    try:
        return len([float(word) for word in words]) > 1
    except ValueError:
        return False


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
    number = "1 spectrum" if len(spectra) == 1 else f"{len(spectra)} spectra"
    if not names:
        return number
    more = ", ..." if len(names) > LISTED else ""
    return f"{number} ({', '.join(names[:LISTED])}{more})"

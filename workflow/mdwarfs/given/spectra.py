"""The spectra of a given sample, normalised, each with its reason if there is none.

Stars of the sky and invented ones are not mixed: a spectrum that says of itself what
its run does not has that as its reason. FITS says so in a header
(`mdwarfs.spectra.files.MARK`) and text may among its keywords; what does not say (npz,
HDF5, a bare CSV) is what the run says it is.

There are three ways to the velocity of a spectrum. `file`: that of the table, or else
of its file. `others`: the one at which it correlates best with the median spectrum of
the others (`mdwarfs.spectra.velocities.AgainstOthers`). `rest`: it is at rest as it is.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.errors import InputError
from mdwarfs.given.arrays import Arrays, spectra_of
from mdwarfs.given.raw_table import is_fits
from mdwarfs.given.settings import OTHERS, REST
from mdwarfs.spectra.formats import read, selected
from mdwarfs.spectra.load import Loaded, assembled, load_files, load_spectrum
from mdwarfs.spectra.normalise_all import INVENTED, OF_THE_SKY
from mdwarfs.spectra.velocities import AgainstOthers, Found, of_file

if TYPE_CHECKING:
    from mdwarfs.spectra.spectrum import Spectrum
    from mdwarfs.spectra.spectrum_set import SpectrumSet


@dataclass(frozen=True)
class AsGiven:
    """Reads the spectrum of a path as the table wants it.

    Attributes
    ----------
    v_rad
        Velocities that take the place of those of the files, by path [km/s].
    at_rest
        Whether all spectra are at rest.
    simulated
        Whether the run is.
    """

    v_rad: dict[str, float]
    at_rest: bool
    simulated: bool

    def __call__(self, path: str) -> list[Spectrum]:
        """The spectrum, in a list; raises InputError as `formats.read` does."""
        spectrum = read(path)
        if reason := other_kind(says(spectrum, path), self.simulated):
            raise InputError(reason)
        if self.at_rest:
            return [replace(spectrum, at_rest=True)]
        v_rad = self.v_rad.get(path, np.nan)
        return [replace(spectrum, v_rad=v_rad) if np.isfinite(v_rad) else spectrum]


def read_files(
    paths: Sequence[str],
    troubles: Sequence[str],
    *,
    numbers: Sequence[int],
    v_rad: np.ndarray,
    way: str,
    settings: dict,
    threads: int,
    simulated: bool = False,
) -> tuple[SpectrumSet, list[Found]]:
    """Read and normalise spectra that are files.

    Parameters
    ----------
    paths
        A file for each row, as `mdwarfs.spectra.formats.read` takes it.
    troubles
        Why the file of a row is not read; empty if it is.
    numbers
        Of the rows in the table, from 0.
    v_rad : shape (n,)
        Velocities of the table [km/s]; NaN where there are none.
    way
        To the velocity: "file", "others" or "rest".
    settings
        The section `spectra` of the configuration.
    threads
        Number of processes.
    simulated
        Whether the run is.

    Returns
    -------
    spectra
        A row each, as `mdwarfs.spectra.load.load` makes it.
    found
        What was found of each velocity, if the way is "others".
    """
    wanted = [path for path, trouble in zip(paths, troubles) if not trouble]
    velocities = {
        path: float(v)
        for path, trouble, v in zip(paths, troubles, v_rad)
        if not trouble and np.isfinite(v)
    }
    reader = AsGiven(velocities, way == REST, simulated)
    velocity = of_file
    if way == OTHERS:
        velocity = AgainstOthers(readable(reader, wanted), settings)
    read_rows = iter(load_files(wanted, reader, settings, velocity, threads))
    rows = [
        Loaded(path, status=trouble) if trouble else next(read_rows)[0]
        for path, trouble in zip(paths, troubles)
    ]
    return together(once(rows, numbers), velocity, settings)


def readable(reader: AsGiven, paths: Sequence[str]) -> list[Spectrum]:
    """The spectra of those files that can be read."""
    spectra = []
    for path in paths:
        with suppress(InputError):  # `load_files` says why
            spectra += reader(path)
    return spectra


def says(spectrum: Spectrum, path: str) -> bool | None:
    """Whether a file says that its spectrum is simulated; None if it cannot say."""
    if spectrum.simulated is None and is_fits(Path(selected(path)[0])):
        return False
    return spectrum.simulated


def other_kind(said: bool | None, simulated: bool) -> str:
    """Why what a file says of itself does not go with its run; "" if it does.

    Parameters
    ----------
    said
        From `says`.
    simulated
        Whether the run is.
    """
    if said is None or said == simulated:
        return ""
    return OF_THE_SKY if simulated else INVENTED


def read_rows(
    arrays: Arrays,
    *,
    numbers: Sequence[int],
    v_rad: np.ndarray,
    way: str,
    settings: dict,
    simulated: bool = False,
) -> tuple[SpectrumSet, list[Found]]:
    """Normalise spectra that are rows of an array.

    Parameters
    ----------
    arrays
    numbers, v_rad, way, settings, simulated
        See `read_files`.

    Returns
    -------
    spectra, found
        See `read_files`.

    Raises
    ------
    InputError
        If the arrays are of the other kind, as `other_kind` says.
    """
    if reason := other_kind(arrays.simulated, simulated):
        raise InputError(f"{arrays.source}: {reason} (files.simulated)")
    spectra = list(spectra_of(arrays, v_rad, way == REST))
    velocity = of_file
    if way == OTHERS:
        sound = [one for one in spectra if not isinstance(one, InputError)]
        velocity = AgainstOthers(sound, settings)
    rows = [
        Loaded(arrays.name(k), status=str(one))
        if isinstance(one, InputError)
        else load_spectrum(one, settings, velocity)
        for k, one in enumerate(spectra)
    ]
    return together(once(rows, numbers), velocity, settings)


def once(rows: Sequence[Loaded], numbers: Sequence[int]) -> list[Loaded]:
    """Rows of which each has a spectrum of its own.

    One and the same spectrum has several names: `file` and `file[1]`, a link, a copy,
    two rows of an array. Where it comes again, the row says so: it would be trained on
    and tested with.

    Parameters
    ----------
    numbers
        Of the rows in the table, from 0.
    """
    first, found = {}, []
    for row, number in zip(rows, numbers):
        if row.planes is not None:
            keys = origin(row.file), hashlib.sha256(row.planes.tobytes()).digest()
            before = next((first[key] for key in keys if key in first), None)
            if before is None:
                first |= dict.fromkeys(keys, number)
            else:
                row = Loaded(row.file, kind=row.kind, status=same_as(before))
        found.append(row)
    return found


def origin(source: str) -> tuple[str, str | None]:
    """The very file of a spectrum, and which it is there."""
    file, which = selected(source)
    return os.path.realpath(file), which


def same_as(number: int) -> str:
    """That a row has the spectrum of another, whose number, from 0, is given."""
    return f"its spectrum is that of row {number + 1} too"


def together(
    rows: Sequence[Loaded], velocity: object, settings: dict
) -> tuple[SpectrumSet, list[Found]]:
    """The set of spectra, and what was found of their velocities."""
    spectra = assembled(rows, len(rows), settings)
    found = []
    if isinstance(velocity, AgainstOthers):
        found = [velocity.of(source) for source in spectra.stars["file"]]
    return spectra, found

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

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.errors import InputError
from mdwarfs.given.arrays import Arrays, spectra_of
from mdwarfs.given.settings import OTHERS, REST
from mdwarfs.given.table import is_fits
from mdwarfs.spectra.formats import read, selected
from mdwarfs.spectra.load import Loaded, assembled, load_spectrum, loaded
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
    velocities = {path: float(v) for path, v in zip(paths, v_rad) if np.isfinite(v)}
    reader = AsGiven(velocities, way == REST, simulated)
    velocity = of_file
    if way == OTHERS:
        velocity = AgainstOthers(readable(reader, wanted), settings)
    read_rows = iter(loaded(wanted, reader, settings, velocity, threads))
    rows = [
        Loaded(path, status=trouble) if trouble else next(read_rows)[0]
        for path, trouble in zip(paths, troubles)
    ]
    return together(rows, velocity, settings)


def readable(reader: AsGiven, paths: Sequence[str]) -> list[Spectrum]:
    """The spectra of those files that can be read."""
    spectra = []
    for path in paths:
        with suppress(InputError):  # `loaded` says why
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
    v_rad: np.ndarray,
    way: str,
    settings: dict,
    simulated: bool = False,
) -> tuple[SpectrumSet, list[Found]]:
    """Normalise spectra that are rows of an array.

    Parameters
    ----------
    arrays
    v_rad, way, settings, simulated
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
    return together(rows, velocity, settings)


def together(
    rows: Iterable[Loaded], velocity: object, settings: dict
) -> tuple[SpectrumSet, list[Found]]:
    """The set of spectra, and what was found of their velocities."""
    spectra = assembled(rows, len(rows), settings)
    found = []
    if isinstance(velocity, AgainstOthers):
        found = [velocity.of(source) for source in spectra.stars["file"]]
    return spectra, found

"""Read files into normalised spectra, with a reason for each that has none."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.run.parallel import in_processes
from mdwarfs.run.progress import track
from mdwarfs.spectra.files import error_text
from mdwarfs.spectra.formats import read, read_all
from mdwarfs.spectra.planes import InMemory, Spool
from mdwarfs.spectra.prepare import configured_grid, prepare
from mdwarfs.spectra.signal import snr_of
from mdwarfs.spectra.spectrum import Spectrum
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.velocities import AgainstTemplate, of_file, velocity_origin
from mdwarfs.types import PathLike


@dataclass(frozen=True)
class Loaded:
    """What became of one spectrum.

    Attributes
    ----------
    file
        Where it was read: `Spectrum.source`, or the path of a file without spectrum.
    name, kind
        See `mdwarfs.spectra.spectrum.Spectrum`; "" if nothing was read.
    v_rad
        The velocity that was taken, or that of the file if there is none to take.
    v_rad_source
        Where the velocity is from, see `mdwarfs.spectra.velocities.velocity_origin`; ""
        if none could be taken.
    e_v_rad
        Error of the file's.
    snr
        Of the file.
    snr_pixels
        Found from the spectrum, see `mdwarfs.spectra.signal.snr_of`.
    simulated
        Whether the file says that it is simulated.
    status
        "ok", or why it is not among the normalised spectra.
    planes : float32, shape (3, n_pix)
        Flux, ivar and continuum.
    """

    file: str
    name: str = ""
    kind: str = ""
    v_rad: float = np.nan
    v_rad_source: str = ""
    e_v_rad: float = np.nan
    snr: float = np.nan
    snr_pixels: float = np.nan
    simulated: bool = False
    status: str = "ok"
    planes: np.ndarray | None = None


COLUMNS = {
    "file": str,
    "name": str,
    "kind": str,
    "v_rad": float,
    "v_rad_source": str,
    "e_v_rad": float,
    "snr": float,
    "snr_pixels": float,
    "simulated": bool,
    "status": str,
}
"""What the table of a set of loaded spectra takes of `Loaded`."""


def load(
    files: Sequence[PathLike],
    settings: dict,
    velocity: Callable = of_file,
    threads: int = 1,
) -> SpectrumSet:
    """Read one spectrum of each file, and normalise it.

    A spectrum that fails gets a row all the same: flux 1, ivar 0, and the reason in the
    column `status`. The result does not depend on `threads`.

    Parameters
    ----------
    files
        As `mdwarfs.spectra.formats.read` takes them: `file[3]` of several spectra.
    settings
        The section `spectra` of the configuration.
    velocity
        From a spectrum to that spectrum at rest, see `mdwarfs.spectra.velocities`.
    threads
        Number of processes.

    Returns
    -------
    spectrum set
        A row per file, in their order, with the columns file, name, kind, v_rad,
        v_rad_source, e_v_rad, snr (of the file), snr_pixels, simulated, status and
        n_good.
    """
    rows = load_files(files, one_of, settings, velocity, threads)
    return assembled((row for (row,) in rows), len(files), settings)


def load_all(
    files: Sequence[PathLike],
    settings: dict,
    velocity: AgainstTemplate = of_file,
    threads: int = 1,
) -> SpectrumSet:
    """Read all spectra of files, and normalise them.

    Parameters
    ----------
    files, settings, velocity, threads
        See `load`.

    Returns
    -------
    spectrum set
        As that of `load`, with a row per spectrum, or per file that has none.
    """
    found = load_files(files, read_all, settings, velocity, threads)
    rows = [row for of_one_file in found for row in of_one_file]
    return assembled(rows, len(rows), settings)


def one_of(path: PathLike) -> list:
    """The one spectrum of a file, as a list; raises InputError as `read` does."""
    return [read(path)]


def load_files(
    files: Sequence[PathLike],
    reader: Callable,
    settings: dict,
    velocity: Callable,
    threads: int,
) -> Iterator[Any]:
    """Yield the rows of each file, in order, with progress: list of Loaded."""
    work = partial(load_file, reader=reader, settings=settings, velocity=velocity)
    rows = in_processes(work, files, threads)
    yield from track(rows, "files", total=len(files))


def load_file(
    path: PathLike, reader: Callable, settings: dict, velocity: Callable
) -> list:
    """The rows of one file: list of Loaded."""
    try:
        spectra = reader(path)
    except InputError as error:
        return [Loaded(str(path), status=str(error).removeprefix(f"{path}: "))]
    return [load_spectrum(spectrum, settings, velocity) for spectrum in spectra]


def load_spectrum(spectrum: Spectrum, settings: dict, velocity: Callable) -> Loaded:
    """The row of one spectrum: Loaded."""
    planes, status, snr, source = None, "ok", np.nan, ""
    try:
        given, spectrum = spectrum, velocity(spectrum)
        source = velocity_origin(given, spectrum)
        snr = snr_of(spectrum, configured_grid(settings))
        planes = np.array(prepare(spectrum, settings), np.float32)
    except InputError as error:
        status = str(error)
    except Exception as error:  # of algebra on values that make no sense
        status = f"cannot be normalised ({error_text(error)})"
    return Loaded(
        spectrum.source, spectrum.name, spectrum.kind, spectrum.v_rad, source,
        spectrum.e_v_rad, spectrum.snr, snr, bool(spectrum.simulated), status, planes,
    )  # fmt: skip


NO_SPECTRUM = [[1], [0], [0]]  # flux, ivar and continuum of a row that has none


def assembled(
    rows: Iterable[Loaded],
    n: int,
    settings: dict,
    store: InMemory | Spool | None = None,
) -> SpectrumSet:
    """The set of `n` spectra from their rows.

    Parameters
    ----------
    store
        Where their planes are collected; default: in memory.
    """
    grid = configured_grid(settings)
    store = InMemory(n, len(grid)) if store is None else store
    columns, n_good = {name: [] for name in COLUMNS}, np.zeros(n, int)
    for k, row in enumerate(rows):
        planes = NO_SPECTRUM if row.planes is None else row.planes
        store.put(k, planes)
        n_good[k] = np.sum(np.asarray(planes[1]) > 0)
        for name, values in columns.items():
            values.append(getattr(row, name))
    stars = Table({name: np.array(columns[name], COLUMNS[name]) for name in COLUMNS})
    flux, ivar, continuum = store.planes()
    stars["n_good"] = n_good
    return SpectrumSet(grid, flux, ivar, stars, continuum)

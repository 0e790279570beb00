"""Spectra that are the rows of one array, or a vector column of the table itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import astropy.units as u
import h5py
import numpy as np
from astropy.io import fits

from mdwarfs.errors import InputError
from mdwarfs.given.settings import Column
from mdwarfs.given.table import is_fits, read_columns
from mdwarfs.literature import air
from mdwarfs.spectra.files import MARK
from mdwarfs.spectra.spectrum import Spectrum, build
from mdwarfs.types import PathLike

KIND = "array"


@dataclass(frozen=True)
class Arrays:
    """Spectra of which each is a row.

    Attributes
    ----------
    wavelength : shape (p,) or (n, p)
        In vacuum [Angstrom].
    flux, ivar : shape (n, p)
    source
        What messages call them.
    simulated
        Whether their file says that they are; None if it cannot say.
    """

    wavelength: np.ndarray
    flux: np.ndarray
    ivar: np.ndarray
    source: str
    simulated: bool | None = None

    def __len__(self):
        return len(self.flux)

    def name(self, row: int) -> str:
        """What the spectrum of a row is called."""
        return f"{self.source}[{row + 1}]"

    def spectrum(self, row: int, v_rad: float, at_rest: bool) -> Spectrum:
        """The spectrum of a row; raises InputError if it is none."""
        wavelength = self.wavelength
        return build(
            wavelength if wavelength.ndim == 1 else wavelength[row],
            self.flux[row],
            self.ivar[row],
            at_rest=at_rest,
            v_rad=v_rad,
            kind=KIND,
            source=self.name(row),
        )


def read_arrays(
    said: dict, path: PathLike, rows: np.ndarray, n: int, own: bool
) -> Arrays:
    """Read the spectra of some rows.

    Parameters
    ----------
    said
        `files.array` of the configuration.
    path
        The file of the arrays, or the table.
    rows
        Their numbers in the table, from 0.
    n
        Rows of the table.
    own
        Whether the arrays have a file of their own; else they are columns of the table.

    Raises
    ------
    InputError
        If the file lacks an array, or the arrays do not fit together.
    """
    names = {
        key: Column.of(said[key]) for key in ("flux", "error", "ivar") if key in said
    }
    wave = said["wavelength"]
    if "start" not in wave or isinstance(wave, str):
        names["wavelength"] = Column.of(wave)
    wanted = [column.name for column in names.values()]
    if own:
        found, units = read_named(path, wanted)
    else:
        table = read_columns(path, wanted, rows)
        found = {
            name: np.ma.filled(np.ma.asarray(table[name]), np.nan) for name in wanted
        }
        units = {name: str(table[name].info.unit or "") for name in wanted}
    get = {key: found[column.name] for key, column in names.items()}
    count = n if own else len(rows)
    flux = get["flux"]
    if flux.ndim != 2 or len(flux) != count:
        raise InputError(
            f"{path}: the array {names['flux'].name} has the shape {flux.shape}; the "
            f"table has {n} rows, and each is the star of one row of the array"
        )
    if "wavelength" in get:
        column = names["wavelength"]
        wavelength = get["wavelength"].astype(float) * to_angstrom(
            path, column.unit or units[column.name]
        )
        if not own and (wavelength == wavelength[:1]).all():
            wavelength = wavelength[0]
    else:
        wavelength = wave["start"] + wave["step"] * np.arange(flux.shape[1])
    for key, values in (get | {"wavelength": wavelength}).items():
        if values.shape not in (flux.shape, flux.shape[1:] * (key == "wavelength")):
            raise InputError(
                f"{path}: the array of {key} has the shape {values.shape}, that of the "
                f"flux {flux.shape}"
            )
    if said.get("frame") == "air":
        wavelength = air.to_vacuum(wavelength)
    chosen = rows if own else slice(None)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if "ivar" in get:
            ivar = get["ivar"][chosen]
        else:
            error = get["error"][chosen].astype(float)
            ivar = np.where(error > 0, error**-2, 0.0)
    if wavelength.ndim == 2:
        wavelength = wavelength[chosen]
    return Arrays(wavelength, flux[chosen], ivar, Path(path).name, stamped(path))


def stamped(path: PathLike) -> bool | None:
    """Whether a FITS file says that it is simulated; None of any other file."""
    if not is_fits(Path(path)):
        return None
    with fits.open(path, memmap=False) as hdus:
        return any(bool(hdu.header.get(MARK, False)) for hdu in hdus)


def to_angstrom(path: PathLike, unit: str) -> float:
    """Angstrom in a unit of length; without a unit, it is Angstrom."""
    try:
        return u.Unit(unit or "Angstrom").to(u.Angstrom)
    except (ValueError, TypeError, u.UnitConversionError) as error:
        raise InputError(
            f"{path}: {unit!r} is no unit of wavelengths: give one as `unit` of "
            "files.array.wavelength"
        ) from error


def read_named(path: PathLike, names: list[str]) -> tuple[dict, dict]:
    """Arrays of a file, and their units ("" if it says none), by their names.

    Parameters
    ----------
    path
        npz, HDF5, or FITS with an image extension of each name.

    Raises
    ------
    InputError
        If it is no such file, or lacks one.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    with open(path, "rb") as file:
        start = file.read(8)
    reader = from_fits
    if start.startswith(b"PK"):
        reader = from_npz
    elif start == b"\x89HDF\r\n\x1a\n":
        reader = from_hdf5
    elif not start.startswith((b"SIMPLE", b"\x1f\x8b")):
        raise InputError(
            f"{path} holds no arrays: files.array.file is npz, HDF5 or FITS"
        )
    try:
        return reader(path, names)
    except InputError:
        raise
    except Exception as error:  # zip, pickle, HDF5 and FITS have one each
        raise InputError(f"{path} cannot be read: {error}") from error


def from_npz(path: Path, names: list[str]) -> tuple[dict, dict]:
    """Arrays of a file of numpy."""
    with np.load(path, allow_pickle=False) as file:
        require(path, names, file.files)
        return {name: file[name] for name in names}, dict.fromkeys(names, "")


def from_hdf5(path: Path, names: list[str]) -> tuple[dict, dict]:
    """Data sets of an HDF5 file; a name may be the path of one in a group."""
    with h5py.File(path) as file:
        sets = [name for name in names if isinstance(file.get(name), h5py.Dataset)]
        require(path, names, sets or list(file))
        units = {name: file[name].attrs.get("unit", "") for name in names}
        return {name: file[name][()] for name in names}, {
            name: unit.decode() if isinstance(unit, bytes) else str(unit)
            for name, unit in units.items()
        }


def from_fits(path: Path, names: list[str]) -> tuple[dict, dict]:
    """Images of a FITS file, by the names of their extensions."""
    with fits.open(path, memmap=False) as hdus:
        images = {
            hdu.name.upper(): hdu
            for hdu in hdus
            if hdu.is_image and hdu.data is not None
        }
        require(path, [name.upper() for name in names], list(images))
        found = {name: images[name.upper()] for name in names}
        data = {
            name: hdu.data.astype(hdu.data.dtype.newbyteorder("="))
            for name, hdu in found.items()
        }
        units = {name: hdu.header.get("BUNIT", "") for name, hdu in found.items()}
        return data, units


def require(path: Path, names: list[str], has: list[str]) -> None:
    """Raise InputError if a file lacks one of the arrays."""
    missing = [name for name in names if name not in has]
    if missing:
        raise InputError(
            f"{path} has no array {', '.join(missing)} (files.array); it has "
            f"{', '.join(has) or 'none'}"
        )


def spectra_of(
    arrays: Arrays, v_rad: np.ndarray, at_rest: bool
) -> Iterator[Spectrum | InputError]:
    """The spectrum of each row, or what is wrong with it."""
    for row in range(len(arrays)):
        try:
            yield arrays.spectrum(row, float(v_rad[row]), at_rest)
        except InputError as error:
            yield error

"""Spectra that are the rows of one array, or a vector column of the table itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import astropy.units as u
import h5py
import numpy as np
from astropy.io import fits
from astropy.units.function import FunctionUnitBase

from mdwarfs.errors import InputError
from mdwarfs.given.raw_table import is_fits, read_columns
from mdwarfs.given.settings import Column as Given
from mdwarfs.given.settings import vectors
from mdwarfs.literature import air
from mdwarfs.spectra.files import MARK
from mdwarfs.spectra.spectrum import Spectrum, build_spectrum
from mdwarfs.spectra.table_columns import Column, per_wavelength
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
        return build_spectrum(
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
    names = vectors(said)
    if own:
        found = read_named(path, {key: column.name for key, column in names.items()})
    else:
        found = from_columns(path, names, rows)
    found = {key: real(path, names[key].name, *read) for key, read in found.items()}
    flux, count = found["flux"].values, n if own else len(rows)
    if flux.ndim != 2 or len(flux) != count:
        raise InputError(
            f"{path}: the array {names['flux'].name} has the shape {flux.shape}; the "
            f"table has {n} rows, and each is the star of one row of the array"
        )
    for key, column in found.items():
        shape = column.values.shape
        right = [flux.shape, *([flux.shape[1:]] if key == "wavelength" else [])]
        if shape not in right:
            raise InputError(
                f"{path}: the array of {key} has the shape {shape}, that of the flux "
                f"{flux.shape}"
            )
    chosen = rows if own else slice(None)
    wavelength = wavelengths(path, said, names, found, flux.shape[1])
    if wavelength.ndim == 2:
        wavelength = wavelength[chosen]
        if len(wavelength) and (wavelength == wavelength[:1]).all():
            wavelength = wavelength[0]
    found = {
        key: replace(column, values=column.values[chosen])
        for key, column in found.items()
        if key != "wavelength"
    }
    try:
        planes = flux_and_ivar(found, wavelength)
    except InputError as error:
        raise InputError(f"{path} {error}") from error
    return Arrays(wavelength, *planes, Path(path).name, stamped(path))


def real(path: PathLike, name: str, values: object, unit: str) -> Column:
    """An array of a file, with its unit; raises InputError if it is not of numbers."""
    values = np.asarray(np.ma.getdata(values))
    if values.dtype.kind not in "iuf":
        raise InputError(
            f"{path}: the array {name} is of {values.dtype}; real numbers are needed"
        )
    return Column(name, values, unit)


def from_columns(
    path: PathLike, names: dict[str, Given], rows: np.ndarray
) -> dict[str, tuple]:
    """Vector columns of the table itself, NaN where they are null, with their units."""
    keys = {f"files.array.{key}": column.name for key, column in names.items()}
    table, found = read_columns(path, keys, rows), {}
    for key, column in names.items():
        values = np.ma.asarray(table[column.name])
        if values.dtype.kind in "iu":
            values = values.astype(float)
        if np.ma.is_masked(values) and values.dtype.kind == "f":
            values = values.filled(np.nan)
        found[key] = values, str(table[column.name].info.unit or "")
    return found


def wavelengths(
    path: PathLike, said: dict, names: dict[str, Given], found: dict, n: int
) -> np.ndarray:
    """Wavelengths in vacuum [Angstrom], shape (p,) or (rows, p).

    Parameters
    ----------
    said
        `files.array` of the configuration.
    names
        From `vectors`.
    found
        What was read, by the same keys.
    n
        Pixels, where the wavelengths are counted from a start.
    """
    if "wavelength" in found:
        column = found["wavelength"]
        unit = names["wavelength"].unit or column.unit
        wavelength = column.values.astype(float) * to_angstrom(path, unit)
    else:
        count = said["wavelength"]
        wavelength = count["start"] + count["step"] * np.arange(n)
    return air.to_vacuum(wavelength) if said.get("frame") == "air" else wavelength


def flux_and_ivar(
    found: dict[str, Column], wavelength: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Flux per wavelength and its inverse variance: shape (rows, p) each.

    Raises
    ------
    InputError
        If their units do not go together.
    """
    flux = found["flux"]
    scale = per_wavelength(flux, wavelength, flux)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if "ivar" in found:
            ivar = found["ivar"].values
            return flux.values * scale, ivar / scale**2
        error = found["error"].values.astype(float)
        error = error * per_wavelength(found["error"], wavelength, flux)
        return flux.values * scale, np.where(error > 0, error**-2, 0.0)


def stamped(path: PathLike) -> bool | None:
    """Whether a FITS file says that it is simulated; None of any other file."""
    if not is_fits(Path(path)):
        return None
    with fits.open(path, memmap=False) as hdus:
        return any(bool(hdu.header.get(MARK, False)) for hdu in hdus)


def to_angstrom(path: PathLike, unit: str) -> float:
    """Angstrom in a unit of length; without a unit, it is Angstrom."""
    try:
        found = u.Unit(unit or "Angstrom")
        if isinstance(found, FunctionUnitBase):
            raise u.UnitConversionError
        return found.to(u.Angstrom)
    except (ValueError, TypeError, u.UnitConversionError) as error:
        raise InputError(
            f"{path}: {unit!r} is no unit of wavelengths: give one as `unit` of "
            "files.array.wavelength"
        ) from error


def read_named(path: PathLike, names: dict[str, str]) -> dict[str, tuple]:
    """Arrays of a file, each with its unit ("" if it says none).

    Parameters
    ----------
    path
        npz, HDF5, or FITS with an image extension of each name.
    names
        Of the arrays, by the keys of `files.array`.

    Raises
    ------
    InputError
        If it is no such file, lacks one, or has two of one name.
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


def from_npz(path: Path, names: dict[str, str]) -> dict[str, tuple]:
    """Arrays of a file of numpy."""
    with np.load(path, allow_pickle=False) as file:
        require(path, names, file.files)
        return {key: (file[name], "") for key, name in names.items()}


def from_hdf5(path: Path, names: dict[str, str]) -> dict[str, tuple]:
    """Data sets of an HDF5 file; a name may be the path of one in a group."""
    with h5py.File(path) as file:
        known = {x for x in names.values() if isinstance(file.get(x), h5py.Dataset)}
        require(path, names, sorted(known | set(data_sets(file))))
        return {key: (file[x][()], unit_in(file[x].attrs)) for key, x in names.items()}


def data_sets(group: h5py.Group, above: str = "") -> Iterator[str]:
    """Names of all data sets below a group."""
    for name, one in group.items():
        if isinstance(one, h5py.Group):
            yield from data_sets(one, f"{above}{name}/")
        else:
            yield above + name


def unit_in(attributes: Mapping) -> str:
    """The unit of a data set: netCDF and CF write `units`."""
    for name in ("unit", "units", "UNIT", "UNITS"):
        if (said := attributes.get(name)) is not None:
            said = np.asarray(said).ravel()[0]
            return said.decode() if isinstance(said, bytes) else str(said)
    return ""


def from_fits(path: Path, names: dict[str, str]) -> dict[str, tuple]:
    """Images of a FITS file, by the names of their extensions."""
    with fits.open(path, memmap=False) as hdus:
        images = [hdu for hdu in hdus if hdu.is_image and hdu.data is not None]
        wanted = {key: name.upper() for key, name in names.items()}
        require(path, wanted, [hdu.name.upper() for hdu in images])
        by_name = {hdu.name.upper(): hdu for hdu in images}
        found = {key: by_name[name] for key, name in wanted.items()}
        return {
            key: (
                hdu.data.astype(hdu.data.dtype.newbyteorder("=")),
                str(hdu.header.get("BUNIT", "")),
            )
            for key, hdu in found.items()
        }


def require(path: Path, names: dict[str, str], has: list[str]) -> None:
    """Raise InputError if a file lacks one of the arrays, or has two of its name."""
    missing = []
    for key, name in names.items():
        if has.count(name) > 1:
            raise InputError(
                f"{path} has {has.count(name)} arrays {name} (files.array.{key}): "
                "give them different names"
            )
        if name not in has:
            close = get_close_matches(name, has, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            missing.append(f"{name} (files.array.{key}{hint})")
    if missing:
        raise InputError(
            f"{path} has no array {', '.join(missing)}; it has "
            f"{', '.join(filter(None, has)) or 'none'}"
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

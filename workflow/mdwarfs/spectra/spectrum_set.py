"""A set of normalised spectra on one wavelength grid, and its file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from astropy.io import fits
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.run.parallel import slices
from mdwarfs.spectra.planes import AnyPlane, Chosen, Plane, Stacked
from mdwarfs.tables.columns import describe
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import stacked
from mdwarfs.types import PathLike

PLANES = {
    "flux": "Flux divided by the pseudo-continuum; 1 where there is no spectrum",
    "ivar": "Inverse variance of FLUX; 0 for a bad pixel",
    "continuum": "Pseudo-continuum, 1e-17 erg/s/cm2/A if the input was; 0 if none",
}
AT_ONCE = 1024  # rows that are in memory together when a file is written


@dataclass
class SpectrumSet:
    """Normalised spectra of many stars on one grid, one row per star.

    The planes are arrays, or, in a set that was opened, `mdwarfs.spectra.planes.Plane`:
    then rows of them are read as they are asked for.

    Attributes
    ----------
    wavelength : shape (n_pix,)
        Wavelength in vacuum, rest frame [Angstrom].
    flux : float32, shape (n_star, n_pix)
        Flux divided by the pseudo-continuum; 1 in a row without a spectrum.
    ivar : float32, shape (n_star, n_pix)
        Inverse variance of `flux`; 0 for a bad pixel.
    stars
        Columns source_id, sdss_id, file, snr, n_good (good pixels on the grid) and
        status ("ok", or why the row holds no spectrum); others may follow.
    continuum : float32, shape (n_star, n_pix)
        The pseudo-continuum in the units of the file that was read; 0 if unknown.
    """

    wavelength: np.ndarray
    flux: AnyPlane
    ivar: AnyPlane
    stars: Table
    continuum: AnyPlane | None = None

    def __post_init__(self):
        if self.continuum is None:
            self.continuum = np.zeros_like(self.flux)
        shape = (len(self.stars), len(self.wavelength))
        for plane in PLANES:
            if getattr(self, plane).shape != shape:
                raise ValueError(
                    f"{plane} has shape {getattr(self, plane).shape}, not {shape}"
                )

    def __len__(self):
        return len(self.stars)

    @property
    def ok(self) -> np.ndarray:
        """Which rows hold a spectrum: bool, shape (n_star,)."""
        return np.asarray(self.stars["status"]) == "ok"

    def require(self, wavelength: np.ndarray) -> None:
        """Refuse to go on unless the spectra are on these wavelengths.

        Parameters
        ----------
        wavelength : shape (p,)
            Of a model [Angstrom].

        Raises
        ------
        InputError
            If they are not.
        """
        if len(self.wavelength) != len(wavelength) or not np.allclose(
            self.wavelength, wavelength, rtol=1e-7, atol=0
        ):
            raise InputError(
                "the spectra are not on the wavelengths of the model: normalise them "
                "with the range and the step that it was trained with"
            )

    @classmethod
    def joined(cls, parts: Sequence[SpectrumSet]) -> SpectrumSet:
        """The spectra of several sets on one grid, one after the other.

        What is not in memory stays where it is.

        Raises
        ------
        InputError
            If their wavelengths differ.
        """
        first, *others = parts
        for part in others:
            part.require(first.wavelength)
        planes = {
            name: Stacked([getattr(part, name) for part in parts]) for name in PLANES
        }
        stars = stacked([part.stars for part in parts])
        return cls(wavelength=first.wavelength, stars=stars, **planes)

    def take(self, rows: ArrayLike | slice) -> SpectrumSet:
        """The set of the rows with these indices (or this mask), in that order."""
        return SpectrumSet(
            self.wavelength,
            self.flux[rows],
            self.ivar[rows],
            self.stars[rows],
            self.continuum[rows],
        )

    def view(self, rows: ArrayLike | slice) -> SpectrumSet:
        """The same as `take`, but planes are read as their rows are needed."""
        rows = np.arange(len(self))[rows]
        planes = {name: Chosen(getattr(self, name), rows) for name in PLANES}
        return SpectrumSet(self.wavelength, stars=self.stars[rows], **planes)

    def select(self, source_ids: ArrayLike, key: str = "source_id") -> SpectrumSet:
        """The spectra of given stars, in the given order, in memory; see `rows_of`."""
        return self.take(self.rows_of(source_ids, key))

    def rows_of(self, source_ids: ArrayLike, key: str = "source_id") -> np.ndarray:
        """Rows of given stars, in the given order: int, shape (m,).

        Parameters
        ----------
        source_ids : int, shape (m,)
        key
            Column of `stars` that the identifiers belong to.

        Raises
        ------
        InputError
            If a star is not in the set.
        """
        rows = match(source_ids, np.asarray(self.stars[key]))
        if (rows < 0).any():
            absent = np.asarray(source_ids)[rows < 0]
            raise InputError(
                f"{len(absent)} star(s) are not among the normalised spectra, the "
                f"first has {key} {absent[0]}: normalise the spectra of this sample"
            )
        return rows

    def write(self, path: PathLike, stamp: dict) -> None:
        """Write as FITS with the extensions STARS, WAVELENGTH, FLUX, IVAR, CONTINUUM.

        Of planes that are not in memory a few rows at a time are.

        Parameters
        ----------
        stamp
            `run` and `simulated`, see `mdwarfs.tables.header`.
        """
        primary = tables.primary_hdu(stamp)
        stars = describe(self.stars.copy(copy_data=False), path)
        stars = tables.to_hdu(stars, "STARS")
        grid = fits.ImageHDU(np.asarray(self.wavelength, ">f8"), name="WAVELENGTH")
        grid.header["BUNIT"] = "Angstrom"
        grid.header["COMMENT"] = "Vacuum, rest frame"
        with tables.atomic(path) as part:
            fits.HDUList([primary, stars, grid]).writeto(part)
            for name, comment in PLANES.items():
                append(part, getattr(self, name), name.upper(), comment)

    @classmethod
    def read(cls, path: PathLike) -> SpectrumSet:
        """Read a file that `write` made.

        Raises
        ------
        InputError
            If the file is missing or is not such a file.
        """
        with cls.open(path) as spectra:
            return spectra.take(slice(None))

    @classmethod
    @contextmanager
    def open(cls, path: PathLike) -> Iterator[SpectrumSet]:
        """Open a file that `write` made, of which only the table of stars is read.

        Yields
        ------
        spectrum set
            Of any number of stars, in little memory.

        Raises
        ------
        InputError
            If the file is missing or is not such a file.
        """
        try:
            with fits.open(path, memmap=False) as hdus:
                stars = tables.from_hdu(hdus["STARS"])
                wavelength = hdus["WAVELENGTH"].data.astype(float)
                if any(hdus[name.upper()].header["BITPIX"] != -32 for name in PLANES):
                    raise KeyError("its spectra are not of float32")
                places = {
                    name: (
                        hdus[name.upper()].fileinfo()["datLoc"],
                        hdus[name.upper()].shape,
                    )
                    for name in PLANES
                }
            file = open(path, "rb")
        except (OSError, KeyError) as error:
            raise InputError(
                f"{path} is not a file of normalised spectra: {error}"
            ) from error
        with file:
            planes = {name: Plane(file, *place) for name, place in places.items()}
            yield cls(wavelength=wavelength, stars=stars, **planes)


def append(path: PathLike, plane: AnyPlane, name: str, comment: str) -> None:
    """Add a plane of spectra to a FITS file, as an image extension of float32."""
    nothing = np.broadcast_to(np.zeros((), ">f4"), plane.shape)  # of that shape
    header = fits.ImageHDU(nothing, name=name).header
    header["COMMENT"] = comment
    with open(path, "ab+") as file, fits.StreamingHDU(file, header) as stream:
        for rows in slices(len(plane), AT_ONCE) if len(plane) else []:
            stream.write(np.ascontiguousarray(plane[rows], ">f4"))

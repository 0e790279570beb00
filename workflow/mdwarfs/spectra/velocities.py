"""Three ways to find the velocity of a spectrum, with the same interface.

Each is a function of a spectrum that returns it in its rest frame, or raises
`InputError` if no velocity is to be had. Spectra that are at rest in their files are
left as they are by all of them.

The velocity is that of the file (`of_file`); the file's or else, where it has none, one
found by correlation with a template (`AgainstTemplate`); or one found by correlation
with the other spectra of the sample (`AgainstOthers`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from mdwarfs.errors import InputError
from mdwarfs.spectra.cross_correlation import V_MAX, measure
from mdwarfs.spectra.prepare import configured_grid, prepare
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT

if TYPE_CHECKING:
    from mdwarfs.spectra.spectrum import Spectrum


FILE, FOUND, AT_REST = "file", "found", "rest"
"""Where a velocity is from: the file, or a comparison with other spectra; or none was
needed, since the spectrum is at rest."""

COLUMNS = {
    "v_rad_source": (
        "",
        "Velocity by which the spectrum was brought to rest: file, that of its file; "
        "found, by comparison with the model; rest, none, it is taken to be at rest",
    ),
}

RESEMBLES = 0.5
"""Least correlation with a template at which a velocity is believed."""

ITERATIONS = 4
"""Of velocities and the median spectra that they are measured against; the changes are
then below 1 km/s."""


def of_file(spectrum: Spectrum) -> Spectrum:
    """The spectrum at rest by the velocity of its file.

    Raises
    ------
    InputError
        If the file has no velocity.
    """
    return spectrum.in_rest_frame()


def velocity_origin(given: Spectrum, at_rest: Spectrum) -> str:
    """Where the velocity is from by which a spectrum was brought to rest.

    Parameters
    ----------
    given, at_rest
        Before and after.

    Returns
    -------
    str
        `FILE`, `FOUND` or `AT_REST`.
    """
    if given.at_rest or at_rest.wavelength is given.wavelength:
        return AT_REST
    return FILE if at_rest.v_rad == given.v_rad else FOUND


class AgainstTemplate:
    """The velocity of the file, or else that of the best correlation with a template.

    On a grid whose pixels are wider than the fastest stars are fast, no velocity is to
    be found, nor is one needed: spectra without one are left as they are.

    Parameters
    ----------
    template : shape (n_pix,)
        Normalised spectrum at rest, on the grid of `settings`; NaN where it is not
        known.
    settings
        The section `spectra` of the configuration.
    """

    def __init__(self, template: np.ndarray, settings: dict) -> None:
        self._known = np.isfinite(template)
        self._template = np.where(self._known, template, 1.0)
        self._settings = settings
        self._wide = is_wide(configured_grid(settings))

    def __call__(self, spectrum):
        """The spectrum at rest.

        Raises
        ------
        InputError
            If its file has no velocity, and it does not resemble the template.
        """
        if spectrum.at_rest or np.isfinite(spectrum.v_rad):
            return spectrum.in_rest_frame()
        if self._wide:
            return as_it_is(spectrum)
        flux, ivar, _ = prepare(spectrum.shifted(0.0), self._settings)
        v_rad, correlation = measure(
            configured_grid(self._settings),
            flux,
            np.where(self._known, ivar, 0.0),
            self._template,
        )
        if not correlation > RESEMBLES:
            raise InputError(
                "its file has no radial velocity, and it does not resemble an M dwarf "
                f"(correlation {correlation:.2f})"
            )
        return spectrum.shifted(v_rad)


def as_it_is(spectrum: Spectrum) -> Spectrum:
    """The spectrum, taken to be at rest whatever its file says."""
    return replace(spectrum, at_rest=True)


def is_wide(wavelength: np.ndarray) -> bool:
    """Whether every pixel is wider than the largest velocity that is looked for."""
    return bool(np.diff(np.log(wavelength)).min() > V_MAX / SPEED_OF_LIGHT)


class Found(NamedTuple):
    """What `AgainstOthers` knows of a spectrum.

    Attributes
    ----------
    v_rad
        Velocity found [km/s]; that of the file, if it is at rest there.
    of_file
        Velocity of the file; NaN if it has none.
    correlation
        Coefficient of correlation with the median spectrum of the others; NaN if the
        spectrum could not be normalised.
    """

    v_rad: float = np.nan
    of_file: float = np.nan
    correlation: float = np.nan


class AgainstOthers:
    """Velocities at which the spectra of a sample agree with each other.

    They are found by correlation with the median spectrum of the other ones, in a few
    rounds; at first, the velocities are those of the files, or 0 where there are none.
    The zero point is that of the files' velocities.

    Parameters
    ----------
    spectra
        The sample; all of it is in memory.
    settings
        The section `spectra` of the configuration.
    """

    def __init__(self, spectra: Sequence[Spectrum], settings: dict) -> None:
        v_rad, correlation = by_iteration(spectra, settings)
        self._found = {
            spectrum.source: Found(float(v), spectrum.v_rad, float(c))
            for spectrum, v, c in zip(spectra, v_rad, correlation)
        }

    def of(self, source: str) -> Found:
        """What was found of the spectrum that was read there; NaN if it is not known.

        Parameters
        ----------
        source
            See `mdwarfs.spectra.spectrum.Spectrum`.
        """
        return self._found.get(source, Found())

    def __call__(self, spectrum):
        """The spectrum at rest; raises InputError if it is not of the sample."""
        if spectrum.at_rest:
            return spectrum
        if spectrum.source not in self._found:
            raise InputError("is not among the spectra whose velocities were measured")
        return spectrum.shifted(self.of(spectrum.source).v_rad)


def by_iteration(
    spectra: Sequence[Spectrum], settings: dict
) -> tuple[np.ndarray, np.ndarray]:
    """Velocities of spectra by correlation with the median of the others.

    Parameters
    ----------
    settings
        The section `spectra` of the configuration.

    Returns
    -------
    v_rad : shape (n,)
        [km/s]. Of a spectrum that cannot be normalised it is that of the file, or 0,
        but for the zero point.
    correlation : shape (n,)
        Coefficients of correlation, NaN where a spectrum cannot be normalised.
    """
    grid = configured_grid(settings)
    of_files = np.array([spectrum.v_rad for spectrum in spectra], float)
    moving = np.array([not spectrum.at_rest for spectrum in spectra], bool)
    v_rad, correlation = np.nan_to_num(of_files), np.full(len(spectra), np.nan)
    for _ in range(ITERATIONS):
        flux, ivar = planes_at(spectra, v_rad, settings)
        for k in range(len(spectra)):
            shift, correlation[k] = measure(
                grid, flux[k], ivar[k], median_of_others(flux, ivar, k)
            )
            v_rad[k] += np.nan_to_num(shift) if moving[k] else 0.0
        known = moving & np.isfinite(of_files)
        if known.any():
            v_rad[moving] -= np.median((v_rad - of_files)[known])
    return v_rad, correlation


def planes_at(
    spectra: Sequence[Spectrum], v_rad: ArrayLike, settings: dict
) -> tuple[np.ndarray, np.ndarray]:
    """Normalised flux and ivar of spectra of such velocities: (n, n_pix) each.

    A spectrum that cannot be normalised has ivar 0.
    """
    shape = len(spectra), len(configured_grid(settings))
    flux, ivar = np.ones(shape, np.float32), np.zeros(shape, np.float32)
    for k, (spectrum, velocity) in enumerate(zip(spectra, v_rad)):
        try:
            rest = spectrum if spectrum.at_rest else spectrum.shifted(velocity)
            flux[k], ivar[k], _ = prepare(rest, settings)
        except InputError:
            continue
    return flux, ivar


def median_of_others(flux: np.ndarray, ivar: np.ndarray, row: int) -> np.ndarray:
    """Median spectrum of all but one: 1 where no pixel is good.

    Parameters
    ----------
    flux, ivar : shape (n, n_pix)
    row
        The one.

    Returns
    -------
    shape (n_pix,)
    """
    flux, ivar = np.delete(flux, row, axis=0), np.delete(ivar, row, axis=0)
    known = (ivar > 0).any(axis=0)
    template = np.ones(flux.shape[1])
    good = np.where(ivar > 0, flux, np.nan)
    template[known] = np.nanmedian(good[:, known], axis=0)
    return template

"""Read spectra from files, resample them to one grid and normalise them."""

from __future__ import annotations

import glob
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mdwarfs.api.inputs import (
    flux_and_ivar,
    hinting,
    known_keys,
    rising_wavelength,
    velocities,
)
from mdwarfs.errors import InputError
from mdwarfs.spectra.formats import read_all
from mdwarfs.spectra.load import Loaded, assembled, load_spectrum
from mdwarfs.spectra.signal import misstated, snr_of
from mdwarfs.spectra.spectrum import Spectrum, build_spectrum
from mdwarfs.spectra.spectrum_set import SpectrumSet
from mdwarfs.spectra.velocities import of_file
from mdwarfs.types import PathLike

CONTINUUM = {
    "first_smoothing": 1.0e-8,
    "second_smoothing": 1.0e-7,
    "bin_width": 10.0,
    "quantile": 0.7,
    "clip": 2.0,
}
"""As config/config.yaml has it, which has comments; so have the defaults of
`normalise`."""


MOST_PIXELS = 10**6
"""Of a grid."""


@dataclass(frozen=True)
class Unread(Spectrum):
    """The place of a file that holds no spectrum.

    Attributes
    ----------
    reason
        Why it holds none.
    """

    reason: str = ""


@dataclass(repr=False)
class Spectra(SpectrumSet):
    """Normalised spectra on one grid; see `SpectrumSet`.

    Attributes
    ----------
    settings
        How they were made: the keyword arguments of `normalise`.
    """

    settings: dict = field(default_factory=dict)

    def __repr__(self):
        bad = np.count_nonzero(~self.ok)
        return (
            f"<{len(self)} spectra of {len(self.wavelength)} pixels, "
            f"{self.wavelength[0]:.0f}-{self.wavelength[-1]:.0f} Angstrom"
            + (f"; {bad} cannot be used, see .stars['status']>" if bad else ">")
        )

    def __getitem__(self, rows):
        rows = [rows] if isinstance(rows, int | np.integer) else rows
        return self.take(rows)

    def take(self, rows: ArrayLike | slice) -> Spectra:
        """The spectra of the rows with these indices (or this mask), in that order."""
        return Spectra(**vars(super().take(rows)), settings=self.settings)


def read_spectra(paths: PathLike | Sequence[PathLike]) -> list[Spectrum]:
    """Read the spectra of files of any known format.

    Parameters
    ----------
    paths
        A file, a pattern such as ``spectra/*.fits``, or several of either. Of a file
        that holds several spectra all are read; `file[3]` is its third.

    Returns
    -------
    spectra
        In the order of the files, those of a pattern sorted by name. Among several, one
        that is missing, a folder or without a spectrum has its place, with the reason,
        and a warning says so.

    Raises
    ------
    InputError
        If no file fits a pattern, or no spectrum was read.

    Examples
    --------
    >>> read_spectra("nowhere/*.fits")
    Traceback (most recent call last):
        ...
    mdwarfs.errors.InputError: no file is called nowhere/*.fits
    """
    if isinstance(paths, str | Path):
        paths = [paths]
    paths, spectra = list(paths), []
    if not paths:
        raise InputError("there are no files to read: the list of paths is empty")
    for path in [file for pattern in paths for file in files_of(pattern)]:
        try:
            if Path(path).is_dir():
                raise InputError(
                    f"is a folder: name its files, as {Path(path, '*.fits')}"
                )
            spectra += read_all(path)
        except InputError as error:
            reason = str(error).removeprefix(f"{path}: ")
            empty = np.zeros(0)
            spectra.append(
                Unread(empty, empty, empty, True, source=str(path), reason=reason)
            )
    unread = [spectrum for spectrum in spectra if isinstance(spectrum, Unread)]
    if len(unread) == len(spectra):
        more = f" (nor have the {len(unread) - 1} others)" if len(unread) > 1 else ""
        raise InputError(f"{unread[0].source}: {unread[0].reason}{more}")
    if unread:
        warnings.warn(
            f"{len(unread)} of {len(spectra)} files hold no spectrum, the first is "
            f"{unread[0].source}: {unread[0].reason}",
            stacklevel=2,
        )
    return spectra


def files_of(path: PathLike) -> list[str]:
    """The files that a path or a pattern names; raises InputError if there is none."""
    if Path(path).exists() or not glob.has_magic(str(path)):
        return [str(path)]
    found = sorted(glob.glob(str(path)))
    if found:
        return found
    if str(path).endswith("]"):  # file[3]
        return [str(path)]
    raise InputError(f"no file is called {path}")


@hinting
def normalise(
    spectra: Sequence[Spectrum] | ArrayLike,
    *,
    wavelength: ArrayLike | None = None,
    ivar: ArrayLike | None = None,
    error: ArrayLike | None = None,
    v_rad: ArrayLike | None = None,
    wave_min: float = 6001.755,
    wave_max: float = 8957.321,
    step_dex: float | None = None,
    step: float | None = None,
    continuum: dict[str, float] | None = CONTINUUM,
    min_good_fraction: float = 0.2,
) -> Spectra:
    """Bring spectra to rest, onto one grid, and divide them by a pseudo-continuum.

    A spectrum with which this cannot be done keeps its row, with the reason in the
    column `status` of `stars`.

    Parameters
    ----------
    spectra : shape (n, p) if an array
        As `read_spectra` gives them, or the flux of n stars, one row each.
    wavelength : shape (p,)
        Of an array: in vacuum, rising [Angstrom].
    ivar, error : shape (n, p)
        Of an array, one of the two: inverse variance or standard deviation of the flux.
        `ivar` 0, an infinite `error` and NaN mark bad pixels.
    v_rad : shape (n,)
        Radial velocities [km/s]; with a unit they are converted. Default, and where
        NaN: those of the files; arrays are at rest. Spectra that are at rest in their
        files stay as they are.
    wave_min, wave_max
        Range of the grid [Angstrom].
    step_dex, step
        Its step, in log10 of the wavelength (1e-4 if neither is given) or in Angstrom.
    continuum
        See `mdwarfs.spectra.continuum.normalise`, for `settings`; values that are not
        given are those of `CONTINUUM`. None: the flux is normalised as it is.
    min_good_fraction
        A spectrum with a smaller share of good pixels is not used.

    Returns
    -------
    spectra

    Raises
    ------
    InputError
        If the arrays do not belong together, or a setting makes no sense.

    Examples
    --------
    >>> wavelength = np.arange(6000.0, 7000.0, 2.0)
    >>> flux = 3.0 + 0.2 * np.sin(wavelength / 5) * np.ones((4, 1))
    >>> normalise(flux, wavelength=wavelength, error=0.01 * flux,
    ...           wave_min=6100, wave_max=6900)
    <4 spectra of 536 pixels, 6100-6900 Angstrom>
    """
    if step_dex is None and step is None:
        step_dex = 1.0e-4
    if step_dex is not None and step is not None:
        raise InputError("give step_dex or step, not both")
    known_keys(continuum or {}, list(CONTINUUM), "continuum")
    settings = {
        "wave_min": float(wave_min),
        "wave_max": float(wave_max),
        "step_dex": step_dex,
        "step": step,
        "continuum": None if continuum is None else CONTINUUM | dict(continuum),
        "min_good_fraction": min_good_fraction,
    }
    check_grid(settings)
    observed = list_of(spectra, wavelength, ivar, error, v_rad)
    return normalised(observed, settings, of_file)


def check_grid(settings: dict) -> None:
    """Raise InputError if there is no grid of wavelengths of such settings."""
    low, high = settings["wave_min"], settings["wave_max"]
    if not 0 < low < high < np.inf:
        raise InputError(f"wave_min {low:g} has to be below wave_max {high:g}")
    for name, width in (
        ("step", high - low),
        ("step_dex", np.log10(high / low)),
    ):
        step = settings[name]
        if step is not None and not width / MOST_PIXELS <= step <= width:
            raise InputError(
                f"{name} is {step:g}: from {low:g} to {high:g} Angstrom it has to be "
                f"between {width / MOST_PIXELS:.1g} and {width:.3g}"
            )
    if not 0 <= settings["min_good_fraction"] <= 1:
        raise InputError(
            f"min_good_fraction is {settings['min_good_fraction']:g}: it has to be "
            "between 0 and 1"
        )


def list_of(
    spectra: Sequence[Spectrum] | ArrayLike,
    wavelength: ArrayLike | None,
    ivar: ArrayLike | None,
    error: ArrayLike | None,
    v_rad: ArrayLike | None,
) -> list[Spectrum]:
    """Spectra one by one; see `normalise`."""
    if isinstance(spectra, Spectrum):
        spectra = [spectra]
    if are_observed(spectra):
        if not (wavelength is None and ivar is None and error is None):
            raise InputError(
                "wavelength, ivar and error go with an array of fluxes: spectra that "
                "were read have their own"
            )
        observed = list(spectra)
    else:
        flux, ivar = flux_and_ivar(spectra, ivar, error)
        if wavelength is None:
            raise InputError("give the wavelength= of the flux [Angstrom, vacuum]")
        wavelength = rising_wavelength(wavelength, flux.shape[1])
        rest = v_rad is None
        observed = [
            build_spectrum(wavelength, *star, at_rest=rest) for star in zip(flux, ivar)
        ]
    if not observed:
        raise InputError("there are no spectra")
    if v_rad is None:
        return observed
    return [
        replace(spectrum, v_rad=float(v))
        if np.isfinite(v) and not spectrum.at_rest
        else spectrum
        for spectrum, v in zip(observed, velocities(v_rad, len(observed)))
    ]


def are_observed(spectra: Any) -> bool:
    """Whether this is a list of `Spectrum`, and no array."""
    return isinstance(spectra, list | tuple) and all(
        isinstance(spectrum, Spectrum) for spectrum in spectra
    )


def normalised(
    observed: Sequence[Spectrum], settings: dict, velocity: Callable
) -> Spectra:
    """Normalise spectra; the reason stands in `status` where that cannot be done.

    Parameters
    ----------
    settings
        The section `spectra` of a configuration.
    velocity
        From a spectrum to that spectrum at rest, see `mdwarfs.spectra.velocities`.
    """
    rows = [
        Loaded(spectrum.source, status=spectrum.reason)
        if isinstance(spectrum, Unread)
        else load_spectrum(spectrum, settings, velocity)
        for spectrum in observed
    ]
    spectra = assembled(rows, len(rows), settings)
    stars = spectra.stars
    stars["snr_misstated"] = misstated(stars["snr"], stars["snr_pixels"])
    unknown = ~np.isfinite(stars["snr"]) | stars["snr_misstated"]
    stars["snr"][unknown] = stars["snr_pixels"][unknown]
    return Spectra(**vars(spectra), settings=settings)


def measured_snr(
    wavelength: np.ndarray, flux: np.ndarray, ivar: np.ndarray
) -> np.ndarray:
    """Signal-to-noise ratio of stars on one grid, as that of files is measured.

    Parameters
    ----------
    wavelength : shape (p,)
    flux, ivar : shape (n, p)

    Returns
    -------
    shape (n,)
        See `mdwarfs.spectra.signal.snr_of`; NaN without any good pixel.
    """
    stars = (
        build_spectrum(wavelength, *star, at_rest=True) for star in zip(flux, ivar)
    )
    return np.array([snr_of(star, wavelength) for star in stars])

"""One observed spectrum, as every format gives it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from mdwarfs.errors import InputError

SPEED_OF_LIGHT = 299792.458
"""[km/s]"""

V_LARGEST = 800.0
"""A file's velocity beyond this [km/s] is not believed: faster stars leave the Galaxy
(escape velocity here 528 km/s, Deason+2019, and the Sun's motion of 250 km/s)."""


@dataclass(frozen=True)
class Spectrum:
    """One spectrum, as it was read.

    Attributes
    ----------
    wavelength : shape (n,)
        In vacuum [Angstrom], rising; in the rest frame of the star if `at_rest`.
    flux, ivar : shape (n,)
        Flux density per Angstrom and its inverse variance. Both are 0 in bad pixels.
    at_rest
        Whether `wavelength` is in the star's rest frame.
    v_rad
        Radial velocity according to the file [km/s]; NaN if it has none that is to be
        believed.
    snr
        Signal-to-noise ratio according to the file; NaN if it has none.
    star_class, subclass
        The survey's own class and subclass, "" if the file has none.
    name
        What the file calls this spectrum, where it holds several; else "".
    kind
        `NAME` of the format, which `mdwarfs.spectra.formats` fills in.
    source
        Where it was read, filled in there as well: `path`, or `path[3]` if it is the
        third of its file.
    e_v_rad
        Error of `v_rad` according to the file [km/s]; NaN if it has none.
    zwarning
        Bits by which the survey's pipeline warns of its redshift (SDSS: ZWARNING); None
        if the file has none.
    simulated
        Whether the file says that it is simulated; None if it does not say.

    Raises
    ------
    InputError
        If the arrays differ in length.
    """

    wavelength: np.ndarray
    flux: np.ndarray
    ivar: np.ndarray
    at_rest: bool
    v_rad: float = np.nan
    snr: float = np.nan
    star_class: str = ""
    subclass: str = ""
    name: str = ""
    kind: str = ""
    source: str = ""
    e_v_rad: float = np.nan
    zwarning: int | None = None
    simulated: bool | None = None

    def __post_init__(self):
        wavelength, *others = map(np.shape, (self.wavelength, self.flux, self.ivar))
        if len(wavelength) != 1 or others != [wavelength] * 2:
            raise InputError(
                f"it has {np.size(self.wavelength)} wavelengths, {np.size(self.flux)} "
                f"values of the flux and {np.size(self.ivar)} of its inverse variance"
            )

    def __repr__(self):
        reach = "no pixels"
        if len(self.wavelength):
            ends = f"{self.wavelength[0]:.0f}-{self.wavelength[-1]:.0f} Angstrom"
            reach = f"{len(self.wavelength)} pixels, {ends}"
        return f"<{type(self).__name__} {self.source or self.name}: {reach}>"

    def shifted(self, v_rad: float) -> Spectrum:
        """The same spectrum in the rest frame of a star of velocity `v_rad` [km/s]."""
        if self.at_rest:
            raise ValueError("the spectrum is in the rest frame already")
        wavelength = self.wavelength / (1 + v_rad / SPEED_OF_LIGHT)
        return replace(self, wavelength=wavelength, v_rad=v_rad, at_rest=True)

    def in_rest_frame(self) -> Spectrum:
        """The same spectrum at rest; raises InputError if its velocity is unknown."""
        if self.at_rest:
            return self
        if not np.isfinite(self.v_rad):
            raise InputError(
                "its radial velocity is not known: give it in the column v_rad, or let "
                "it be found (files.velocity: others)"
            )
        return self.shifted(self.v_rad)


def build_spectrum(
    wavelength: ArrayLike,
    flux: ArrayLike,
    ivar: ArrayLike,
    flagged: ArrayLike = 0,
    *,
    at_rest: bool,
    **meta: Any,
) -> Spectrum:
    """Make a `Spectrum` of what a file holds.

    Parameters
    ----------
    wavelength : shape (n,)
        In vacuum [Angstrom], rising. The rounding of a logarithmic grid is undone, see
        `without_rounding`.
    flux, ivar : shape (n,)
    flagged : shape (n,) or ()
        Not 0 where the survey distrusts a pixel. Those, and pixels whose flux or
        inverse variance is not finite, become bad ones.
    **meta
        Other attributes of `Spectrum`. A `v_rad` beyond `V_LARGEST` is left out.

    Raises
    ------
    InputError
        If the arrays differ in length, or the wavelengths do not rise or are none.
    """
    wavelength = without_rounding(np.asarray(wavelength, float).copy())
    with np.errstate(invalid="ignore"):  # signalling NaNs of a damaged file
        flux, ivar = np.array(flux, float), np.array(ivar, float)
        flagged = np.asarray(flagged) != 0
    if not wavelength.shape == flux.shape == ivar.shape:
        raise InputError(
            f"it has {wavelength.size} wavelengths, {flux.size} values of the flux and "
            f"{ivar.size} of its inverse variance"
        )
    if flagged.ndim and flagged.shape != wavelength.shape:
        raise InputError(
            f"it has {wavelength.size} wavelengths and a mask of {flagged.size} pixels"
        )
    good = np.isfinite(flux) & np.isfinite(ivar) & (ivar > 0) & ~flagged
    flux[~good] = ivar[~good] = 0
    for name in ("v_rad", "e_v_rad", "snr"):
        if name in meta:
            meta[name] = finite_number(meta[name])
    if abs(meta.get("v_rad", 0.0)) > V_LARGEST:
        meta["v_rad"] = np.nan
    return Spectrum(wavelength, flux, ivar, at_rest, **meta)


def finite_number(value: Any) -> float:
    """A number that a file gives, or NaN if it is none."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return np.nan
    return number if np.isfinite(number) else np.nan


def out_of_order(wavelength: np.ndarray) -> str:
    """What is wrong with wavelengths that do not rise, and where; may be empty."""
    if wavelength.ndim != 1 or len(wavelength) < 2:
        return f": there are {wavelength.size}"
    unsound = ~np.isfinite(wavelength) | (wavelength <= 0)
    if unsound.any():
        first = int(unsound.argmax())
        return f": pixel {first + 1} has {wavelength[first]:g}"
    steps = np.diff(wavelength)
    first = int((steps <= 0).argmax())
    same, back = int((steps == 0).sum()), int((steps < 0).sum())
    a, b = wavelength[first : first + 2]
    return (
        f": pixel {first + 2} has {b:.6g} after {a:.6g} ({same} are repeated, {back} "
        "go back)"
    )


def without_rounding(wavelength: np.ndarray) -> np.ndarray:
    """Undo the rounding of a logarithmic grid that was stored in single precision.

    Single precision moves pixels by up to 0.003 of their width; grids that coincide
    would no longer do so.

    Parameters
    ----------
    wavelength : shape (n,)

    Returns
    -------
    shape (n,)
        The logarithmic grid of a step of a multiple of 1e-5 dex, if `wavelength` is
        one but for rounding; otherwise `wavelength` itself.

    Raises
    ------
    InputError
        If the wavelengths do not rise, or are not wavelengths at all.
    """
    valid = wavelength.ndim == 1 and len(wavelength) > 1
    valid = valid and np.isfinite(wavelength).all() and wavelength[0] > 0
    if not valid or (np.diff(wavelength) <= 0).any():
        raise InputError(
            "its wavelengths are not a rising series of positive numbers"
            + out_of_order(wavelength)
        )
    log = np.log10(wavelength)
    index = np.arange(len(log))
    step = round((log[-1] - log[0]) / index[-1], 5)
    start = round(np.mean(log - step * index), 6)
    regular = start + step * index
    return 10**regular if np.abs(log - regular).max() < 1e-6 else wavelength

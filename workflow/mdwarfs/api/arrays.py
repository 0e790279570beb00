"""Turn arrays of normalised flux into the set of spectra that the library works on."""

from __future__ import annotations

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.api.inputs import flux_and_ivar, not_normalised, rising_wavelength
from mdwarfs.api.spectra import Spectra, are_observed, measured_snr
from mdwarfs.errors import InputError
from mdwarfs.spectra.spectrum_set import SpectrumSet


def as_set(
    spectra: SpectrumSet | ArrayLike,
    wavelength: ArrayLike | None,
    ivar: ArrayLike | None,
    error: ArrayLike | None,
) -> SpectrumSet:
    """Normalised spectra, of which those that are not say so in `status`.

    Raises
    ------
    InputError
        If arrays do not belong together, or no star is normalised.
    """
    if are_observed(spectra) and len(spectra):
        raise InputError(
            "spectra that were read have to be normalised before: normalise(spectra)"
        )
    if isinstance(spectra, SpectrumSet):
        if not (wavelength is None and ivar is None and error is None):
            raise InputError(
                "wavelength, ivar and error go with an array: normalised spectra have "
                "their own"
            )
        made = spectra
    else:
        flux, ivar = flux_and_ivar(spectra, ivar, error)
        if wavelength is None:
            raise InputError("give the wavelength= of the flux [Angstrom, vacuum]")
        wavelength = rising_wavelength(wavelength, flux.shape[1])
        stars = Table({"snr": measured_snr(wavelength, flux, ivar)})
        stars["status"] = np.full(len(flux), "ok", "U200")
        stars["n_good"] = (ivar > 0).sum(axis=1)
        made = Spectra(
            wavelength, flux.astype(np.float32), ivar.astype(np.float32), stars
        )
    reasons = np.where(made.ok, not_normalised(made.flux, made.ivar), "")
    wrong = reasons != ""
    if wrong.any() and wrong[made.ok].all():
        raise InputError(
            f"the flux is {reasons[wrong][0]} in the first star: divide it by a "
            "continuum (mdwarfs.normalise), or by each star's median"
        )
    if wrong.any():
        stars = made.stars.copy()
        stars["status"] = np.where(wrong, reasons, np.asarray(stars["status"]))
        planes_of = made.wavelength, made.flux, made.ivar, stars, made.continuum
        made = Spectra(*planes_of, settings=getattr(made, "settings", {}))
    return made if isinstance(made, Spectra) else Spectra(**vars(made))


def same_wavelengths(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two grids are the same, to the rounding of single precision."""
    return len(one) == len(other) and np.allclose(one, other, rtol=1e-7, atol=0)


def extent(wavelength: np.ndarray) -> str:
    """Number of pixels and range of a grid, in words."""
    low, high = wavelength[0], wavelength[-1]
    return f"{len(wavelength)} pixels, {low:.0f}-{high:.0f} Angstrom"

"""Spectra of M dwarfs as a smooth function of their labels.

A thermal continuum is absorbed by molecular bands and atomic lines (`bands`). The
optical depths of the features of one species add up; each species dims what the others
leave by Minnaert's interpolation formula for saturation, 1 / (1 + optical depth), so
that strong features answer less to the labels than weak ones. TiO grows with [Fe/H] and
with falling temperature alike, which is the degeneracy that real M dwarfs show; CaH,
the alkali metals and the atomic lines, which answer differently, lift it.
"""

from functools import lru_cache

import numpy as np
from astropy import constants, units
from numpy.typing import ArrayLike

from mdwarfs.simulation import bands

# ln of the pseudo-continuum over the Planck function: rows are powers of theta, columns
# Chebyshev polynomials of ln(wavelength) over the range of BOSS. Fitted to the same
# spectra as the bands (3700-9770 A) and kept level beyond them.
CONTINUUM_RANGE = (3567.0, 10400.0)
CONTINUUM = (
    (0.000, 0.398, -0.171, -0.027, 0.075, -0.073, 0.051),
    (0.000, -0.285, 0.622, -1.010, 0.842, -0.695, 0.341),
    (0.000, 0.583, -1.125, 0.459, 0.389, -0.240, 0.240),
)  # fmt: skip
SCALE_WAVELENGTH = 7500.0  # where the thermal continuum is 1 [Angstrom]
RADIATION = (constants.h * constants.c / constants.k_B).to_value(
    units.Angstrom * units.K
)  # second radiation constant

# Balmer emission: wavelength in vacuum [Angstrom] and flux relative to H alpha, after
# the decrements of quiescent active M dwarfs in Bochanski+2007 (AJ 133, 531), rounded.
BALMER = ((6564.6, 1.0), (4862.7, 0.25), (4341.7, 0.12))


LABELS = ("teff", "logg", "feh", "alpha_m")
"""What the spectra answer to. Other labels show as far as they go with these."""


def spectra(
    wavelength: np.ndarray,
    teff: ArrayLike,
    logg: ArrayLike,
    feh: ArrayLike,
    alpha_m: ArrayLike = 0.0,
    halpha_ew: ArrayLike = 0.0,
    *,
    dex: np.ndarray | None = None,
    block: int = 500,
) -> np.ndarray:
    """Flux of M dwarfs before it reaches an instrument, at a resolution of 2000.

    The labels may be anything; what comes out resembles a star for Teff of 2600 to
    4400 K and [Fe/H] of -1.5 to 0.7.

    Parameters
    ----------
    wavelength : shape (p,)
        In vacuum, in the rest frame of the star [Angstrom].
    teff, logg, feh, alpha_m : shape (n,)
        Effective temperature [K], surface gravity, [Fe/H] and [alpha/M] [dex].
    halpha_ew : shape (n,)
        Equivalent width of H alpha [Angstrom], positive in emission.
    dex : shape (n, len(bands.SPECIES))
        By how much the optical depths of each species differ from those of the labels.
        Default: not at all.
    block
        Stars computed together; has no influence on the result.

    Returns
    -------
    shape (n, p)
        f_lambda in units of the thermal continuum at 7500 A; positive.
    """
    labels = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(x, float)) for x in (teff, logg, feh, alpha_m))
    )
    halpha_ew = np.broadcast_to(np.asarray(halpha_ew, float), labels[0].shape)
    rows = bands.features()
    profiles = _profiles(np.asarray(wavelength, float).tobytes())
    groups = [np.flatnonzero(rows["species"] == name) for name in bands.SPECIES]
    species = [list(bands.SPECIES).index(name) for name in rows["species"]]
    flux = np.empty((len(labels[0]), len(wavelength)))
    for start in range(0, len(flux), block):
        part = slice(start, start + block)
        depth = bands.optical_depths(rows, *(label[part] for label in labels))
        dimming = np.ones_like(flux[part])
        if dex is not None:
            depth *= 10 ** dex[part][:, species]
        for group in groups:
            dimming *= 1 + depth[:, group] @ profiles[group]
        flux[part] = continuum(wavelength, labels[0][part]) / dimming
        _add_balmer(flux[part], wavelength, halpha_ew[part])
    return flux


@lru_cache(maxsize=2)
def _profiles(wavelength: bytes) -> np.ndarray:
    """Of all features at wavelengths that are asked for again and again."""
    return bands.profiles(np.frombuffer(wavelength), bands.features())


def thermal(teff: ArrayLike) -> np.ndarray:
    """Thermal continuum at 7500 Angstrom, in an arbitrary unit that all share."""
    return 1 / np.expm1(RADIATION / SCALE_WAVELENGTH / np.asarray(teff, float))


def continuum(wavelength: np.ndarray, teff: np.ndarray) -> np.ndarray:
    """Flux without any absorption feature.

    Parameters
    ----------
    wavelength : [Angstrom], shape (p,)
    teff : [K], shape (n,)

    Returns
    -------
    shape (n, p)
    """
    theta = 5040 / teff - 5040 / bands.TEFF_REF
    lowest, highest = np.log(CONTINUUM_RANGE)
    place = (2 * np.log(wavelength) - lowest - highest) / (highest - lowest)
    shape = np.polynomial.chebyshev.chebvander(place, len(CONTINUUM[0]) - 1)
    powers = np.vander(theta, len(CONTINUUM), increasing=True)
    thermal = np.expm1(RADIATION / SCALE_WAVELENGTH / teff)[:, None] / np.expm1(
        RADIATION / wavelength / teff[:, None]
    )
    return (
        (SCALE_WAVELENGTH / wavelength) ** 5
        * thermal
        * np.exp(powers @ np.asarray(CONTINUUM) @ shape.T)
    )


def _add_balmer(flux, wavelength, halpha_ew):
    """Put H alpha, and in emission the higher Balmer lines, on the spectra in place."""
    pixel = np.argmin(np.abs(wavelength - BALMER[0][0]))
    local = flux[:, pixel].copy()
    emission = np.maximum(halpha_ew, 0) * local
    for centre, ratio in BALMER:
        flux += np.outer(emission * ratio, _gaussian(wavelength, centre))
    absorption = np.minimum(halpha_ew, 0)
    flux *= np.exp(np.outer(absorption, _gaussian(wavelength, BALMER[0][0])))


def _gaussian(wavelength, centre):
    """The instrument's profile of a narrow line, of unit area [1/Angstrom]."""
    sigma = centre / bands.RESOLUTION / bands.FWHM_PER_SIGMA
    profile = np.exp(-0.5 * ((wavelength - centre) / sigma) ** 2)
    return profile / (sigma * np.sqrt(2 * np.pi))

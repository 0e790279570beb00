"""Radial velocity of a normalised spectrum by cross-correlation with a template."""

import numpy as np
from scipy.interpolate import CubicSpline

from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT

TELLURIC = ((6860, 6965), (7160, 7340), (7585, 7715), (8120, 8350), (8920, 9600))
"""Bands of O2 and H2O of the Earth's air [Angstrom]: they do not move with the star."""

V_MAX = 400.0
STEP = 5.0
"""Largest velocity tried and distance between the velocities tried [km/s]."""


def measure(
    wavelength: np.ndarray, flux: np.ndarray, ivar: np.ndarray, template: np.ndarray
) -> tuple[float, float]:
    """Velocity at which a spectrum correlates best with a template.

    Parameters
    ----------
    wavelength : shape (n_pix,)
        Of both [Angstrom].
    flux, ivar : shape (n_pix,)
        Normalised spectrum; `ivar` 0 marks bad pixels.
    template : shape (n_pix,)
        Normalised spectrum at rest.

    Returns
    -------
    v_rad
        [km/s], positive if the spectrum is redshifted; NaN if no pixels are good.
    correlation
        Coefficient of correlation there, from -1 to 1.
    """
    log = np.log(wavelength)
    margin = np.log(1 + V_MAX / SPEED_OF_LIGHT)
    used = (ivar > 0) & (log > log[0] + margin) & (log < log[-1] - margin)
    for low, high in TELLURIC:
        used &= (wavelength < low) | (wavelength > high)
    if used.sum() < 3:
        return np.nan, np.nan
    spline = CubicSpline(log, template)
    velocity = np.arange(-V_MAX, V_MAX + STEP / 2, STEP)
    shifts = np.log(1 + velocity / SPEED_OF_LIGHT)
    shifted = standard(spline(log[used] - shifts[:, None]))
    correlation = shifted @ standard(flux[used])
    best = int(np.clip(np.argmax(correlation), 1, len(velocity) - 2))
    before, peak, after = correlation[best - 1 : best + 2]
    bend = before - 2 * peak + after
    offset = (before - after) / (2 * bend) if bend < 0 else 0.0
    offset = np.clip(offset, -1, 1)
    return float(velocity[best] + STEP * offset), float(peak)


def standard(spectra: np.ndarray) -> np.ndarray:
    """Spectra less their mean, scaled to a norm of 1; along the last axis."""
    spectra = spectra - spectra.mean(axis=-1, keepdims=True)
    norm = np.sqrt((spectra**2).sum(axis=-1, keepdims=True))
    return spectra / np.where(norm > 0, norm, 1)

"""How the simulated stars' fluxes answer to their labels: what a model can learn."""

import numpy as np

from mdwarfs.simulation import stellar_spectrum
from mdwarfs.spectra.continuum import normalise

STEP = {"feh": 0.04, "alpha_m": 0.03, "teff": 20.0, "logg": 0.04}
"""Half of the differences that the slopes are taken over [dex, K]."""
FILL = {"alpha_m": 0.0, "halpha_ew": 0.0}
"""Of a star of whose labels these are none."""
EXACT = 1e8  # inverse variance that stands for no noise


def slopes(reference, wavelength, continuum):
    """Derivatives of the noiseless, normalised flux of simulated stars.

    Parameters
    ----------
    reference : mdwarfs.interpretation.sensitivity.Reference
        The mean values of its stars are where the slopes are taken.
    wavelength : ndarray, shape (p,)
        [Angstrom]
    continuum : dict
        Settings of `mdwarfs.spectra.continuum.normalise`.

    Returns
    -------
    ndarray, shape (m, k, p)
        As `reference.slopes`.
    """
    ivar = np.full(len(wavelength), EXACT)

    def spectrum(labels):
        flux = stellar_spectrum.spectra(wavelength, **FILL | labels)[0]
        return normalise(wavelength, flux / flux.mean(), ivar, continuum)[0]

    found = np.empty(reference.slopes.shape)
    for row, values in zip(found, reference.values):
        labels = dict(zip(reference.names, values))
        for i, name in enumerate(reference.names):
            low, high = (
                spectrum(labels | {name: labels[name] + sign * STEP[name]})
                for sign in (-1, 1)
            )
            row[i] = (high - low) / (2 * STEP[name])
    return found

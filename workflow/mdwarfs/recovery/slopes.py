"""How the simulated flux changes with the labels, which is what a model can learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.labels import LABELS
from mdwarfs.simulation import stellar_spectrum
from mdwarfs.spectra.continuum import normalise
from mdwarfs.tables.tabulate import annotate

if TYPE_CHECKING:
    from mdwarfs.interpretation.sensitivity import Reference


EXACT = 1e8  # inverse variance that stands for no noise


def injected_slopes(
    reference: Reference, wavelength: np.ndarray, continuum: dict[str, float]
) -> np.ndarray:
    """Derivatives of the noiseless, normalised flux of simulated stars.

    Parameters
    ----------
    reference
        The mean values of its stars are where the slopes are taken.
    wavelength : [Angstrom], shape (p,)
    continuum
        Settings of `mdwarfs.spectra.continuum.normalise`.

    Returns
    -------
    shape (m, k, p)
        As `reference.slopes`; zero for labels to which the spectra do not answer.
    """
    ivar = np.full(len(wavelength), EXACT)

    def spectrum(labels):
        known = {x: y for x, y in labels.items() if x in stellar_spectrum.LABELS}
        flux = stellar_spectrum.spectra(wavelength, **known)[0]
        return normalise(wavelength, flux / flux.mean(), ivar, continuum)[0]

    found = np.empty(reference.slopes.shape)
    for row, values in zip(found, reference.values):
        labels = dict(zip(reference.names, values))
        for i, name in enumerate(reference.names):
            step = LABELS[name].step
            low, high = (
                spectrum(labels | {name: labels[name] + sign * step})
                for sign in (-1, 1)
            )
            row[i] = (high - low) / (2 * step)
    return found


def slopes_table(
    reference: Reference, wavelength: np.ndarray, injected: np.ndarray
) -> Table:
    """One row per pixel and temperature, as of the model's own slopes.

    Parameters
    ----------
    wavelength : [Angstrom], shape (p,)
    injected : shape (m, k, p)
        From `injected_slopes`.

    Returns
    -------
    table
        wavelength, teff and `injected_<quantity>`.
    """
    rows = Table(
        {
            "wavelength": np.tile(wavelength, len(reference.teff)),
            "teff": np.repeat(reference.teff, len(wavelength)),
        }
    )
    described = {
        "wavelength": ("Angstrom", "In vacuum, rest frame"),
        "teff": ("K", "Temperature of the training stars at which the slopes are"),
    }
    for i, name in enumerate(reference.names):
        rows[f"injected_{name}"] = injected[:, i].ravel()
        what = f"Derivative of the simulated stars' flux with {name}"
        described[f"injected_{name}"] = f"1 / {LABELS[name].unit}", what
    return annotate(rows, described)

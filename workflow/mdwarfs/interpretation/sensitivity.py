"""How the model's flux changes with the labels, for typical stars of a temperature."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS, QUANTITIES
from mdwarfs.literature import features
from mdwarfs.tables.tabulate import annotate

if TYPE_CHECKING:
    from mdwarfs.slam.spectral_model import SpectralModel


logger = logging.getLogger(__name__)

# The model is taken at one training star in so many, the nearest in temperature, but at
# FEWEST at least: the mean over them wavers less than the slope at a single point.
SHARE, FEWEST = 20, 10


def quantities(label_names: tuple[str, str, str, str]) -> dict[str, list[int]]:
    """The quantities of a model, as a dict of name to columns of its labels."""
    columns = {
        name: [i for i, label in enumerate(label_names) if label in labels]
        for name, labels in QUANTITIES.items()
    }
    return {name: places for name, places in columns.items() if places}


@dataclass(frozen=True)
class Reference:
    """The stars of some temperatures, and what a model says of them on average.

    Attributes
    ----------
    names : length k
        Keys of `mdwarfs.labels.QUANTITIES`.
    teff : shape (m,)
        The temperatures asked for [K].
    values : shape (m, k)
        Mean values of the quantities among the stars.
    flux : shape (m, p)
        Mean model spectra; NaN at pixels about which training could say nothing.
    slopes : shape (m, k, p)
        Mean derivatives of the flux with the quantities [1/dex, 1/K]; NaN likewise.
    """

    names: tuple[str, ...]
    teff: np.ndarray
    values: np.ndarray
    flux: np.ndarray
    slopes: np.ndarray

    @classmethod
    def of(cls, model: SpectralModel, places: dict[float, np.ndarray]) -> Reference:
        """Evaluate a model.

        Parameters
        ----------
        places
            Temperature to the labels of its stars, from `neighbours`.
        """
        groups = quantities(model.label_names)
        values, flux, slopes = [], [], []
        for labels in places.values():
            values.append([labels[:, columns[0]].mean() for columns in groups.values()])
            flux.append(model.spectra(labels).mean(0))
            mean = derivatives(model, labels).mean(0)
            slopes.append([mean[columns].sum(0) for columns in groups.values()])
        return cls(
            tuple(groups),
            np.array(list(places), float),
            *map(np.array, (values, flux, slopes)),
        )


def neighbours(model: SpectralModel, teff: Sequence[float]) -> dict[float, np.ndarray]:
    """Labels of the training stars that are nearest to some temperatures.

    Parameters
    ----------
    teff
        [K]. Those beyond the training stars are left out, and logged.

    Returns
    -------
    each of shape (c, d)

    Raises
    ------
    InputError
        If no temperature lies within those of the training stars.
    """
    known = model.labels[:, model.label_names.index("teff")]
    count = min(max(FEWEST, len(known) // SHARE), len(known))
    places = {}
    for value in teff:
        if known.min() <= value <= known.max():
            near = np.argsort(np.abs(known - value), kind="stable")[:count]
            places[float(value)] = model.labels[near]
        else:
            logger.warning("%g K: no training star is as cool or as hot", value)
    if not places:
        raise InputError(
            f"diagnostics.teff: none of {list(teff)} lies within the training stars' "
            f"{known.min():.0f}-{known.max():.0f} K"
        )
    return places


def derivatives(model: SpectralModel, labels: np.ndarray) -> np.ndarray:
    """Derivatives of model spectra with every label.

    Parameters
    ----------
    labels : shape (m, d)

    Returns
    -------
    shape (m, d, p)
        Per unit of the label; NaN at pixels about which training could say nothing,
        zero at those that are the same for all stars.
    """
    slopes = np.zeros((*labels.shape, len(model.wavelength)))
    slopes[:, :, ~np.isfinite(model.level)] = np.nan
    _, jacobian = model.flux_and_jacobian(model.scale.forward(labels))
    slopes[:, :, model.informative] = jacobian.transpose(1, 0, 2)
    return slopes / model.scale.scale[:, None]


def table(reference: Reference, wavelength: np.ndarray) -> Table:
    """One row per pixel and temperature.

    Parameters
    ----------
    wavelength : [Angstrom], shape (p,)

    Returns
    -------
    table
        wavelength, teff, features, flux and `d_<quantity>`.
    """
    m, p = reference.flux.shape
    rows = Table(
        {
            "wavelength": np.tile(wavelength, m),
            "teff": np.repeat(reference.teff, p),
            "features": np.tile(features.names(wavelength), m),
            "flux": reference.flux.ravel(),
        }
    )
    described = {
        "wavelength": ("Angstrom", "In vacuum, rest frame"),
        "teff": ("K", "Temperature of the training stars at which the model is taken"),
        "features": ("", "Known features that absorb at the pixel"),
        "flux": ("", "Normalised flux of the model"),
    }
    for i, name in enumerate(reference.names):
        what = " and ".join(QUANTITIES[name]) + ", the other labels fixed"
        unit = f"1 / {LABELS[name].unit}"
        rows[f"d_{name}"] = reference.slopes[:, i].ravel()
        described[f"d_{name}"] = unit, f"Derivative of the flux with {what}"
    return annotate(rows, described)

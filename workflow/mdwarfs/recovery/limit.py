"""How near to the least possible error labels come: the bound of Cramer and Rao.

Of simulated stars all is known that spectra have: how flux answers to labels, the
noise of every pixel, and what spectra of the same labels differ by otherwise (elements,
spots, companions, rotation, calibration, telluric and sky residuals), which goes
together. From these follows the least standard deviation of any estimate without bias,

    F = J' (1 / ivar + C)^-1 J,    bound^2 = diag F^-1,

and of any estimate that knows the population, with its precision added to F (van Trees
1968). Derivatives J and the covariance C are those of a few groups of stars alike in
Teff, C that of spectra drawn anew for each. No account is taken of cosmic rays, of
noise in the pseudo-continuum, and of what a model has to learn from stars with errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.labels import LABELS
from mdwarfs.run.parallel import in_threads, one_blas_thread
from mdwarfs.simulation import individual, stellar_spectrum
from mdwarfs.simulation.instrument import BOSS_LOGLAM, ERROR_FACTOR, observe
from mdwarfs.spectra.continuum import normalise
from mdwarfs.spectra.planes import AnyPlane
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import from_rows, matrix
from mdwarfs.validation.half_width import (
    FEWEST,
    OF_LIMIT,
    half_width,
    sound_unseen,
)

if TYPE_CHECKING:
    from mdwarfs.spectra.spectrum_set import SpectrumSet

PHYSICAL = stellar_spectrum.LABELS
GROUPS = 5
"""Of stars alike in Teff."""
DRAWS = 240
"""Spectra for each, of which the covariance is learnt."""
TYPICAL = 12.0
"""SNR at which they are drawn: what is left of sky lines goes with the noise."""
EDGE = 150.0
"""By which spectra are longer than what is used of them [Angstrom]."""
AT_ONCE = 256
"""Stars whose spectra are in memory together, for each thread."""
EXACT = 1e8  # inverse variance that stands for no noise

COLUMNS = {
    "label": ("", "Stellar label"),
    "unit": ("", "Unit of the label, the half width and the bounds"),
    "method": ("", "How the labels were found"),
    "snr_low": ("", "Least SNR of the stars"),
    "snr_high": ("", "Largest SNR of the stars"),
    "snr": ("", "Median SNR of the stars"),
    "n": ("", "Sound simulated stars that no model has seen"),
    "half_width": ("", "Half of what lies between 16 and 84 % of found minus true"),
    "bound": ("", "Median bound of Cramer and Rao: least error without bias"),
    "ratio": ("", "Half width of the differences, each over its own bound"),
    "e_ratio": ("", "Standard error of the ratio, for normal values"),
    "bound_prior": ("", "The same of estimates that know the population of the stars"),
    "ratio_prior": ("", "Half width of the differences, each over that bound"),
    "e_ratio_prior": ("", "Standard error of the ratio, for normal values"),
}


@dataclass(frozen=True)
class Response:
    """How spectra of stars alike answer to labels, and what else they differ by.

    Attributes
    ----------
    teff
        Their median [K].
    slopes : shape (k, p)
        Derivatives of the normalised flux with `PHYSICAL`.
    factors : shape (r, p)
        Of which the covariance of all else is the sum of products.
    """

    teff: float
    slopes: np.ndarray
    factors: np.ndarray

    @classmethod
    def of(
        cls,
        stars: Table,
        wavelength: np.ndarray,
        continuum: dict[str, float],
        rng: np.random.Generator,
    ) -> Response:
        """That of the stars of one group.

        Parameters
        ----------
        stars
            True labels and what else a spectrum has: `halpha_ew`, `companion_teff`.
        wavelength : shape (p,)
            Of the normalised spectra [Angstrom].
        continuum
            Settings of `mdwarfs.spectra.continuum.normalise`.
        rng
            Of what is drawn.
        """
        grid = 10**BOSS_LOGLAM
        used = (grid > wavelength[0] - EDGE) & (grid < wavelength[-1] + EDGE)
        middle = {name: float(np.median(stars[name])) for name in PHYSICAL}

        def normal(flux):
            flux = flux[used] / flux[used].mean()
            ivar = np.full(len(flux), EXACT)
            found = normalise(grid[used], flux, ivar, continuum)[0]
            return np.interp(wavelength, grid[used], found)

        slopes = []
        for name in PHYSICAL:
            step = LABELS[name].step
            low, high = (
                normal(
                    stellar_spectrum.spectra(
                        grid, **middle | {name: middle[name] + sign * step}
                    )[0]
                )
                for sign in (-1, 1)
            )
            slopes.append((high - low) / (2 * step))
        rows = rng.integers(0, len(stars), DRAWS)
        drawn = {name: np.full(DRAWS, value) for name, value in middle.items()}
        drawn["feh_niu"] = drawn.pop("feh")
        for name in ("halpha_ew", "companion_teff"):
            drawn[name] = np.asarray(stars[name], float)[rows]
        flux = individual.flux(grid, drawn, rng.spawn(DRAWS))
        speed = np.asarray(stars["v_rad"], float)[rows]
        seen = [
            normal(observe(grid, one, TYPICAL, rng, v_rad=v).noiseless)
            for one, v in zip(flux, speed)
        ]
        rest = np.array(seen) - np.mean(seen, axis=0)
        return cls(middle["teff"], np.array(slopes), rest / np.sqrt(DRAWS - 1))

    def information(self, ivar: np.ndarray) -> np.ndarray:
        """Of spectra about `PHYSICAL`, shape (m, k, k).

        Parameters
        ----------
        ivar : shape (m, p)
            As stated; zero where a pixel is bad.
        """
        found = []
        for row in ivar / ERROR_FACTOR**2:
            # (D + U'U)^-1 by Woodbury, of the good pixels.
            scaled = self.factors * row
            inner = np.eye(len(self.factors)) + scaled @ self.factors.T
            across = scaled @ self.slopes.T
            found.append(
                (self.slopes * row) @ self.slopes.T
                - across.T @ np.linalg.solve(inner, across)
            )
        return np.array(found)


def recover(
    spectra: SpectrumSet,
    truth: Table,
    split: Table,
    labels: dict[str, Table],
    names: Sequence[str],
    *,
    continuum: dict[str, float],
    edges: Sequence[float],
    seed: int,
    threads: int,
) -> Table:
    """How near labels of sound stars that no model has seen come to the bounds.

    Parameters
    ----------
    spectra
        Of all stars, open.
    truth, split
        True labels of the stars, and the role of those that have labels.
    labels
        Labels that were found, by method.
    names
        Of the labels.
    continuum
        See `Response.of`.
    edges
        See `distances`.
    seed
        Of what is drawn.
    threads
        The result does not depend on it.

    Returns
    -------
    table
        `COLUMNS`.
    """
    stars = np.asarray(spectra.stars["source_id"])[spectra.ok]
    chosen = spectra.view(spectra.rows_of(sound_unseen(stars, truth, split)))
    stars, snr = (np.asarray(chosen.stars[x]) for x in ("source_id", "snr"))
    known = lookup(truth, match(stars, truth["source_id"]))
    groups = responses(known, chosen.wavelength, continuum, seed)
    teff, precision = np.asarray(known["teff"], float), precision_of(known)
    least = bounds(groups, teff, chosen.ivar, precision, threads)
    found = {
        method: matrix(lookup(table, match(stars, table["source_id"])), names)
        for method, table in labels.items()
    }
    return distances(found, names, matrix(known, names), snr, *least, edges)


def responses(
    truth: Table, wavelength: np.ndarray, continuum: dict[str, float], seed: int
) -> list[Response]:
    """Those of `GROUPS` of stars, from cool to hot.

    Parameters
    ----------
    truth
        Of the stars.
    wavelength, continuum
        See `Response.of`.
    """
    order = np.argsort(np.asarray(truth["teff"], float), kind="stable")
    rng = np.random.default_rng([seed, len(truth)])
    return [
        Response.of(truth[rows], wavelength, continuum, rng)
        for rows in np.array_split(order, min(GROUPS, len(order)))
    ]


@one_blas_thread
def bounds(
    groups: Sequence[Response],
    teff: np.ndarray,
    ivar: AnyPlane,
    precision: np.ndarray,
    threads: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """Least standard deviations of the labels of stars.

    Parameters
    ----------
    teff : shape (m,)
        True ones, which say of what group a star is [K].
    ivar : shape (m, p)
        Of which a few rows at a time are taken into memory.
    precision : shape (k, k)
        Of the population.
    threads
        The result does not depend on it.

    Returns
    -------
    without, with_prior : shape (m, k)
        NaN where a spectrum does not tell labels apart.
    """
    middle = np.array([group.teff for group in groups])
    nearest = np.abs(teff[:, None] - middle).argmin(axis=1)
    information = np.empty((len(teff), len(PHYSICAL), len(PHYSICAL)))
    blocks = [
        (group, some)
        for number, group in enumerate(groups)
        for own in [np.flatnonzero(nearest == number)]
        for some in np.split(own, range(AT_ONCE, len(own), AT_ONCE))
    ]

    def inform(block):
        group, some = block
        return group.information(ivar[some])

    for (_, some), found in zip(blocks, in_threads(inform, blocks, threads)):
        information[some] = found
    return deviations(information), deviations(information + precision)


def deviations(information: np.ndarray) -> np.ndarray:
    """Roots of the diagonals of inverses, shape (m, k); NaN of singular ones."""
    size = np.sqrt(np.maximum(np.diagonal(information, axis1=1, axis2=2), 1e-300))
    unit = information / size[:, :, None] / size[:, None, :]
    good = np.linalg.eigvalsh(unit)[:, 0] > 1e-10
    unit[~good] = np.eye(len(size[0]))
    variance = np.diagonal(np.linalg.inv(unit), axis1=1, axis2=2)
    return np.where(good[:, None], np.sqrt(variance) / size, np.nan)


def precision_of(truth: Table) -> np.ndarray:
    """Inverse covariance of the true labels `PHYSICAL` of stars."""
    values = np.stack([np.asarray(truth[name], float) for name in PHYSICAL])
    return np.linalg.inv(np.cov(values))


def distances(
    found: dict[str, np.ndarray],
    names: Sequence[str],
    true: np.ndarray,
    snr: np.ndarray,
    without: np.ndarray,
    with_prior: np.ndarray,
    edges: Sequence[float],
) -> Table:
    """Half widths over bounds, label by label, method by method and bin by bin.

    Parameters
    ----------
    found : each of shape (m, d)
        Labels by method.
    names : length d
        `feh_niu` is `feh` by another scale, and has its bound.
    true : shape (m, d)
    snr : shape (m,)
    without, with_prior : shape (m, k)
        From `bounds`.
    edges
        Of the bins of SNR beside `OF_LIMIT`.

    Returns
    -------
    table
        `COLUMNS`.
    """
    rows = []
    for label, name in enumerate(names):
        physical = "feh" if name == "feh_niu" else name
        if physical not in PHYSICAL:
            continue
        column = PHYSICAL.index(physical)
        for method, values in found.items():
            off = values[:, label] - true[:, label]
            for low, high in (OF_LIMIT, *zip([0.0, *edges], [*edges, np.inf])):
                own = (snr >= low) & (snr < high) & np.isfinite(off)
                own &= np.isfinite(without[:, column])
                row = [name, LABELS[name].unit, method, low, high]
                if own.sum() < FEWEST:
                    rows.append((*row, np.nan, own.sum(), *[np.nan] * 7))
                    continue
                row += [np.median(snr[own]), own.sum(), half_width(off[own])]
                for bound in (without, with_prior):
                    least = bound[own, column]
                    ratio = half_width(off[own] / least)
                    error = 0.93 * ratio / np.sqrt(own.sum())
                    row += [np.median(least), ratio, error]
                rows.append(tuple(row))
    return from_rows(rows, COLUMNS)

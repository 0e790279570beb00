"""Labels of many stars with their errors and flags: the result of a prediction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from astropy.table import Table

from mdwarfs.run.parallel import in_threads, joined
from mdwarfs.run.progress import Progress
from mdwarfs.slam.infer.flags import COLUMNS as FLAGS
from mdwarfs.slam.infer.flags import Flag, flag
from mdwarfs.slam.infer.residuals import COLUMNS as RESIDUALS
from mdwarfs.tables.tabulate import annotate

if TYPE_CHECKING:
    from mdwarfs.slam.infer.domain import Domain
    from mdwarfs.spectra.planes import AnyPlane


TOGETHER = 64  # stars of a group: all of them take each step of the search together
FEW = 0.5  # fraction of the model's pixels below which a star is flagged

COLUMNS = {
    "chi2": ("", "Chi-square at the maximum of the posterior"),
    "dof": ("", "Degrees of freedom: good pixels minus outliers and labels"),
    "n_good": ("", "Good pixels"),
    "n_outliers": ("", "Good pixels that the fit went without, being far off it"),
    "n_iter": ("", "Iterations of the fit"),
    "training_sparseness": (
        "",
        "Distance to the tenth-nearest training star, over the 99 % quantile of the "
        "same for training stars",
    ),
    "correlation": ("", "Weighted correlation of the spectrum with its best model"),
    "v_offset": (
        "km / s",
        "Velocity of the spectrum relative to its best model: what is left of the "
        "star's, where that was right",
    ),
    "v_stretch": (
        "km / s",
        "Velocity so found in the red half of the pixels less that in the blue half",
    ),
    **RESIDUALS,
}


@dataclass
class Prediction:
    """Labels of maximum posterior of m stars.

    Attributes
    ----------
    names : length d
    labels : shape (m, d)
        NaN for a star that has too few good pixels.
    covariance : shape (m, d, d)
        Inverse curvature of the posterior at its maximum. It does not contain the
        errors of the training labels.
    chi2 : shape (m,)
    dof : int, shape (m,)
        Good pixels minus outliers and labels; zero where there are not enough.
    n_good, n_outliers, n_iter : int, shape (m,)
        The outliers are good pixels that the fit went without.
    sparseness : shape (m,)
        See `Domain.sparseness`.
    correlation, v_offset, v_stretch : shape (m,)
        Of the spectrum and its best model spectrum, see
        `mdwarfs.slam.infer.likeness`; NaN where they were not compared.
    residuals : shape (m, r)
        What is left of the spectrum about it, see `mdwarfs.slam.infer.residuals`; NaN
        likewise.
    continued : shape (m, d)
        Labels beyond the domain, see `mdwarfs.slam.infer.continued`; NaN likewise.
    status : str, shape (m,)
        "ok", or what went wrong.
    flags : int, shape (m,)
        Bits of `mdwarfs.slam.infer.flags.Flag`.
    """

    names: tuple[str, ...]
    labels: np.ndarray
    covariance: np.ndarray
    chi2: np.ndarray
    dof: np.ndarray
    n_good: np.ndarray
    n_outliers: np.ndarray
    n_iter: np.ndarray
    sparseness: np.ndarray
    correlation: np.ndarray
    v_offset: np.ndarray
    v_stretch: np.ndarray
    residuals: np.ndarray
    continued: np.ndarray
    status: np.ndarray
    flags: np.ndarray

    @classmethod
    def empty(cls, names: Sequence[str], n_good: np.ndarray) -> Prediction:
        """The prediction before any fit, when only the good pixels are counted."""
        m, d = len(n_good), len(names)
        return cls(
            names=tuple(names),
            labels=np.full((m, d), np.nan),
            covariance=np.full((m, d, d), np.nan),
            chi2=np.full(m, np.nan),
            dof=np.maximum(n_good - d, 0),
            n_good=n_good,
            n_outliers=np.zeros(m, int),
            n_iter=np.zeros(m, int),
            sparseness=np.full(m, np.nan),
            correlation=np.full(m, np.nan),
            v_offset=np.full(m, np.nan),
            v_stretch=np.full(m, np.nan),
            residuals=np.full((m, len(RESIDUALS)), np.nan),
            continued=np.full((m, d), np.nan),
            status=np.where(
                n_good == 0, "no good pixels", "too few good pixels"
            ).astype("U64"),
            flags=np.full(m, int(Flag.NO_LABELS)),
        )

    def table(self) -> Table:
        """One row per star: labels, their errors `e_*`, covariance, and the rest."""
        errors = np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2))
        columns = {name: self.labels[:, i] for i, name in enumerate(self.names)}
        columns |= {f"e_{name}": errors[:, i] for i, name in enumerate(self.names)}
        for name in ("covariance", "chi2", "dof", "n_good", "n_outliers", "n_iter"):
            columns[name] = getattr(self, name)
        columns |= {"training_sparseness": self.sparseness}
        for name in ("correlation", "v_offset", "v_stretch"):
            columns[name] = getattr(self, name)
        columns |= zip(RESIDUALS, self.residuals.T)
        columns["continued"] = self.continued
        table = Table({**columns, "status": self.status, "flags": self.flags})
        annotate(table, COLUMNS)
        table["covariance"].info.description = (
            "Covariance of the labels, in the order " + ", ".join(self.names)
        )
        table["continued"].info.description = (
            "Labels by a model that goes on beyond the training stars, in the order "
            + ", ".join(self.names)
            + ": not to be used, but to tell stars that are outside"
        )
        table["flags"].info.description = FLAGS["flags"][1]
        return table


def by_blocks(
    solve: Callable,
    flux: AnyPlane,
    ivar: AnyPlane,
    names: Sequence[str],
    block: int,
    threads: int,
) -> Prediction:
    """Predict stars block by block, and the stars of a block group by group.

    Parameters
    ----------
    solve
        From the flux and ivar of a group of stars to their `Prediction`. The groups are
        the same for any `block`.
    flux, ivar, block, threads
        As for `Predictor.predict`.
    names
        Of the labels.
    """
    size = TOGETHER * -(-block // TOGETHER)
    rows = [slice(i, i + size) for i in range(0, len(flux), size)]
    progress = Progress(len(flux), "stars")
    parts = [Prediction.empty(names, np.zeros(0, int))]

    def solve_block(rows):
        block = flux[rows], ivar[rows]
        return [
            solve(*(plane[first : first + TOGETHER] for plane in block))
            for first in range(0, len(block[0]), TOGETHER)
        ]

    for groups in in_threads(solve_block, rows, threads):
        parts += groups
        progress.step(sum(len(group.n_good) for group in groups))
    return joined(parts)


def solve_together(
    names: Sequence[str],
    n_good: np.ndarray,
    n_pixels: int,
    fewest: int,
    solve: Callable,
) -> Prediction:
    """The prediction of stars that are solved together.

    Parameters
    ----------
    names
        Of the labels.
    n_good : int, shape (s,)
        Pixels of the stars that take part.
    n_pixels
        Pixels of the model that can.
    fewest
        With fewer a star is not solved.
    solve
        From a prediction and the rows of the stars that are to be solved; it writes
        into the prediction.
    """
    result = Prediction.empty(names, n_good)
    result.flags |= flag(n_good < FEW * n_pixels, Flag.FEW_PIXELS)
    stars = np.flatnonzero(n_good >= fewest)
    if len(stars):
        solve(result, stars)
    result.dof = np.maximum(n_good - result.n_outliers - len(names), 0)
    return result


class Ended(Protocol):
    """Of fits of s stars, how they ended: each of shape (s,).

    Attributes
    ----------
    chi2, n_iter, converged, at_edge, rival
        See `mdwarfs.slam.infer.posterior.Fit`.
    """

    chi2: np.ndarray
    n_iter: np.ndarray
    converged: np.ndarray
    at_edge: np.ndarray
    rival: np.ndarray


def note_fit(
    result: Prediction,
    stars: np.ndarray,
    fit: Ended,
    domain: Domain,
    place: np.ndarray,
    covariance: np.ndarray,
) -> None:
    """Write into a prediction what is to be said of fits beside their labels.

    Parameters
    ----------
    result
        Changed in place.
    stars : int, shape (s,)
        Rows of `result`.
    place : shape (s, d)
        The labels as principal coordinates of the domain.
    covariance : shape (s, d, d)
        Of these coordinates.
    """
    sparseness = domain.sparseness(place)
    result.chi2[stars], result.n_iter[stars] = fit.chi2, fit.n_iter
    result.sparseness[stars] = sparseness
    result.status[stars] = np.where(fit.converged, "ok", "not converged")
    result.flags[stars] &= ~int(Flag.NO_LABELS)
    result.flags[stars] |= (
        flag(~fit.converged, Flag.NOT_CONVERGED)
        | flag(fit.at_edge, Flag.AT_EDGE)
        | flag(fit.rival, Flag.MULTIPLE_MINIMA)
        | flag(domain.outside_hull(place, covariance), Flag.OUTSIDE_HULL)
        | flag(sparseness > 1, Flag.LOW_DENSITY)
    )


def invert_hessians(hessian: np.ndarray) -> np.ndarray:
    """Inverses of symmetric positive matrices (s, d, d), infinite where singular."""
    values, vectors = np.linalg.eigh(hessian)
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = (vectors / np.maximum(values, 0)[:, None, :]) @ vectors.mT
    return np.where(np.isfinite(inverse), inverse, np.inf)

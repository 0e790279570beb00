"""Labels of many stars, and what has to be said about each."""

from dataclasses import dataclass, fields

import numpy as np
from astropy.table import Table

from mdwarfs.progress import Progress
from mdwarfs.slam import posterior
from mdwarfs.slam.flags import DESCRIPTIONS, Flag, flag
from mdwarfs.slam.losses import squared
from mdwarfs.slam.parallel import one_blas_thread, ordered_map
from mdwarfs.slam.prior import Prior
from mdwarfs.slam.standardise import good_pixels

TOGETHER = 64  # stars solved in lockstep
FEW = 0.5  # fraction of the model's pixels below which a star is flagged


@dataclass
class Prediction:
    """Labels of maximum posterior of m stars.

    Attributes
    ----------
    names : tuple of str, length d
    labels : ndarray, shape (m, d)
        NaN for a star that has too few good pixels.
    covariance : ndarray, shape (m, d, d)
        Inverse curvature of the posterior at its maximum. It does not contain the
        errors of the training labels.
    chi2 : ndarray, shape (m,)
    dof : ndarray of int, shape (m,)
        Good pixels minus labels; zero where there are not enough.
    n_good, n_iter : ndarray of int, shape (m,)
    sparseness : ndarray, shape (m,)
        See `Domain.sparseness`.
    status : ndarray of str, shape (m,)
        "ok", or what went wrong.
    flags : ndarray of int, shape (m,)
        Bits of `mdwarfs.slam.flags.Flag`.
    """

    names: tuple
    labels: np.ndarray
    covariance: np.ndarray
    chi2: np.ndarray
    dof: np.ndarray
    n_good: np.ndarray
    n_iter: np.ndarray
    sparseness: np.ndarray
    status: np.ndarray
    flags: np.ndarray

    @classmethod
    def empty(cls, names, n_good):
        """The prediction of stars of which nothing is known but their good pixels."""
        m, d = len(n_good), len(names)
        return cls(
            names=tuple(names),
            labels=np.full((m, d), np.nan),
            covariance=np.full((m, d, d), np.nan),
            chi2=np.full(m, np.nan),
            dof=np.maximum(n_good - d, 0),
            n_good=n_good,
            n_iter=np.zeros(m, int),
            sparseness=np.full(m, np.nan),
            status=np.where(
                n_good == 0, "no good pixels", "too few good pixels"
            ).astype("U64"),
            flags=np.full(m, int(Flag.NO_LABELS)),
        )

    @classmethod
    def joined(cls, parts):
        """The predictions of several blocks of stars, one after the other."""
        names = {part.names for part in parts}
        if len(names) != 1:
            raise ValueError(f"{len(names)} sets of labels cannot be joined")
        columns = {
            field.name: np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(cls)
            if field.name != "names"
        }
        return cls(names=names.pop(), **columns)

    def table(self):
        """One row per star: labels, their errors `e_*`, covariance, and the rest."""
        errors = np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2))
        columns = {name: self.labels[:, i] for i, name in enumerate(self.names)}
        columns |= {f"e_{name}": errors[:, i] for i, name in enumerate(self.names)}
        for name in ("covariance", "chi2", "dof", "n_good", "n_iter"):
            columns[name] = getattr(self, name)
        columns |= {"training_sparseness": self.sparseness}
        table = Table({**columns, "status": self.status, "flags": self.flags})
        table["covariance"].info.description = (
            "Covariance of the labels, in the order " + ", ".join(self.names)
        )
        table["training_sparseness"].info.description = (
            "Distance to the tenth-nearest training star, over the 99 % quantile of "
            "the same for training stars"
        )
        table["flags"].info.description = "Sum of: " + "; ".join(
            f"{int(bit)} {text}" for bit, text in DESCRIPTIONS.items()
        )
        return table


@one_blas_thread
def predict(model, flux, ivar, *, block, threads, prior=None):
    """Find the labels of stars from their normalised spectra.

    Parameters
    ----------
    model : mdwarfs.slam.model.Slam
    flux, ivar : ndarray, shape (m, p), or mdwarfs.spectra.planes.Plane
        On the wavelengths of the model. A pixel takes part where both are finite and
        `ivar` is positive, unless training could say nothing about that pixel.
    block : int
        Stars taken into memory together. They are solved in groups of `TOGETHER`, so
        that the result is the same for any `block`.
    threads : int
    prior : dict, optional
        See `mdwarfs.slam.prior.Prior.of`; default: flat inside the training domain.

    Returns
    -------
    Prediction
    """
    known = Prior.of(prior or {}, model.label_names, model.scale, model.domain)
    starts = model.starts
    size = TOGETHER * -(-block // TOGETHER)
    rows = [slice(i, i + size) for i in range(0, len(flux), size)]
    progress = Progress(len(flux), "stars")

    def solve(rows):
        return _predict_block(model, flux[rows], ivar[rows], known, starts)

    parts = [Prediction.empty(model.label_names, np.zeros(0, int))]
    for part in ordered_map(solve, rows, threads):
        parts.append(part)
        progress.step(len(part.n_good))
    return Prediction.joined(parts)


def _predict_block(model, flux, ivar, prior, starts):
    """The prediction of a block of stars, group by group."""
    use = model.informative
    good = good_pixels(flux, ivar)[:, use]
    n_good = good.sum(1)
    result = Prediction.empty(model.label_names, n_good)
    result.flags |= flag(n_good < FEW * use.sum(), Flag.FEW_PIXELS)
    noise = 1 / np.where(good, ivar[:, use], 1.0).astype(float)
    variance = np.asarray(model.pixels["variance"][use])
    weight = np.where(good, 1 / (noise + variance), 0.0).astype(np.float32)
    flux = np.where(good, flux[:, use], 1.0).astype(np.float32)
    enough = n_good > len(model.label_names)
    for first in range(0, len(flux), TOGETHER):
        stars = first + np.flatnonzero(enough[first : first + TOGETHER])
        if len(stars):
            problem = posterior.Posterior(
                model.emulator, model.domain, flux[stars], weight[stars], prior, squared
            )
            _record(result, stars, posterior.search(problem, starts), model)
    return result


def _record(result, stars, fit, model):
    """Write the fits of some stars into a prediction."""
    domain, scale = model.domain, model.scale
    to_labels = scale.scale[:, None] * domain.axes
    covariance = invert(fit.hessian)
    sparseness = domain.sparseness(fit.coordinates)
    result.labels[stars] = scale.back(domain.outward(fit.coordinates))
    with np.errstate(invalid="ignore"):  # infinite where nothing is known
        covariance_of_labels = to_labels @ covariance @ to_labels.T
    result.covariance[stars] = np.where(
        np.isfinite(covariance_of_labels), covariance_of_labels, np.inf
    )
    result.chi2[stars], result.n_iter[stars] = fit.chi2, fit.n_iter
    result.sparseness[stars] = sparseness
    result.status[stars] = np.where(fit.converged, "ok", "not converged")
    result.flags[stars] &= ~int(Flag.NO_LABELS)
    result.flags[stars] |= (
        flag(~fit.converged, Flag.NOT_CONVERGED)
        | flag(fit.at_edge, Flag.AT_EDGE)
        | flag(fit.rival, Flag.MULTIPLE_MINIMA)
        | flag(domain.outside_hull(fit.coordinates, covariance), Flag.OUTSIDE_HULL)
        | flag(sparseness > 1, Flag.LOW_DENSITY)
    )


def invert(hessian):
    """Inverses of symmetric positive matrices (s, d, d), infinite where singular."""
    values, vectors = np.linalg.eigh(hessian)
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = (vectors / np.maximum(values, 0)[:, None, :]) @ vectors.mT
    return np.where(np.isfinite(inverse), inverse, np.inf)

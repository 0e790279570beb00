"""Labels of many stars, and what has to be said about each."""

from dataclasses import dataclass, fields

import numpy as np
from astropy.table import Table

from mdwarfs.progress import Progress
from mdwarfs.slam.infer import outliers, posterior
from mdwarfs.slam.infer.flags import DESCRIPTIONS, Flag, flag
from mdwarfs.slam.infer.losses import squared
from mdwarfs.slam.infer.prior import Prior
from mdwarfs.slam.parallel import one_blas_thread, ordered_map
from mdwarfs.spectra.good_pixels import good_pixels

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
        Good pixels minus outliers and labels; zero where there are not enough.
    n_good, n_outliers, n_iter : ndarray of int, shape (m,)
        The outliers are good pixels that the fit went without.
    sparseness : ndarray, shape (m,)
        See `Domain.sparseness`.
    status : ndarray of str, shape (m,)
        "ok", or what went wrong.
    flags : ndarray of int, shape (m,)
        Bits of `mdwarfs.slam.infer.flags.Flag`.
    """

    names: tuple
    labels: np.ndarray
    covariance: np.ndarray
    chi2: np.ndarray
    dof: np.ndarray
    n_good: np.ndarray
    n_outliers: np.ndarray
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
            n_outliers=np.zeros(m, int),
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
        for name in ("covariance", "chi2", "dof", "n_good", "n_outliers", "n_iter"):
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
        On the wavelengths of the model. A pixel takes part if `good_pixels` finds it
        good, training could say something about it, and it is no outlier (see
        `mdwarfs.slam.infer.outliers`).
    block : int
        Stars taken into memory together. They are solved in groups of `TOGETHER`, so
        that the result is the same for any `block`.
    threads : int
    prior : dict, optional
        See `mdwarfs.slam.infer.prior.Prior.of`; default: flat inside the domain.

    Returns
    -------
    Prediction
    """
    known = Prior.of(prior or {}, model.label_names, model.scale, model.domain)
    starts = model.starts

    def solve(flux, ivar):
        return _predict_block(model, flux, ivar, known, starts)

    return by_blocks(solve, flux, ivar, model.label_names, block, threads)


def by_blocks(solve, flux, ivar, names, block, threads):
    """Predict stars block by block.

    Parameters
    ----------
    solve : callable
        From the flux and ivar of some stars to their `Prediction`.
    flux, ivar, block, threads
        As for `predict`.
    names : sequence of str
        Of the labels.

    Returns
    -------
    Prediction
    """
    size = TOGETHER * -(-block // TOGETHER)
    rows = [slice(i, i + size) for i in range(0, len(flux), size)]
    progress = Progress(len(flux), "stars")
    parts = [Prediction.empty(names, np.zeros(0, int))]
    for part in ordered_map(lambda r: solve(flux[r], ivar[r]), rows, threads):
        parts.append(part)
        progress.step(len(part.n_good))
    return Prediction.joined(parts)


def weigh(model, flux, ivar):
    """Pixels of stars, and the weights by which they enter chi-square.

    Parameters
    ----------
    model : mdwarfs.slam.model.Slam
    flux, ivar : ndarray, shape (m, p)

    Returns
    -------
    flux : ndarray of float32, shape (m, q)
        At the informative pixels of the model; 1 where a pixel is bad.
    weight : ndarray of float32, shape (m, q)
        Inverse of the variance of observed minus model flux; 0 where a pixel is bad.
    """
    use = model.informative
    good = good_pixels(flux, ivar)[:, use]
    noise = 1 / np.where(good, ivar[:, use], 1.0).astype(float)
    variance = np.asarray(model.pixels["variance"][use])
    weight = np.where(good, 1 / (noise + variance), 0.0).astype(np.float32)
    return np.where(good, flux[:, use], 1.0).astype(np.float32), weight


def _predict_block(model, flux, ivar, prior, starts):
    """The prediction of a block of stars, group by group."""
    flux, weight = weigh(model, flux, ivar)
    n_good = (weight > 0).sum(1)
    result = Prediction.empty(model.label_names, n_good)
    result.flags |= flag(n_good < FEW * flux.shape[1], Flag.FEW_PIXELS)
    enough = n_good > len(model.label_names)
    for first in range(0, len(flux), TOGETHER):
        stars = first + np.flatnonzero(enough[first : first + TOGETHER])
        if len(stars):
            problem = posterior.Posterior(
                model.emulator, model.domain, flux[stars], weight[stars], prior, squared
            )
            fit, kept = outliers.search(problem, starts)
            result.n_outliers[stars] = n_good[stars] - (kept.weight > 0).sum(1)
            _record(result, stars, fit, model)
    result.dof = np.maximum(n_good - result.n_outliers - len(model.label_names), 0)
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

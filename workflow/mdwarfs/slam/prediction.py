"""Labels of many stars, and what has to be said about each."""

from dataclasses import dataclass

import numpy as np
from astropy.table import Table

from mdwarfs.progress import Progress
from mdwarfs.slam import posterior
from mdwarfs.slam.flags import DESCRIPTIONS, Flag, flag
from mdwarfs.slam.parallel import one_blas_thread, ordered_map
from mdwarfs.slam.standardise import good_pixels

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
def predict(model, flux, ivar, *, block, threads):
    """Find the labels of stars from their normalised spectra.

    Parameters
    ----------
    model : mdwarfs.slam.model.Slam
    flux, ivar : ndarray, shape (m, p)
        On the wavelengths of the model. A pixel takes part where both are finite and
        `ivar` is positive, unless training could say nothing about that pixel.
    block : int
        Stars solved together.
    threads : int

    Returns
    -------
    Prediction
    """
    use = model.informative
    good = good_pixels(flux, ivar) & use
    n_good = good.sum(1)
    result = Prediction.empty(model.label_names, n_good)
    rows = np.flatnonzero(n_good > len(model.label_names))
    variance = np.asarray(model.pixels["variance"][use])
    emulator, domain, templates = model.emulator, model.domain, model.templates
    places = domain.inward(model.scale.forward(model.labels))

    def solve(stars):
        ok = good[stars][:, use]
        noise = 1 / np.where(ok, ivar[stars][:, use], 1.0).astype(float)
        weight = np.where(ok, 1 / (noise + variance), 0.0).astype(np.float32)
        observed = np.where(ok, flux[stars][:, use], 1.0).astype(np.float32)
        fit = posterior.fit(emulator, domain, observed, weight, templates, places)
        outside = domain.outside_hull(fit.coordinates)
        return stars, fit, outside, domain.sparseness(fit.coordinates)

    blocks = [rows[i : i + block] for i in range(0, len(rows), block)]
    progress = Progress(len(rows), "stars")
    to_labels = model.scale.scale[:, None] * domain.axes
    for stars, fit, outside, sparseness in ordered_map(solve, blocks, threads):
        result.labels[stars] = model.scale.back(domain.outward(fit.coordinates))
        result.covariance[stars] = to_labels @ invert(fit.hessian) @ to_labels.T
        result.chi2[stars] = fit.chi2
        result.n_iter[stars] = fit.n_iter
        result.sparseness[stars] = sparseness
        result.status[stars] = np.where(fit.converged, "ok", "not converged")
        result.flags[stars] = (
            flag(~fit.converged, Flag.NOT_CONVERGED)
            | flag(fit.at_edge, Flag.AT_EDGE)
            | flag(fit.rival, Flag.MULTIPLE_MINIMA)
            | flag(outside, Flag.OUTSIDE_HULL)
            | flag(sparseness > 1, Flag.LOW_DENSITY)
        )
        progress.step(len(stars))
    result.flags |= flag(n_good < FEW * use.sum(), Flag.FEW_PIXELS)
    return result


def invert(hessian):
    """Inverses of symmetric positive matrices (s, d, d), infinite where singular."""
    values, vectors = np.linalg.eigh(hessian)
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = (vectors / np.maximum(values, 0)[:, None, :]) @ vectors.mT
    return np.where(np.isfinite(inverse), inverse, np.inf)

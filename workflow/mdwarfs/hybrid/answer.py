"""Labels of stars by the hybrid model, with errors and flags."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.hybrid import flat, unlike
from mdwarfs.hybrid.training_set import SHARE_OF_PIXELS
from mdwarfs.slam.infer.flags import COLUMNS as FLAGS
from mdwarfs.slam.infer.flags import Flag, flag
from mdwarfs.slam.infer.residuals import COLUMNS as RESIDUALS
from mdwarfs.tables.columns import meaning
from mdwarfs.tables.covariances import covariance_columns
from mdwarfs.tables.tabulate import annotate

if TYPE_CHECKING:
    from scipy.spatial import KDTree

    from mdwarfs.hybrid.components import Places
    from mdwarfs.hybrid.model import Hybrid
    from mdwarfs.validation.fit_limits import Limits

FEW = 0.5  # share of the model's pixels that are good, below which a star is flagged
NEIGHBOUR = 10  # training star whose distance says how lonely a place is
SAME = 1e-6
"""Distance below which two places are one: as a share of that of neighbours, or where
these are in one place, too, of components of standard deviation one."""
FARTHEST = 6.0
"""Standard deviations of the training stars from their mean beyond which a label is
flagged, whatever it owes to the prior."""

COLUMNS = {
    "chi2": ("", "Chi-square of the spectrum about its best sum of components"),
    "dof": ("", "Degrees of freedom: good pixels minus outliers and components"),
    "n_good": ("", "Good pixels"),
    "n_outliers": ("", "Good pixels that the fit went without, being far off it"),
    "training_sparseness": (
        "",
        "Distance to the tenth-nearest training star among the components, over the "
        "99 % quantile of the same for training stars",
    ),
    "correlation": (
        "",
        "Weighted correlation of the spectrum with that of the quadratic at its labels",
    ),
    "v_offset": ("km / s", "Velocity of the spectrum relative to that one"),
    "v_stretch": (
        "km / s",
        "Velocity so found in the red half of the pixels less that in the blue half",
    ),
    **RESIDUALS,
    "status": ("", '"ok", or why there are no labels'),
    "flags": FLAGS["flags"],
}


@dataclass
class Answer:
    """Labels of m stars.

    Attributes
    ----------
    names : length d
    labels, errors : shape (m, d)
        Mean and standard deviation of the posterior with the training stars as prior;
        NaN without labels.
    flat, flat_errors : shape (m, d)
        The same without that prior: what the spectrum says alone; NaN where it says
        next to nothing.
    prior_share : shape (m, d)
        Variance of the posterior over that of the prior: 0, the spectrum decides; 1,
        the prior.
    covariance : shape (m, d, d)
        Of `labels`.
    chi2, sparseness : shape (m,)
        See `COLUMNS`.
    dof, n_good, n_outliers : int, shape (m,)
    correlation, v_offset, v_stretch : shape (m,)
        See `COLUMNS`.
    residuals : shape (m, r)
        See `mdwarfs.slam.infer.residuals`.
    status : str, shape (m,)
    flags : int, shape (m,)
        Bits of `mdwarfs.slam.infer.flags.Flag`.
    """

    names: tuple[str, ...]
    labels: np.ndarray
    errors: np.ndarray
    flat: np.ndarray
    flat_errors: np.ndarray
    prior_share: np.ndarray
    covariance: np.ndarray
    chi2: np.ndarray
    dof: np.ndarray
    n_good: np.ndarray
    n_outliers: np.ndarray
    sparseness: np.ndarray
    correlation: np.ndarray
    v_offset: np.ndarray
    v_stretch: np.ndarray
    residuals: np.ndarray
    status: np.ndarray
    flags: np.ndarray

    @classmethod
    def of(
        cls,
        model: Hybrid,
        labels: np.ndarray,
        variance: np.ndarray,
        places: Places,
        likeness: np.ndarray,
    ) -> Answer:
        """What `mdwarfs.hybrid.model.Hybrid` says of stars.

        Flags that take its limits are `limited`'s.

        Parameters
        ----------
        labels, variance : shape (m, d)
        places
            Of the same stars.
        likeness : shape (9, m)
            See `mdwarfs.hybrid.unlike.alike`.
        """
        pixels, number = model.used.sum(), len(model.components.basis)
        none = places.n_good < SHARE_OF_PIXELS * pixels
        labels, variance = (
            np.where(none[:, None], np.nan, x) for x in (labels, variance)
        )
        errors = np.sqrt(variance)
        mean, sigma = model.population.scale.mean, model.population.sigma
        given = labels.T, variance.T, mean, sigma
        free = [
            flat.undone(one.kept, *own) for one, own in zip(model.each, zip(*given))
        ]
        without, wider = np.moveaxis(free, 0, 2)
        away = np.abs(labels - mean) > FARTHEST * sigma
        lonely = sparseness(places.mean, *model.neighbours)
        correlation, offset, stretch, *rest = np.where(none, np.nan, likeness)
        return cls(
            names=model.label_names, labels=labels, errors=errors,
            flat=without, flat_errors=wider, prior_share=variance / sigma**2,
            covariance=model.correlation * errors[:, :, None] * errors[:, None, :],
            chi2=np.where(none, np.nan, places.chi2), dof=places.freedom(number),
            n_good=places.n_good, n_outliers=places.n_outliers,
            sparseness=np.where(none, np.nan, lonely), correlation=correlation,
            v_offset=offset, v_stretch=stretch, residuals=np.transpose(rest),
            status=np.where(none, "too few good pixels", "ok").astype("U64"),
            flags=np.where(
                none,
                int(Flag.NO_LABELS),
                flag(places.n_good < FEW * pixels, Flag.FEW_PIXELS)
                | flag(lonely > 1, Flag.LOW_DENSITY)
                | flag(away.any(axis=1), Flag.OUTSIDE_TRAINING),
            ),
        )  # fmt: skip

    def limited(self, limits: dict[str, Limits], snr: np.ndarray) -> Answer:
        """The same with the flags of stars that are unlike the training stars.

        Where neighbouring pixels show more noise than sound spectra do, so that their
        errors are not to be believed, those of the labels are as much larger.

        Parameters
        ----------
        limits, snr
            See `mdwarfs.hybrid.unlike.flags`.
        """
        without = self.flags == int(Flag.NO_LABELS)
        more = unlike.flags(self, snr, limits)
        noisy = replace(self, flags=np.where(without, self.flags, self.flags | more))
        return noisy.with_errors_of(unlike.noisier(self, snr, limits))

    def with_errors_of(self, factor: np.ndarray) -> Answer:
        """The same with larger errors, but none beyond those of the prior.

        Parameters
        ----------
        factor : shape (m,)
            By which noise is larger than the errors of the pixels say; 1 leaves all.
        """
        if not (factor > 1).any():
            return self
        more = np.minimum(factor[:, None], 1 / np.sqrt(self.prior_share))
        more = np.where(factor[:, None] > 1, np.maximum(more, 1), 1)
        return replace(
            self,
            errors=self.errors * more,
            flat_errors=self.flat_errors * factor[:, None],
            prior_share=self.prior_share * more**2,
            covariance=self.covariance * more[:, :, None] * more[:, None, :],
        )

    def among(self, reason: np.ndarray) -> Answer:
        """The same with rows between for stars that have no labels.

        Parameters
        ----------
        reason : str, shape (n,)
            Why they have none; empty of the m stars of this answer.
        """
        own = reason == ""
        found = {}
        for field in fields(self):
            values = getattr(self, field.name)
            if field.name != "names":
                fill = np.nan if values.dtype.kind == "f" else 0
                all_ = np.full((len(reason), *values.shape[1:]), fill, values.dtype)
                all_[own] = values
                found[field.name] = all_
        found["status"] = np.where(own, found["status"], reason)
        found["flags"][~own] = int(Flag.NO_LABELS)
        return replace(self, **found)

    def table(self) -> Table:
        """One row per star."""
        table = Table()
        for number, name in enumerate(self.names):
            said = meaning(name) or ("", f"Label {name}")
            for column, values, text in (
                (name, self.labels, "with the training stars as prior"),
                (f"e_{name}", self.errors, "error of it (1 sigma)"),
                (f"{name}_flat", self.flat, "without a prior; null if next to none"),
                (f"e_{name}_flat", self.flat_errors, "error of that (1 sigma)"),
            ):
                table[column] = values[:, number]
                table[column].info.unit = said[0] or None
                table[column].info.description = f"{said[1]}: {text}"
        for number, name in enumerate(self.names):
            table[f"prior_share_{name}"] = self.prior_share[:, number]
            table[f"prior_share_{name}"].info.description = (
                f"Variance of {name} over that of the training stars (0: the spectrum "
                "decides; 1: the prior)"
            )
        text = "Covariance of {a} and {b}, with the training stars as prior"
        table.update(
            covariance_columns(self.names, self.covariance, "covariance", text)
        )
        table["chi2"], table["dof"] = self.chi2, self.dof
        table["n_good"], table["n_outliers"] = self.n_good, self.n_outliers
        table["training_sparseness"] = self.sparseness
        for name in ("correlation", "v_offset", "v_stretch"):
            table[name] = getattr(self, name)
        table.update(dict(zip(RESIDUALS, self.residuals.T)))
        table["status"], table["flags"] = self.status, self.flags
        return annotate(table, COLUMNS)


def neighbours(
    training: np.ndarray, star: np.ndarray | None = None
) -> tuple[KDTree, float]:
    """What `sparseness` is measured with.

    Parameters
    ----------
    training : shape (n, k)
        Where the spectra of training stars are among the components.
    star : int, shape (n,)
        Number of the star of each; None: every one is of another.

    Returns
    -------
    tree
        Of the training stars, each at the mean of its spectra.
    far
        Distance within which 99 % of the spectra have ten other stars, or all if there
        are fewer.
    """
    from scipy.spatial import KDTree

    star = np.arange(len(training)) if star is None else star
    _, own, count = np.unique(star, return_inverse=True, return_counts=True)
    total = np.zeros((len(count), training.shape[1]))
    np.add.at(total, own, training)
    tree = KDTree(total / count[:, None])
    number = min(NEIGHBOUR, tree.n - 1)
    distance, found = tree.query(training, np.arange(1, number + 2))
    among = (found[:, :number] == own[:, None]).any(axis=1)
    tenth = np.where(among, distance[:, number], distance[:, number - 1])
    return tree, max(np.quantile(tenth, 0.99), SAME)


def sparseness(places: np.ndarray, tree: KDTree, far: float) -> np.ndarray:
    """Distance to the tenth-nearest training star, see `COLUMNS`.

    A training star is not counted as a neighbour of itself, if it has one spectrum.

    Parameters
    ----------
    places : shape (m, k)
    tree, far
        See `neighbours`.

    Returns
    -------
    shape (m,)
    """
    number = min(NEIGHBOUR, tree.n - 1)
    itself, tenth, next_ = tree.query(places, [1, number, number + 1])[0].T
    return np.where(itself < SAME * far, next_, tenth) / far

"""Priors of the labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.errors import InputError

if TYPE_CHECKING:
    from mdwarfs.slam.infer.domain import Domain
    from mdwarfs.slam.standardise import LabelScale


@dataclass(frozen=True)
class Prior:
    """Independent Gaussians for some of the labels, flat in the others.

    They enter a least-squares problem as further rows: minus twice the logarithm of
    the prior is |rows x - target|^2, for principal coordinates x of a domain.

    Attributes
    ----------
    rows : shape (k, d)
    target : shape (k,)
    """

    rows: np.ndarray
    target: np.ndarray

    @classmethod
    def flat(cls, d: int) -> Prior:
        """The prior that prefers nothing, in d dimensions."""
        return cls(np.zeros((0, d)), np.zeros(0))

    @classmethod
    def of(
        cls,
        settings: dict[str, dict[str, float]],
        names: Sequence[str],
        scale: LabelScale,
        domain: Domain,
    ) -> Prior:
        """Make a prior from means and widths of labels.

        Parameters
        ----------
        settings
            Name of a label to `mean` and `sigma`, in the unit of the label. Labels
            that are not named have a flat prior, as have those of infinite sigma.
        names : length d
            Of the labels of the model.

        Raises
        ------
        InputError
            If the model has no such label, mean or sigma is missing or no number, or
            a sigma is not positive.
        """
        require_prior(settings, names)
        which = [list(names).index(name) for name in settings]
        mean = np.array([settings[name]["mean"] for name in settings], float)
        sigma = np.array([settings[name]["sigma"] for name in settings], float)
        origin = scale.back(domain.outward(np.zeros((1, len(names)))))[0]
        to_labels = scale.scale[:, None] * domain.axes
        return cls(to_labels[which] / sigma[:, None], (mean - origin[which]) / sigma)

    def penalty(self, place: np.ndarray) -> np.ndarray:
        """Minus twice the logarithm of the prior, shape (s,), at places (s, d)."""
        return (self._residual(place) ** 2).sum(1)

    def pull(self, place: np.ndarray) -> np.ndarray:
        """Minus half the gradient of the penalty, shape (s, d)."""
        return self._residual(place) @ self.rows

    @property
    def curvature(self) -> np.ndarray:
        """Half the second derivative of the penalty, shape (d, d)."""
        return self.rows.T @ self.rows

    def _residual(self, place):
        return self.target - place @ self.rows.T


def require_prior(settings: dict[str, dict[str, float]], names: Sequence[str]) -> None:
    """Refuse what is no prior of a model of such labels.

    Raises
    ------
    InputError
        As `Prior.of` does.
    """
    unknown = sorted(map(str, set(settings) - set(names)))
    if unknown:
        raise InputError(
            f"a prior is given for {', '.join(unknown)}, but the labels of the "
            f"model are {', '.join(names)}"
        )
    for name, said in settings.items():
        if not isinstance(said, Mapping) or set(said) != {"mean", "sigma"}:
            raise InputError(
                f"the prior of {name} needs a mean and a sigma, and nothing else: "
                f'{{"{name}": {{"mean": ..., "sigma": ...}}}}'
            )
        if not all(isinstance(value, Real) for value in said.values()):
            raise InputError(f"mean and sigma of the prior of {name} must be numbers")
        if not np.isfinite(said["mean"]):
            raise InputError(f"the mean of the prior of {name} must be finite")
        if not said["sigma"] > 0:
            raise InputError(f"the sigma of a prior must be positive, also of {name}")

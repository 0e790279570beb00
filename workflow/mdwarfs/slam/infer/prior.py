"""What is known of a star's labels before its spectrum is seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
            If the model has no such label, or a sigma is not positive.
        """
        unknown = sorted(set(settings) - set(names))
        if unknown:
            raise InputError(
                f"a prior is given for {', '.join(unknown)}, but the labels of the "
                f"model are {', '.join(names)}"
            )
        which = [list(names).index(name) for name in settings]
        mean = np.array([settings[name]["mean"] for name in settings], float)
        sigma = np.array([settings[name]["sigma"] for name in settings], float)
        if not (sigma > 0).all():
            raise InputError("the sigma of a prior must be positive")
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

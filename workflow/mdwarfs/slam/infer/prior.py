"""What is known of a star's labels before its spectrum is seen."""

from dataclasses import dataclass

import numpy as np

from mdwarfs.errors import InputError


@dataclass(frozen=True)
class Prior:
    """Independent Gaussians for some of the labels, flat in the others.

    They enter a least-squares problem as further rows: minus twice the logarithm of
    the prior is |rows x - target|^2, for principal coordinates x of a domain.

    Attributes
    ----------
    rows : ndarray, shape (k, d)
    target : ndarray, shape (k,)
    """

    rows: np.ndarray
    target: np.ndarray

    @classmethod
    def flat(cls, d):
        """The prior that prefers nothing, in d dimensions."""
        return cls(np.zeros((0, d)), np.zeros(0))

    @classmethod
    def of(cls, settings, names, scale, domain):
        """Make a prior from means and widths of labels.

        Parameters
        ----------
        settings : dict
            Name of a label to `mean` and `sigma`, in the unit of the label. Labels
            that are not named have a flat prior, as have those of infinite sigma.
        names : sequence of str, length d
            Of the labels of the model.
        scale : mdwarfs.slam.standardise.LabelScale
        domain : mdwarfs.slam.infer.domain.Domain

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

    def penalty(self, place):
        """Minus twice the logarithm of the prior, shape (s,), at places (s, d)."""
        return (self._residual(place) ** 2).sum(1)

    def pull(self, place):
        """Minus half the gradient of the penalty, shape (s, d)."""
        return self._residual(place) @ self.rows

    @property
    def curvature(self):
        """Half the second derivative of the penalty, shape (d, d)."""
        return self.rows.T @ self.rows

    def _residual(self, place):
        return self.target - place @ self.rows.T

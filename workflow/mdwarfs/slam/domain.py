"""Where the training stars are, and how far from them a star's labels may lie."""

import numpy as np
from scipy.optimize import nnls

from mdwarfs.slam.kernel import squared_distances

# The domain is this much larger than the range of the training stars, on each side.
MARGIN = 0.1
NEIGHBOURS = 10
CROWDED = 0.99  # fraction of training stars that have this many neighbours or more
HULL = 1e-6  # distance from the hull, in standard deviations, that counts as none


class Domain:
    """Region of standardised labels that the training stars cover.

    It is a box along the principal axes of their distribution, so that labels which
    go together ([Fe/H] on two scales) cannot drift apart where a spectrum of low
    signal-to-noise leaves them free. In units of the standard deviations along these
    axes, distances tell how crowded the surroundings of a star are.

    Parameters
    ----------
    labels : ndarray, shape (n, d)
        Standardised labels of the training stars.

    Attributes
    ----------
    low, high : ndarray, shape (d,)
        The box, along the principal axes.
    """

    def __init__(self, labels):
        self._centre = labels.mean(0)
        variance, axes = np.linalg.eigh(np.cov(labels.T).reshape(2 * labels.shape[1:]))
        # labels that are exact functions of one another have no width in between
        self._width = np.sqrt(np.maximum(variance, 1e-6 * variance.max()))
        self._axes = axes
        self._training = self.inward(labels)
        low, high = self._training.min(0), self._training.max(0)
        slack = MARGIN * (high - low)
        self.low, self.high = low - slack, high + slack
        own = self._nearest(self._training, skip=1)
        self._usual = np.quantile(own, CROWDED)

    @property
    def axes(self):
        """Derivative of standardised labels with principal coordinates, (d, d)."""
        return self._axes * self._width

    def inward(self, labels):
        """From standardised labels to principal coordinates, both (m, d)."""
        return (labels - self._centre) @ self._axes / self._width

    def outward(self, coordinates):
        """From principal coordinates to standardised labels, both (m, d)."""
        return coordinates * self._width @ self._axes.T + self._centre

    def sparseness(self, coordinates):
        """Distance to the tenth-nearest training star, over what is usual.

        Above 1, fewer training stars are near than 99 % of them have themselves.

        Returns
        -------
        ndarray, shape (m,)
        """
        return self._nearest(coordinates, skip=0) / self._usual

    def outside_hull(self, coordinates):
        """Whether points lie outside the convex hull of the training stars, (m,).

        A point is inside if it is an average of training stars with weights >= 0.
        """
        corners = np.vstack([self._training.T, np.ones(len(self._training))])
        distance = [
            nnls(corners, np.append(point, 1.0), maxiter=100 * corners.shape[1])[1]
            for point in coordinates
        ]
        return np.array(distance) > HULL

    def _nearest(self, coordinates, skip):
        which = min(NEIGHBOURS + skip, len(self._training)) - 1
        square = squared_distances(coordinates, self._training)
        return np.sqrt(np.partition(square, which, axis=1)[:, which])

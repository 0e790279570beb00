"""The domain of the training stars, and how far from them a star's labels may lie."""

import numpy as np
from scipy.spatial import ConvexHull
from scipy.special import ndtri

from mdwarfs.slam.kernel import squared_distances

# The domain is this much larger than the range of the training stars, on each side.
MARGIN = 0.1
# Width of the distribution of `spread`, in that of the training stars.
SPREAD = 2.2
NEIGHBOURS = 10
CROWDED = 0.99  # fraction of training stars that have this many neighbours or more
# A star is outside the hull if it is farther beyond a facet than this many of its own
# standard deviations in that direction; and than rounding.
BEYOND = 2.0
NO_WIDTH = 0.5  # of the coordinates along an axis, whose width is 1 unless it has none
ROUNDING = 1e-6


class Domain:
    """Region of standardised labels that the training stars cover.

    It is a box along the principal axes of their distribution. Labels that are strongly
    correlated ([Fe/H] on two scales) can therefore not drift apart, even where a
    spectrum of low signal-to-noise says nothing of their difference. In principal
    coordinates, whose unit is the standard deviation along an axis, the distance to the
    nearest training stars tells how well they cover the surroundings of a star.

    Parameters
    ----------
    labels : shape (n, d)
        Standardised labels of the training stars.

    Attributes
    ----------
    low, high : shape (d,)
        The box, along the principal axes.
    """

    low: np.ndarray
    high: np.ndarray

    def __init__(self, labels: np.ndarray) -> None:
        self._centre = labels.mean(0)
        variance, axes = np.linalg.eigh(np.cov(labels.T).reshape(2 * labels.shape[1:]))
        # labels that are exact functions of one another have no width in between
        self._width = np.sqrt(np.maximum(variance, 1e-6 * variance.max()))
        self._axes = axes
        self._training = self.inward(labels)
        low, high = self._training.min(0), self._training.max(0)
        slack = MARGIN * (high - low)
        self.low, self.high = low - slack, high + slack
        self._normals, self._offsets = facets(self._training)
        own = self._nearest(self._training, skip=1)
        self._usual = np.quantile(own, CROWDED)

    @property
    def axes(self) -> np.ndarray:
        """Derivative of standardised labels with principal coordinates, (d, d)."""
        return self._axes * self._width

    def inward(self, labels: np.ndarray) -> np.ndarray:
        """From standardised labels to principal coordinates, both (m, d)."""
        return (labels - self._centre) @ self._axes / self._width

    def outward(self, coordinates: np.ndarray) -> np.ndarray:
        """From principal coordinates to standardised labels, both (m, d)."""
        return coordinates * self._width @ self._axes.T + self._centre

    def spread(self, n: int) -> np.ndarray:
        """Principal coordinates of n places all over the box, shape (n, d).

        They are regular draws from a normal distribution wider than that of the
        training stars; those that fall outside the box are moved to its border.
        """
        from scipy.stats import qmc  # half a second, of every start of the command

        uniform = qmc.Halton(len(self.low), scramble=False).random(n + 1)[1:]
        return np.clip(SPREAD * ndtri(uniform), self.low, self.high)

    def sparseness(self, coordinates: np.ndarray) -> np.ndarray:
        """Distance to the tenth-nearest training star, over what is usual.

        Above 1, the tenth-nearest training star is farther away than it is for 99 %
        of the training stars.

        Returns
        -------
        shape (m,)
        """
        return self._nearest(coordinates, skip=0) / self._usual

    def outside_hull(
        self, coordinates: np.ndarray, covariance: np.ndarray | None = None
    ) -> np.ndarray:
        """Whether points lie outside the convex hull of the training stars.

        Two of the five labels are nearly the same, so that the hull is very thin in one
        direction, and noise alone puts every second faint star outside. A star counts
        as outside only if it is farther out than its errors explain.

        Parameters
        ----------
        coordinates : shape (m, d)
        covariance : shape (m, d, d)
            Of the coordinates; without it, points have no errors.

        Returns
        -------
        bool, shape (m,)
            False where the covariance is not finite.
        """
        beyond = coordinates @ self._normals.T + self._offsets
        limit = np.full_like(beyond, ROUNDING)
        if covariance is not None:
            known = np.isfinite(covariance).all((1, 2))
            covariance = np.where(known[:, None, None], covariance, 0.0)
            products = self._normals[:, :, None] * self._normals[:, None, :]
            variance = (
                covariance.reshape(len(covariance), -1)
                @ products.reshape(len(products), -1).T
            )
            limit += BEYOND * np.sqrt(np.maximum(variance, 0.0))
            limit[~known] = np.inf
        return (beyond > limit).any(1)

    def _nearest(self, coordinates, skip):
        which = min(NEIGHBOURS + skip, len(self._training)) - 1
        square = squared_distances(coordinates, self._training)
        return np.sqrt(np.partition(square, which, axis=1)[:, which])


def facets(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The facets of the convex hull of points, those that coincide in one included.

    Parameters
    ----------
    points : shape (n, d)
        In units in which a dimension has the width 1, or else none.

    Returns
    -------
    normals : shape (f, d)
        Unit vectors outwards.
    offsets : shape (f,)
        A point x is inside where normals @ x + offsets <= 0. In a dimension in which
        the points have no width, nothing is outside.
    """
    wide = np.flatnonzero(points.std(0) > NO_WIDTH)
    if len(wide) == 1:
        low, high = points[:, wide].min(), points[:, wide].max()
        normals, offsets = np.array([[-1.0], [1.0]]), np.array([low, -high])
    else:
        equations = ConvexHull(points[:, wide]).equations
        normals, offsets = equations[:, :-1], equations[:, -1]
    full = np.zeros((len(normals), points.shape[1]))
    full[:, wide] = normals
    return full, offsets

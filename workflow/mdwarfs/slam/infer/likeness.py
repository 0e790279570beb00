"""How like a spectrum is to its best model spectrum, and how far it is shifted.

The labels of maximum posterior are the best fit, but not always a good one: a spectrum
of something else has a best model spectrum as well. These measures show it.
`mdwarfs.validation.fit_limits` says which values are unusual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.interpolate import CubicSpline

from mdwarfs.run.parallel import slices
from mdwarfs.spectra.cross_correlation import TELLURIC
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT

V_MAX = 1000.0
STEP = 50.0
"""Largest velocity tried and distance between those tried [km/s]. The width of the peak
of the correlation is some 300 km/s, and a parabola through three values finds its top
within a few km/s."""

TOGETHER = 64  # stars whose shifted spectra are in memory, and near the processor

FEWEST = 3
"""Pixels that a velocity takes."""

BELIEVED = 6.0
"""A correlation that is not so many times what chance gives, 1 / sqrt(pixels), tells no
velocity."""


@dataclass(frozen=True)
class Likeness:
    """Compares spectra with model spectra, on the informative pixels of a model.

    Attributes
    ----------
    wavelength : shape (q,)
        Of these pixels [Angstrom].
    """

    wavelength: np.ndarray

    @cached_property
    def velocity(self) -> np.ndarray:
        """The velocities tried [km/s], shape (v,)."""
        return np.arange(-V_MAX, V_MAX + STEP / 2, STEP)

    @cached_property
    def moving(self) -> np.ndarray:
        """Pixels that a model spectrum reaches at every velocity, shape (q,).

        Those of the bands of the Earth's air are left out: they do not move.
        """
        margin = 1 + V_MAX / SPEED_OF_LIGHT
        low, high = self.wavelength[0] * margin, self.wavelength[-1] / margin
        use = (self.wavelength > low) & (self.wavelength < high)
        for low, high in TELLURIC:
            use &= (self.wavelength < low) | (self.wavelength > high)
        return use

    @staticmethod
    def correlation(
        flux: np.ndarray, model: np.ndarray, weight: np.ndarray
    ) -> np.ndarray:
        """Weighted coefficient of correlation of spectra with model spectra.

        Parameters
        ----------
        flux, model, weight : shape (s, q)
            A weight of 0 marks a pixel that has no say.

        Returns
        -------
        shape (s,)
            From -1 to 1; 0 where either does not vary.
        """
        flux, norm = centred(flux, weight)
        model, of_model = centred(model, weight)
        product = (weight * flux * model).sum(1, dtype=float)
        return ratio(product, norm * of_model)

    def moved(self, model: np.ndarray) -> Iterator[np.ndarray]:
        """Model spectra (m, q) at the pixels `moving`, at one velocity after the other.

        Of a sum of spectra this is the sum, so that where all model spectra are sums of
        a few, only these need to be moved.
        """
        log = np.log(self.wavelength)
        spline = CubicSpline(log, np.asarray(model, float), axis=1)
        for shift in np.log1p(self.velocity / SPEED_OF_LIGHT):
            yield spline(log[self.moving] - shift)

    def offset(
        self,
        flux: np.ndarray,
        moved: Callable[[slice], Iterable[np.ndarray]],
        weight: np.ndarray,
    ) -> np.ndarray:
        """Velocity of spectra relative to model spectra, by their correlation.

        Parameters
        ----------
        flux, weight : shape (s, q)
            As for `correlation`.
        moved
            What `Likeness.moved` gives of the model spectra of some stars.

        Returns
        -------
        velocity : shape (s,)
            [km/s], positive where the spectrum is redshifted, within `V_MAX`; NaN
            where no correlation is to be believed.
        stretch : shape (s,)
            Velocity of the red half of the pixels less that of the blue half: not 0
            where wavelengths are wrong in a part of the spectrum. NaN likewise.
        """
        use = np.flatnonzero(self.moving)
        if len(use) < 2 * FEWEST:
            return np.full((2, len(flux)), np.nan)
        blocks = slices(len(flux), TOGETHER)
        found = [
            self._offset(flux[b][:, use], moved(b), weight[b][:, use]) for b in blocks
        ]
        return tuple(np.concatenate(part) for part in zip(*found))

    def _offset(self, flux, moved, weight):
        """`offset` of one block, by the pixels that it gets."""
        flux, weight = flux.astype(float), weight.astype(float)
        flux = centred(flux, weight)[0]
        middle = flux.shape[1] // 2
        half = np.zeros((flux.shape[1], 2))
        half[:middle, 0] = half[middle:, 1] = 1
        weighted = weight * flux
        total, first, second = (x @ half for x in (weight, weighted, weighted * flux))
        whole, parts = [], []
        for shifted in moved:
            product = weight * shifted
            sums = (
                total, first, second,
                product @ half, (product * shifted) @ half, (weighted * shifted) @ half,
            )  # fmt: skip
            parts.append(coefficient(*sums))
            whole.append(coefficient(*(x.sum(1) for x in sums)))
        pixels = (weight > 0) @ half
        blue, red = (
            self.top(part, n)
            for part, n in zip(np.stack(parts, axis=1).transpose(2, 0, 1), pixels.T)
        )
        return self.top(np.stack(whole, axis=1), pixels.sum(1)), red - blue

    def top(self, correlation: np.ndarray, pixels: np.ndarray) -> np.ndarray:
        """Velocity (s,) of the largest of correlations (s, v), by a parabola.

        NaN where that of so many pixels (s,) is not to be believed.
        """
        stars, last = np.arange(len(correlation)), len(self.velocity) - 1
        best = correlation.argmax(1)
        peak = correlation[stars, best]
        before, after = (
            correlation[stars, np.clip(best + k, 0, last)] for k in (-1, 1)
        )
        step = ratio(before - after, 2 * (before - 2 * peak + after))
        inside = (best > 0) & (best < last)  # at an end there is no parabola
        velocity = self.velocity[best] + STEP * np.where(inside, step, 0)
        chance = 1 / np.sqrt(np.maximum(pixels, 1))
        believed = (pixels >= FEWEST) & (peak > BELIEVED * chance)
        return np.where(believed, velocity, np.nan)


def coefficient(
    weight: np.ndarray,
    x: np.ndarray,
    xx: np.ndarray,
    y: np.ndarray,
    yy: np.ndarray,
    xy: np.ndarray,
) -> np.ndarray:
    """Coefficient of correlation from weighted sums; 0 where one does not vary."""
    x, y = ratio(x, weight), ratio(y, weight)
    variance = (xx - weight * x**2) * (yy - weight * y**2)
    return ratio(xy - weight * x * y, np.sqrt(np.maximum(variance, 0)))


def centred(values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows less their weighted means, and their weighted norms, shape (s,)."""
    total = weight.sum(1, dtype=float)
    mean = ratio((weight * values).sum(1, dtype=float), total)
    values = values - mean[:, None]
    return values, np.sqrt((weight * values**2).sum(1, dtype=float))


def ratio(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a / b, and 0 where b is 0."""
    return np.divide(a, b, out=np.zeros_like(a), where=b != 0)

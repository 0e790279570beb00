"""Labels of stars by a recipe of Astra's code, from a model trained here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.emulation.bad_pixels import mend
from mdwarfs.emulation.descent import Found, descend
from mdwarfs.emulation.recipe import Recipe
from mdwarfs.errors import InputError
from mdwarfs.run.parallel import one_blas_thread
from mdwarfs.slam.infer import losses, outliers, posterior
from mdwarfs.slam.infer.map import MaximumPosterior
from mdwarfs.slam.infer.prediction import (
    Prediction,
    by_blocks,
    invert_hessians,
    note_fit,
    solve_together,
)
from mdwarfs.slam.infer.prior import Prior
from mdwarfs.slam.infer.starts import Templates
from mdwarfs.slam.standardise import flux_scale
from mdwarfs.spectra.good_pixels import good_pixels

if TYPE_CHECKING:
    from mdwarfs.slam.slam_spectra import SlamSpectra
    from mdwarfs.slam.trained_model import TrainedModel
    from mdwarfs.spectra.planes import AnyPlane


KEPT = "first guess kept"
"""Status of a star of which too few pixels are left to fit it."""


@dataclass(frozen=True)
class AstraPredictor:
    """Finds labels by a recipe; a `mdwarfs.slam.infer.predictor.Predictor`.

    Attributes
    ----------
    own
        This workflow's way, by a model that was trained with the folds that the recipe
        asks for.
    scatter2 : shape (q,)
        Variance of each informative pixel over the training set.
    flux, ivar : shape (n, p)
        Spectra of its training stars, in its order.
    recipe
        Its weighting is that of the spectra that are given to `predict`.
    """

    own: MaximumPosterior
    scatter2: np.ndarray
    flux: np.ndarray
    ivar: np.ndarray
    recipe: Recipe

    @classmethod
    def of(
        cls, model: TrainedModel, flux: np.ndarray, ivar: np.ndarray, recipe: Recipe
    ) -> AstraPredictor:
        """By a trained model, and the spectra (n, p) of its training stars."""
        own = MaximumPosterior(model.spectral_model())
        _, scatter = flux_scale(flux, good_pixels(flux, ivar))
        return cls(own, scatter[own.model.informative] ** 2, flux, ivar, recipe)

    @property
    def model(self) -> SlamSpectra:
        """The spectral model."""
        return self.own.model

    @property
    def wavelength(self) -> np.ndarray:
        """Of the model [Angstrom]."""
        return self.model.wavelength

    @property
    def label_names(self) -> tuple[str, str, str]:
        """Of the model."""
        return self.model.label_names

    @cached_property
    def places(self) -> np.ndarray:
        """Standardised labels of the training stars, shape (n, d)."""
        return self.model.scale.forward(self.model.labels)

    @cached_property
    def good(self) -> np.ndarray:
        """Good informative pixels of the training spectra, shape (n, q)."""
        return good_pixels(self.flux, self.ivar)[:, self.model.informative]

    @cached_property
    def training_flux(self) -> np.ndarray:
        """Flux of the training spectra at informative pixels, 0 where bad, (n, q)."""
        return np.where(self.good, self.flux[:, self.model.informative], 0.0)

    @cached_property
    def templates(self) -> Templates:
        """Model spectra of the training stars."""
        return Templates.of(self.model.templates)

    @cached_property
    def variance(self) -> np.ndarray:
        """Variance of the model flux, infinite at pixels not to be used, shape (q,)."""
        model = self.model
        if not self.recipe.training_mse:
            return model.variance
        square = np.where(self.good, self.training_flux - model.templates, 0.0) ** 2
        mse = square.sum(0) / self.good.sum(0) / self.scatter2
        return np.where(mse < 1, mse**2 * self.scatter2, np.inf)

    def weigh(
        self, flux: np.ndarray, weight: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Pixels of stars, and the weights by which they enter the fit.

        Parameters
        ----------
        flux, weight : shape (s, p)
            Normalised flux, and its inverse variance or what the recipe takes for it.

        Returns
        -------
        flux : shape (s, q)
            At informative pixels; 1 where a pixel is bad.
        before : shape (s, q)
            Weights of the observed flux; zero where a pixel is bad.
        after : shape (s, q)
            With the variance of the model, and zero where a pixel is dropped.
        """
        flux, weight = np.asarray(flux, float), np.asarray(weight, float)
        if self.recipe.mended_pixels:
            flux, weight = mend(flux, weight)
        use = self.model.informative
        good = good_pixels(flux, weight)[:, use]
        flux = np.where(good, flux[:, use], 1.0)
        before = np.where(good, weight[:, use], 0.0)
        if self.recipe.pixel_cut:
            good &= before * self.scatter2 >= 1
        noise = 1 / np.where(good, before, 1.0)
        return flux, before, np.where(good, 1 / (noise + self.variance), 0.0)

    def first_guess(self, flux: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Standardised labels of the training star that is most like each star.

        By the recipe either its own spectrum is compared, over its good pixels, or
        the model's at its labels.

        Parameters
        ----------
        flux, weight : shape (s, q)
            As `weigh` gives them, before any pixel is cut.

        Returns
        -------
        shape (s, d)
            The first training star's where no pixel has a weight, as in the released
            code: all are alike then.
        """
        if not self.recipe.first_guess:
            return self.places[self.templates.chi2(flux, weight).argmin(1)]
        good, other = self.good.astype(float), self.training_flux
        chi2 = (
            (weight * flux**2) @ good.T
            - 2 * (weight * flux) @ other.T
            + weight @ (other**2).T
        )
        return self.places[(chi2 / self.good.sum(1)).argmin(1)]

    def fit(
        self, flux: np.ndarray, weight: np.ndarray, start: np.ndarray
    ) -> tuple[Found, np.ndarray]:
        """Fit a group of stars of which enough pixels are left.

        Parameters
        ----------
        flux, weight : shape (s, q)
        start : shape (s, d)
            First guess, in standardised labels.

        Returns
        -------
        found
        n_outliers : int, shape (s,)
            Pixels that were dropped for the fit.
        """
        flux, weight = flux.astype(np.float32), weight.astype(np.float32)
        found, kept = (
            self._descend(flux, weight, start)
            if self.recipe.first_guess
            else self._search(flux, weight)
        )
        return found, (weight > 0).sum(1) - (kept > 0).sum(1)

    def _descend(self, flux, weight, start):
        """Fits from one start each, and the weights of the pixels that they kept."""
        model = self.model
        loss = "soft_l1" if self.recipe.soft_l1 else "linear"
        if self.recipe.kept_outliers:
            return descend(model, flux, weight, start, loss), weight
        outside = outliers.beyond(self.own.starts.templates, flux, weight)
        first = np.where(outside, np.float32(0), weight)
        found = descend(model, flux, first, start, loss)
        far = outliers.far_off(model, found.labels, flux, weight)
        kept = np.where(far, np.float32(0), weight)
        stars = np.flatnonzero((far != outside).any(1))
        again = descend(model, flux[stars], kept[stars], found.labels[stars], loss)
        outliers.put_back(found, stars, again)
        return found, kept

    def _search(self, flux, weight):
        """The same for fits from several starts, inside the domain."""
        domain, starts = self.own.domain, self.own.starts
        prior = Prior.flat(len(self.label_names))
        loss = losses.soft_l1 if self.recipe.soft_l1 else losses.squared
        problem = posterior.Posterior(self.model, domain, flux, weight, prior, loss)
        if self.recipe.kept_outliers:
            cost = posterior.coarse_cost(problem, starts)
            fit = posterior.search(problem, starts, cost)
        else:
            fit, problem = outliers.search(problem, starts)
        found = Found(
            domain.outward(fit.coordinates),
            domain.axes @ invert_hessians(fit.hessian) @ domain.axes.T,
            fit.chi2,
            fit.n_iter,
            fit.converged,
            fit.at_edge,
            fit.rival,
        )
        return found, problem.weight

    @one_blas_thread
    def predict(
        self,
        flux: AnyPlane,
        ivar: AnyPlane,
        *,
        block: int,
        threads: int,
        prior: dict[str, dict[str, float]] | None = None,
    ) -> Prediction:
        """Find the labels of stars from their normalised spectra.

        Parameters
        ----------
        flux, ivar : shape (m, p)
            On the wavelengths of the model; `ivar` is the weight that
            `mdwarfs.spectra.weighting` gives to a pixel.
        block
            Stars taken into memory together; the result does not depend on it.
        prior
            There must be none: the released code knows no prior.

        Returns
        -------
        prediction
            `n_good` are the pixels that take part, but for the outliers; chi2 is the
            sum of the loss. A star
            with good pixels of which none is left keeps its first guess with zero
            covariance, the status `KEPT` and the flag NO_LABELS. (Where the fit is
            this workflow's own: no more than there are labels.).

        Raises
        ------
        InputError
            If a prior is given.
        """
        if prior:
            raise InputError(
                "the released labels have no prior: leave prediction.prior empty to "
                "emulate them"
            )
        names = self.label_names
        return by_blocks(self.predict_group, flux, ivar, names, block, threads)

    def predict_group(self, flux: np.ndarray, ivar: AnyPlane) -> Prediction:
        """Find the labels of stars that are solved together; see `predict`."""
        names = self.label_names
        fewest = 1 if self.recipe.first_guess else len(names) + 1
        observed, before, after = self.weigh(flux, ivar)
        start, n_good = self.first_guess(observed, before), (after > 0).sum(1)

        def solve(result, stars):
            found, n_outliers = self.fit(observed[stars], after[stars], start[stars])
            result.n_outliers[stars] = n_outliers
            record(result, stars, found, self.own)

        use = self.model.informative
        result = solve_together(names, n_good, int(use.sum()), fewest, solve)
        seen = good_pixels(flux, ivar)[:, use].any(1)
        keep(result, np.flatnonzero(seen & (n_good < fewest)), start, self.model)
        return result


def keep(
    result: Prediction, stars: np.ndarray, start: np.ndarray, model: SlamSpectra
) -> None:
    """Write first guesses into a prediction, for those stars that keep them."""
    result.labels[stars] = model.scale.back(start[stars])
    result.covariance[stars] = 0.0
    result.status[stars] = KEPT


def record(
    result: Prediction, stars: np.ndarray, found: Found, own: MaximumPosterior
) -> None:
    """Write the fits of some stars into a prediction."""
    scale, domain = own.model.scale, own.domain
    result.labels[stars] = scale.back(found.labels)
    result.covariance[stars] = scale.scale[:, None] * found.covariance * scale.scale
    place, inward = domain.inward(found.labels), np.linalg.inv(domain.axes)
    note_fit(result, stars, found, domain, place, inward @ found.covariance @ inward.T)

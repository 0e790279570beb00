"""Regressions from the spectrum, or its principal components, straight to the labels.

All are of scikit-learn. What they leave open is chosen by cross-validation inside the
training stars, for all labels together: labels are standardised first, so that one
choice weighs all of them alike. Support vectors, which know one label each, choose
label by label; so does the Gaussian process, by the marginal likelihood of no more than
`DRAWN` of the stars.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator

    from mdwarfs.methods.training import Training

FOLDS = 5
FEWEST = 2 * FOLDS
"""Training stars with which a choice is made."""
MORE = 30
"""Training stars with which curved functions of many components are worth the time."""

# What the cross-validation chooses among.
COMPONENTS = (10, 25, 60)
NUMBERS = (3, 5, 10, 20)
PENALTIES = tuple(np.logspace(-3, 4, 15))
LATENT = (5, 10, 15, 20, 30)
FEWER = (10, 15, 25)  # components of what takes longer
CONSTRAINTS = (1.0, 5.0)
WIDTHS = (0.03, 0.1)  # one over twice the square of a width of kernels
TUBE = 0.1  # of labels of standard deviation one, within which they cost nothing
DECAYS = (1.0, 10.0)
NEURONS = (20,)
ROUNDS = 200

SCORING = "neg_mean_absolute_error"  # which a few wrong labels do not decide

PROCESS = 15  # components of the Gaussian process
DRAWN = 150

WORDS = {
    "first__kw_args": "components",
    "n_components": "components",
    "by__n_neighbors": "neighbours",
    "by__C": "constraint",
    "by__gamma": "gamma",
    "by__alpha": "decay",
}
"""What a setting is called that is said of a way, by its name."""


def neighbours(
    training: Training, flux: np.ndarray, ivar: np.ndarray
) -> tuple[np.ndarray, dict]:
    """The mean of the nearest training stars among the principal components."""
    from sklearn.neighbors import KNeighborsRegressor

    n = len(training.labels)
    most = n - -(-n // FOLDS)  # stars that a choice is made with
    grid = {"n_neighbors": sorted({min(k, most) for k in NUMBERS})}
    return chosen(training, flux, ivar, KNeighborsRegressor(), grid, COMPONENTS)


def ridge(
    training: Training, flux: np.ndarray, ivar: np.ndarray
) -> tuple[np.ndarray, dict]:
    """Ridge regression on principal components."""
    from sklearn.linear_model import RidgeCV

    way = RidgeCV(PENALTIES, alpha_per_target=True)
    return chosen(training, flux, ivar, way, {}, COMPONENTS)


def support_vectors(
    training: Training, flux: np.ndarray, ivar: np.ndarray
) -> tuple[np.ndarray, dict]:
    """Support vectors of Gaussian kernels on standardised principal components."""
    from sklearn.svm import SVR

    way = SVR(epsilon=TUBE)
    grid = {"C": list(CONSTRAINTS), "gamma": list(WIDTHS)}
    return chosen(training, flux, ivar, way, grid, FEWER, standardised=True, each=True)


def network(
    training: Training, flux: np.ndarray, ivar: np.ndarray
) -> tuple[np.ndarray, dict]:
    """One hidden layer on standardised principal components, with weight decay."""
    from sklearn.neural_network import MLPRegressor

    way = MLPRegressor(
        hidden_layer_sizes=NEURONS, activation="tanh", solver="lbfgs", max_iter=ROUNDS,
        random_state=training.seed,
    )  # fmt: skip
    grid = {"alpha": list(DECAYS)}
    return chosen(training, flux, ivar, way, grid, FEWER[:2], standardised=True)


def partial_least_squares(
    training: Training, flux: np.ndarray, ivar: np.ndarray
) -> tuple[np.ndarray, dict]:
    """Partial least squares from all pixels."""
    from sklearn.cross_decomposition import PLSRegression

    n, p = training.flux.shape
    most = min(n - -(-n // FOLDS) - 1, p)
    numbers = sorted({min(number, most) for number in LATENT})
    way = search(training, PLSRegression(scale=False), {"n_components": numbers})
    return asked(way, training.spectra, training.labels, training.prepared(flux, ivar))


def gaussian_process(
    training: Training, flux: np.ndarray, ivar: np.ndarray
) -> tuple[np.ndarray, dict]:
    """A Gaussian process of each label, with a length of its own for each component."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    number = min(PROCESS, training.places.shape[1])
    size = training.places[:, :number].std(axis=0)
    size[size == 0] = 1
    inputs = training.places[:, :number] / size
    asked_for = training.place(flux, ivar)[:, :number] / size
    rng = np.random.default_rng([training.seed, number])
    some = rng.permutation(len(inputs))[:DRAWN]
    middle, spread = training.labels.mean(axis=0), training.labels.std(axis=0)
    found = np.empty((len(asked_for), len(middle)))
    for label, known in enumerate(((training.labels - middle) / spread).T):
        kernel = ConstantKernel(1.0, (1e-2, 1e2)) * RBF(
            np.full(number, 5.0), (0.5, 1e3)
        ) + WhiteKernel(0.3, (1e-3, 3))
        first = GaussianProcessRegressor(kernel).fit(inputs[some], known[some])
        every = GaussianProcessRegressor(first.kernel_, optimizer=None)
        found[:, label] = every.fit(inputs, known).predict(asked_for)
    return middle + spread * found, {"components": [number]}


def chosen(
    training: Training,
    flux: np.ndarray,
    ivar: np.ndarray,
    way: BaseEstimator,
    grid: dict[str, Sequence],
    numbers: Sequence[int],
    standardised: bool = False,
    each: bool = False,
) -> tuple[np.ndarray, dict]:
    """Labels by a regression on the first principal components.

    Parameters
    ----------
    way
        Of scikit-learn, for any number of labels.
    grid
        Its settings to choose among.
    numbers
        Components to choose among.
    standardised
        Whether all components are brought to a standard deviation of one.
    each
        Whether the regression is one for each label, with settings of its own.
    """
    from sklearn.multioutput import MultiOutputRegressor
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    numbers = sorted({min(number, training.places.shape[1]) for number in numbers})
    steps = [("first", FunctionTransformer(first)), ("by", way)]
    if standardised:
        steps.insert(1, ("scale", StandardScaler()))
    settings = {
        "first__kw_args": [{"number": number} for number in numbers],
        **{f"by__{key}": values for key, values in grid.items()},
    }
    way = search(training, Pipeline(steps), settings)
    places = training.place(flux, ivar)
    return asked(
        MultiOutputRegressor(way) if each else way, training.places, training.labels,
        places,
    )  # fmt: skip


def search(training: Training, way: BaseEstimator, grid: dict) -> BaseEstimator:
    """A regression with those of its settings that suit the training stars best."""
    from sklearn.model_selection import GridSearchCV, KFold

    inner = KFold(FOLDS, shuffle=True, random_state=training.seed)
    return GridSearchCV(way, grid, cv=inner, scoring=SCORING)


def asked(
    way: BaseEstimator, inputs: np.ndarray, labels: np.ndarray, stars: np.ndarray
) -> tuple[np.ndarray, dict]:
    """Labels by a search, or one for each label, and what they settle on.

    Parameters
    ----------
    inputs : shape (n, k)
    labels : shape (n, d)
    stars : shape (m, k)

    Returns
    -------
    labels : shape (m, d)
    settings
        Numbers by the words of `WORDS`.
    """
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.preprocessing import StandardScaler

    scaled = TransformedTargetRegressor(way, transformer=StandardScaler())
    scaled.fit(inputs, labels)
    found = scaled.predict(stars).reshape(-1, labels.shape[1])
    said = {}
    for one in getattr(scaled.regressor_, "estimators_", [scaled.regressor_]):
        for key, value in one.best_params_.items():
            number = value["number"] if isinstance(value, dict) else value
            said.setdefault(WORDS[key], []).append(number)
    return found, said


def first(components: np.ndarray, number: int) -> np.ndarray:
    """The first principal components."""
    return components[:, :number]

"""SLAM beside plain methods, trained and tested on the very same stars.

What the labels of a run are worth shows beside what simpler ways make of the same
spectra. Two go straight from the spectrum to the labels: the mean of the
nearest neighbours, and ridge regression, both on principal components of the training
spectra. The third takes the mean of the training labels for every star: what does no
better has measured nothing.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table
from threadpoolctl import threadpool_limits

from mdwarfs.labels import LABELS
from mdwarfs.progress import track
from mdwarfs.statistics import summarise
from mdwarfs.tabulate import from_rows

if TYPE_CHECKING:
    from sklearn.base import BaseEstimator
    from sklearn.pipeline import Pipeline

SLAM = "SLAM"
NEIGHBOURS = "nearest neighbours"
RIDGE = "ridge regression"
MEAN = "mean of the training labels"
METHODS = (SLAM, NEIGHBOURS, RIDGE, MEAN)

# What the cross-validation inside the training stars chooses among.
COMPONENTS = (10, 25, 60)
NUMBERS = (3, 5, 10, 20)
PENALTIES = tuple(np.logspace(-3, 4, 15))
FOLDS = 5
FEWEST = 2 * FOLDS
"""Training stars with which a choice is made; of fewer, the mean alone is taken."""

COLUMNS = {
    "label": ("", "Stellar label"),
    "unit": ("", "Unit of the label, and of all but slopes and correlation"),
    "method": ("", "How the labels were found"),
    "n": ("", "Stars, the same for all methods: tested, with a label by each of them"),
    "median": ("", "Median of found minus reference"),
    "e_median": ("", "Standard error of the median"),
    "std": ("", "Standard deviation of found minus reference"),
    "e_std": ("", "Standard error of the standard deviation"),
    "robust_std": ("", "1.4826 times the median absolute deviation of the differences"),
    "e_robust_std": ("", "Its standard error, from the stars drawn anew"),
    "slope": ("", "Slope of found minus reference against reference: 0 if none"),
    "e_slope": ("", "Standard error of the slope"),
    "correlation": ("", "Coefficient of correlation of found with reference"),
    "settings": ("", "What was chosen, over all trainings"),
}
DRAWS = 200  # of the stars, for the error of the robust scatter


@dataclass(frozen=True)
class Trial:
    """One training and the stars that it is tested with: bool, shape (n,) each."""

    train: np.ndarray
    test: np.ndarray


def trials(labelled: np.ndarray, fold: np.ndarray, role: np.ndarray) -> list[Trial]:
    """How the stars were divided for SLAM.

    Parameters
    ----------
    labelled : bool, shape (n,)
        Stars that are fit for training and testing.
    fold : int, shape (n,)
        Fold of each of these, held out together; below 0: there are no folds.
    role : str, shape (n,)
        Without folds: "train" or "test".
    """
    labelled, fold = np.asarray(labelled, bool), np.asarray(fold)
    folds = np.unique(fold[labelled & (fold >= 0)])
    if len(folds):
        held = [labelled & (fold == one) for one in folds]
        return [Trial(labelled & ~test, test) for test in held]
    train, test = (labelled & (np.asarray(role) == x) for x in ("train", "test"))
    return [Trial(train, test)] if test.any() else []


def of_plain_methods(
    flux: np.ndarray,
    ivar: np.ndarray,
    labels: np.ndarray,
    divided: Sequence[Trial],
    seed: int,
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Labels of the test stars of every trial, by each method but SLAM.

    Parameters
    ----------
    flux, ivar : shape (n, p)
        Pixels without ivar are taken as the mean of the training spectra.
    labels : shape (n, d)
        Those of training stars are finite.
    divided
        From `trials`.
    seed
        Of the folds inside the training stars, with which settings are chosen.

    Returns
    -------
    found : each of shape (n, d)
        By method; NaN for stars that no trial tests.
    settings
        By method, what was chosen.
    """
    flux = np.where(np.asarray(ivar) > 0, flux, np.nan).astype(float)
    labels = np.asarray(labels, float)
    found = {name: np.full(labels.shape, np.nan) for name in METHODS if name != SLAM}
    chosen = {name: [] for name in found}
    with threadpool_limits(1), warnings.catch_warnings():
        # Of pixels that are bad in all training stars.
        warnings.filterwarnings("ignore", message="Skipping features without any")
        for trial in track(divided, "trainings of the plain methods"):
            known = labels[trial.train]
            found[MEAN][trial.test] = known.mean(axis=0)
            if len(known) < FEWEST:
                continue
            reduce = reduction(len(known), flux.shape[1]).fit(flux[trial.train])
            train, test = (reduce.transform(flux[x]) for x in (trial.train, trial.test))
            for name, search in searches(train.shape, seed).items():
                search.fit(train, known)
                found[name][trial.test] = search.predict(test).reshape(
                    -1, known.shape[1]
                )
                chosen[name].append(search.best_params_)
    return found, {name: spoken(choices) for name, choices in chosen.items()}


def reduction(n: int, p: int) -> Pipeline:
    """From spectra to their principal components, of n stars and p pixels."""
    from sklearn.decomposition import PCA  # slow: for those who compare
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline

    return make_pipeline(
        SimpleImputer(keep_empty_features=True),
        PCA(min(max(COMPONENTS), n - 1, p), svd_solver="full"),
    )


def first(components: np.ndarray, number: int) -> np.ndarray:
    """The first principal components."""
    return components[:, :number]


def searches(shape: tuple[int, int], seed: int) -> dict[str, BaseEstimator]:
    """The two regressions, each with the search for its settings.

    Labels are standardised first, so that one choice weighs all of them alike.

    Parameters
    ----------
    shape
        Of the components of the training stars.
    """
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.linear_model import RidgeCV
    from sklearn.model_selection import GridSearchCV, KFold
    from sklearn.neighbors import KNeighborsRegressor
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    n, most = shape
    inner = KFold(FOLDS, shuffle=True, random_state=seed)
    numbers = sorted({min(number, most) for number in COMPONENTS})
    fewest = n - -(-n // FOLDS)  # stars that a choice is made with
    ways = {
        NEIGHBOURS: (
            KNeighborsRegressor(),
            {"n_neighbors": sorted({min(k, fewest) for k in NUMBERS})},
        ),
        RIDGE: (RidgeCV(PENALTIES, alpha_per_target=True), {}),
    }
    found = {}
    for name, (regression, grid) in ways.items():
        pipeline = Pipeline([("first", FunctionTransformer(first)), ("by", regression)])
        way = TransformedTargetRegressor(pipeline, transformer=StandardScaler())
        settings = {
            "regressor__first__kw_args": [{"number": number} for number in numbers],
            **{f"regressor__by__{key}": values for key, values in grid.items()},
        }
        found[name] = GridSearchCV(
            way, settings, cv=inner, scoring="neg_mean_squared_error"
        )
    return found


def spoken(choices: Sequence[dict]) -> str:
    """Settings that were chosen, in words: of several trainings, from least to most."""
    texts = []
    for key, word in (("first__kw_args", "components"), ("n_neighbors", "neighbours")):
        values = [
            value["number"] if isinstance(value, dict) else value
            for choice in choices
            for name, value in choice.items()
            if name.endswith(key)
        ]
        if values:
            low, high = min(values), max(values)
            texts.append(f"{low} to {high} {word}" if low < high else f"{low} {word}")
    return ", ".join(texts)


def compare_methods(
    names: Sequence[str],
    labels: np.ndarray,
    found: dict[str, np.ndarray],
    settings: dict[str, str],
    seed: int,
) -> Table:
    """Statistics of every method and label, over the same stars.

    Parameters
    ----------
    names : length d
        The labels.
    labels : shape (n, d)
        Reference labels.
    found : each of shape (n, d)
        By method, those of `METHODS` that there are; NaN for stars without.

    Returns
    -------
    table
        A row per label and method, `COLUMNS`. A method without any label is left out.
    """
    rng = np.random.default_rng([seed, len(labels)])
    found = {x: found[x] for x in METHODS if x in found and np.isfinite(found[x]).any()}
    rows = []
    for number, label in enumerate(names):
        reference = labels[:, number]
        every = [reference, *(values[:, number] for values in found.values())]
        use = np.isfinite(every).all(axis=0)
        drawn = rng.integers(0, max(use.sum(), 1), (DRAWS, use.sum()))
        for method, values in found.items():
            row = statistics(values[use, number], reference[use], drawn)
            if method == MEAN:  # of what is the same for all, or nearly
                row = *row[:-1], np.nan
            rows.append(
                (label, LABELS[label].unit, method, *row, settings.get(method, ""))
            )
    return from_rows(rows, COLUMNS)


def statistics(found: np.ndarray, reference: np.ndarray, drawn: np.ndarray) -> tuple:
    """From `n` to `correlation`, of the differences of one label; NaN if too few."""
    difference = found - reference
    spread = summarise(difference)
    robust = [summarise(difference[one]).robust_std for one in drawn if len(one) > 1]
    slope, e_slope = line(reference, difference)
    return (
        *(spread.n, spread.median, spread.e_median, spread.std, spread.e_std),
        *(spread.robust_std, np.std(robust) if robust else np.nan),
        *(slope, e_slope, correlation(found, reference)),
    )


def line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Slope of the line of least squares, and its standard error; NaN if too few."""
    if len(x) < 3 or np.ptp(x) == 0:
        return np.nan, np.nan
    x = x - x.mean()
    slope = x @ y / (x @ x)
    rest = y - y.mean() - slope * x
    return slope, np.sqrt(rest @ rest / (len(x) - 2) / (x @ x))


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Coefficient of correlation; NaN where either is the same for all stars."""
    if len(x) < 3 or min(np.ptp(x), np.ptp(y)) == 0:
        return np.nan
    return float(np.corrcoef(x, y)[0, 1])


def matrix(table: Table, names: Sequence[str]) -> np.ndarray:
    """Labels of a table as an array, shape (n, d)."""
    return np.stack([np.asarray(table[name], float) for name in names], axis=1)

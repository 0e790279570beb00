"""Calibrated uncertainties of the labels: formal errors made to mean what they say.

The formal errors take the errors of the pixels as independent, and know nothing of the
errors of the training labels: they are too small. The power laws of SNR contain the
errors of the labels that SLAM is compared with: they are too large. Here the
uncertainty of a star's label is a power law of its formal error, which says how much
its spectrum constrains the label, and of its training sparseness, for the model is the
worse, the farther the star is from those it was trained on:

    sigma = level * (formal / formal_0)^exponent * (sparseness / sparseness_0)^slope.

The law is fitted to the differences between known labels and those from models that
have not seen the star, less the errors that the known labels have themselves. An
exponent below 1 says that not all of the error falls with the noise. The slope is one
for all labels: how fast a model gets worse away from its stars is a matter of the
stars.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from astropy.table import Table, vstack
from numpy.typing import ArrayLike

from mdwarfs.samples.split import of_role
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import by_label, from_rows
from mdwarfs.validation.comparisons import usable

logger = logging.getLogger(__name__)

# Differences beyond four standard deviations are outliers and have no say. EXPECTED is
# the share of chi-square of one degree of freedom below CUT, P(chi2_3 < CUT).
CUT = 16.0
EXPECTED = 0.998866
SLOPES = (0.0, 2.0)  # between which the common slope is sought
FEWEST = 20  # stars
# A level whose logarithm is uncertain by this is no measurement, and information of
# this condition number is none.
UNKNOWN = 1.0
SINGULAR = 1e12

EXPLAINED = "the stated errors of the known labels explain all of the scatter"

COLUMNS = {
    "label": ("", "Stellar label; its unit is that of level, formal and reference"),
    "level": (
        "",
        "Uncertainty (1 sigma) at the formal error and sparseness below; null where "
        "the errors of the known labels explain all of the scatter",
    ),
    "e_level": ("", "Standard error of level"),
    "formal": ("", "Median formal error of the stars fitted"),
    "exponent": ("", "Exponent of the formal error"),
    "e_exponent": ("", "Standard error of the exponent"),
    "sparseness": ("", "Median training_sparseness of the stars fitted"),
    "slope": ("", "Exponent of training_sparseness; the same for all labels"),
    "n": ("", "Stars fitted: known labels and fit within the usable range"),
    "n_outliers": ("", "Of those, beyond four standard deviations: without a say"),
    "reference": ("", "Root mean square error of the known labels, taken out"),
    "scatter": ("", "Root mean square of recovered minus known label"),
    "reason": ("", "Why there is no calibration; empty if there is one"),
}


@dataclass(frozen=True)
class Calibration:
    """Uncertainty of a label from its formal error and the training sparseness.

    Attributes
    ----------
    level, formal, exponent, sparseness, slope
        See the module's docstring; `level` and `formal` in the unit of the label.
    """

    level: float
    formal: float
    exponent: float
    sparseness: float
    slope: float

    def sigma(self, formal: ArrayLike, sparseness: ArrayLike) -> np.ndarray:
        """Uncertainty (1 sigma), in the unit of the label.

        NaN where either is, and where there is no formal error to go by.
        """
        formal, sparseness = (np.asarray(x, float) for x in (formal, sparseness))
        formal = np.where(formal > 0, formal, np.nan)
        return (
            self.level
            * (formal / self.formal) ** self.exponent
            * (sparseness / self.sparseness) ** self.slope
        )


@dataclass(frozen=True)
class Sample:
    """Stars to which the uncertainty of one label is fitted; arrays of shape (n,).

    Attributes
    ----------
    difference
        Recovered minus known label.
    reference
        Error of the known label.
    """

    difference: np.ndarray
    reference: np.ndarray
    formal: np.ndarray
    sparseness: np.ndarray


def calibrate(
    predictions: Table,
    labels: Table,
    names: Sequence[str],
    ranges: dict[str, Sequence[float]],
) -> Table:
    """Fit the uncertainty of each label.

    A label of fewer than `FEWEST` stars has none: null, and the reason.

    Parameters
    ----------
    predictions
        Of stars with known labels, by models that have not seen them: `source_id`,
        `flags`, `training_sparseness`, and each label `x` with its formal error `e_x`.
    labels
        `source_id`, and known labels with their errors `e_x`.
    names
        The labels.
    ranges
        Lowest and highest usable value of some labels. A star whose known labels lie
        outside is left out, for the model is not meant for it.

    Returns
    -------
    table
        One row per label, `COLUMNS`.
    """
    known = lookup(labels, match(predictions["source_id"], labels["source_id"]))
    good = usable(predictions["flags"]) & within_ranges(known, ranges)
    samples = {name: _sample(predictions, known, name, good) for name in names}
    enough = [x for x in samples.values() if len(x.difference) >= FEWEST]

    from scipy.optimize import minimize_scalar  # slow: for those who calibrate

    def misfit(slope):
        return sum(_fit(sample, slope).fun for sample in enough)

    slope = np.nan
    if enough:
        slope = minimize_scalar(misfit, bounds=SLOPES, method="bounded").x
    rows = []
    for name, sample in samples.items():
        n = len(sample.difference)
        if n < FEWEST:
            why = (
                f"{n} stars of known label within the usable range are too few: it "
                f"takes {FEWEST}"
            )
            row = *(np.nan,) * 6, slope, n, 0, np.nan, np.nan
        else:
            row = _row(sample, slope)
            why = EXPLAINED if np.isnan(row[0]) else ""
        if why:
            logger.warning("%s: no calibrated uncertainty: %s", name, why)
        rows.append((name, *row, why))
    return from_rows(rows, COLUMNS)


def unseen_predictions(held_out: Table, predictions: Table, split: Table) -> Table:
    """Predictions of all labelled stars, none by a model that has seen the star.

    Parameters
    ----------
    held_out
        Training stars, by models without them.
    predictions
        All stars, by the model; those of the test stars are taken.
    split
        `source_id`, `role`.

    Returns
    -------
    table
        The columns of `held_out`.
    """
    test = of_role(split, "test")
    rows = predictions[match(predictions["source_id"], test) >= 0]
    return vstack([held_out, rows[held_out.colnames]], metadata_conflicts="silent")


def _sample(predictions, known, name, good):
    """The stars of one label, however few."""
    columns = (
        np.asarray(predictions[name], float) - np.asarray(known[name], float),
        reference_error(known, name),
        np.asarray(predictions[f"e_{name}"], float),
        np.asarray(predictions["training_sparseness"], float),
    )
    use = good & np.isfinite(columns).all(axis=0)
    use &= (columns[2] > 0) & (columns[3] > 0)
    return Sample(*(column[use] for column in columns))


def _fit(sample, slope):
    """Fit ln(level) and exponent at a given slope, by maximum likelihood.

    The differences are taken as Gaussian, of variance sigma^2 + reference^2.

    Returns
    -------
    scipy.optimize.OptimizeResult
        `x`: logarithm of level over the scatter of the sample, and exponent; `fun`:
        minus the logarithm of the likelihood.
    """
    x, trend = _shape(sample, slope)
    from scipy.optimize import minimize

    scale = np.median(np.abs(sample.difference)) / 0.6745
    square = (sample.difference / scale) ** 2
    reference = (sample.reference / scale) ** 2

    def misfit(parameters):
        variance = np.exp(2 * (parameters[0] + parameters[1] * x + trend)) + reference
        chi2 = np.minimum(square / variance, CUT) / EXPECTED
        return 0.5 * np.sum(np.log(variance) + chi2)

    result = minimize(misfit, [-0.2, 0.5], method="Nelder-Mead")
    result.x[0] += np.log(scale)
    return result


def _shape(sample, slope):
    """Logarithm of the formal error about its median, and what the slope adds."""
    x = np.log(sample.formal / np.median(sample.formal))
    return x, slope * np.log(sample.sparseness / np.median(sample.sparseness))


def _row(sample, slope):
    """One row of `calibrate`, without the label."""
    (level, exponent) = _fit(sample, slope).x
    x, trend = _shape(sample, slope)
    variance = np.exp(2 * (level + exponent * x + trend))
    total = variance + sample.reference**2
    # Fisher information of the two parameters.
    weight = 2 * (variance / total) ** 2
    information = np.array([[weight.sum(), weight @ x], [weight @ x, weight @ x**2]])
    e_level = e_exponent = np.inf
    if np.linalg.cond(information) < SINGULAR:
        e_level, e_exponent = np.sqrt(np.diag(np.linalg.inv(information)))
    level = np.exp(level)
    law = level, level * e_level, np.median(sample.formal), exponent, e_exponent
    if not e_level < UNKNOWN:
        law = np.nan, np.nan, np.median(sample.formal), np.nan, np.nan
    return (
        *law,
        *(np.median(sample.sparseness), slope, len(total)),
        int(np.sum(sample.difference**2 > CUT * total)),
        *(np.sqrt(np.mean(x**2)) for x in (sample.reference, sample.difference)),
    )


def reference_error(labels: Table, name: str) -> np.ndarray:
    """Error of a known label: the catalogued one, and for `feh` that of its scale.

    LAMOST's [Fe/H] is off by an amount that depends on the temperature of the FGK
    primary (Niu+2023; paper, equation 11), of which the spectrum of the M dwarf knows
    nothing: for SLAM, the spread of that amount is an error.

    Parameters
    ----------
    labels
        The label and, if it is known, its error, or else it is taken for exact; with
        `feh`, also `feh_niu` if it is known.

    Returns
    -------
    shape (n,)
        In the unit of the label.
    """
    error = np.zeros(len(labels))
    if f"e_{name}" in labels.colnames:
        error = np.asarray(labels[f"e_{name}"], float)
    if name == "feh" and "feh_niu" in labels.colnames:
        shift = np.asarray(labels["feh"], float) - np.asarray(labels["feh_niu"], float)
        error = np.hypot(error, np.nanstd(shift))
    return error


def within_ranges(labels: Table, ranges: dict[str, Sequence[float]]) -> np.ndarray:
    """Which stars have labels within the usable ranges.

    Returns
    -------
    bool, shape (n,)
    """
    inside = np.ones(len(labels), bool)
    for name, (low, high) in ranges.items():
        value = np.asarray(labels[name], float)
        inside &= (value >= low) & (value <= high)
    return inside


def calibrations(table: Table) -> dict[str, Calibration]:
    """The calibrations that a table of `calibrate` holds, by label."""
    return by_label(table, Calibration)

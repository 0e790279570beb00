"""Limits of what a sound spectrum gives, and the flags of stars beyond them.

Every spectrum has labels of maximum posterior, also one of something else, of a wrong
velocity, or of errors that are none. What tells is measured of every star: chi-square
per degree of freedom, the correlation with the best model spectrum, the velocity
between the two, in the whole and in the red half less the blue one, what is left of the
spectrum about that model (`mdwarfs.slam.infer.residuals`), the formal errors, and
[Fe/H] by a model that goes on beyond the training stars. Here is learnt what the
training stars give, labelled by models that have not seen them, as a function of SNR.

A measure is transformed such that it is nearly normal. Its middle and the logarithm of
its width are parabolas in the logarithm of the SNR (of less than `PARABOLA` stars
straight lines, of SNR within a factor of two constants), fitted robustly; beyond the
SNR of the training stars they are level, but that widths grow as noise does below it;
beyond `BRIGHTEST` times the greatest no fit is taken for a sound one.
The limits are where so few stars lie (`SHARE`, `SHARES`) that together they flag less
than 1 % of sound ones, but for metal-poor stars: of these training stars are too few
(`RARE`) to learn from. Training stars are seldom enough to count these: of n held-out
ones the outermost lies where 1 / (n + 1) of all do. So the outermost tenth (`TAIL`) is
taken as a generalised Pareto distribution of its median excess, and of a shape by its
L-moments (`SHAPE`, `SHAPES`).

Three bounds keep the share of sound stars that are flagged below what is meant where
stars are few. The median excess is raised by one of its standard errors (`OWN`). The
shape is drawn to that of an exponential tail, which is wider than a Gaussian one
(`USUAL`); and but for labels, whose distribution may be bounded, limits are never
closer than a Gaussian's (`GAUSSIAN`). And widths are raised by `ROOM` times the
variance of the law at that SNR, which is largest where training stars are rare, at the
ends of their range: a limit that is as often too close as too far flags more stars than
it should.

What these limits catch, and what they do not, stands in `benchmarks/README.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.slam.infer import residuals
from mdwarfs.slam.infer.flags import NO_LIMITS, Flag, flag
from mdwarfs.statistics import MAD_TO_SIGMA
from mdwarfs.tables.tabulate import from_rows

SHARE = 3e-4
"""Of the sound stars that each limit may flag. There are twenty-one limits: with
`SHARES`, all of them but the last together flag 0.92 % at most."""
LABEL = "continued_feh"
RARE = 0.02
"""Of the training stars, that are so metal-poor that labels do not hold: few to learn
from have any less, and labels of stars beyond are drawn to where stars are."""
SHARES = {
    "chi2": 1e-3, "v_offset": 5e-4, "v_stretch": 5e-4, LABEL: RARE, **residuals.SHARES,
}  # fmt: skip
"""Where it is another: what recognises the most, and what alone recognises metal-poor
stars."""
TAIL = 0.1
SHAPE = -0.5, 0.3
"""Of tails: from those that end somewhere, as labels do, to heavy ones."""
SHAPES = {"v_offset": (0.0, 0.3), "v_stretch": (0.0, 0.3)}
"""Where it is another. Of a faint star a side peak of the correlation may be the
highest: velocities do not end where those of a few training stars do."""
USUAL, ERROR = 0.2, 1.2
"""Shapes scatter by `USUAL` about that of an exponential tail; one that is found from n
stars has an error of about `ERROR` / sqrt(n), and is drawn to 0 accordingly."""
NORMAL, OWN = 0.364, 4
"""Median excess of a normal distribution, which counts as that of so many stars, but
for labels."""
OUTLIER = 10.0
"""Median excesses beyond which a star has no say in the shape: of an exponential tail
one in a thousand is there."""
GAUSSIAN = 3.29
"""Standard deviations beyond which 1 / 2,000 of a normal distribution lies."""
ROOM = 6.0
"""The logarithm of a width has an error s of variance 1.23 h, and the middle one of h
widths, where h is the leverage of a star at that SNR on a least-squares law. Where the
share of stars beyond L widths falls by a factor e in each 1 / l of a width, its mean
over these errors is as meant if the limit is raised by the factor 1 + h (1.23 L l / 2 +
l / 2 L): with L and l about 3, by exp(6 h)."""
MOST = 0.2
"""Leverage to which room is made: to 3.3 times. With more, a single star at the end of
the range would let pass whatever has its SNR."""
FAINTEST = 3.0
"""Below the least SNR of the training stars widths grow as 1 / SNR, so many times."""
BRIGHTEST = 3.0
"""Times the greatest SNR of the training stars beyond which nothing is known of a sound
spectrum: what is brighter has errors that are none, or is another instrument's."""
TRIED = 16
"""SNRs, for a star of which it is not known."""
CHANCE = 3.0
"""A correlation below so many times what chance gives is none at any SNR."""
FEWEST = 10
"""Stars with a measure, below which it has no limits."""
PARABOLA = 60
"""Least stars for laws of second order."""
NARROW = np.log(2)
"""Range of the logarithm of the SNR in which no slope is to be found."""
LOG_NORMAL = -0.635
"""Mean of the logarithm of the absolute value of a standard normal distribution."""

COLUMNS = {
    "measure": ("", "What is limited; see mdwarfs.validation.fit_limits"),
    "snr": ("", "SNR about which the laws are: u = ln(SNR / snr)"),
    "snr_low": (
        "",
        "Lowest SNR of the law: below, u is that of this, and the standard deviation "
        f"grows as 1 / SNR, to {FAINTEST:g} times",
    ),
    "snr_high": ("", "Highest SNR of the law"),
    "level": ("", "Middle of the measure, transformed, where u = 0"),
    "slope": ("", "Its change with u"),
    "bend": ("", "And with u squared"),
    "width": (
        "",
        "ln of the standard deviation of the measure where u = 0, with room for the "
        "error of the law",
    ),
    "growth": ("", "Its change with u"),
    "curve": ("", "And with u squared"),
    "below": ("", "Lower limit: so many standard deviations below the middle"),
    "above": ("", "Upper limit: so many above"),
    "n": ("", "Training stars, labelled by models that have not seen them"),
}


@dataclass(frozen=True)
class Limits:
    """Limits of one measure as functions of SNR; the attributes are `COLUMNS`."""

    snr: float
    snr_low: float
    snr_high: float
    level: float
    slope: float
    bend: float
    width: float
    growth: float
    curve: float
    below: float
    above: float
    n: int

    def deviation(self, values: ArrayLike, snr: ArrayLike) -> np.ndarray:
        """Transformed values less their middle, in standard deviations.

        Parameters
        ----------
        values, snr : shape (m,)
            Where the SNR is not known, it is taken to be the one of the training stars
            at which the value would be the least unusual.

        Returns
        -------
        shape (m,)
            NaN where a value is.
        """
        values, snr = np.asarray(values, float), np.asarray(snr, float)
        unknown = np.isnan(snr)
        found = self._deviation(values, np.where(unknown, self.snr_low, snr))
        if unknown.any():
            tried = np.geomspace(self.snr_low, self.snr_high, TRIED)
            several = self._deviation(values[unknown, None], tried)
            best = np.nan_to_num(np.abs(several)).argmin(axis=1)
            found[unknown] = several[np.arange(len(best)), best]
        return found

    def _deviation(self, values, snr):
        """The same of values of known SNR."""
        u = np.log(np.clip(snr, self.snr_low, self.snr_high) / self.snr)
        middle = self.level + self.slope * u + self.bend * u**2
        width = np.exp(self.width + self.growth * u + self.curve * u**2)
        faint = np.maximum(snr, self.snr_low / FAINTEST)
        width = width * np.maximum(self.snr_low / faint, 1)
        return (values - middle) / width

    def low(self, values: ArrayLike, snr: ArrayLike) -> np.ndarray:
        """Whether values are below the lower limit; NaN is not."""
        return self.deviation(values, snr) < -self.below

    def high(self, values: ArrayLike, snr: ArrayLike) -> np.ndarray:
        """Whether values are above the upper limit; NaN is not."""
        return self.deviation(values, snr) > self.above


def measures(predictions: Table, names: Sequence[str]) -> dict[str, np.ndarray]:
    """The measures of stars, transformed to be nearly normal.

    Parameters
    ----------
    predictions
        Of `mdwarfs.slam.infer.prediction.Prediction.table`: chi2, dof, correlation,
        v_offset, v_stretch, the columns of `mdwarfs.slam.infer.residuals`, continued,
        and `e_*` of the labels.
    names
        Of the labels, in the order of `continued`.

    Returns
    -------
    entries
        `chi2`: ln of chi2 / dof; `correlation`: its inverse hyperbolic tangent;
        `v_offset` and `v_stretch` [km/s]; `error`: the mean ln of the formal errors of
        the labels; those of `residuals.measures`; `continued_feh` [dex], if there is
        such a label. All of shape (m,),
        NaN where there is none.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            "chi2": np.log(predictions["chi2"] / predictions["dof"]),
            "correlation": np.arctanh(np.asarray(predictions["correlation"])),
            "v_offset": np.asarray(predictions["v_offset"], float),
            "v_stretch": np.asarray(predictions["v_stretch"], float),
            "error": np.mean([np.log(predictions[f"e_{x}"]) for x in names], axis=0),
        }
    found |= residuals.measures(predictions)
    if "feh" in names:
        column = np.reshape(predictions["continued"], (len(predictions), len(names)))
        found[LABEL] = column[:, list(names).index("feh")]
    return {
        name: np.where(np.isneginf(value), np.nan, value).astype(float)
        for name, value in found.items()
    }


def learn_limits(held_out: Table, names: Sequence[str]) -> Table:
    """The limits of all measures.

    Parameters
    ----------
    held_out
        Training stars by models that have not seen them: `snr`, and what `measures`
        takes.
    names
        Of the labels.

    Returns
    -------
    table
        `COLUMNS`, one row per measure. Of a measure that fewer than `FEWEST` stars
        have, the limits are infinite.
    """
    snr = np.asarray(held_out["snr"], float)
    rows = []
    for name, values in measures(held_out, names).items():
        least = 0.0 if name == LABEL else GAUSSIAN
        shape = SHAPES.get(name, SHAPE)
        found = fit(values, snr, SHARES.get(name, SHARE), least, shape)
        rows.append((name, *vars(found).values()))
    return from_rows(rows, COLUMNS)


def fit(
    values: np.ndarray,
    snr: np.ndarray,
    share: float = SHARE,
    least: float = GAUSSIAN,
    shape: tuple[float, float] = SHAPE,
) -> Limits:
    """The limits of one measure.

    Parameters
    ----------
    values, snr : shape (n,)
        Of training stars; those that lack either have no say.
    share
        Of the training stars that may lie beyond either limit.
    least
        Standard deviations that either limit is from the middle.
    shape
        Between which the shape of either tail is.
    """
    known = np.isfinite(values) & (snr > 0) & np.isfinite(snr)
    values, snr, n = values[known], snr[known], int(known.sum())
    if n < FEWEST:
        return Limits(1, 1, 1, 0, 0, 0, 0, 0, 0, np.inf, np.inf, n)
    middle = np.median(snr)
    x = np.log(snr / middle)
    order = 0 if np.ptp(x) < NARROW else 1 + (n >= PARABOLA)
    scale = np.median(np.abs(values - np.median(values))) * MAD_TO_SIGMA
    scale = scale or 1.0  # all alike
    law = robust(x, values / scale, order) * scale
    rest = np.abs(values - np.polynomial.polynomial.polyval(x, law))
    rest = np.maximum(rest, 1e-3 * scale)
    width = robust(x, np.log(rest) - LOG_NORMAL, order)
    law, width = np.pad(law, (0, 2))[:3], np.pad(width, (0, 2))[:3]
    limits = Limits(middle, snr.min(), snr.max(), *law, *width, 0, 0, n)
    deviation = limits.deviation(values, snr)
    spread = np.median(np.abs(deviation)) * MAD_TO_SIGMA or 1.0
    deviation /= spread
    width = width + ROOM * leverage(x, order)
    width[0] += np.log(spread)
    normal = OWN if least else 0
    below, above = (
        max(least, tail(d, share, shape, normal)) for d in (-deviation, deviation)
    )
    return Limits(middle, snr.min(), snr.max(), *law, *width, below, above, n)


def leverage(x: np.ndarray, order: int) -> np.ndarray:
    """Variance of a polynomial law, in units of that of a star, as a parabola.

    Parameters
    ----------
    x : shape (n,)
        Where the stars are that it is fitted to.
    order
        Of the law.

    Returns
    -------
    shape (3,)
        Coefficients, lowest first, of the parabola that has its values at the ends and
        the middle of the stars.
    """
    powers = np.vander(x, order + 1, increasing=True)
    inverse = np.linalg.pinv(powers.T @ powers)
    places = np.unique([x.min(), 0.0, x.max()])
    there = np.vander(places, order + 1, increasing=True)
    values = np.minimum(np.einsum("ij,jk,ik->i", there, inverse, there), MOST)
    if len(places) < 3:  # all or half of the stars have one SNR
        return np.array([values.max(), 0.0, 0.0])
    return np.polynomial.polynomial.polyfit(places, values, 2)


def robust(x: np.ndarray, y: np.ndarray, order: int) -> np.ndarray:
    """Coefficients of a polynomial, lowest first, on which outliers have little say."""
    from scipy.optimize import least_squares  # slow: for those who learn limits

    powers = np.vander(x, order + 1, increasing=True)
    start = np.zeros(order + 1)
    start[0] = np.median(y)
    return least_squares(
        lambda a: powers @ a - y, start, lambda a: powers, loss="soft_l1"
    ).x


def tail(
    deviation: np.ndarray, share: float, between: tuple[float, float], normal: int
) -> float:
    """The value that a share exceeds, by a generalised Pareto upper tail.

    Parameters
    ----------
    deviation : shape (n,)
        Of a distribution whose middle is 0 and whose width is 1.
    between
        Least and greatest shape.
    normal
        Stars as which a normal distribution's median excess counts.
    """
    first = np.quantile(deviation, 1 - TAIL)
    excess = np.sort(deviation[deviation > first] - first)
    if not len(excess):
        return np.inf
    shape = shape_of(excess, between)
    n = len(excess)
    median = (n * np.median(excess) + normal * NORMAL) / (n + normal)
    median *= 1 + 1 / np.sqrt(n + normal)
    rare, half = (exceeded(x, shape) for x in (share / TAIL, 0.5))
    return float(first + median * rare / half)


def exceeded(share: float, shape: float) -> float:
    """What a share exceeds of a generalised Pareto distribution of scale 1."""
    return -np.log(share) if shape == 0 else (share**-shape - 1) / shape


def shape_of(excess: np.ndarray, between: tuple[float, float]) -> float:
    """Shape of a generalised Pareto distribution, by its first two L-moments.

    Parameters
    ----------
    excess : shape (n,)
        Ascending.
    between
        What it may be.

    Returns
    -------
    number
        Negative of a tail that ends, positive of a heavy one; the nearer to 0, the
        fewer stars there are.
    """
    excess = excess[excess < OUTLIER * np.median(excess)]
    n = len(excess)
    if n < 3:
        return 0.0
    first = excess.mean()
    second = 2 * np.mean(excess * np.arange(n) / (n - 1)) - first
    if not second > 0:
        return 0.0
    believed = USUAL**2 / (USUAL**2 + ERROR**2 / n)
    return float(np.clip(believed * (2 - first / second), *between))


def limits_of(table: Table) -> dict[str, Limits]:
    """The limits that a table of `learn_limits` holds, by measure."""
    names = [field.name for field in fields(Limits)]
    return {
        str(row["measure"]): Limits(*(row[name] for name in names)) for row in table
    }


def limits_basis(limits: dict[str, Limits]) -> str:
    """What limits are from, or that there are none: for the header of labels."""
    known = [one.n for one in limits.values() if np.isfinite(one.below)]
    return f"of {max(known)} training stars" if known else NO_LIMITS


def beyond_limits(
    predictions: Table, snr: ArrayLike, names: Sequence[str], limits: dict[str, Limits]
) -> np.ndarray:
    """Flag stars that are unlike the training stars at their SNR.

    This is the one place where these flags are set: for the catalogue and for
    `mdwarfs predict`.

    Parameters
    ----------
    predictions
        See `measures`; `n_good` as well.
    snr : shape (m,)
    names
        Of the labels of the model.
    limits
        By measure; without one, there is no such flag.

    Returns
    -------
    int, shape (m,)
        Bits `mdwarfs.slam.infer.flags.BY_LIMITS`; 0 where nothing was measured.
    """
    flags = np.zeros(len(predictions), int)
    if not limits:
        return flags
    found = measures(predictions, names)
    for measure, side, bit in (
        ("v_offset", "low", Flag.VELOCITY),
        ("v_offset", "high", Flag.VELOCITY),
        ("v_stretch", "low", Flag.VELOCITY),
        ("v_stretch", "high", Flag.VELOCITY),
        ("chi2", "low", Flag.BAD_FIT),
        ("chi2", "high", Flag.BAD_FIT),
        ("correlation", "low", Flag.UNLIKE_MODEL),
        ("error", "high", Flag.UNCERTAIN),
        (LABEL, "low", Flag.OUTSIDE_TRAINING),
    ):
        if measure in limits and measure in found:
            beyond = getattr(limits[measure], side)(found[measure], snr)
            flags |= flag(beyond, bit)
    if "chi2" in limits and np.isfinite(limits["chi2"].above):
        beyond = np.asarray(snr, float) > BRIGHTEST * limits["chi2"].snr_high
        flags |= flag(beyond, Flag.BAD_FIT)
    flags |= residuals.flags(found, np.asarray(snr, float), limits)
    pixels = np.maximum(np.asarray(predictions["n_good"], float), 1)
    nothing = np.asarray(predictions["correlation"]) < CHANCE / np.sqrt(pixels)
    return flags | flag(nothing, Flag.UNLIKE_MODEL)

"""Measure how unlike the training stars a spectrum is, and flag it beyond limits.

Any spectrum has hybrid labels, also one of something else. What tells is measured as it
is of SLAM's (`mdwarfs.slam.infer.likeness`): chi-square about the components, the
correlation with the spectrum that the quadratic has at the star's labels, the velocity
between the two; and the labels without the prior. What training stars give that the
components, quadratics and regressions have not seen is learnt as a function of SNR by
`mdwarfs.validation.fit_limits`, and what lies beyond is flagged. The SNR is that of
`brightness`, which needs no header.

**Metal-poor stars.** Few training stars are metal-poor, and labels of such stars are
drawn to where stars are: beyond some [Fe/H] all that comes is nearly the same. So what
has a metallicity without the prior (the mean of its scales) that only two in a hundred
of the training stars have or less (`RARE`) is flagged: it lies where training stars
end, and may be of any lower metallicity.

A spectrum that says next to nothing of any label, as one of noise alone, is flagged as
uncertain.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.hybrid.noise import weights
from mdwarfs.hybrid.quadratic import Quadratic, terms
from mdwarfs.labels import LABELS
from mdwarfs.slam.infer import residuals
from mdwarfs.slam.infer.flags import Flag, flag
from mdwarfs.slam.infer.likeness import Likeness
from mdwarfs.tables.tabulate import from_rows
from mdwarfs.validation.fit_limits import GAUSSIAN, RARE, SHAPE, SHAPES, Limits, fit

if TYPE_CHECKING:
    from mdwarfs.hybrid.answer import Answer

SHARE_LABEL = 1e-4
SHARES = {
    "chi2": 1e-3, "v_offset": 5e-4, "v_stretch": 5e-4, "correlation": 3e-4,
    **residuals.SHARES,
}  # fmt: skip
"""Of the sound stars that each limit may flag. With `SHARE_LABEL` for either end of
each of five labels they flag 0.99 % together; metal-poor stars come on top."""
SPIKE = 36.0
"""Chi-square of a pixel that the fit went without, being six standard deviations off or
more."""
MEASURES = 3 + len(residuals.COLUMNS)
"""Of `alike`."""
NOISE = "residual_noise"
METALLICITY, SIGNIFICANCE = "metallicity", "significance"
CHANCE = 3.0
"""Times what chance gives, below which a correlation is none: of sound spectra hardly
any, unless those of training stars are that faint."""


def brightness(level: np.ndarray, ivar: np.ndarray) -> np.ndarray:
    """Signal-to-noise ratio per pixel that a usual star would have in a spectrum.

    Parameters
    ----------
    level : shape (q,)
        Flux of a usual star.
    ivar : shape (m, q)
        Clean, see `mdwarfs.hybrid.noise`.

    Returns
    -------
    shape (m,)
        Lower median of the good pixels; NaN if there are none.
    """
    ratio = np.where(ivar > 0, np.abs(level) * np.sqrt(ivar), np.inf)
    ordered, good = np.sort(ratio, axis=1), (ivar > 0).sum(axis=1)
    middle = ordered[np.arange(len(ivar)), np.maximum(good - 1, 0) // 2]
    return np.where(good > 0, middle, np.nan)


def alike(
    likeness: Likeness,
    quadratic: Quadratic,
    t: np.ndarray,
    flux: np.ndarray,
    ivar: np.ndarray,
) -> np.ndarray:
    """Compare spectra with those that a quadratic has at their labels.

    Parameters
    ----------
    t : shape (m, d)
        Standardised labels.
    flux, ivar : shape (m, q)
        Clean.

    Returns
    -------
    shape (9, m)
        Correlation, velocity and stretch, see `mdwarfs.slam.infer.likeness.Likeness`,
        and `mdwarfs.slam.infer.residuals`; NaN of a spectrum without good pixels.
    """
    weight, shares = weights(ivar, quadratic.excess), terms(t)
    model = shares @ quadratic.of_terms
    few = list(likeness.moved(quadratic.of_terms))

    def moved(own):
        return (shares[own] @ one for one in few)

    found = np.vstack(
        [
            likeness.correlation(flux, model, weight),
            likeness.offset(flux, moved, weight),
            residuals.residuals(flux, model, weight, likeness.wavelength),
        ]
    )
    return np.where((weight > 0).any(axis=1), found, np.nan)


def metallicities(names: Sequence[str]) -> list[int]:
    """Which of the labels are [Fe/H], on whatever scale."""
    return [
        number
        for number, name in enumerate(names)
        if name == "feh" or (name in LABELS and LABELS[name].scale_of == "feh")
    ]


def measures(answer: Answer) -> dict[str, np.ndarray]:
    """The measures of stars, transformed to be nearly normal.

    Returns
    -------
    entries
        `chi2`: ln of chi-square per degree of freedom, with `SPIKE` for pixels that the
        fit went without; `correlation`: its inverse hyperbolic tangent; `significance`:
        the correlation in units of what chance gives; `v_offset` and `v_stretch`
        [km/s]; those of `mdwarfs.slam.infer.residuals.measures`; each label without
        the prior, by its name in brackets; and `metallicity`, if there is one [dex].
        All of shape (m,), NaN where there is none.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        chi2 = answer.chi2 + SPIKE * answer.n_outliers
        found = {
            "chi2": np.log(chi2 / (answer.dof + answer.n_outliers)),
            "correlation": np.arctanh(answer.correlation),
            "v_offset": answer.v_offset,
            "v_stretch": answer.v_stretch,
        }
    found |= of_residuals(answer)
    found[SIGNIFICANCE] = answer.correlation * np.sqrt(answer.n_good)
    found |= {
        labelled(name): column for name, column in zip(answer.names, answer.flat.T)
    }
    poor = metallicities(answer.names)
    if poor:
        found[METALLICITY] = answer.flat[:, poor].mean(axis=1)
    return {x: np.where(np.isfinite(one), one, np.nan) for x, one in found.items()}


def labelled(name: str) -> str:
    """The measure that a label without the prior is."""
    return f"[{name}]"


def learn(answer: Answer, snr: np.ndarray) -> dict[str, Limits]:
    """The limits, from training stars that nothing has seen.

    Parameters
    ----------
    answer
        Their labels.
    snr : shape (n,)
        Their `brightness`.

    Returns
    -------
    limits
        By measure.
    """
    found, limits = measures(answer), {}
    significance = found.pop(SIGNIFICANCE)
    limits[SIGNIFICANCE] = fixed(CHANCE, significance, SHARES["correlation"])
    for name, values in found.items():
        share = RARE if name == METALLICITY else SHARES.get(name, SHARE_LABEL)
        least = GAUSSIAN if name in SHARES else 0.0
        limits[name] = fit(values, snr, share, least, SHAPES.get(name, SHAPE))
    return limits


def fixed(least: float, values: np.ndarray, share: float) -> Limits:
    """A lower limit that is the same at any SNR; none if training stars lie below it.

    Parameters
    ----------
    least
    values : shape (n,)
        Of the training stars.
    share
        Of these that may lie below.
    """
    known = values[np.isfinite(values)]
    below = -least if np.sum(known < least) <= share * len(known) else np.inf
    return Limits(1, 1e-9, 1e9, 0, 0, 0, 0, 0, 0, below, np.inf, len(known))


def flags(answer: Answer, snr: np.ndarray, limits: dict[str, Limits]) -> np.ndarray:
    """Flag stars that are unlike the training stars at their SNR.

    Parameters
    ----------
    answer
    snr : shape (m,)
        Their `brightness`.
    limits
        See `learn`.

    Returns
    -------
    int, shape (m,)
    """
    found = measures(answer)
    bits = residuals.flags(found, snr, limits)
    both = {
        "chi2": Flag.BAD_FIT, "v_offset": Flag.VELOCITY, "v_stretch": Flag.VELOCITY,
        **{labelled(name): Flag.OUTSIDE_TRAINING for name in answer.names},
    }  # fmt: skip
    for name, bit in both.items():
        one, values = limits[name], found[name]
        bits |= flag(one.low(values, snr) | one.high(values, snr), bit)
    below = {
        "correlation": Flag.UNLIKE_MODEL, SIGNIFICANCE: Flag.UNLIKE_MODEL,
        METALLICITY: Flag.OUTSIDE_TRAINING,
    }  # fmt: skip
    for name, bit in below.items():
        if name in limits:
            bits |= flag(limits[name].low(found[name], snr), bit)
    nothing = np.isnan(answer.flat).all(axis=1)
    return bits | flag(nothing, Flag.UNCERTAIN)


def of_residuals(answer: Answer) -> dict[str, np.ndarray]:
    """Those of the `measures` that come from what is left of the spectrum.

    Parameters
    ----------
    answer
        Of m stars.
    """
    return residuals.measures(dict(zip(residuals.COLUMNS, answer.residuals.T)))


def noisier(answer: Answer, snr: np.ndarray, limits: dict[str, Limits]) -> np.ndarray:
    """By what factor noise is larger than the errors of the pixels say.

    Parameters
    ----------
    answer, snr, limits
        As for `flags`.

    Returns
    -------
    shape (m,)
        1 of all but the stars whose noise is beyond the limit of sound spectra.
    """
    noise = of_residuals(answer)[NOISE]
    beyond = limits[NOISE].high(noise, snr) & (noise > residuals.TOLERATED[NOISE][1])
    return np.where(beyond, np.exp(np.where(beyond, noise, 0.0)), 1.0)


def table_of(limits: dict[str, Limits]) -> Table:
    """The limits as a table that `mdwarfs.validation.fit_limits.limits_of` reads."""
    from mdwarfs.validation.fit_limits import COLUMNS

    rows = [(name, *vars(one).values()) for name, one in limits.items()]
    return from_rows(rows, COLUMNS)

"""Decide from the released SLAM table itself how it was made.

The code that made that of DR19 has two traps (sdss/astra, tag 0.6.0,
pipelines/slam/__init__.py): it writes the diagonal of the covariance into the columns
e_*, so that they are variances; and it uses the error of a pixel where its inverse
variance belongs, so that noisy pixels count more. Both leave marks in the table, which
are looked for here.
"""

import logging

import numpy as np
from astropy.table import Table

from mdwarfs.catalogues.astra import selected
from mdwarfs.catalogues.fits_rows import read_columns
from mdwarfs.catalogues.nulls import clean_real, without_fills
from mdwarfs.labels import RELEASED
from mdwarfs.statistics import robust_std
from mdwarfs.tables.tabulate import from_rows
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

LABELS = tuple(RELEASED.values())
COLUMNS = {
    "initial_teff": "real", "status": "int", "chi2": "real",
    "g_mag": "real", "bp_mag": "real", "rp_mag": "real",
}  # fmt: skip
"""Columns that only this diagnosis reads, with their kinds."""

READ = [
    *LABELS, *(f"e_{label}" for label in LABELS), "snr", *COLUMNS,
    "result_flags",
]  # fmt: skip
N_BINS = 20
LEAST = 100  # stars below which nothing is decided
OUTPUT = {
    "question": ("", "What is asked of the file"),
    "statistic": ("", "What was measured for it"),
    "value": ("", "Its value"),
    "if_so": ("", "Value expected if the answer is yes"),
    "if_not": ("", "Value expected if the answer is no"),
    "answer": ("", "yes, no or undecided"),
}
YES, NO, UNDECIDED = "yes", "no", "undecided"


def diagnose(path: PathLike) -> Table:
    """Look for the two traps in a released SLAM table.

    Parameters
    ----------
    path
        `astraAllStarSlam-<version>.fits.gz`, or an excerpt of it.

    Returns
    -------
    table
        One row per test: question, statistic, value, if_so, if_not, answer.
    """
    rows = read_columns(path, 1, READ)
    rows = rows[selected(np.maximum(rows["result_flags"], 0).astype(int))]
    rows.sort(READ)  # sums do not depend on the order in the file
    stars = {name: without_fills(clean_real(rows[name])) for name in READ}
    tests = [*variances(stars), weights(stars), unmoved(stars), maker(stars)]
    for question, statistic, value, _, _, answer in tests:
        logger.info("%s %s (%s = %.3g)", question, answer, statistic, value)
    return from_rows(tests, OUTPUT)


def variances(stars: dict[str, np.ndarray]) -> list[tuple]:
    """Whether the columns e_* are variances, by two independent tests.

    The formal errors of all labels come from the same pixels. In units of the labels'
    own spread they are about the same, so that over five labels whose spreads differ by
    a factor of a thousand e_x goes with the spread to the power 1 if it is an error,
    and 2 if it is a variance.

    The scatter of Teff about its mean at a given colour, squared, rises linearly with
    a variance, and quadratically with an error.

    Parameters
    ----------
    stars : each of shape (n,)
        By Astra's names.

    Returns
    -------
    entries
        Rows of the result of `diagnose`.
    """
    question = "Are e_* variances?"
    spread = [robust_std(stars[label]) for label in LABELS]
    typical = [np.nanmedian(positive(stars[f"e_{label}"])) for label in LABELS]
    known = np.isfinite(spread) & np.isfinite(typical) & (np.array(spread) > 0)
    power = np.nan
    if known.sum() >= 3:
        x, y = np.log10(spread)[known], np.log10(typical)[known]
        power = np.polyfit(x, y, 1)[0]
    scatter = scatter_power(stars)
    return [
        (question, "power of a label's spread with which e_x goes", power, 2.0, 1.0,
         nearest(power, 2.0, 1.0)),
        (question, "power of e_teff with which the scatter of Teff goes", scatter,
         0.5, 1.0, nearest(scatter, 0.5, 1.0)),
    ]  # fmt: skip


def scatter_power(stars: dict[str, np.ndarray]) -> float:
    """Power p for which (scatter of Teff)^2 = a + b e_teff^(2 p) fits best.

    Parameters
    ----------
    stars : each of shape (n,)

    Returns
    -------
    value
        On a grid of 0.05; NaN with too few stars, or if the scatter hardly changes.
    """
    error, colour = positive(stars["e_teff"]), stars["bp_mag"] - stars["rp_mag"]
    good = np.isfinite(error) & np.isfinite(colour) & np.isfinite(stars["teff"])
    if good.sum() < LEAST * N_BINS:
        return np.nan
    error, colour, teff = error[good], colour[good], stars["teff"][good]
    bins = np.array_split(np.argsort(colour), N_BINS)
    residual = np.empty(len(teff))
    for members in bins:
        line = np.polyfit(colour[members], teff[members], 1)
        residual[members] = teff[members] - np.polyval(line, colour[members])
    bins = np.array_split(np.argsort(error), N_BINS)
    scatter = np.array([robust_std(residual[members]) for members in bins]) ** 2
    typical = np.array([np.median(error[members]) for members in bins])
    if scatter.max() < 2 * scatter.min():
        return np.nan
    powers = np.arange(0.05, 2.0, 0.05)
    misfit = []
    for power in powers:
        design = np.stack([np.ones(N_BINS), (typical / typical.max()) ** (2 * power)])
        weighted = (design / scatter).T  # equal relative errors
        misfit.append(np.linalg.lstsq(weighted, np.ones(N_BINS), rcond=None)[1].sum())
    return float(powers[np.argmin(misfit)])


def weights(stars: dict[str, np.ndarray]) -> tuple:
    """Whether pixels were weighted by their error instead of their inverse variance.

    With inverse variances, the formal variance goes as SNR^-2 and does not care for
    the brightness; with errors (of the flux, times the continuum squared) it goes as
    SNR / flux^3. The direction of the two powers, fitted to all stars, tells which.

    Parameters
    ----------
    stars : each of shape (n,)

    Returns
    -------
    entries
        A row of the result of `diagnose`; its value is that direction [deg], from the
        axis of the power of SNR towards that of flux.
    """
    question = "Were pixels weighted by their error?"
    statistic = "direction of the powers of SNR and flux with which e_teff goes [deg]"
    if_so, if_not = np.degrees(np.arctan2(-3, 1)), 180.0
    y = np.log10(positive(stars["e_teff"]))
    x = np.log10(positive(stars["snr"]))
    flux = -0.4 * stars["g_mag"]
    good = np.isfinite(y) & np.isfinite(x) & np.isfinite(flux)
    angle = np.nan
    if good.sum() >= LEAST:
        design = np.stack([np.ones(good.sum()), x[good], flux[good]], axis=1)
        _, of_snr, of_flux = np.linalg.lstsq(design, y[good], rcond=None)[0]
        if np.hypot(of_snr, of_flux) > 0.3:
            angle = np.degrees(np.arctan2(of_flux, of_snr))
    apart = {YES: distance(angle, if_so), NO: distance(angle, if_not)}
    answer = min(apart, key=apart.get) if min(apart.values()) < 40 else UNDECIDED
    return question, statistic, angle, if_so, if_not, answer


def unmoved(stars: dict[str, np.ndarray]) -> tuple[float | str, ...]:
    """Whether stars kept their first guess, for want of pixels that count.

    Pixels whose scaled weight is below 1 are dropped; where all are, the first guess
    comes out with no error.

    Parameters and returns as for `weights`; the value is the share of such stars.
    """
    same = stars["teff"] == stars["initial_teff"]
    share = float(np.mean(same & (stars["e_teff"] == 0))) if len(same) else np.nan
    return (
        "Did stars keep their first guess?",
        "share of stars with e_teff = 0 and teff = initial_teff",
        share, np.nan, 0.0, YES if share > 0 else NO,
    )  # fmt: skip


def maker(stars: dict[str, np.ndarray]) -> tuple[float | str, ...]:
    """Whether the code of Astra 0.6.0 made the table: it alone leaves chi2 empty.

    Parameters and returns as for `weights`; the value is the share of empty chi2.
    """
    share = float(np.mean(~np.isfinite(stars["chi2"])))
    return (
        "Did the code of tag 0.6.0 make it?", "share of stars without chi2",
        share, 1.0, 0.0, nearest(share, 1.0, 0.0),
    )  # fmt: skip


def nearest(value: float, if_so: float, if_not: float) -> str:
    """The answer whose expected value is near, if one is nearer by a factor of 2."""
    apart = {YES: abs(value - if_so), NO: abs(value - if_not)}
    near, far = sorted(apart, key=apart.get)
    return near if 2 * apart[near] <= apart[far] else UNDECIDED


def distance(angle: float, other: float) -> float:
    """Angle between two directions [deg]."""
    return abs((angle - other + 180) % 360 - 180)


def positive(values: np.ndarray) -> np.ndarray:
    """Values, with NaN for those that are not positive."""
    return np.where(values > 0, values, np.nan)

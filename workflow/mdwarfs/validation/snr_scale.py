"""One signal-to-noise ratio for all formats: that to which the power laws were fitted.

Every survey has its own: a median or a mean, over all wavelengths or one band. The
power laws of the uncertainties hold for the one of their run, which a file of another
format does not state, or states under the same name. So the run says how it follows
from what any spectrum has, its SNR per pixel within the model's range
(`mdwarfs.spectra.signal`): by a power law, SNR = factor * measured^exponent, fitted to
the very stars that its power laws are fitted to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.spectra.signal import COLUMNS as OF_FILES
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate

SAME = 0.01
"""Two signal-to-noise ratios whose quotients are all within this of 1 are one."""

FEWEST = 5  # stars to which a scale is fitted

COLUMNS = {
    "snr_factor": (
        "",
        "SNR of the law = snr_factor * measured^snr_exponent; measured: median of flux "
        "over error within the model's range, per pixel of its grid; null: too few "
        "stars",
    ),
    "snr_exponent": ("", "See snr_factor"),
    "snr_scatter": ("", "Standard deviation of ln(SNR) about that relation"),
    "snr_formats": (
        "",
        "Formats of the run's spectra whose files state the SNR of the law themselves, "
        "separated by commas",
    ),
}


@dataclass(frozen=True)
class SnrScale:
    """From the SNR that spectra have to the one to which power laws were fitted.

    Attributes
    ----------
    factor, exponent
        See the module's docstring; NaN where it is not known.
    formats
        Whose files state the SNR of the law themselves.
    """

    factor: float
    exponent: float
    formats: tuple[str, ...] = ()

    def __call__(self, kind: ArrayLike, stated: ArrayLike, measured: ArrayLike):
        """The SNR of the law.

        Parameters
        ----------
        kind : str, shape (n,)
            Formats of the files.
        stated, measured : shape (n,)
            SNR according to the file, and `mdwarfs.spectra.signal.snr_of`.

        Returns
        -------
        shape (n,)
            NaN where neither is of use.
        """
        stated, measured = np.asarray(stated, float), np.asarray(measured, float)
        own = np.isin(np.asarray(kind), self.formats) & np.isfinite(stated)
        positive = np.where(measured > 0, measured, np.nan)
        return np.where(own, stated, self.factor * positive**self.exponent)

    @classmethod
    def of_table(cls, table: Table) -> SnrScale:
        """The scale that a table of power laws holds."""
        row = table[0]
        formats = tuple(x for x in str(row["snr_formats"]).split(",") if x)
        return cls(float(row["snr_factor"]), float(row["snr_exponent"]), formats)


def add_scale(laws: Table, stars: Table, fitted: ArrayLike) -> Table:
    """Add to power laws how their SNR follows from a spectrum; in place.

    Parameters
    ----------
    laws
        As `mdwarfs.validation.uncertainty.fit_power_laws` makes them.
    stars
        Of the normalised spectra: `source_id`, `snr` (that of the laws), and those of
        `mdwarfs.spectra.signal.COLUMNS`, without which the scale is null.
    fitted
        Identifiers of the stars that the laws are fitted to.

    Returns
    -------
    laws
        The same table, with `COLUMNS`.
    """
    rows = stars[match(stars["source_id"], np.asarray(fitted)) >= 0]
    if not set(OF_FILES) <= set(stars.colnames):  # spectra that came as one array
        rows = Table({"snr": [], **{name: [] for name in OF_FILES}})
    snr = np.asarray(rows["snr"], float)
    values = relation(np.asarray(rows["snr_pixels"], float), snr)
    formats = []
    for kind in sorted(set(map(str, rows["kind"])) - {""}):
        of_kind = np.asarray(rows["kind"]) == kind
        ratio = np.asarray(rows["snr_file"], float)[of_kind] / snr[of_kind]
        if (np.abs(ratio - 1) < SAME).all():
            formats.append(kind)
    for name, value in zip(COLUMNS, (*values, ",".join(formats))):
        laws[name] = [value] * len(laws)
    return annotate(laws, COLUMNS)


def relation(measured: np.ndarray, snr: np.ndarray) -> tuple[float, float, float]:
    """Factor, exponent and scatter of ln(snr) against ln(measured), shape (n,) each.

    NaN if they are too few.
    """
    known = (measured > 0) & (snr > 0)
    if known.sum() < FEWEST:
        return np.nan, np.nan, np.nan
    x, y = np.log(measured[known]), np.log(snr[known])
    exponent, level = np.polyfit(x, y, 1)
    scatter = np.std(y - level - exponent * x)
    return float(np.exp(level)), float(exponent), float(scatter)

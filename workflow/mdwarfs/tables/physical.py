"""Possible ranges of each quantity, for any star but a white dwarf.

A value outside is not a measurement: it is a fill value (-9999), in another unit (kK,
log Teff), or from another column. The ranges are wide. They judge whether a number is a
measurement, not whether it is a good one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from mdwarfs.labels import LABELS
from mdwarfs.tables.columns import PREFIXES, component_of


@dataclass(frozen=True)
class Range:
    """Limits of a quantity; `positive` says that 0 and the lower one are no values."""

    low: float
    high: float
    positive: bool = False

    def __str__(self):
        return f"{self.low:g} to {self.high:g}" + ", 0 excluded" * (
            self.positive and not self.low
        )

    def holds(self, values: ArrayLike) -> np.ndarray:
        """Whether each value lies within; nulls (NaN) do not.

        Parameters
        ----------
        values : shape (n,)

        Returns
        -------
        bool, shape (n,)
        """
        values = np.asarray(values, float)
        above = values > self.low if self.positive else values >= self.low
        return above & (values <= self.high)


def positive(high: float) -> Range:
    """From 0, exclusive, to a limit."""
    return Range(0.0, high, positive=True)


OF_LABELS = {name: Range(*label.possible) for name, label in LABELS.items()}
MAGNITUDE, MAGNITUDE_ERROR = Range(-30.0, 40.0), positive(10.0)
SNR = Range(-100.0, 1e5)  # of a median flux, which may be negative

RANGES = {
    **OF_LABELS,
    "raw_teff": OF_LABELS["teff"],
    "raw_logg": OF_LABELS["logg"],
    "m_h": OF_LABELS["feh"],
    "ra": Range(0.0, 360.0),
    "dec": Range(-90.0, 90.0),
    "parallax": Range(-1000.0, 1000.0),  # faint sources have spurious ones
    "parallax_error": positive(100.0),
    "pmra": Range(-12_000.0, 12_000.0),  # Barnard's star moves by 10,358 mas / yr
    "pmdec": Range(-12_000.0, 12_000.0),
    "ruwe": positive(10_000.0),
    "phot_g_mean_mag": MAGNITUDE,
    "phot_bp_mean_mag": MAGNITUDE,
    "phot_rp_mean_mag": MAGNITUDE,
    "phot_bp_rp_excess_factor": positive(10_000.0),
    "j_m": MAGNITUDE,
    "j_msigcom": MAGNITUDE_ERROR,
    "h_m": MAGNITUDE,
    "h_msigcom": MAGNITUDE_ERROR,
    "ks_m": MAGNITUDE,
    "ks_msigcom": MAGNITUDE_ERROR,
    "ebv": Range(0.0, 100.0),
    "sep_au": positive(1e8),
    "R_chance_align": Range(0.0, 1e6),
    "snr": SNR,
    "snr_apogee": SNR,
    "snrg": SNR,
}
"""By column name, in the unit of `mdwarfs.tables.columns`."""

ERRORS = {name: Range(*label.error, True) for name, label in LABELS.items()}
ERRORS |= {"raw_teff": ERRORS["teff"], "m_h": ERRORS["feh"]}
"""Of the uncertainties (`e_teff`): an error of 0 or less is none."""

DWARF = {name: Range(*label.dwarf) for name, label in LABELS.items()}
"""What the labels of an M dwarf can be; SLAM is trained on nothing else."""


def limits(name: str) -> Range | None:
    """The range of a column.

    Parameters
    ----------
    name
        Such as "teff", "e_teff", "sigma_teff", "teff_ref", "ruwe2".

    Returns
    -------
    range
        None if nothing is known of it.
    """
    if name in RANGES:
        return RANGES[name]
    if name.endswith("_ref"):
        return limits(name.removesuffix("_ref"))
    for prefix in PREFIXES:
        if name.startswith(prefix):
            return ERRORS.get(name.removeprefix(prefix).removesuffix("_ref"))
    inner = component_of(name)
    return inner and limits(inner[0])

"""What each quantity can be, of any star but a white dwarf: a value outside is none.

Such a value is a fill value of an archive (-9999), in another unit (kK, log Teff) or
of another column. The ranges are wide: they judge whether a number is a measurement,
not whether it is a good one.
"""

from dataclasses import dataclass

import numpy as np

from mdwarfs.columns import PREFIXES, component_of


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

    def holds(self, values):
        """Whether each value lies within; nulls (NaN) do not.

        Parameters
        ----------
        values : array_like of float, shape (n,)

        Returns
        -------
        ndarray of bool, shape (n,)
        """
        values = np.asarray(values, float)
        above = values > self.low if self.positive else values >= self.low
        return above & (values <= self.high)


def positive(high):
    """From 0, exclusive, to a limit."""
    return Range(0.0, high, positive=True)


TEMPERATURE, GRAVITY = Range(1500.0, 50_000.0), Range(-2.0, 7.0)
METALLICITY, ALPHA = Range(-6.0, 2.0), Range(-2.0, 2.0)
MAGNITUDE, MAGNITUDE_ERROR = Range(-30.0, 40.0), positive(10.0)
SNR = Range(-100.0, 1e5)  # of a median flux, which may be negative

RANGES = {
    "teff": TEMPERATURE,
    "raw_teff": TEMPERATURE,
    "logg": GRAVITY,
    "raw_logg": GRAVITY,
    "feh": METALLICITY,
    "feh_niu": METALLICITY,
    "m_h": METALLICITY,
    "alpha_m": ALPHA,
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
"""By column name, in the unit of `mdwarfs.columns`."""

TEMPERATURE_ERROR, DEX_ERROR = Range(0.1, 3000.0, True), positive(3.0)
ERRORS = {
    "teff": TEMPERATURE_ERROR,  # 0.1 K at least: less is in kK
    "raw_teff": TEMPERATURE_ERROR,
    "logg": DEX_ERROR,
    "feh": DEX_ERROR,
    "feh_niu": DEX_ERROR,
    "m_h": DEX_ERROR,
    "alpha_m": DEX_ERROR,
}
"""Of the uncertainties (`e_teff`): an error of 0 or less is none."""

DWARF = {
    "teff": Range(2000.0, 6000.0),
    "logg": Range(3.0, 6.5),
    "feh": Range(-4.0, 1.5),
    "feh_niu": Range(-4.0, 1.5),
    "alpha_m": Range(-1.0, 1.5),
}
"""What the labels of an M dwarf can be; SLAM is trained on nothing else. Main-sequence
stars of 0.08 to 0.7 solar masses have log g 4.4 to 5.5 (Mann+2015; Baraffe+2015); the
ranges leave room for large errors, and none for a fill value of 0."""


def limits(name):
    """The range of a column.

    Parameters
    ----------
    name : str
        Such as "teff", "e_teff", "sigma_teff", "teff_ref", "ruwe2".

    Returns
    -------
    Range or None
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

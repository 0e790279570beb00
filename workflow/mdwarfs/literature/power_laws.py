"""Uncertainties of the labels as power laws of SNR (paper, equations 6 to 8)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class PowerLaw:
    """Uncertainty of a label as a function of SNR: sigma = A SNR^b.

    Attributes
    ----------
    amplitude
        A, the uncertainty at SNR 1, in the unit of the label.
    exponent
        b.
    snr_min, snr_max
        Range over which the law was calibrated.
    """

    amplitude: float
    exponent: float
    snr_min: float
    snr_max: float

    @property
    def known(self) -> bool:
        """Whether there is a law; with too few stars there is none, but nulls."""
        return bool(np.isfinite(self.amplitude))

    def sigma(self, snr: ArrayLike) -> np.ndarray:
        """Uncertainty at given SNR, in the unit of the label; NaN where SNR <= 0."""
        snr = np.asarray(snr, float)
        return self.amplitude * np.where(snr > 0, snr, np.nan) ** self.exponent

    def extrapolated(self, snr: ArrayLike) -> np.ndarray:
        """Whether each SNR lies outside the calibrated range (or is NaN)."""
        snr = np.asarray(snr, float)
        return ~((snr >= self.snr_min) & (snr <= self.snr_max))


# Paper, equations 6-8, with the ranges that section 4.2 gives. (The section evaluates
# them "at SNR = 15", but 0.19 dex, 132 K and 0.10 dex are their values at SNR = 10.)
PUBLISHED = {
    "feh": PowerLaw(0.34, -0.25, 2.3, 19.2),
    "teff": PowerLaw(388.88, -0.47, 2.3, 19.2),
    "logg": PowerLaw(0.13, -0.13, 2.3, 19.3),
}

"""What the BOSS spectrograph and its pipeline make of a star's spectrum.

The result has the form of the BOSS spectrum in an Astra `mwmStar` file: 4,648 pixels
in vacuum, in the rest frame of the star, NaN below 3650 A, inverse variance 0 where a
pixel is bad. The numbers were measured on two public BOSS spectra (plate-MJD-fibre
3764-55514-972 and 5047-55833-936) unless another source is given.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.optimize import brentq

BOSS_LOGLAM = 3.5523 + 1e-4 * np.arange(4648)
BLUE_LIMIT = 3650.0  # Astra sets the flux below to NaN [Angstrom]
RESOLUTION = 2000.0
SPEED_OF_LIGHT = 299792.458  # [km/s]

# Variance of a coadd of about one hour: gain * (flux + sky) + floor, with flux in
# 1e-17 erg/s/cm2/A. The gain is flux per detected electron, the floor the read noise.
NOISE = np.array([
    # wavelength, gain, floor
    (3550, 0.036, 1.20),
    (3700, 0.031, 0.80),
    (4000, 0.022, 0.22),
    (4400, 0.019, 0.10),
    (4800, 0.017, 0.06),
    (5400, 0.017, 0.04),
    (5900, 0.016, 0.07),
    (6200, 0.016, 0.05),
    (6500, 0.017, 0.01),
    (7000, 0.018, 0.01),
    (7600, 0.021, 0.01),
    (8400, 0.022, 0.01),
    (9000, 0.024, 0.01),
    (9500, 0.026, 0.04),
    (9900, 0.036, 0.60),
    (10400, 0.070, 4.00),
])  # fmt: skip
SKY_CONTINUUM = 3.3  # [1e-17 erg/s/cm2/A]
# The scatter of repeated exposures exceeds the errors of the coadds by a few per cent;
# the factor is chosen, not measured.
ERROR_FACTOR = 1.05

# Fluxing: spread of the log response per spectrum and its scatter from one spectrum to
# the next, after the principal components of 4,437 flux-response residuals of BOSS
# (I. Medan, mdwarf_contin, 2024), whose rms has the 16, 50 and 84 per cent points
# 0.015, 0.034 and 0.073 and whose correlation falls to a half within about 0.1 dex.
FLUXING_RMS, FLUXING_SPREAD = 0.034, 0.75
FLUXING_TERMS = 8
DICHROIC, DICHROIC_WIDTH, DICHROIC_RMS = 6010.0, 45.0, 0.015

# Telluric absorption is taken out with a standard star seen at another place and time:
# what is left of it, as a share of the light, follows the two molecules, each with a
# strength of its own in every spectrum. Wavelength [Angstrom], width (sigma), share.
TELLURIC = {
    "O2": (
        (6872.0, 6.0, 0.020), (6895.0, 18.0, 0.012),
        (7600.0, 8.0, 0.050), (7635.0, 25.0, 0.035),
    ),
    "H2O": (
        (7182.0, 18.0, 0.015), (7240.0, 30.0, 0.012), (7300.0, 30.0, 0.008),
        (8150.0, 25.0, 0.012), (8180.0, 15.0, 0.015), (8228.0, 25.0, 0.020),
        (8290.0, 40.0, 0.012), (8955.0, 35.0, 0.025), (9030.0, 50.0, 0.020),
        (9160.0, 60.0, 0.020), (9360.0, 70.0, 0.060), (9500.0, 70.0, 0.050),
    ),
}  # fmt: skip

# Defects per spectrum: chosen to look like coadds.
SKY_RESIDUAL = 0.02  # of the peak of a sky line
SKY_TOGETHER = 0.7  # share of its variance that all lines of a spectrum have in common
COSMIC_RAYS, COSMIC_MISSED = 4.0, 0.15  # mean number, share the pipeline overlooks
COSMIC_SIGMA = (8.0, 60.0)
BAD_RUNS, BAD_RUN_LENGTH = 2.0, 4  # mean number, most pixels
GAP_SHARE, GAP_LENGTH = 0.08, (40, 400)  # stars with a stretch without data, pixels

# Bits of SDSS's SPPIXMASK.
FULLREJECT, NODATA, COMBINEREJ = 1 << 18, 1 << 24, 1 << 25


@dataclass
class Observation:
    """One observed spectrum.

    Attributes
    ----------
    flux : shape (p,)
        [1e-17 erg/s/cm2/A]; NaN below 3650 A.
    ivar : shape (p,)
        Inverse variance that the pipeline states; 0 for a bad pixel.
    pixel_flags : int64, shape (p,)
        Bits of SPPIXMASK; not 0 only where a pixel was rejected.
    expected : shape (p,)
        The flux with the errors of its calibration, before noise and defects.
    noiseless : shape (p,)
        The same with what is left of sky lines: all that is wrong together.
    """

    flux: np.ndarray
    ivar: np.ndarray
    pixel_flags: np.ndarray
    expected: np.ndarray
    noiseless: np.ndarray


def observe(
    wavelength: np.ndarray,
    flux: np.ndarray,
    snr: float,
    rng: np.random.Generator,
    *,
    v_rad: float = 0.0,
) -> Observation:
    """Observe a star with BOSS.

    The star is made so bright that the signal-to-noise ratio is the one wanted; faint
    stars are therefore limited by the sky and bright ones by their own photons.

    Parameters
    ----------
    wavelength : shape (p,)
        In vacuum, in the rest frame of the star, increasing [Angstrom].
    flux : shape (p,)
        True f_lambda in any unit; positive.
    snr
        Mean of flux * sqrt(ivar) over the finite pixels, as Astra defines it.
    v_rad
        Radial velocity of the star [km/s]: moves the sky in the star's rest frame.

    Raises
    ------
    ValueError
        If `flux` is not positive everywhere or `snr` not positive.
    """
    flux = np.asarray(flux, dtype=float)
    if not (np.isfinite(flux).all() and (flux > 0).all() and snr > 0):
        raise ValueError("flux and snr must be finite and positive")
    seen = wavelength >= BLUE_LIMIT
    shape = flux * fluxing_error(wavelength, rng)
    shape *= telluric_error(wavelength * (1 + v_rad / SPEED_OF_LIGHT), rng)
    shape = shape / shape[seen].mean()
    hits, missed = _cosmic_rays(len(flux), rng)
    flags = _rejected(len(flux), rng)
    flags[hits[~missed]] |= COMBINEREJ
    good = seen & (flags == 0)

    lines = _SkyLines.at(wavelength, v_rad)
    gain, floor = _noise(wavelength)
    background = gain * (SKY_CONTINUUM + lines.spectrum()) + floor
    expected = shape * _brightness(shape, gain, background, good, seen, snr)
    sigma = np.sqrt(gain * expected + background)

    observed = expected + ERROR_FACTOR * sigma * rng.standard_normal(len(flux))
    left = lines.residual(rng)
    observed += left
    lowest, highest = np.log(COSMIC_SIGMA)
    observed[hits] += sigma[hits] * np.exp(rng.uniform(lowest, highest, len(hits)))
    return Observation(
        flux=np.where(seen, observed, np.nan),
        ivar=np.where(good, sigma**-2, 0.0),
        pixel_flags=flags,
        expected=expected,
        noiseless=expected + left,
    )


def fluxing_error(wavelength: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw the factor by which the flux calibration of one spectrum is wrong.

    A few cosines in log wavelength with falling amplitudes, and a bump where the two
    arms of the spectrograph meet at the dichroic.

    Parameters
    ----------
    wavelength : [Angstrom], shape (p,)

    Returns
    -------
    shape (p,)
    """
    cosines, bump = _fluxing_terms(wavelength)
    weight = 1 / np.arange(1, FLUXING_TERMS + 1)
    weight *= np.sqrt(2 / np.sum(weight**2))  # mean square of a cosine is 1/2
    rms = FLUXING_RMS * np.exp(FLUXING_SPREAD * rng.standard_normal())
    amplitude = rms * weight * rng.standard_normal(FLUXING_TERMS)
    log_factor = amplitude @ cosines
    return np.exp(log_factor + DICHROIC_RMS * rng.standard_normal() * bump)


def _kept(function):
    """Keep what a function of wavelengths returned last: all spectra share them."""

    @lru_cache(maxsize=1)
    def known(content):
        return function(np.frombuffer(content))

    return lambda wavelength: known(np.asarray(wavelength, float).tobytes())


@_kept
def _fluxing_terms(wavelength):
    """The cosines, shape (terms, p), and the bump, shape (p,)."""
    span = BOSS_LOGLAM[-1] - BOSS_LOGLAM[0]
    phase = np.pi * (np.log10(wavelength) - BOSS_LOGLAM[0]) / span
    order = np.arange(1, FLUXING_TERMS + 1)
    bump = np.exp(-0.5 * ((wavelength - DICHROIC) / DICHROIC_WIDTH) ** 2)
    return np.cos(order[:, None] * phase), bump


def telluric_error(wavelength: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw the factor by which the correction of telluric absorption is wrong.

    Parameters
    ----------
    wavelength : shape (p,)
        In the frame of the observer [Angstrom].

    Returns
    -------
    shape (p,)
    """
    log_factor = np.zeros(len(wavelength))
    for profiles in TELLURIC.values():
        strength = rng.standard_normal()
        for centre, width, share in profiles:
            low, high = np.searchsorted(
                wavelength, (centre - 4 * width, centre + 4 * width)
            )
            offset = (wavelength[low:high] - centre) / width
            log_factor[low:high] += strength * share * np.exp(-0.5 * offset**2)
    return np.exp(log_factor)


@dataclass
class _SkyLines:
    """Sky lines laid on the pixels of one spectrum."""

    pixel: np.ndarray  # (line, window)
    offset: np.ndarray  # (line, window), from the line's centre in units of its width
    peak: np.ndarray  # (line, 1); 0 for a line outside the spectrum
    size: int

    @classmethod
    def at(cls, wavelength, v_rad, window=12):
        centre, peak = _sky_lines()
        centre = centre / (1 + v_rad / SPEED_OF_LIGHT)
        inside = (centre > wavelength[0]) & (centre < wavelength[-1])
        pixel = np.searchsorted(wavelength, centre)[:, None]
        pixel = np.clip(pixel + np.arange(-window, window + 1), 0, len(wavelength) - 1)
        width = centre / RESOLUTION / 2.3548
        offset = (wavelength[pixel] - centre[:, None]) / width[:, None]
        return cls(pixel, offset, (peak * inside)[:, None], len(wavelength))

    def spectrum(self):
        """Flux of the lines, shape (p,)."""
        return self._sum(np.exp(-0.5 * self.offset**2))

    def residual(self, rng):
        """What is left of them: wrong in strength and in place, shape (p,)."""
        own = np.sqrt(1 - SKY_TOGETHER) * rng.standard_normal((2, len(self.peak), 1))
        common = np.sqrt(SKY_TOGETHER) * rng.standard_normal((2, 1, 1))
        strength, shift = SKY_RESIDUAL * (own + common)
        return self._sum(
            np.exp(-0.5 * self.offset**2) * (strength + shift * self.offset)
        )

    def _sum(self, profile):
        weights = (self.peak * profile).ravel()
        return np.bincount(self.pixel.ravel(), weights, minlength=self.size)


@cache
def _sky_lines():
    with (files("mdwarfs.simulation") / "sky_lines.tsv").open() as file:
        return tuple(np.loadtxt(file, skiprows=4, unpack=True))


@_kept
def _noise(wavelength):
    """Gain and floor at these wavelengths, each of shape (p,)."""
    knots, gain, floor = NOISE.T
    return tuple(
        np.exp(PchipInterpolator(knots, np.log(values))(wavelength))
        for values in (gain, floor)
    )


def _brightness(shape, gain, background, good, seen, snr):
    """The factor on `shape` that gives the signal-to-noise ratio wanted."""
    shape, gain, background = shape[good], gain[good], background[good]

    def excess(log_factor):
        signal = shape * np.exp(log_factor)
        ratio = signal / np.sqrt(gain * signal + background)
        return np.log(ratio.sum() / seen.sum() / snr)

    return np.exp(brentq(excess, -25.0, 40.0, xtol=1e-6))


def _cosmic_rays(size, rng):
    """Pixels hit, and whether the pipeline overlooks the hit."""
    count = rng.poisson(COSMIC_RAYS)
    first = rng.integers(0, size, count)
    length = rng.integers(1, 4, count)
    missed = np.repeat(rng.random(count) < COSMIC_MISSED, length)
    pixel = np.concatenate(
        [start + np.arange(n) for start, n in zip(first, length)] or [[]]
    ).astype(int)
    inside = pixel < size
    return pixel[inside], missed[inside]


def _rejected(size, rng):
    """Flags of bad runs of pixels and, in some stars, a stretch without data."""
    flags = np.zeros(size, dtype=np.int64)
    for _ in range(rng.poisson(BAD_RUNS)):
        start = rng.integers(0, size)
        flags[start : start + rng.integers(1, BAD_RUN_LENGTH + 1)] |= FULLREJECT
    if rng.random() < GAP_SHARE:
        start = rng.integers(0, size)
        flags[start : start + rng.integers(*GAP_LENGTH)] |= NODATA
    return flags

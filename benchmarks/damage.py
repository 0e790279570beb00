"""What can be wrong with a spectrum: sound ones made unsound, each in one way.

A kind of damage is a function of wavelengths (p,), flux and inverse variance (p,), a
star (`Star`) and a generator of random numbers, and returns flux and inverse variance.
The flux is as observed, before any normalisation.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d, uniform_filter1d

from mdwarfs.simulation import stellar_spectrum
from mdwarfs.spectra.spectrum import SPEED_OF_LIGHT

AIR = 80.0  # km/s, by which wavelengths in air seem too short
LABELS = ("teff", "logg", "feh", "alpha_m")

CHANGED = {
    "[Fe/H] -0.7": {"feh": -0.7},
    "[Fe/H] -0.8": {"feh": -0.8},
    "[Fe/H] -1.0": {"feh": -1.0},
    "[Fe/H] -1.5": {"feh": -1.5},
    "[Fe/H] +0.7": {"feh": 0.7},
    "Teff 2700 K": {"teff": 2700.0},
    "Teff 4400 K": {"teff": 4400.0},
    "logg 4.2": {"logg": 4.2},
    "logg 5.4": {"logg": 5.4},
}
"""Kinds that are sound spectra of a star with such labels."""


@dataclass(frozen=True)
class Star:
    """What a kind of damage may know of the star.

    Attributes
    ----------
    labels : dict of str to float
        Those found from the sound spectrum.
    other : ndarray, shape (p,)
        Flux of another star.
    """

    labels: dict
    other: np.ndarray


def kinds():
    """All kinds of damage: dict of str to callable; "none" is the first."""
    found = {"none": lambda wave, flux, ivar, star, rng: (flux, ivar)}
    found |= {
        "constant flux": lambda w, f, i, star, rng: (np.full_like(f, np.median(f)), i),
        "logarithm": of_flux(lambda f: np.log10(np.maximum(f, 1e-3 * np.median(f)))),
        "logarithm, in magnitudes": of_flux(
            lambda f: 25 - 2.5 * np.log10(np.maximum(f, 1e-3 * np.median(f)))
        ),
        "square root": of_flux(lambda f: np.sqrt(np.maximum(f, 0))),
        "reversed": lambda w, f, i, star, rng: (f[::-1], i[::-1]),
    }
    for width in (5, 11, 21, 50):
        found[f"smoothed over {width} pixels"] = of_flux(
            lambda f, width=width: uniform_filter1d(f, width)
        )
    for width in (1, 3):
        found[f"blurred by {width} pixels"] = of_flux(
            lambda f, width=width: gaussian_filter1d(f, width)
        )
    found["sharpened"] = of_flux(lambda f: 2 * f - gaussian_filter1d(f, 1.5))
    for width in (1.5, 3, 5):
        found[f"resolution lower by {width:g} pixels"] = instead(
            lambda w, star, width=width: gaussian_filter1d(own(w, star), width)
        )
    for share in (0.1, 0.3, 0.5, 1, -0.1, -0.3):
        found[f"{share:+.0%} of the flux added"] = of_flux(
            lambda f, share=share: f + share * np.median(f)
        )
    others = ("G star, 30 %", 5800, 0.3), ("G star", 5800, 1), ("hot, 30 %", 12000, 0.3)
    for name, teff, share in others:
        found[f"{name}, added"] = lambda w, f, i, star, rng, teff=teff, share=share: (
            f + share * level(hot(w, teff, 10.0), f), i,
        )  # fmt: skip
    found["clipped above 1.1 times the median"] = of_flux(
        lambda f: np.minimum(f, 1.1 * np.median(f))
    )
    found["binned by four pixels"] = of_flux(binned)
    for depth, period in ((0.05, 30), (0.05, 100), (0.1, 100)):
        found[f"fringes of {depth:.0%}, {period} A"] = (
            lambda w, f, i, star, rng, depth=depth, period=period: (
                f * (1 + depth * np.sin(2 * np.pi * w / period)), i,
            )
        )  # fmt: skip
    for v in (-900, -200, -80, 40, 80, 200, 900):
        found[f"{v:+d} km/s"] = moved(lambda wave, v=v: wave * (1 + v / SPEED_OF_LIGHT))
    found |= {
        "wavelengths in air": moved(lambda wave: wave * (1 - AIR / SPEED_OF_LIGHT)),
        "wavelengths x 1.003": moved(lambda wave: wave * 1.003),
        "wavelengths jump by 40 A": moved(
            lambda wave: wave + 40.0 * (wave > np.median(wave))
        ),
    }
    for factor in (0.01, 0.25, 4, 100):
        found[f"variances x {factor:g}"] = lambda w, f, i, star, rng, x=factor: (
            f, i / x,
        )  # fmt: skip
    found |= {
        "variances constant": lambda w, f, i, star, rng: (
            f, np.where(i > 0, np.median(i[i > 0]), 0),
        ),
        "variances 1": lambda w, f, i, star, rng: (f, (i > 0).astype(float)),
        "pure noise": lambda w, f, i, star, rng: (noise(i, rng), i),
        "noise without lines": lambda w, f, i, star, rng: (
            np.median(f) + noise(i, rng), i,
        ),
        "noise doubled": lambda w, f, i, star, rng: (f + 3**0.5 * noise(i, rng), i),
        "sky residuals": sky_residuals,
        "half of the pixels 0": lambda w, f, i, star, rng: (
            np.where(rng.random(len(f)) < 0.5, 0, f), i,
        ),
        "a third of the range 0": lambda w, f, i, star, rng: (
            np.where(w < np.quantile(w, 1 / 3), 0, f), i,
        ),
        "continuum step of 20 %": lambda w, f, i, star, rng: (
            f * np.where(w > np.median(w), 1.2, 1), i,
        ),
        "continuum steps of 20 %, ten": lambda w, f, i, star, rng: (
            f * (1 + 0.2 * (np.arange(len(f)) * 10 // len(f) % 2)), i,
        ),
        "20 spikes": spikes,
        "another star added": lambda w, f, i, star, rng: (f + level(star.other, f), i),
        "another star added at 100 km/s": lambda w, f, i, star, rng: (
            f + level(moved_flux(w, star.other, 100.0), f), i,
        ),
        "itself added at 100 km/s": lambda w, f, i, star, rng: (
            f + moved_flux(w, f, 100.0), i,
        ),
        "itself added at 300 km/s": lambda w, f, i, star, rng: (
            f + moved_flux(w, f, 300.0), i,
        ),
        "hot star": instead(lambda w, star: hot(w, 10000.0, 8.0)),
        "white dwarf": instead(lambda w, star: hot(w, 8000.0, 60.0)),
        "K dwarf": instead(lambda w, star: modelled(w, 5000.0, 4.6, -0.1)),
        "M giant": instead(lambda w, star: modelled(w, 3600.0, 1.0, -0.2)),
    }  # fmt: skip
    for name, change in CHANGED.items():
        found[name] = with_labels(change)
    return found


def of_flux(change):
    """Damage that changes the flux and leaves the errors."""
    return lambda wave, flux, ivar, star, rng: (change(flux), ivar)


def moved(wrong):
    """Damage to wavelengths: `wrong` makes the wrong ones of the right ones."""

    def damage(wave, flux, ivar, star, rng):
        false = wrong(wave)
        inside = (wave >= false[0]) & (wave <= false[-1])
        nearest = np.clip(np.searchsorted(false, wave), 0, len(wave) - 1)
        return np.interp(wave, false, flux), np.where(inside, ivar[nearest], 0.0)

    return damage


def moved_flux(wave, flux, v):
    """Flux of a star of another velocity [km/s]."""
    return np.interp(wave, wave * (1 + v / SPEED_OF_LIGHT), flux)


def noise(ivar, rng):
    """Gaussian noise of an inverse variance; 0 where that is 0."""
    return rng.normal(size=len(ivar)) / np.sqrt(np.where(ivar > 0, ivar, np.inf))


def level(flux, like):
    """A flux at the median level of another."""
    return flux * np.median(like) / np.median(flux)


def sky_residuals(wave, flux, ivar, star, rng):
    """A hundred lines of either sign, of ten times the noise."""
    flux, sigma = flux.copy(), np.sqrt(1 / np.median(ivar[ivar > 0]))
    pixels = np.arange(len(wave))
    for place in rng.uniform(0, len(wave), 100):
        flux += 10 * sigma * rng.normal() * np.exp(-0.5 * (pixels - place) ** 2)
    return flux, ivar


def spikes(wave, flux, ivar, star, rng):
    """Twenty pixels of up to ten times the flux."""
    flux, where = flux.copy(), rng.choice(len(flux), min(20, len(flux)), replace=False)
    flux[where] *= rng.uniform(2, 10, len(where))
    return flux, ivar


def instead(spectrum):
    """Another spectrum with the star's noise, at the star's level."""

    def damage(wave, flux, ivar, star, rng):
        return level(spectrum(wave, star), flux) + noise(ivar, rng), ivar

    return damage


def own(wave, star):
    """The simulation's spectrum of the star, without noise."""
    labels = {name: star.labels[name] for name in LABELS if name in star.labels}
    return stellar_spectrum.spectra(wave, **{"alpha_m": 0.0, **labels})[0]


def binned(flux):
    """Means of four pixels each, interpolated to all."""
    n = len(flux) // 4
    means = flux[: 4 * n].reshape(n, 4).mean(axis=1)
    return np.interp(np.arange(len(flux)), 4 * np.arange(n) + 1.5, means)


def with_labels(change):
    """The spectrum of the same star with other labels, its own noise scaled."""

    def damage(wave, flux, ivar, star, rng):
        old = {name: star.labels.get(name, 0.0) for name in LABELS}
        ratio = stellar_spectrum.spectra(wave, **(old | change))[0]
        ratio = level(ratio / stellar_spectrum.spectra(wave, **old)[0], np.ones(1))
        return flux * ratio, ivar / ratio**2

    return damage


def modelled(wave, teff, logg, feh):
    """The simulation's spectrum of such labels."""
    return stellar_spectrum.spectra(wave, teff, logg, feh)[0]


def hot(wave, teff, width):
    """A black body with H alpha in absorption, of that width [Angstrom]."""
    x = stellar_spectrum.RADIATION / wave / teff
    line = 1 - 0.5 * np.exp(
        -0.5 * ((wave - stellar_spectrum.BALMER[0][0]) / width) ** 2
    )
    return line * (7500.0 / wave) ** 5 / np.expm1(x)

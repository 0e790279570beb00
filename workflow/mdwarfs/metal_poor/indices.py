"""The indices CaH2, CaH3 and TiO5 of spectra, and zeta.

The bands are those of the literature, brought from air to vacuum. They are ratios of
mean fluxes, so they are measured on the flux itself: a flux that is divided by its
pseudo-continuum has other ones. A pixel counts by the share of it that lies in a band:
the reference band of 4 Angstrom has two or three pixels of BOSS.

Of zeta there are those of the literature, and `zeta_own`, whose [TiO5]_Zsun is fitted
to stars of this run that are near the Sun's metallicity by the labels that SLAM is
trained with. It decides, as Lépine+2013 found zeta to be good for the instrument alone
that its polynomial was fitted with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table, vstack

from mdwarfs.literature.air import to_vacuum
from mdwarfs.literature.molecular_indices import (
    BANDS_IN_AIR,
    FEH_OF_ZETA,
    REFERENCE_IN_AIR,
    ZETAS,
    Zeta,
)
from mdwarfs.run.parallel import slices
from mdwarfs.statistics import robust_std
from mdwarfs.tables.joining import lookup
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate, from_rows

if TYPE_CHECKING:
    from mdwarfs.spectra.spectrum_set import SpectrumSet

LEAST_GOOD = 0.6  # share of a band that has to be of good pixels
BLOCK = 512  # stars that are in memory together

# Stars by which zeta is calibrated: so near the Sun's [Fe/H] [dex], of such a signal to
# noise, so many at least; the degree of the polynomial, as Lépine+2007's; how many
# times its scatter a star may be off.
NEAR_SOLAR, CALIBRATING_SNR, CALIBRATORS = 0.15, 8.0, 30
DEGREE, CLIP, ROUNDS = 3, 3.0, 5

COLUMNS = {
    "cah2": ("", "Index CaH2: flux at 6814-6846 A (air) over that at 7042-7046 A"),
    "cah3": ("", "Index CaH3: flux at 6960-6990 A (air) over that at 7042-7046 A"),
    "tio5": ("", "Index TiO5: flux at 7126-7135 A (air) over that at 7042-7046 A"),
    "zeta": ("", "zeta_TiO/CaH after Lepine+2007: 1 at the Sun's metallicity"),
    "zeta_own": ("", "zeta_TiO/CaH by this run's own stars of the Sun's metallicity"),
    "zeta_dhital2012": ("", "zeta_TiO/CaH by the polynomial of Dhital+2012"),
    "zeta_lepine2013": ("", "zeta_TiO/CaH by the polynomial of Lepine+2013"),
    "feh_zeta": ("dex", "[Fe/H] that zeta implies by Woolf+2009, +- 0.3 dex"),
    "weak_tio": ("", "TiO too weak for CaH, by the limits of the configuration"),
}

LOCUS = {
    "power": ("", "Power of CaH2 + CaH3 in [TiO5]_Zsun"),
    "coefficient": ("", "Its coefficient; null if too few stars could be fitted"),
    "n": ("", "Stars that were fitted"),
    "cah_min": ("", "Least CaH2 + CaH3 of the stars that were fitted"),
    "cah_max": ("", "Largest CaH2 + CaH3 of the stars that were fitted"),
    "scatter": ("", "Scatter of TiO5 about it, less that of the noise"),
}


@dataclass(frozen=True)
class Locus:
    """TiO5 of stars of the Sun's metallicity, as this run has them.

    Attributes
    ----------
    zeta
        With the polynomial; its coefficients are NaN if there were too few stars.
    n, cah_min, cah_max, scatter
        See `LOCUS`.
    """

    zeta: Zeta
    n: int
    cah_min: float
    cah_max: float
    scatter: float

    @classmethod
    def of(cls, table: Table) -> Locus:
        """Fit the locus to stars of the Sun's metallicity.

        Parameters
        ----------
        table
            Their indices: see `indices`.
        """
        cah = np.asarray(table["cah2"] + table["cah3"])
        tio5, noise = np.asarray(table["tio5"]), np.asarray(table["e_tio5"])
        use = np.isfinite(cah + tio5 + noise)
        if use.sum() < CALIBRATORS:
            nothing = Zeta((np.nan,) * (DEGREE + 1))
            return cls(nothing, int(use.sum()), np.nan, np.nan, np.nan)
        for _ in range(ROUNDS):
            fit = np.polynomial.Polynomial.fit(cah[use], tio5[use], DEGREE)
            off = tio5 - fit(cah)
            scatter = robust_std(off[use])
            use &= np.abs(off) <= CLIP * np.hypot(scatter, noise)
        scatter = np.sqrt(max(0.0, scatter**2 - np.median(noise[use]) ** 2))
        law = Zeta(tuple(fit.convert().coef))
        return cls(law, int(use.sum()), cah[use].min(), cah[use].max(), scatter)

    def table(self) -> Table:
        """`LOCUS`, a row per power."""
        rest = self.n, self.cah_min, self.cah_max, self.scatter
        rows = [(k, c, *rest) for k, c in enumerate(self.zeta.coefficients)]
        return from_rows(rows, LOCUS)


def share_of_pixels(wavelength: np.ndarray, band: tuple[float, float]) -> np.ndarray:
    """How much of each pixel lies in a band.

    Parameters
    ----------
    wavelength : shape (p,)
        Of the middles of pixels that touch each other, rising [Angstrom].
    band
        Its ends in the same medium [Angstrom].

    Returns
    -------
    shape (p,)
        From 0 to 1, times the width of the pixel [Angstrom].
    """
    between = (wavelength[1:] + wavelength[:-1]) / 2
    first, last = 2 * wavelength[0] - between[0], 2 * wavelength[-1] - between[-1]
    edges = np.clip(np.concatenate([[first], between, [last]]), *band)
    return np.diff(edges)


def band_means(
    wavelength: np.ndarray, flux: np.ndarray, ivar: np.ndarray
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Mean flux of each band, and its variance.

    Parameters
    ----------
    wavelength : shape (p,)
        In vacuum, in the rest frame of the stars [Angstrom].
    flux, ivar : shape (n, p)
        `ivar` is 0 where a pixel is bad.

    Returns
    -------
    means, variances : shape (n,) each
        By band, and `reference`; NaN where less than `LEAST_GOOD` of the band is good.
    """
    found = {}
    for name, band in {**BANDS_IN_AIR, "reference": REFERENCE_IN_AIR}.items():
        ends = tuple(to_vacuum(np.array(band)))
        share = share_of_pixels(wavelength, ends)
        (use,) = np.nonzero(share)
        good = ivar[:, use] > 0
        weight = share[use] * good
        total = weight.sum(axis=1)
        enough = total >= LEAST_GOOD * (ends[1] - ends[0])
        total = np.where(enough, total, np.nan)
        variance = 1 / np.where(good, ivar[:, use], np.inf)
        found[name] = (
            (weight * np.where(good, flux[:, use], 0)).sum(axis=1) / total,
            (weight**2 * variance).sum(axis=1) / total**2,
        )
    return found


def indices(wavelength: np.ndarray, flux: np.ndarray, ivar: np.ndarray) -> Table:
    """The indices of spectra, with their errors.

    Parameters
    ----------
    wavelength, flux, ivar
        See `band_means`; the flux is not divided by a continuum.

    Returns
    -------
    table
        cah2, cah3, tio5 and their errors `e_*`, of first order from those of the
        pixels; `e_reference`, the part of these that all three share, relative. NaN
        where a band is lacking.
    """
    means = band_means(wavelength, flux, ivar)
    below, noise = means.pop("reference")
    below = np.where(below > 0, below, np.nan)
    table, relative = Table(), noise / below**2
    for name, (mean, variance) in means.items():
        index = mean / below
        table[name] = index
        table[f"e_{name}"] = np.sqrt(variance / below**2 + index**2 * relative)
    table["e_reference"] = np.sqrt(relative)
    return table


def error_of_zeta(law: Zeta, table: Table, scatter: float = 0.0) -> np.ndarray:
    """Error of zeta, of first order; the reference band is in all three indices.

    Parameters
    ----------
    table
        See `indices`.
    scatter
        Of TiO5 about the law.

    Returns
    -------
    shape (n,)
    """
    values = {name: np.asarray(table[name], float) for name in table.colnames}
    cah, tio5 = values["cah2"] + values["cah3"], values["tio5"]
    shared = values["e_reference"] ** 2
    own = {
        name: values[f"e_{name}"] ** 2 - values[name] ** 2 * shared
        for name in BANDS_IN_AIR
    }
    room = 1 - law.solar_tio5(cah)
    of_cah, of_tio5 = law(cah, tio5) * law.slope(cah) / room, -1 / room
    variance = of_tio5**2 * (own["tio5"] + scatter**2)
    variance += of_cah**2 * (own["cah2"] + own["cah3"])
    variance += (of_cah * cah + of_tio5 * tio5) ** 2 * shared
    return np.sqrt(np.maximum(variance, 0))


def zetas(table: Table, locus: Locus) -> Table:
    """Zeta by every law, and what it implies.

    Parameters
    ----------
    table
        See `indices`.

    Returns
    -------
    table
        zeta, zeta_own with their errors, zeta_dhital2012, zeta_lepine2013, feh_zeta;
        NaN where stars of the Sun's metallicity would have no TiO, and, by the locus,
        where none of them is.
    """
    cah = np.asarray(table["cah2"] + table["cah3"])
    tio5, found = np.asarray(table["tio5"]), Table()
    laws = {"zeta_own": locus.zeta, **ZETAS}
    for name, law in laws.items():
        found[name] = np.where(law.solar_tio5(cah) < 1, law(cah, tio5), np.nan)
    outside = ~((cah >= locus.cah_min) & (cah <= locus.cah_max))
    found["zeta_own"][outside] = np.nan
    for name, scatter in (("zeta_own", locus.scatter), ("zeta", 0.0)):
        error = error_of_zeta(laws[name], table, scatter)
        found[f"e_{name}"] = np.where(np.isfinite(found[name]), error, np.nan)
    constant, slope = FEH_OF_ZETA
    found["feh_zeta"] = constant + slope * np.asarray(found["zeta"])
    return found


def is_weak(table: Table, limits: dict[str, float]) -> np.ndarray:
    """Which stars have TiO too weak for their CaH.

    Parameters
    ----------
    table
        See `zetas`.
    limits
        `zeta_max`, and the number of standard errors, `zeta_sigmas`, by which zeta_own
        has to lie below it.

    Returns
    -------
    bool, shape (n,)
    """
    worst = table["zeta_own"] + limits["zeta_sigmas"] * table["e_zeta_own"]
    return np.asarray(worst < limits["zeta_max"])


def measure(
    spectra: SpectrumSet, labels: Table, limits: dict[str, float]
) -> tuple[Table, Locus]:
    """The indices of all normalised spectra.

    Parameters
    ----------
    spectra
        In memory or open; their flux is multiplied by their continuum.
    labels
        `source_id` and [Fe/H], `feh`, of stars with known labels: those near the Sun's
        calibrate zeta_own.
    limits
        See `is_weak`.

    Returns
    -------
    table
        source_id, sdss_id, snr, what `indices` and `zetas` give, `weak_tio`; in their
        order.
    locus
    """
    parts = []
    for rows in slices(len(spectra), BLOCK):
        continuum = spectra.continuum[rows].astype(float)
        seen = continuum > 0
        flux = spectra.flux[rows] * continuum
        ivar = np.where(seen, spectra.ivar[rows] / np.where(seen, continuum, 1) ** 2, 0)
        parts.append(indices(spectra.wavelength, flux, ivar))
    found = vstack(parts)
    table = spectra.stars[["source_id", "sdss_id", "snr"]]
    feh = lookup(labels, match(table["source_id"], labels["source_id"]))["feh"]
    near = np.abs(np.asarray(feh, float)) < NEAR_SOLAR
    locus = Locus.of(found[near & (np.asarray(table["snr"]) >= CALIBRATING_SNR)])
    for columns in (found, zetas(found, locus)):
        for name in columns.colnames:
            if name != "e_reference":
                table[name] = columns[name]
    table["weak_tio"] = is_weak(table, limits)
    return annotate(table, COLUMNS), locus

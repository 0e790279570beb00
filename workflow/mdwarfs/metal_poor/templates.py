"""Which template of a real M dwarf each spectrum is most like, and of which [Fe/H].

As PyHammer does (Kesseli+2017, ApJS 230, 16), but with spectra that are divided by
their pseudo-continuum: the least chi-square among templates of spectral types and bins
of [Fe/H]. Where the best one of a metal-poor bin fits better than the best of others,
by a share of that one's chi-square, the star is a candidate. Templates that do not say
their [Fe/H] are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.run.parallel import slices
from mdwarfs.spectra.templates import normalised
from mdwarfs.tables.tabulate import annotate

if TYPE_CHECKING:
    from mdwarfs.spectra.spectrum_set import SpectrumSet

POOR = -0.5  # [Fe/H] at which the bin of a metal-poor template ends, at most [dex]
BLOCK = 512  # stars that are in memory together
MARGIN = 20.0  # of the grid, in which templates are normalised as well [Angstrom]

COLUMNS = {
    "template_type": ("", "Spectral type of the best template"),
    "template_feh": ("dex", "End of the best template's bin of [Fe/H]"),
    "template_chi2": ("", "Its chi-square per pixel"),
    "template_gain": (
        "",
        "1 less the chi-square of the best metal-poor template over that of the best "
        "other: positive if a metal-poor one fits better",
    ),
    "poor_template": ("", "Like metal-poor stars, by the limits of the configuration"),
}


def on_grid(
    templates: dict[str, np.ndarray],
    wavelength: np.ndarray,
    continuum: dict[str, float],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The templates that say their [Fe/H], normalised, on the grid of the spectra.

    Parameters
    ----------
    templates
        See `mdwarfs.spectra.templates.read`.
    wavelength : shape (q,)
        Of the grid [Angstrom].
    continuum
        Settings of `mdwarfs.spectra.continuum.normalise`.

    Returns
    -------
    flux : shape (m, q)
        NaN where a template has none.
    types : str, shape (m,)
    feh : shape (m,)
        End of the bin of [Fe/H] [dex].

    Raises
    ------
    InputError
        If none of them is metal-poor, or none is not.
    """
    feh = np.asarray(templates["feh_hi"], float)
    use = np.isfinite(feh)
    if not (feh[use] <= POOR).any() or (feh[use] <= POOR).all():
        raise InputError(
            f"the templates have to be some of [Fe/H] below {POOR} and some above: "
            "another file belongs at diagnostics.templates"
        )
    wave = np.asarray(templates["wave"], float)
    near = (wave > wavelength[0] - MARGIN) & (wave < wavelength[-1] + MARGIN)
    flux = [
        np.interp(wavelength, wave[near], normalised(wave[near], row, continuum))
        for row in templates["flux"][use][:, near].astype(float)
    ]
    return np.array(flux), np.asarray(templates["spt"][use], str), feh[use]


def chi2(flux: np.ndarray, ivar: np.ndarray, templates: np.ndarray) -> np.ndarray:
    """Chi-square per pixel of spectra against templates.

    Parameters
    ----------
    flux, ivar : shape (n, q)
    templates : shape (m, q)
        Pixels that one of them lacks (NaN) take no part.

    Returns
    -------
    shape (n, m)
        NaN of spectra without good pixels.
    """
    seen = np.isfinite(templates).all(axis=0)
    weight, flux = ivar[:, seen].astype(float), flux[:, seen].astype(float)
    templates = templates[:, seen]
    square = np.sum(weight * flux**2, axis=1)[:, None]
    total = square - 2 * (weight * flux) @ templates.T + weight @ (templates**2).T
    good = np.sum(weight > 0, axis=1)[:, None]
    return np.where(good > 0, total, np.nan) / np.maximum(good, 1)


def match_templates(
    spectra: SpectrumSet,
    templates: dict[str, np.ndarray],
    continuum: dict[str, float],
    limits: dict[str, float],
) -> Table:
    """Match every normalised spectrum with the templates.

    Parameters
    ----------
    spectra
        In memory or open.
    templates, continuum
        See `on_grid`.
    limits
        `template_gain_min`.

    Returns
    -------
    table
        source_id, sdss_id and `COLUMNS`; in their order.
    """
    rows, types, feh = on_grid(templates, spectra.wavelength, continuum)
    found = np.vstack(
        [
            chi2(spectra.flux[part], spectra.ivar[part], rows)
            for part in slices(len(spectra), BLOCK)
        ]
    )
    seen = np.isfinite(found).all(axis=1)
    best = np.argmin(np.where(seen[:, None], found, np.inf), axis=1)
    poor = feh <= POOR
    gain = 1 - found[:, poor].min(axis=1) / found[:, ~poor].min(axis=1)
    table = spectra.stars[["source_id", "sdss_id"]]
    table["template_type"] = np.where(seen, types[best], "")
    table["template_feh"] = np.where(seen, feh[best], np.nan)
    table["template_chi2"] = np.where(seen, found[np.arange(len(best)), best], np.nan)
    table["template_gain"] = gain
    table["poor_template"] = gain >= limits["template_gain_min"]
    return annotate(table, COLUMNS)

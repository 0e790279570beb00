"""The weight of a pixel in a fit: its inverse variance, or what Astra 0.6.0 used."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from mdwarfs.spectra.planes import combine

if TYPE_CHECKING:
    from mdwarfs.spectra.spectrum_set import SpectrumSet


IVAR, ASTRA = "ivar", "astra-0.6.0"


def weighted(
    spectra: SpectrumSet, weighting: Literal["ivar", "astra-0.6.0"]
) -> SpectrumSet:
    """Spectra whose `ivar` is the weight that a pixel is to have.

    Astra 0.6.0 (pipelines/slam/__init__.py) takes the error of the flux where its
    inverse variance belongs, so that noisy pixels count more. With the continuum c its
    weight is sigma c^2; here it serves to compare with the released labels on equal
    terms, and nothing else. The unit, 1e-17 erg/s/cm2/A, matters.

    Returns
    -------
    spectrum set
        Bad pixels keep the weight 0.
    """
    if weighting == IVAR:
        return spectra
    return replace(spectra, ivar=combine(_astra, spectra.ivar, spectra.continuum))


def _astra(ivar, continuum):
    """The weight of Astra 0.6.0 from the inverse variance of normalised flux."""
    good = ivar > 0
    # The stored ivar is that of the normalised flux, c^2 / sigma^2.
    sigma = continuum / np.sqrt(np.where(good, ivar, 1))
    return np.where(good, sigma * continuum**2, 0).astype(ivar.dtype)

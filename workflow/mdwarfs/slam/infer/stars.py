"""Labels of all stars of a set of spectra, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table, hstack

from mdwarfs.slam.infer import flags

if TYPE_CHECKING:
    from mdwarfs.slam.infer.predictor import Predictor
    from mdwarfs.spectra.spectrum_set import SpectrumSet


def label_stars(
    predictor: Predictor, spectra: SpectrumSet, prediction: dict, threads: int
) -> Table:
    """Find the labels of all stars, and flag those that call for caution.

    Parameters
    ----------
    spectra
        On the wavelengths of the model; in memory or open.
    prediction
        `block` (stars taken into memory together), `snr_min` and `usable` (name of a
        label to its lowest and highest usable value), for the flags; `prior`, if
        there is one (see `mdwarfs.slam.infer.prior.Prior.of`).

    Returns
    -------
    table
        One row per star of `spectra`, in that order: source_id, sdss_id, snr and the
        columns of `Prediction.table`.

    Raises
    ------
    InputError
        If the wavelengths differ.
    """
    spectra.require(predictor.wavelength)
    result = predictor.predict(
        spectra.flux,
        spectra.ivar,
        block=prediction["block"],
        threads=threads,
        prior=prediction.get("prior"),
    )
    result.flags |= flags.caution(
        result.labels, predictor.label_names, spectra.stars["snr"], prediction
    )
    failed = ~spectra.ok
    status = np.asarray(spectra.stars["status"])
    result.status = np.where(failed, status, result.status)
    result.flags[failed] = int(flags.Flag.NO_LABELS)  # there is no spectrum to speak of
    stars = Table(
        {
            name: np.asarray(spectra.stars[name])
            for name in ("source_id", "sdss_id", "snr")
        }
    )
    return hstack([stars, result.table()])

"""Labels by the hybrid model of spectra that are given as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table

from mdwarfs.errors import InputError
from mdwarfs.hybrid import stars as hybrid_stars
from mdwarfs.labelling.files import (
    in_words,
    read_files,
    require_simulated,
    spectrum_columns,
    whether_simulated,
)
from mdwarfs.slam.infer.flags import Flag, flag
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from mdwarfs.hybrid.model import Hybrid

SNR = (
    "Signal-to-noise ratio, per pixel: of the file, or else found from the spectrum; "
    "that of SLAM's labels is brought to the scale of their e_*"
)


def predict_files(
    paths: Sequence[PathLike],
    model: Hybrid,
    prediction: dict,
    *,
    simulated: bool = False,
    real: bool = False,
    at_rest: bool = False,
) -> Table:
    """Predict the labels of spectra in files, as those of a run's hybrid catalogue.

    Parameters
    ----------
    prediction
        `snr_min` and `usable`, for the flags.
    simulated, real, at_rest
        As for `mdwarfs.labelling.files.predict_files`.

    Returns
    -------
    table
        One row per spectrum, in their order: what that function says of it, and the
        labels, errors and flags of `mdwarfs.hybrid.stars.label_stars`. Labels are NaN
        where `reason` says why.

    Raises
    ------
    InputError
        If the model does not say how its spectra were normalised; if real spectra are
        given to a model of simulated stars without `real`.
    """
    if not model.normalisation:
        raise InputError(
            "the model does not say how its spectra were normalised: train it with "
            "this workflow"
        )
    if simulated and not real:
        require_simulated(whether_simulated(paths))
    spectra = read_files(paths, model.template, model.normalisation, at_rest=at_rest)
    usable = {x: r for x, r in prediction["usable"].items() if x in model.label_names}
    found = hybrid_stars.label_stars(
        model, spectra, {"snr_min": prediction["snr_min"], "usable": usable}, threads=1
    )
    table = spectrum_columns(spectra.stars, simulated)
    for name in found.colnames:
        if name not in ("source_id", "sdss_id", "snr", "status"):
            table[name] = found[name]
    without = (np.asarray(found["flags"]) & int(Flag.NO_LABELS)) > 0
    wrong = np.asarray(spectra.stars["snr_misstated"]) & ~without
    table["flags"] |= flag(wrong, Flag.BAD_FIT)
    return in_words(table, found["status"], simulated, {"snr": ("", SNR)})

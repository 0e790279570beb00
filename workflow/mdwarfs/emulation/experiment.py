"""Labels of the same stars by every variant of the recipe."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
from astropy.table import Table, vstack

from mdwarfs.emulation.predictor import KEPT, AstraPredictor
from mdwarfs.emulation.recipe import VARIANTS
from mdwarfs.spectra.weighting import weighted
from mdwarfs.tables.matching import match
from mdwarfs.tables.tabulate import annotate

if TYPE_CHECKING:
    from mdwarfs.slam.trained_model import TrainedModel
    from mdwarfs.spectra.spectrum_set import SpectrumSet


logger = logging.getLogger(__name__)

COLUMNS = {
    "variant": ("", "How the labels were found: see mdwarfs.emulation.recipe"),
    "pixels": ("", "Pixels that take part in the fit"),
    "kept": ("", "No pixel was left, and the first guess kept"),
}


def emulate(
    models: dict[bool, TrainedModel], spectra: SpectrumSet, *, block: int, threads: int
) -> Table:
    """Find the labels of all stars that no model was trained on, by every variant.

    Parameters
    ----------
    models
        Trained with contiguous folds, or with random ones, on the same stars.
    spectra
        Also of the training stars.
    block
        Stars solved together.

    Returns
    -------
    table
        A row per variant and star: source_id, sdss_id, snr, the labels and `COLUMNS`.
    """
    trained = spectra.select(models[False].source_id)
    seen = match(spectra.stars["source_id"], trained.stars["source_id"]) >= 0
    others = spectra.view(spectra.ok & ~seen)
    tables = []
    for name, recipe in VARIANTS.items():
        logger.info("%s: %d stars", name, len(others))
        predictor = AstraPredictor.of(
            models[recipe.contiguous_folds], trained.flux, trained.ivar, recipe
        )
        stars = weighted(others, recipe.weighting)
        found = predictor.predict(stars.flux, stars.ivar, block=block, threads=threads)
        table = Table({"variant": np.full(len(others), name, "U32")})
        for column in ("source_id", "sdss_id", "snr"):
            table[column] = np.asarray(others.stars[column])
        for place, label in enumerate(found.names):
            table[label] = found.labels[:, place]
        table["pixels"] = found.n_good - found.n_outliers
        table["kept"] = found.status == KEPT
        tables.append(table)
    return annotate(vstack(tables), COLUMNS)

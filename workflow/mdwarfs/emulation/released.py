"""The recipe of the released labels: all ingredients together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mdwarfs.emulation.predictor import AstraPredictor
from mdwarfs.emulation.recipe import RELEASED
from mdwarfs.spectra.weighting import weighted

if TYPE_CHECKING:
    from mdwarfs.slam.infer.predictor import Predictor
    from mdwarfs.slam.trained_model import TrainedModel
    from mdwarfs.spectra.spectrum_set import SpectrumSet


def emulated(
    model: TrainedModel, spectra: SpectrumSet
) -> tuple[Predictor, SpectrumSet]:
    """A predictor that works as the code of the release did, and what it predicts.

    Parameters
    ----------
    spectra
        Of the stars that are to be predicted, with inverse variances; the training
        stars must be among them.

    Returns
    -------
    predictor
    spectra
        The same with the weights of the release.
    """
    trained = spectra.select(model.source_id)
    predictor = AstraPredictor.of(model, trained.flux, trained.ivar, RELEASED)
    return predictor, weighted(spectra, RELEASED.weighting)

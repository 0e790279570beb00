"""What predicts labels, as the configuration chooses it."""

from mdwarfs.emulation.predictor import AstraPredictor
from mdwarfs.emulation.recipe import RELEASED
from mdwarfs.slam.labeller import labeller
from mdwarfs.spectra.weighting import ASTRA, weighted


def behave(model, spectra, prediction):
    """Choose how labels are predicted, and by what weights of pixels.

    Parameters
    ----------
    model : mdwarfs.slam.model.Slam
    spectra : mdwarfs.spectra.spectrum_set.SpectrumSet
        Of the stars that are to be predicted, with inverse variances. To imitate the
        released labels, the training stars must be among them.
    prediction : dict
        `behaviour` ("maximum_posterior" or "astra-0.6.0") and `weighting`, which
        astra-0.6.0 does not ask for: its weights are its own.

    Returns
    -------
    predictor : mdwarfs.slam.infer.predictor.Predictor
    spectra : SpectrumSet
        To be predicted, with weights.
    """
    if prediction["behaviour"] != ASTRA:
        return labeller(model), weighted(spectra, prediction["weighting"])
    trained = spectra.select(model.source_id)
    predictor = AstraPredictor.of(model, trained.flux, trained.ivar, RELEASED)
    return predictor, weighted(spectra, RELEASED.weighting)

"""What the released labels were found with: all ingredients together."""

from mdwarfs.emulation.predictor import AstraPredictor
from mdwarfs.emulation.recipe import RELEASED
from mdwarfs.spectra.weighting import weighted


def emulated(model, spectra):
    """A predictor that works as the code of the release did, and what it predicts.

    Parameters
    ----------
    model : mdwarfs.slam.trained_model.TrainedModel
    spectra : mdwarfs.spectra.spectrum_set.SpectrumSet
        Of the stars that are to be predicted, with inverse variances; the training
        stars must be among them.

    Returns
    -------
    predictor : mdwarfs.slam.infer.predictor.Predictor
    spectra : SpectrumSet
        The same with the weights of the release.
    """
    trained = spectra.select(model.source_id)
    predictor = AstraPredictor.of(model, trained.flux, trained.ivar, RELEASED)
    return predictor, weighted(spectra, RELEASED.weighting)

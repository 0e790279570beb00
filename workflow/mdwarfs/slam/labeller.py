"""The predictor that a trained model uses."""

from mdwarfs.slam.infer.map import MaximumPosterior
from mdwarfs.slam.infer.predictor import Predictor
from mdwarfs.slam.trained_model import TrainedModel


def labeller(model: TrainedModel) -> Predictor:
    """What finds labels by a trained model: those of maximum posterior, whatever it is.

    This is the one place where the `Predictor` of a model is chosen.

    Parameters
    ----------
    model
        As a regressor trains it, or `mdwarfs.slam.regressors.read` reads it.
    """
    return MaximumPosterior(model.spectral_model())

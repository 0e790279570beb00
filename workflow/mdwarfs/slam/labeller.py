"""SLAM as a whole: labels of maximum posterior by a trained model."""

from mdwarfs.slam.infer.map import MaximumPosterior
from mdwarfs.slam.model import Slam
from mdwarfs.slam.slam_spectra import SlamSpectra


def labeller(slam: Slam) -> MaximumPosterior:
    """What finds labels by a trained SLAM.

    Parameters
    ----------
    slam
        As `mdwarfs.slam.train.fit.fit` trains it, or `Slam.read` reads it.
    """
    return MaximumPosterior(SlamSpectra(slam))

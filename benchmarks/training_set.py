"""The training stars of a run and the default settings, for the benchmarks of SLAM."""

from pathlib import Path

import numpy as np
import yaml

from mdwarfs.slam.model import SupportVectors
from mdwarfs.slam.standardise import LabelScale, flux_scale
from mdwarfs.slam.train.stars import read_training_stars
from mdwarfs.spectra.good_pixels import good_pixels

CONFIG = Path(__file__).resolve().parents[1] / "config" / "config.yaml"


def read(run):
    """Labels (n, d) and spectra of the stars that the model of a run was trained on.

    Parameters
    ----------
    run : Path
        Folder of a run's results.

    Returns
    -------
    labels : ndarray, shape (n, d)
    spectra : mdwarfs.spectra.spectrum_set.SpectrumSet
    """
    _, labels, spectra = read_training_stars(
        run / "samples" / "split.fits",
        run / "samples" / "labels.fits",
        run / "spectra" / "normalised.fits",
        SupportVectors.read(run / "slam" / "model.fits").label_names,
    )
    return labels, spectra


def default_settings(section="slam"):
    """A section of the default configuration."""
    return yaml.safe_load(CONFIG.read_text())[section]


def standardised(labels, flux, ivar):
    """Standardised labels (n, d), flux (n, p), and which flux is good (n, p)."""
    names = [f"label {k}" for k in range(labels.shape[1])]
    x = LabelScale.of(labels, names).forward(labels)
    good = good_pixels(flux, ivar)
    mean, scale = flux_scale(flux, good)
    return x, np.where(good, flux - mean, 0.0) / scale, good

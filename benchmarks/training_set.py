"""The training stars of a run, which the benchmarks of SLAM use."""

from pathlib import Path

import numpy as np
import yaml

from mdwarfs import tables
from mdwarfs.slam.sample import training_stars
from mdwarfs.slam.standardise import LabelScale, flux_scale, good_pixels
from mdwarfs.spectra.spectrum_set import SpectrumSet

NAMES = ("feh_niu", "feh", "alpha_m", "teff", "logg")
CONFIG = Path(__file__).resolve().parents[1] / "config" / "config.yaml"


def add_argument(parser):
    """Let a benchmark be told the run."""
    parser.add_argument(
        "--run",
        type=Path,
        default=Path("results/simulated"),
        help="a run whose spectra have been normalised and whose sample has been split",
    )


def read(run):
    """Labels (n, d), flux and ivar (n, p) and wavelength (p,) of the training stars.

    Parameters
    ----------
    run : path-like
        Folder of a run's results, with spectra/normalised.fits and, in samples/,
        labels.fits and split.fits.
    """
    run = Path(run)
    labels = tables.read(run / "samples" / "labels.fits")
    split = tables.read(run / "samples" / "split.fits", columns=["source_id", "role"])
    _, values, spectra = training_stars(
        split["source_id"][split["role"] == "train"],
        labels,
        SpectrumSet.read(run / "spectra" / "normalised.fits"),
        [name for name in NAMES if name in labels.colnames],
    )
    return values, spectra.flux, spectra.ivar, spectra.wavelength


def default_settings():
    """The section `slam` of the default configuration."""
    return yaml.safe_load(CONFIG.read_text())["slam"]


def standardised(labels, flux, ivar):
    """Standardised labels (n, d), flux (n, p), and which flux is good (n, p)."""
    x = LabelScale.of(labels, NAMES).forward(labels)
    good = good_pixels(flux, ivar)
    mean, scale = flux_scale(flux, good)
    return x, np.where(good, flux - mean, 0.0) / scale, good

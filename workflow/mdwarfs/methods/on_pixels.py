"""Ways that look at every pixel with its noise: the hybrid labels, and a quadratic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mdwarfs.hybrid.noise import clean
from mdwarfs.hybrid.quadratic import Quadratic
from mdwarfs.hybrid.training_set import SHARE_GOOD
from mdwarfs.slam.standardise import LabelScale

if TYPE_CHECKING:
    from mdwarfs.methods.training import Training

FEWEST = 24
"""Training stars with which either is tried: the quadratic of three labels has ten
terms."""
WIDE = 10.0
"""Standard deviation of the prior of the quadratic, in those of the training labels: it
says nothing of a star, and keeps one of pure noise from going far."""


def hybrid(
    training: Training, flux: np.ndarray, ivar: np.ndarray
) -> tuple[np.ndarray, dict]:
    """The hybrid labels, see `mdwarfs.hybrid`."""
    model = training.hybrid
    settings = {"components": [len(model.components.basis)]}
    return model.predict(flux, ivar).labels, settings


def quadratic(
    training: Training, flux: np.ndarray, ivar: np.ndarray
) -> tuple[np.ndarray, dict]:
    """Every pixel a quadratic of the labels, as The Cannon has it (Ness+2015)."""
    scale = LabelScale.of(training.labels, training.names)
    own_flux, own_ivar = clean(training.flux, training.ivar)
    used = (own_ivar > 0).mean(axis=0) >= SHARE_GOOD
    t = scale.forward(training.labels)
    model = Quadratic.fit(t, own_flux[:, used], own_ivar[:, used])
    flux, ivar = (x[:, used] for x in clean(flux, ivar))
    found, _ = model.search(flux, ivar, np.eye(t.shape[1]) / WIDE**2)
    return scale.back(found), {}

"""The ingredients by which the released labels differ from maximum-posterior ones.

They were read in the code that made the release (sdss/astra, tag 0.6.0,
pipelines/slam/__init__.py and slam3.py, slam/predict.py, slam/model.py), which differs
from the method as published (Zhang+2020; Qiu+2025, section 3). Not emulated are its
pseudo-continuum, of which `mdwarfs.spectra.continuum` says how it differs, and its
training set, which is not public.
"""

from dataclasses import dataclass, fields

from mdwarfs.method_names import MAP
from mdwarfs.spectra.weighting import ASTRA, IVAR


@dataclass(frozen=True)
class Recipe:
    """Which ingredients are as in Astra 0.6.0; the others are this workflow's own.

    Attributes
    ----------
    soft_l1
        Pixels far off count linearly: scipy's loss soft_l1 instead of chi-square.
    training_mse
        The model's variance is the square of its mean squared error on the training
        set, in units of the pixel's scatter there (the code raises that error to the
        power -2 where -1 is meant); pixels where the error exceeds 1 are dropped.
        Otherwise it is estimated from cross-validation without the spectra's noise.
    pixel_cut
        Pixels whose noise exceeds their scatter over the training set are dropped. A
        star of which none is left keeps its first guess, with zero errors.
    error_weights
        The weighting astra-0.6.0, see `mdwarfs.spectra.weighting`.
    first_guess
        One start, the labels of the training star of most similar spectrum, and no
        bounds. Otherwise several starts among model spectra, inside the domain of
        the training labels.
    mended_pixels
        Flux above 2 becomes 1 and below 0 becomes 0; see `mending.mend` for the
        pixels that are dropped.
    kept_outliers
        Pixels far off the fit stay in it; see `mdwarfs.slam.infer.outliers`. (With
        `error_weights`, which are no inverse variances, the limit of 5 standard
        deviations is one of 10 to 20, so that this alone keeps some.).
    contiguous_folds
        Cross-validation in training divides stars in their order, not at random.
    """

    soft_l1: bool = False
    training_mse: bool = False
    pixel_cut: bool = False
    error_weights: bool = False
    first_guess: bool = False
    mended_pixels: bool = False
    kept_outliers: bool = False
    contiguous_folds: bool = False

    @property
    def weighting(self) -> str:
        """Of pixels, as `mdwarfs.spectra.weighting` names it."""
        return ASTRA if self.error_weights else IVAR


INGREDIENTS = tuple(field.name for field in fields(Recipe))
RELEASED = Recipe(**dict.fromkeys(INGREDIENTS, True))
"""How the released labels were made."""

VARIANTS = {
    MAP: Recipe(),
    **{name: Recipe(**{name: True}) for name in INGREDIENTS},
    f"{ASTRA} with ivar": Recipe(
        **{name: name != "error_weights" for name in INGREDIENTS}
    ),
    ASTRA: RELEASED,
}
"""This workflow's way, each ingredient alone, all but the weighting, and all."""

DESCRIPTIONS = {
    MAP: "this workflow's labels, without any ingredient",
    "soft_l1": "loss soft_l1 instead of chi-square",
    "training_mse": "training error instead of the model's variance",
    "pixel_cut": "pixels noisier than their scatter over the training set are dropped",
    "error_weights": "weights sigma c^2 instead of the inverse variance",
    "first_guess": "one start, at the most similar training spectrum, and no bounds",
    "mended_pixels": "flux clipped to 0..2, pixels dropped with their neighbours",
    "kept_outliers": "pixels more than 5 standard deviations off the fit stay in it",
    "contiguous_folds": "folds of the training in the order of the stars",
    f"{ASTRA} with ivar": "all of them but error_weights",
    ASTRA: "all of them: how the released labels were made",
}
"""What each variant is, in a few words."""

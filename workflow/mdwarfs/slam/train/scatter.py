"""The model's own scatter: what cross-validation residuals show beyond the noise."""

import numpy as np

# Squared residuals over their variance are cut here, so that cosmic rays and sky
# residuals do not pass for scatter of the model; EXPECTED is the mean of the cut
# chi-square of one degree of freedom, P(chi2_3 < 9) + 9 P(chi2_1 > 9).
CUT = 9.0
EXPECTED = 0.995010
BISECTIONS = 40


def model_variance(
    residual: np.ndarray, noise: np.ndarray, good: np.ndarray
) -> np.ndarray:
    """Variance of the model fluxes of each pixel, without the spectra's noise.

    The cross-validated MSE contains the noise of the training spectra, and would make
    the labels' errors two to three times too large at high signal-to-noise. Here the
    residuals are taken as Gaussian of variance noise + s^2, and s^2 has (nearly)
    maximum likelihood: noisy stars count little, outliers are cut.

    Parameters
    ----------
    residual : shape (n, p)
        Observed flux minus the flux predicted without the star.
    noise : shape (n, p)
        Variance of the observed flux, 1 / ivar.
    good : bool, shape (n, p)

    Returns
    -------
    shape (p,)
        s^2, not below its own standard error, in the unit of `residual` squared.
    """
    square = np.where(good, residual.astype(float) ** 2, 0.0)
    noise = np.where(good, noise, 1.0).astype(float)
    low, high = np.zeros(square.shape[1]), square.max(0)
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        total = noise + middle
        with np.errstate(divide="ignore", invalid="ignore"):
            excess = np.minimum(square / total, CUT) - EXPECTED
            slope = np.where(good & (total > 0), excess / total, 0.0).sum(0)
        low, high = np.where(slope > 0, middle, low), np.where(slope > 0, high, middle)
    variance = 0.5 * (low + high)
    with np.errstate(divide="ignore"):
        weight = np.where(good, (noise + variance) ** -2.0, 0.0).sum(0)
        error = np.sqrt(2 / weight)
    return np.maximum(variance, error)

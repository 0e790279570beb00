"""Correction of the [Fe/H] of ASPCAP to the scale of SLAM (paper, section 5).

Equation 10 is a quadratic in x = Teff / 1000 K and y = [Fe/H], both of ASPCAP, fitted
to [Fe/H] of SLAM minus [Fe/H] of ASPCAP. It does not say which of the two temperatures
of ASPCAP it takes, the calibrated or the raw one: the form is refitted with each.
"""

import numpy as np
from astropy.table import Table
from numpy.typing import ArrayLike

from mdwarfs.errors import InputError
from mdwarfs.literature.aspcap_correction import (
    PUBLISHED,
    TERMS,
    Correction,
    design_matrix,
)
from mdwarfs.samples.split import TRAINED_ON
from mdwarfs.statistics import MAD_TO_STD, summarise
from mdwarfs.tables.matching import best_of_each, match
from mdwarfs.tables.tabulate import annotate, from_rows, take

# Tuning constant of Huber (1964): 95 % efficient for normal errors.
HUBER = 1.345
ROUNDS = 100
TOLERANCE = 1e-9  # dex, of the surface from one round to the next

CORRECTION_COLUMN = {
    "teff": "correction",
    "raw_teff": "correction_raw_teff",
    "published": "correction_published",
}
SAMPLE_COLUMNS = {
    TRAINED_ON: ("", "Training star of SLAM's model"),
    "selected": ("", "Passes every quality cut"),
    "feh_aspcap": ("dex", "[Fe/H] of ASPCAP"),
    "teff_aspcap": ("K", "Calibrated Teff of ASPCAP"),
    "raw_teff_aspcap": ("K", "Teff of ASPCAP before calibration"),
    "cut_snr_apogee": ("", "SNR of the APOGEE spectrum above its minimum"),
    "cut_snr": ("", "SNR of the BOSS spectrum above its minimum"),
    "cut_feh": ("", "[Fe/H] of SLAM above its minimum"),
    "correction": ("dex", "Equation 10 refitted with Teff of ASPCAP"),
    "correction_raw_teff": ("dex", "Equation 10 refitted with raw Teff of ASPCAP"),
    "correction_published": ("dex", "Equation 10 as printed, with Teff of ASPCAP"),
    "feh_aspcap_corrected": ("dex", "[Fe/H] of ASPCAP plus `correction`"),
}
FIT_COLUMNS = {
    "fit": ("", "Which Teff of ASPCAP the fit takes; or the published coefficients"),
    "n": ("", "Stars that pass the cuts of section 5"),
    **{t: ("dex", f"Coefficient of the term {t}, x = Teff/1000 K") for t in TERMS},
    **{f"e_{t}": ("dex", f"Standard error of {t}") for t in TERMS},
    "median_before": ("dex", "Median of [Fe/H] SLAM minus ASPCAP"),
    "std_before": ("dex", "Standard deviation of [Fe/H] SLAM minus ASPCAP"),
    "robust_std_before": ("dex", "Robust standard deviation, SLAM minus ASPCAP"),
    "median_after": ("dex", "Median of [Fe/H] SLAM minus corrected ASPCAP"),
    "std_after": ("dex", "Standard deviation, SLAM minus corrected ASPCAP"),
    "robust_std_after": ("dex", "Robust standard deviation, SLAM minus corrected"),
    "n_unseen": ("", "Of the n stars, those that SLAM was not trained on"),
    "median_before_unseen": ("dex", "Median over these of SLAM minus ASPCAP"),
    "std_before_unseen": ("dex", "Standard deviation over these, SLAM minus ASPCAP"),
    "median_after_unseen": ("dex", "Median over these of SLAM minus corrected ASPCAP"),
    "std_after_unseen": ("dex", "Standard deviation over these, SLAM minus corrected"),
}


def fit(difference: ArrayLike, teff: ArrayLike, feh: ArrayLike) -> Correction:
    """Fit the form of equation 10 by Huber's robust regression.

    Stars whose spectrum or match is bad lie far off and must not pull the surface;
    beyond 1.345 robust standard deviations a residual counts linearly.

    Parameters
    ----------
    difference : shape (n,)
        [Fe/H] of SLAM minus [Fe/H] of ASPCAP [dex]; finite.
    teff, feh : shape (n,)
        Of ASPCAP [K, dex]; finite.

    Returns
    -------
    correction
        With the asymptotic standard errors of the estimator (Huber 1981, Robust
        Statistics, section 7.6). The terms are strongly correlated: two fits are
        compared by their surfaces, not term by term.

    Raises
    ------
    InputError
        If there are not more stars than terms, or the terms cannot be told apart.
    """
    difference = np.asarray(difference, float)
    terms = design_matrix(teff, feh)
    n, p = terms.shape
    if n <= p or np.linalg.matrix_rank(terms) < p:
        raise InputError(
            f"the form of equation 10 cannot be fitted to {n} stars: it has {p} terms; "
            "loosen the cuts of `comparisons` in the configuration"
        )
    coefficients = np.linalg.lstsq(terms, difference, rcond=None)[0]
    for _ in range(ROUNDS):
        residual = difference - terms @ coefficients
        scale = max(MAD_TO_STD * np.median(np.abs(residual)), np.finfo(float).tiny)
        # The square root of Huber's weight min(1, k scale / |residual|).
        root = np.sqrt(HUBER * scale / np.maximum(np.abs(residual), HUBER * scale))
        change = -coefficients
        coefficients = np.linalg.lstsq(
            terms * root[:, None], difference * root, rcond=None
        )[0]
        change += coefficients
        if np.max(np.abs(terms @ change)) < TOLERANCE:
            break
    inside = np.abs(residual) <= HUBER * scale
    psi = np.clip(residual, -HUBER * scale, HUBER * scale)
    share = np.mean(inside)
    factor = 1 + p / n * (1 - share) / share
    variance = factor**2 * np.sum(psi**2) / (n - p) / share**2
    covariance = variance * np.linalg.inv(terms.T @ terms)
    return Correction(coefficients, np.sqrt(np.diag(covariance)))


def match_aspcap(aspcap: Table, catalogue: Table, cuts: dict[str, float]) -> Table:
    """Stars that SLAM and ASPCAP have in common, and the quality cuts of section 5.

    Parameters
    ----------
    aspcap
        Clean ASPCAP catalogue: `source_id`, `teff`, `raw_teff`, `feh`, `snr_apogee`.
        Of several rows of one Gaia source, that of the largest SNR is taken.
    catalogue
        SLAM labels of all candidates.
    cuts
        `snr_apogee_min`, `snr_min`, `feh_min` [dex]: each must be exceeded.

    Returns
    -------
    sample
        A row per star in both: `feh` and `snr` of SLAM and BOSS, `feh_aspcap`,
        `teff_aspcap`, `raw_teff_aspcap`, what each cut says and `selected`.
    """
    aspcap = aspcap[best_of_each(aspcap["source_id"], aspcap["snr_apogee"])[0]]
    index = match(catalogue["source_id"], aspcap["source_id"])
    stars, aspcap = catalogue[index >= 0], aspcap[index[index >= 0]]
    sample = Table()
    names = ("source_id", "sdss_id", "snr", "flags", "bp_rp0", "mg0", "feh", TRAINED_ON)
    take(sample, stars, names)
    take(sample, aspcap, ["snr_apogee"])
    for name in ("feh", "teff", "raw_teff"):
        sample[f"{name}_aspcap"] = np.asarray(aspcap[name], float)
    sample["cut_snr_apogee"] = sample["snr_apogee"] > cuts["snr_apogee_min"]
    sample["cut_snr"] = sample["snr"] > cuts["snr_min"]
    sample["cut_feh"] = sample["feh"] > cuts["feh_min"]
    complete = np.isfinite(sample["feh_aspcap"]) & np.isfinite(sample["feh"])
    for name in ("teff_aspcap", "raw_teff_aspcap"):
        complete &= np.isfinite(sample[name])
    sample["selected"] = (
        sample["cut_snr_apogee"] & sample["cut_snr"] & sample["cut_feh"] & complete
    )
    return sample


def correct_aspcap(
    aspcap: Table, catalogue: Table, cuts: dict[str, float]
) -> tuple[Table, Table]:
    """Refit equation 10 and correct [Fe/H] of ASPCAP with it.

    Parameters
    ----------
    aspcap, catalogue, cuts
        As in `match_aspcap`.

    Returns
    -------
    sample
        As `match_aspcap` makes it, with the corrections and `feh_aspcap_corrected`.
        All stars in common are there; those with `selected` made the fit.
    correction
        One row per fit, "teff", "raw_teff" and "published": coefficients with
        errors, and the differences over the selected stars before and after, and over
        those of them that SLAM was not trained on (`*_unseen`).
    """
    sample = match_aspcap(aspcap, catalogue, cuts)
    made = sample[sample["selected"]]
    difference = np.asarray(made["feh"] - made["feh_aspcap"], float)
    unseen = ~np.asarray(made[TRAINED_ON], bool)
    fits = {
        "teff": fit(difference, made["teff_aspcap"], made["feh_aspcap"]),
        "raw_teff": fit(difference, made["raw_teff_aspcap"], made["feh_aspcap"]),
        "published": PUBLISHED,
    }
    lines = []
    for name, correction in fits.items():
        teff = "raw_teff_aspcap" if name == "raw_teff" else "teff_aspcap"
        sample[CORRECTION_COLUMN[name]] = correction(sample[teff], sample["feh_aspcap"])
        after = difference - correction(made[teff], made["feh_aspcap"])
        spread = [summarise(d) for d in (difference, after)]
        others = [summarise(d[unseen]) for d in (difference, after)]
        lines.append(
            [name, len(made), *correction.coefficients, *correction.errors]
            + [value for s in spread for value in (s.median, s.std, s.robust_std)]
            + [int(unseen.sum())]
            + [value for s in others for value in (s.median, s.std)]
        )
    sample["feh_aspcap_corrected"] = sample["feh_aspcap"] + sample["correction"]
    return annotate(sample, SAMPLE_COLUMNS), from_rows(lines, FIT_COLUMNS)

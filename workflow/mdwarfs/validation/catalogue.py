"""The catalogue of SLAM labels: every candidate, with or without a label."""

import numpy as np

from mdwarfs.joining import lookup
from mdwarfs.matching import match
from mdwarfs.slam.flags import Flag
from mdwarfs.tabulate import annotate

FROM_CANDIDATES = (
    "source_id", "sdss_id", "ra", "dec", "parallax", "bp_rp0", "mg0", "snr",
)  # fmt: skip
FROM_PREDICTIONS = ("chi2", "dof", "n_good", "n_iter", "status", "flags")
NO_SPECTRUM = "no spectrum"

COLUMNS = {
    "extrapolated": ("", "SNR outside the range over which the e_* are calibrated"),
    "flag_names": ("", "The bits of flags in words, separated by commas"),
}


def publish(candidates, predictions, power_laws):
    """Labels of all candidates, with uncertainties from the power laws of SNR.

    Nothing is clipped or dropped: labels outside the usable range are flagged, and a
    candidate without labels keeps its row with the reason.

    Parameters
    ----------
    candidates : astropy.table.Table
        One row per star: `source_id`, `sdss_id`, position, `parallax`, `bp_rp0`,
        `mg0` and the `snr` of the BOSS spectrum.
    predictions : astropy.table.Table
        `source_id`, the labels, `chi2`, `dof`, `n_good`, `n_iter`, `status`, `flags`.
    power_laws : dict of str to mdwarfs.validation.uncertainty.PowerLaw
        For each label.

    Returns
    -------
    astropy.table.Table
        A row per candidate, in their order. `e_*` (1 sigma) are the scatter of stars
        with known labels at the star's SNR, not the formal errors of the prediction,
        which are too small (paper, section 4.2).
    """
    index = match(candidates["source_id"], predictions["source_id"])
    found = lookup(predictions[[*power_laws, *FROM_PREDICTIONS]], index)
    catalogue = candidates[list(FROM_CANDIDATES)]
    labelled = np.all([np.isfinite(found[label]) for label in power_laws], axis=0)
    extrapolated = np.zeros(len(catalogue), bool)
    for label, law in power_laws.items():
        catalogue[label] = found[label]
        sigma = law.sigma(catalogue["snr"])
        catalogue[f"e_{label}"] = np.where(np.isfinite(found[label]), sigma, np.nan)
        extrapolated |= law.extrapolated(catalogue["snr"])
    catalogue["extrapolated"] = extrapolated
    for name in FROM_PREDICTIONS:
        catalogue[name] = found[name]
    catalogue["status"] = np.where(index < 0, NO_SPECTRUM, found["status"])
    catalogue["flags"][index < 0] = int(Flag.NO_LABELS)
    catalogue["flag_names"] = [flag_names(bits) for bits in catalogue["flags"]]
    catalogue["reason"] = np.where(labelled, "", catalogue["status"])
    return annotate(catalogue, COLUMNS)


def flag_names(bits):
    """Names of the bits of `mdwarfs.slam.flags` that are set, as "low_snr,at_edge"."""
    return ",".join(flag.name.lower() for flag in Flag if int(bits) & flag)

"""What a simulated run was given, where the ledger asks what it found.

Every function takes the run and the arguments that the ledger gives, and returns the
number that a perfect workflow would find.
"""

import numpy as np

from mdwarfs.audit.answers import setting as answer_setting
from mdwarfs.simulation import main_sequence, measurements, population
from mdwarfs.validation import relations
from mdwarfs.validation.aspcap_correction import PUBLISHED

SURVEYS = {
    "birky": measurements.BIRKY,
    "behmard": measurements.BEHMARD,
    "lamost_m": measurements.LAMOST_M,
}


def number(run, of, without=()):
    """Stars or pairs of a kind, less those that were made to fail."""
    counts = population.counts(run.config["simulation"])
    return counts[of] - sum(sum(counts[name].values()) for name in without)


def candidates(run):
    """M dwarfs in BOSS with nothing against them: members of pairs, and singles."""
    counts = population.counts(run.config["simulation"])
    return (
        counts["fgk_m"] + 2 * (counts["m_m"] + counts["m_m_rejected"]) + counts["field"]
    )


def division(run, role):
    """Share of the labelled stars that goes into the training or the test set."""
    sizes = run.config["split"]
    counts = population.counts(run.config["simulation"])
    labelled = number(run, "fgk_m", ["fgk_m_rejected"]) - counts["fgk_m_unlabelled"]
    return round(labelled * sizes[role] / (sizes["train"] + sizes["test"]))


def zero(run):
    """Nothing: the simulation has no such offset."""
    return 0.0


def offset(run, survey, label):
    """True label minus what a survey reports of it, on average."""
    offset, _ = SURVEYS[survey][label]
    return -offset


def colour_teff_offset(run):
    """Simulated Teff minus that of Mann+2015/2016 at the simulated colours."""
    colour = np.array(main_sequence.M_BP_RP)
    j_h = np.polynomial.polynomial.polyval(
        colour - main_sequence.PIVOT, main_sequence.J_H
    )
    teff = relations.teff_from_colours(colour, j_h)
    low, high = run.config["prediction"]["usable"]["teff"]
    inside = (main_sequence.M_TEFF >= low) & (main_sequence.M_TEFF <= high)
    return float(np.median((main_sequence.M_TEFF - teff)[inside]))


def mass_radius_logg_offset(run):
    """Simulated log g minus that of Mann's mass and radius, where it is typical."""
    return main_sequence.LOGG_OFFSET


def own_scatter(run, label, stars=1):
    """Scatter of SLAM against the truth, for stars outside the training set.

    With `stars` = 2, that of the difference of two of them.
    """
    row = run.row("recovery", label=label, sample="other", bin=0)
    return float(row["std"]) * np.sqrt(stars)


def scatter_against_labels(run, label):
    """Scatter against the truth, and the labels' own errors, in quadrature."""
    error = np.asarray(run.table("labels")[f"e_{label}"], float)
    return float(np.hypot(own_scatter(run, label), np.sqrt(np.nanmean(error**2))))


def scatter_against_survey(run, survey, label):
    """Scatter against the truth, and that of the survey's values, in quadrature."""
    _, scatter = SURVEYS[survey][label]
    return float(np.hypot(own_scatter(run, label), scatter))


def aspcap_offset(run, teff, feh):
    """True [Fe/H] minus that of ASPCAP: the simulation follows equation 10."""
    return float(PUBLISHED(teff, feh))


def setting(run, keys):
    """A value of the configuration."""
    return answer_setting(run, keys)[0]


FUNCTIONS = {
    function.__name__: function
    for function in (
        number, candidates, division, zero, offset, colour_teff_offset,
        mass_radius_logg_offset, own_scatter, scatter_against_labels,
        scatter_against_survey, aspcap_offset, setting,
    )
}  # fmt: skip

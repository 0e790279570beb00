"""The vocabulary of the workflow's tables: what each column name means, everywhere.

A name has one unit and one meaning in every product. A trailing 1 or 2 is the
component of a pair, as in El-Badry+2021 (`source_id1`, `ruwe2`); a leading `e_` is a
standard uncertainty in the unit of what follows, `formal_e_` and `sigma_` the formal
and the calibrated one where there are several; a trailing `_ref` is the value of
another source that a label is compared with.
"""

import re

from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS

VOCABULARY = {
    # identifiers
    "sdss_id": ("", "SDSS-V unique identifier"),
    "source_id": ("", "Gaia DR3 source identifier"),
    "gaia_dr2_source_id": ("", "Gaia DR2 source identifier"),
    "gaia_dr3_source_id": ("", "Gaia DR3 source that Astra gives for the sdss_id"),
    "gaia_reason": ("", "Why Astra gives no Gaia source; empty if it gives one"),
    "catalogid": ("", "SDSS-V catalogue identifier of the BOSS target"),
    "obsid": ("", "LAMOST observation identifier"),
    "tmass_designation": ("", "2MASS designation, without a prefix"),
    "field": ("", "SDSS-V field (plate in the plate era)"),
    "mjd": ("d", "Modified Julian Date of the observation"),
    "spec_file": ("", "BOSS spectrum file, as named in spAll"),
    "file": ("", "File that the row was read from, below the raw folder"),
    "row": ("", "Row of the archive's table, from 1 upwards; 0: it has none"),
    "obs": ("", "Observatory: APO or LCO"),
    "n_spectra": ("", "Spectra or entries of this star in the source catalogue"),
    # astrometry and photometry
    "ra": ("deg", "Right ascension (ICRS)"),
    "dec": ("deg", "Declination (ICRS)"),
    "parallax": ("mas", "Gaia DR3 parallax"),
    "parallax_error": ("mas", "Standard error of the parallax"),
    "pmra": ("mas / yr", "Proper motion in right ascension, times cos(dec)"),
    "pmdec": ("mas / yr", "Proper motion in declination"),
    "ruwe": ("", "Gaia renormalised unit weight error"),
    "phot_g_mean_mag": ("mag", "Gaia G magnitude (Vega)"),
    "phot_bp_mean_mag": ("mag", "Gaia BP magnitude (Vega)"),
    "phot_rp_mean_mag": ("mag", "Gaia RP magnitude (Vega)"),
    "phot_bp_rp_excess_factor": ("", "Gaia BP/RP excess factor"),
    "j_m": ("mag", "2MASS J magnitude (Vega)"),
    "j_msigcom": ("mag", "Uncertainty of the 2MASS J magnitude"),
    "h_m": ("mag", "2MASS H magnitude (Vega)"),
    "h_msigcom": ("mag", "Uncertainty of the 2MASS H magnitude"),
    "ks_m": ("mag", "2MASS Ks magnitude (Vega)"),
    "ks_msigcom": ("mag", "Uncertainty of the 2MASS Ks magnitude"),
    "ph_qual": ("", "2MASS photometric quality flags of J, H, Ks"),
    "ebv": ("mag", "Reddening E(B-V) from the dust map at the star's distance"),
    "a_v": ("mag", "Extinction A_V"),
    "a_g": ("mag", "Extinction in Gaia G"),
    "a_bp": ("mag", "Extinction in Gaia BP"),
    "a_rp": ("mag", "Extinction in Gaia RP"),
    "mg0": ("mag", "Absolute Gaia G magnitude, corrected for extinction"),
    "bp_rp0": ("mag", "Gaia BP - RP, corrected for reddening"),
    # BOSS
    "class": ("", "Class given by the survey's own pipeline"),
    "subclass": ("", "Subclass given by the survey's own pipeline"),
    "snr": ("", "Signal-to-noise ratio of the spectrum, per pixel"),
    "snr_apogee": ("", "Signal-to-noise ratio of the APOGEE spectrum"),
    "snrg": ("", "Signal-to-noise ratio of the LAMOST spectrum in g"),
    "zwarning": ("", "BOSS pipeline warning bits; 0 is good"),
    "v_rad": ("km / s", "Radial velocity"),
    # stellar labels
    **{label.name: (label.unit, label.text) for label in LABELS.values()},
    "raw_teff": ("K", "Effective temperature before calibration (ASPCAP)"),
    "raw_logg": ("dex", "Surface gravity before calibration (ASPCAP)"),
    "m_h": ("dex", "[M/H]"),
    "mass": ("solMass", "Stellar mass"),
    "radius": ("solRad", "Stellar radius"),
    "m_ks": ("mag", "Absolute 2MASS Ks magnitude"),
    "teff_fgk": ("K", "Effective temperature of the FGK primary (LAMOST)"),
    "release": ("", "Data release of the APOGEE reduction"),
    "result_flags": ("", "Flag bits of the pipeline that gave the labels"),
    "calibrated_flags": ("", "ASPCAP calibration flag bits"),
    "flag_bad": ("", "The pipeline's own verdict that the result is bad"),
    "flag_warn": ("", "The pipeline's own warning"),
    # wide binaries
    "sep_au": ("AU", "Projected separation of the pair"),
    "binary_type": ("", "Type of the pair: MSMS, WDMS and the like"),
    "R_chance_align": ("", "Probability-like ratio of a chance alignment"),
    "swapped": ("", "The catalogue lists the components in the other order"),
    # isochrones
    "log_age": ("", "log10 of the age in years"),
    "log_te": ("", "log10 of the effective temperature in K"),
    "label": ("", "PARSEC evolutionary stage: 0 pre-main sequence, 1 main sequence"),
    "mini": ("solMass", "Initial mass"),
    "m_g": ("mag", "Absolute Gaia G magnitude"),
    "m_bp": ("mag", "Absolute Gaia BP magnitude"),
    "m_rp": ("mag", "Absolute Gaia RP magnitude"),
    # bookkeeping
    "reason": ("", "Why the row lacks what it lacks; empty if it lacks nothing"),
    "status": ("", "'ok', or what went wrong"),
    "role": ("", "train or test"),
    "criterion_1": ("", "Criterion 1: M_G0 > 6"),
    "criterion_2": ("", "Criterion 2: above the white dwarfs"),
    "criterion_3": ("", "Criterion 3: below the over-luminous stars"),
    "criterion_4": ("", "Criterion 4: ruwe < 1.4"),
    "candidate": ("", "Meets criteria 1-4"),
    "selected": ("", "Passes every quality cut"),
    "cut": ("", "Name of the cut"),
    "description": ("", "What the row says, in words"),
    "n_alone": ("", "Stars or pairs that the cut removes when it is applied alone"),
    "n_removed": ("", "Stars or pairs that the cut removes in sequence"),
    "n_left": ("", "Stars or pairs left after the cut, in sequence"),
    "n": ("", "Number of stars"),
    # prediction
    "chi2": ("", "Chi-square at the maximum of the posterior"),
    "dof": ("", "Degrees of freedom: good pixels minus outliers and labels"),
    "n_good": ("", "Good pixels"),
    "n_outliers": ("", "Good pixels that the fit went without, being far off it"),
    "n_iter": ("", "Iterations of the fit"),
    "flags": ("", "Bits of mdwarfs.slam.infer.flags"),
}


# Prefixes of uncertainties, whose unit is that of what follows.
ERROR, FORMAL, CALIBRATED = "e_", "formal_e_", "sigma_"
PREFIXES = {
    ERROR: "Uncertainty (1 sigma) of",
    FORMAL: "Formal uncertainty (1 sigma) of",
    CALIBRATED: "Calibrated uncertainty (1 sigma) of",
}
# The uncertainties that the catalogue gives of each label, by the prefix of the column.
UNCERTAINTIES = {"formal": FORMAL, "power law": ERROR, "calibrated": CALIBRATED}


def meaning(name):
    """Unit and description of a column name, None if the vocabulary lacks it.

    Parameters
    ----------
    name : str
        Such as "teff", "e_teff", "ruwe2".

    Returns
    -------
    tuple of str or None
        (unit, description).
    """
    if name in VOCABULARY:
        return VOCABULARY[name]
    for prefix, what in PREFIXES.items():
        if name.startswith(prefix):
            inner = meaning(name.removeprefix(prefix))
            return inner and (inner[0], f"{what}: {inner[1]}")
    if name.endswith("_ref"):
        inner = meaning(name.removesuffix("_ref"))
        return inner and (inner[0], f"Reference value of: {inner[1]}")
    component = component_of(name)
    if component:
        inner = meaning(component[0])
        return inner and (inner[0], f"{inner[1]}; component {component[1]}")
    return None


def component_of(name):
    """A pair's column as the column of a star, and which star; None if it is none.

    Parameters
    ----------
    name : str
        Such as "ruwe2", which gives ("ruwe", "2").
    """
    found = re.fullmatch(r"(.+?)([12])", name)
    return found and found.groups()


def describe(table):
    """Attach unit and description to every column that has none; in place.

    Parameters
    ----------
    table : astropy.table.Table

    Returns
    -------
    astropy.table.Table
        The same table.

    Raises
    ------
    InputError
        If a column neither is in the vocabulary nor carries a description.
    """
    for name in table.colnames:
        info = table[name].info
        known = meaning(name)
        if known is None and not info.description:
            raise InputError(f"column {name!r} has no unit and description")
        if known is not None:
            unit, description = known
            info.description = info.description or description
            if unit and info.unit is None:
                info.unit = unit
    return table

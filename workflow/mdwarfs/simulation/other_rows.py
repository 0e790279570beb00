"""Rows of the simulated files of Gaia, LAMOST, El-Badry+2021 and the literature."""

import numpy as np
from astropy.table import Table, vstack

from mdwarfs.simulation import measurements
from mdwarfs.simulation.sdss_rows import CANDIDATE_KINDS

SECOND_NEIGHBOUR = 0.02  # share of the DR2 sources with a second DR3 source nearby
CATALOGUE_SWAPPED = 0.02  # share of the pairs that are listed fainter star first
# Logarithm of R_chance_align, of true pairs and of chance alignments.
CHANCE_LOG, CHANCE_BAD_LOG = (-5.0, -1.04), (-0.96, 0.5)
IN_LAMOST_M = 0.30  # share of the M dwarfs
IN_BIRKY, IN_BEHMARD = 0.24, 0.40  # shares of the M dwarfs that APOGEE has observed
LAMOST_M_FAILED = 0.03  # share of the spectra without parameters
LAMOST_OF_UNMATCHED = 0.5  # share of the lone primaries that LAMOST has observed
SPECTRA_PER_STAR = (0.65, 0.25, 0.10)  # in LAMOST: one, two, three
# Of a LAMOST spectrum in g: at which magnitude G; its median there, which falls as the
# root of the flux; the scatter of the logarithm; the least.
LAMOST_SNR = {"fgk": (13.0, 60.0, 0.5), "m": (16.5, 25.0, 0.5)}
LAMOST_SNR_MIN = 10.0

SPEED_OF_LIGHT = 299792.458  # [km/s]

FROM_GAIA = (
    "source_id", "ra", "dec", "parallax", "parallax_error", "pmra", "pmdec", "ruwe",
    "phot_g_mean_mag", "phot_bp_mean_mag", "phot_rp_mean_mag",
    "phot_bp_rp_excess_factor", "tmass_designation", "j_m", "j_msigcom", "h_m",
    "h_msigcom", "ks_m", "ks_msigcom", "ph_qual",
)  # fmt: skip
"""Columns of Gaia and 2MASS that the queries ask for."""


def gaia(stars: Table, entries: Table, rng: np.random.Generator) -> Table:
    """The result of the upload query to the Gaia archive.

    Parameters
    ----------
    stars, entries, rng
        See `mdwarfs.simulation.sdss_rows.spall`. The Gaia DR2 identifiers of the
        entries of class M are what was uploaded.

    Returns
    -------
    table
        One row per DR2 source and DR3 neighbour.
    """
    asked = m_type(entries)
    known = stars["source_id"][entries["star"]] > 0
    dr2, first = np.unique(
        entries["gaia_dr2_source_id"][asked & known], return_index=True
    )
    star = entries["star"][asked & known][first]
    n = len(dr2)
    result = Table({"dr2_source_id": dr2})
    result["angular_distance"] = rng.gamma(2.0, 0.15, n)
    result["magnitude_difference"] = rng.normal(0, 0.01, n)
    for name in FROM_GAIA:
        result[name] = stars[name][star]
    # The second neighbours are faint sources without a full astrometric solution.
    second = result[rng.random(n) < SECOND_NEIGHBOUR]
    second["angular_distance"] = rng.uniform(300, 1500, len(second))
    second["magnitude_difference"] = rng.uniform(2, 4, len(second))
    second["source_id"] += 3 << 7
    second["phot_g_mean_mag"] += second["magnitude_difference"]
    for name in second.colnames[6:]:
        if name != "phot_g_mean_mag":
            second[name] = "" if second[name].dtype.kind == "U" else np.nan
    both = vstack([second, result])
    return both[np.argsort(both["dr2_source_id"], kind="stable")]


def m_type(entries: Table) -> np.ndarray:
    """The entries of the BOSS list whose Gaia sources are asked for: bool, (n,)."""
    return (entries["class"] == "STAR") & np.char.startswith(entries["subclass"], "M")


def wide_binaries(stars: Table, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Columns of the catalogue of El-Badry+2021.

    Parameters
    ----------
    stars
        The simulated stars as observed; those with a `pair_id` are in the catalogue.

    Returns
    -------
    columns
        By the file's column names.
    """
    paired = stars[stars["pair_id"] > 0]
    paired = paired[np.lexsort((paired["component"], paired["pair_id"]))]
    one, two = paired[0::2].copy(), paired[1::2].copy()
    n = len(one)
    swapped = rng.random(n) < CATALOGUE_SWAPPED
    one[swapped], two[swapped] = two[swapped], one[swapped]
    columns = {}
    for k, half in ((1, one), (2, two)):
        for name in (
            "source_id", "ra", "dec", "parallax", "parallax_error", "pmra", "pmdec",
            "ruwe", "phot_g_mean_mag", "phot_bp_mean_mag", "phot_rp_mean_mag",
            "phot_bp_rp_excess_factor", "l", "b",
        ):  # fmt: skip
            columns[f"{name}{k}"] = half[name]
        columns[f"bp_rp{k}"] = half["phot_bp_mean_mag"] - half["phot_rp_mean_mag"]
        columns[f"dr2_source_id{k}"] = half["gaia_dr2_source_id"]
    columns["sep_AU"] = one["sep_au"]
    columns["pairdistance"] = one["sep_au"] / one["distance"] / 3600
    columns["binary_type"] = np.full(n, "MSMS")
    chance, bad = (rng.uniform(*limits, n) for limits in (CHANCE_LOG, CHANCE_BAD_LOG))
    aligned = one["injected"] == "r_chance_align"
    columns["R_chance_align"] = 10 ** np.where(aligned, bad, chance)
    return columns


def lamost_stellar(stars: Table, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Columns of the LAMOST A/F/G/K catalogue.

    Parameters
    ----------
    stars
        The simulated stars as observed.

    Returns
    -------
    columns
        By the file's column names; one row per spectrum.
    """
    primary = stars["component"] == 1
    lone = (stars["kind"] == "unmatched") & primary
    lone &= rng.random(len(stars)) < LAMOST_OF_UNMATCHED
    there = np.isin(stars["kind"], ("fgk_primary", "fgk_fgk", "lamost_only")) | lone
    rows, snrg = _spectra(stars, np.nonzero(there)[0], LAMOST_SNR["fgk"], rng)
    seen = stars[rows]
    columns = _lamost(seen, snrg, 1, rng)
    subclass = np.select([seen["teff"] > 6000, seen["teff"] > 5250], ["F5", "G5"], "K3")
    columns |= {"subclass": subclass} | measurements.lamost_fgk(seen, snrg, rng)
    # A few spectra have no counterpart in Gaia.
    alone = (seen["kind"] == "lamost_only") & (rng.random(len(seen)) < 0.05)
    columns["gaia_source_id"][np.asarray(alone)] = "0"
    return columns


def lamost_mstellar(stars: Table, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Columns of the LAMOST gM/dM/sdM catalogue; as `lamost_stellar`."""
    there = np.isin(stars["kind"], CANDIDATE_KINDS)
    there &= rng.random(len(stars)) < IN_LAMOST_M
    rows, snrg = _spectra(stars, np.nonzero(there)[0], LAMOST_SNR["m"], rng)
    seen = stars[rows]
    columns = _lamost(seen, snrg, 2, rng)
    kind = np.select([seen["teff"] > 3600, seen["teff"] > 3300], ["dM1", "dM3"], "dM5")
    columns |= {"subclass": kind} | measurements.lamost_m(seen, snrg, rng)
    failed = rng.random(len(seen)) < LAMOST_M_FAILED
    for name in ("teff", "logg", "m_h"):
        columns[name][failed] = columns[f"{name}_err"][failed] = -9999.0
    return columns


def birky(
    stars: Table, apogee_net: dict[str, np.ndarray], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Columns of Birky+2020, Table 6: stars that APOGEE and 2MASS have observed.

    Parameters
    ----------
    stars
        The simulated stars as observed.
    apogee_net
        Columns of the ApogeeNet summary.

    Returns
    -------
    entries
        By the file's column names.
    """
    there = _share_of_apogee(stars, apogee_net, IN_BIRKY, rng)
    there &= stars["tmass_designation"] != ""
    seen = stars[there]
    names = {
        "RA": "ra", "DEC": "dec", "GAIA_ID": "source_id", "G_MAG": "phot_g_mean_mag",
        "BP_MAG": "phot_bp_mean_mag", "RP_MAG": "phot_rp_mean_mag", "J_MAG": "j_m",
        "H_MAG": "h_m", "K_MAG": "ks_m", "PLX": "parallax", "PLX_ERR": "parallax_error",
        "PMRA": "pmra", "PMDEC": "pmdec",
    }  # fmt: skip
    columns = {name: np.asarray(seen[ours], float) for name, ours in names.items()}
    columns["BP_RP"] = columns["BP_MAG"] - columns["RP_MAG"]
    columns["APOGEE_ID"] = np.char.add("2M", np.asarray(seen["tmass_designation"], str))
    columns["SNR"] = rng.lognormal(np.log(90), 0.6, len(seen))
    return columns | measurements.birky(seen, rng)


def behmard(
    stars: Table, apogee_net: dict[str, np.ndarray], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Columns of Behmard+2025; as `birky`."""
    seen = stars[_share_of_apogee(stars, apogee_net, IN_BEHMARD, rng)]
    columns = measurements.behmard(seen, rng)
    columns |= {"gaia_dr3_source_id": seen["source_id"], "name": seen["sdss_id"]}
    columns["temp_agree"] = np.ones(len(seen), bool)
    return columns


def _spectra(stars, chosen, law, rng):
    """Repeat the chosen rows once per LAMOST spectrum; the spectra's SNR."""
    number = rng.choice(1 + np.arange(3), len(chosen), p=SPECTRA_PER_STAR)
    rows = np.repeat(chosen, number)
    at, median, scatter = law
    fainter = np.asarray(stars["phot_g_mean_mag"])[rows] - at
    snrg = median * 10 ** (-0.2 * fainter)
    snrg *= np.exp(scatter * rng.standard_normal(len(rows)))
    return rows, np.maximum(snrg, LAMOST_SNR_MIN)


def _lamost(seen, snrg, survey, rng):
    """The columns that both LAMOST catalogues have."""
    n = len(seen)
    identifier = np.asarray(seen["source_id"]).astype("U25")
    return {
        "obsid": survey * 10**8 + rng.permutation(100 * n)[:n],
        "gaia_source_id": identifier,
        "gaia_g_mean_mag": seen["phot_g_mean_mag"],
        "lmjd": rng.integers(55_900, 60_100, n), "class": np.full(n, "STAR"),
        "ra": seen["ra"], "dec": seen["dec"], "ra_obs": seen["ra"],
        "dec_obs": seen["dec"], "snrg": snrg, "snri": 1.6 * snrg,
        "z": (seen["v_rad"] + rng.normal(0, 5, n)) / SPEED_OF_LIGHT,
    }  # fmt: skip


def _share_of_apogee(stars, apogee_net, share, rng):
    """Choose some of the M dwarfs that have a result of APOGEE."""
    observed = np.isin(stars["sdss_id"], apogee_net["sdss_id"])
    candidate = np.isin(stars["kind"], CANDIDATE_KINDS)
    return observed & candidate & (rng.random(len(stars)) < share)

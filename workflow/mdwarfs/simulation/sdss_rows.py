"""Rows of the simulated SDSS files: the BOSS list and Astra's summaries."""

import numpy as np
from astropy.table import Column, Table, vstack

from mdwarfs.simulation import measurements
from mdwarfs.simulation.placement import distance_modulus
from mdwarfs.simulation.streams import redraw

CANDIDATE_KINDS = ("m_secondary", "m_m", "field", "lost", "binary")
UNOBSERVED_KINDS = ("fgk_primary", "fgk_fgk", "unmatched", "lamost_only")

# The twelve M templates of idlspec2d (spEigenStar-55734), by temperature of the dwarfs
# that they match: all but one are of giants.
SUBCLASSES = (
    (3750, "M0III (168720)"), (3620, "M1 (204445)"), (3520, "M2III (169305)"),
    (3450, "M2Iab: (36389)"), (3380, "M3III (44478)"), (3320, "M4II (175588)"),
    (3260, "M4.5:III (123657)"), (3180, "M5III (221615)"), (3140, "M5Iab: (197812)"),
    (3060, "M6III (148783)"), (2980, "M7IIIevar (177940)"), (0, "M8IIIe (84748)"),
)  # fmt: skip
# Some that are not of class M though one might take them for it.
OTHER_CLASSES = (
    ("STAR", "K7 (201092)"), ("STAR", "K5III (39938)"), ("STAR", "F9 (48682)"),
    ("STAR", "Ldwarf"), ("STAR", "CalciumWD"), ("GALAXY", ""), ("GALAXY", "BROADLINE"),
    ("QSO", ""), ("QSO", "M0III (168720)"),
)  # fmt: skip

ALIASES = 0.005  # share of the field stars that have a second SDSS and Gaia DR2 name
REPEAT_MISTAKEN = 0.05  # share of the second spectra that are classified as galaxies
WITH_APOGEE = 0.45  # share of the stars that APOGEE has observed as well
DR17_TOO = 0.40  # share of these with a reduction of DR17 beside that of SDSS-V
# Of an APOGEE spectrum of a star of H = 12, which falls by a power of its flux towards
# faint ones, as far as BOSS reaches; and the scatter of the logarithm.
APOGEE_SNR, APOGEE_POWER, APOGEE_SCATTER = 70.0, 0.6, 0.35
RELEASED = 0.9  # share of the BOSS spectra in the released SLAM table

BAYESTAR_SCALE = 0.88  # Astra's ebv_bayestar_2019 per unit of the map


def has_spectrum(stars: Table) -> np.ndarray:
    """Which stars have a file with their coadded BOSS spectrum.

    Parameters
    ----------
    stars
        `kind`, `injected`.

    Returns
    -------
    bool, shape (n,)
    """
    candidate = np.isin(stars["kind"], CANDIDATE_KINDS)
    return candidate & ~np.isin(stars["injected"], ("missing_spectrum", "criterion_3"))


def boss_entries(
    stars: Table, repeat_fraction: float, rng: np.random.Generator
) -> Table:
    """Entries of the BOSS list: every observed star once, and some again.

    Parameters
    ----------
    stars
        The simulated stars with identifiers and `snr`.
    repeat_fraction
        Share of the stars with a second, poorer spectrum.

    Returns
    -------
    table
        `star` (row in `stars`), `sdss_id`, `gaia_dr2_source_id`, `catalogid`, `snr`,
        `class`, `subclass`, in the order of the list.
    """
    (star,) = np.nonzero(~np.isin(stars["kind"], UNOBSERVED_KINDS))
    first = Table({"star": star})
    for name in ("sdss_id", "gaia_dr2_source_id", "catalogid", "snr"):
        first[name] = stars[name][star]
    template = np.asarray(stars["teff"][star]) + rng.normal(0, 40, len(star))
    limits = np.array([limit for limit, _ in SUBCLASSES])
    chosen = np.argmax(template[:, None] >= limits, axis=1)
    first["class"] = np.full(len(star), "STAR", "U6")
    first["subclass"] = np.array([name for _, name in SUBCLASSES], "U21")[chosen]
    (other,) = np.nonzero(stars["kind"][star] == "other_class")
    for place, row in enumerate(other):
        first["class"][row], first["subclass"][row] = OTHER_CLASSES[
            place % len(OTHER_CLASSES)
        ]

    again = first[rng.random(len(first)) < repeat_fraction]
    again["snr"] *= rng.uniform(0.3, 0.95, len(again))
    mistaken = rng.random(len(again)) < REPEAT_MISTAKEN
    again["class"][mistaken], again["subclass"][mistaken] = "GALAXY", ""

    field = first[stars["kind"][star] == "field"]
    alias = field[: max(1, round(ALIASES * len(field)))]
    alias["snr"] *= 0.8
    alias["sdss_id"] = stars["sdss_id"].max() + 1 + np.arange(len(alias))
    alias["catalogid"] = stars["catalogid"].max() + 1 + np.arange(len(alias))
    alias["gaia_dr2_source_id"] = stars["gaia_dr2_source_id"][alias["star"]] + 128 * 7
    entries = vstack([first, again, alias])
    return entries[rng.permutation(len(entries))]


def spall(
    stars: Table, entries: Table, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Columns of spAll-lite.

    Parameters
    ----------
    stars
        The simulated stars as observed.
    entries
        From `boss_entries`.

    Returns
    -------
    entries
        By the file's column names.
    """
    n = len(entries)
    seen = stars[entries["star"]]
    field, mjd = rng.integers(100_000, 114_000, n), rng.integers(59_630, 60_280, n)
    files = [
        f"spec-{f:06d}-{m}-{c}.fits"
        for f, m, c in zip(field, mjd, entries["catalogid"])
    ]
    v_rad = seen["v_rad"] + rng.normal(0, 6, n)
    bands = np.array([0.3, 0.6, 1.0, 1.5, 1.4])  # of an M dwarf, relative to r
    return {
        "FIELD": field, "MJD": mjd, "OBS": np.full(n, "APO"),
        "RUN2D": np.full(n, "v6_1_3"), "SPEC_FILE": np.array(files),
        "CATALOGID": entries["catalogid"], "SDSS_ID": entries["sdss_id"],
        "GAIA_ID": entries["gaia_dr2_source_id"],
        "GAIA_G_MAG": seen["phot_g_mean_mag"], "BP_MAG": seen["phot_bp_mean_mag"],
        "RP_MAG": seen["phot_rp_mean_mag"],
        "RACAT": seen["ra"], "DECCAT": seen["dec"], "COORD_EPOCH": np.full(n, 2016.0),
        "PMRA": seen["pmra"], "PMDEC": seen["pmdec"], "PARALLAX": seen["parallax"],
        "FIELDQUALITY": np.full(n, "good"),
        "SN_MEDIAN": entries["snr"][:, None] * bands, "SN_MEDIAN_ALL": entries["snr"],
        "NSPECOBS": np.ones(n, int), "SPECPRIMARY": np.ones(n, int),
        "CLASS": entries["class"], "SUBCLASS": entries["subclass"],
        "Z": v_rad / 299792.458, "Z_ERR": np.full(n, 2e-5),
        "ZWARNING": np.where(entries["snr"] < 2.5, 4, 0),
        "XCSAO_RV": v_rad, "XCSAO_ERV": np.full(n, 6.0),
        "XCSAO_RXC": 4 + entries["snr"] / 2,
    }  # fmt: skip


def apogee(
    stars: Table, rng: np.random.Generator
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Columns of the ApogeeNet and the ASPCAP summary.

    Every M dwarf of a selected FGK+M pair is there, but for those that are to lack a
    label: half of these have no row, half a row without a result.

    Parameters
    ----------
    stars
        The simulated stars as observed.

    Returns
    -------
    apogee_net, aspcap
        By the files' column names.
    """
    secondary = stars["kind"] == "m_secondary"
    wanted = secondary & np.isin(stars["injected"], ("", "no_apogee_net", "no_aspcap"))
    possible = np.isin(stars["kind"], (*CANDIDATE_KINDS, "giant", "bad_ruwe"))
    observed = wanted | (possible & (rng.random(len(stars)) < WITH_APOGEE))
    snr = apogee_snr(stars, rng)
    tables = []
    for fault, measure in (
        ("no_apogee_net", measurements.apogee_net),
        ("no_aspcap", measurements.aspcap),
    ):
        (lacking,) = np.nonzero(stars["injected"] == fault)
        there = observed.copy()
        there[lacking[::2]] = False
        (rows,) = np.nonzero(there)
        older = rows[rng.random(len(rows)) < DR17_TOO]
        release = np.repeat(["sdss5", "dr17"], [len(rows), len(older)])
        every = np.concatenate([rows, older])
        share = np.where(release == "dr17", rng.uniform(0.4, 1.3, len(every)), 1.0)
        columns = measure(stars[every], share * snr[every], rng)
        for name, values in columns.items():
            if values.dtype.kind == "f" and not name.startswith(("e_", "raw_")):
                values[np.isin(every, lacking)] = np.nan
        columns |= source_columns(stars[every])
        columns["snr"], columns["release"] = share * snr[every], release
        columns["filetype"] = np.full(len(every), "apStar")
        columns["telescope"] = np.full(len(every), "apo25m")
        columns["v_rad"] = stars["v_rad"][every]
        tables.append(columns)
    return tuple(tables)


def apogee_snr(stars: Table, rng: np.random.Generator) -> np.ndarray:
    """Signal-to-noise ratio of APOGEE's spectrum, shape (n,); as `apogee`."""
    faint = np.asarray(stars["m_h"] + distance_modulus(stars["distance"])) - 12
    scatter = redraw(len(stars), rng.standard_normal, (-2.5, 2.5))
    decades = -0.4 * APOGEE_POWER * faint
    return APOGEE_SNR * 10**decades * np.exp(APOGEE_SCATTER * scatter)


def released_slam(stars: Table, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Columns of the released astraAllStarSlam.

    Parameters and returns as for `apogee`, of one table.
    """
    there = has_spectrum(stars) & (rng.random(len(stars)) < RELEASED)
    seen = stars[there]
    columns = measurements.astra_slam(seen, np.asarray(seen["snr"]), rng)
    return columns | slam_columns(seen, seen["snr"], "v6_1_3")


def slam_columns(stars: Table, snr: np.ndarray, run2d: str) -> dict[str, np.ndarray]:
    """The columns of the SLAM table beside the labels, for spectra of one reduction."""
    n = len(stars)
    return source_columns(stars) | {
        "snr": snr, "v_rad": stars["v_rad"], "release": np.full(n, "sdss5"),
        "filetype": np.full(n, "mwmStar"), "run2d": np.full(n, run2d),
        "telescope": np.full(n, "apo25m"),
    }  # fmt: skip


def source_columns(stars: Table) -> dict[str, Column]:
    """The columns that describe the source in each of Astra's files; -1 is null."""
    names = {
        "sdss_id": "sdss_id", "catalogid": "catalogid", "ra": "ra", "dec": "dec",
        "l": "l", "b": "b", "plx": "parallax", "e_plx": "parallax_error",
        "pmra": "pmra", "pmde": "pmdec", "g_mag": "phot_g_mean_mag",
        "bp_mag": "phot_bp_mean_mag", "rp_mag": "phot_rp_mean_mag",
        "j_mag": "j_m", "e_j_mag": "j_msigcom", "h_mag": "h_m", "e_h_mag": "h_msigcom",
        "k_mag": "ks_m", "e_k_mag": "ks_msigcom",
    }  # fmt: skip
    columns = {name: stars[ours] for name, ours in names.items()}
    columns["ebv_bayestar_2019"] = BAYESTAR_SCALE * stars["ebv"]
    for name, ours in (
        ("gaia_dr2_source_id", "gaia_dr2_source_id"),
        ("gaia_dr3_source_id", "source_id"),
    ):
        columns[name] = np.where(stars[ours] > 0, stars[ours], -1)
    return columns

"""The simulated SDSS files as DR20 has them: other names, flags, and more tables.

The stars, their spectra and everything that is not of SDSS are those of the survey in
DR19's form: a run on either has to find the same sample, but for the stars that Astra
does not name. Its random numbers are a stream of their own.
"""

import numpy as np
from astropy.table import Table

from mdwarfs.labels import RELEASED
from mdwarfs.literature.result_flags import NO_CARTON_MATCH, NOT_IN_MAGNITUDE_CUT
from mdwarfs.simulation import measurements
from mdwarfs.simulation.other_rows import FROM_GAIA, m_type
from mdwarfs.simulation.sdss_rows import CANDIDATE_KINDS, has_spectrum, slam_columns

BY_DR3 = 0.7  # share of the entries that the BOSS list names by Gaia DR3
TAKEN = 0.02  # share of the others whose DR2 number is that of another star in DR3
NO_ENTRY, SEVERAL = 0.02, 0.01  # shares of the field stars that Astra lacks, or doubles
SHIFT = {"teff": 12.0, "logg": 0.01, "fe_h": -0.02, "fe_h_niu": -0.02}
"""Labels of DR20 minus those of DR19, by their columns; of others it is 0."""
SHIFT_SCATTER = 0.4  # of that difference, per error of the label
LABELS = tuple(RELEASED.values())
XP = {"zgr_teff": (60.0, 50.0), "zgr_logg": (0.03, 0.06), "zgr_fe_h": (-0.08, 0.15)}
XP_ERRORS = {"zgr_e_teff": 40.0, "zgr_e_logg": 0.05, "zgr_e_fe_h": 0.1}
XP_NULL, XP_UNRELIABLE = 0.05, 0.06  # shares of the stars
ACTIVE, ACTIVE_NULL = 0.6, 0.1  # share of the M dwarfs, of these without H alpha
VAC_NULL = -9999.0


def listed(stars: Table, entries: Table, rng: np.random.Generator) -> np.ndarray:
    """GAIA_ID of the BOSS list: of DR3 for some entries, of DR2 for others, unmarked.

    Parameters
    ----------
    stars, entries, rng
        See `mdwarfs.simulation.sdss_rows.spall`.

    Returns
    -------
    int64, shape (n,)
        Of a few entries the DR2 number is one that DR3 gave to another star.
    """
    n = len(entries)
    dr3 = np.asarray(stars["source_id"][entries["star"]])
    dr2 = np.asarray(entries["gaia_dr2_source_id"])
    taken = rng.random(n) < TAKEN
    dr2 = np.where(taken & (dr3 > 0), np.roll(dr3, 1), dr2)
    return np.where((rng.random(n) < BY_DR3) & (dr3 > 0), dr3, dr2)


def named(stars: Table, entries: Table, rng: np.random.Generator) -> Table:
    """The stars of the BOSS list that Astra names, one row per SDSS identifier.

    Parameters
    ----------
    stars, entries, rng
        See `mdwarfs.simulation.sdss_rows.spall`.

    Returns
    -------
    table
        `sdss_id`, `star` (row in `stars`), `snr`, `several` (Astra has two rows of it,
        with two Gaia sources).
    """
    order = np.lexsort((-np.asarray(entries["snr"]), entries["sdss_id"]))
    best = entries[order]
    _, first = np.unique(best["sdss_id"], return_index=True)
    best = best["sdss_id", "star", "snr"][first]
    (field,) = np.nonzero(stars["kind"][best["star"]] == "field")
    field = rng.permutation(field)
    lost, doubled = (max(1, round(p * len(field))) for p in (NO_ENTRY, SEVERAL))
    best["several"] = np.isin(np.arange(len(best)), field[lost : lost + doubled])
    return best[~np.isin(np.arange(len(best)), field[:lost])]


def slam(
    stars: Table, names: Table, before: dict[str, np.ndarray], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Columns of astraAllStarSlam of Astra 0.8.1: a row for every named star.

    Parameters
    ----------
    stars
        The simulated stars as observed.
    names
        From `named`.
    before
        Columns of DR19's table: a star that is in both has about its labels.

    Returns
    -------
    columns
        By the file's column names. Stars that are no M dwarfs have no labels, and bits
        4 and 5.
    """
    rows = np.repeat(np.arange(len(names)), 1 + np.asarray(names["several"]))
    again = np.append(False, rows[1:] == rows[:-1])
    seen = stars[names["star"][rows]]
    snr = np.asarray(names["snr"][rows]) * np.where(again, 0.9, 1.0)
    sdss_id = np.asarray(names["sdss_id"][rows])
    chosen = has_spectrum(seen) & (sdss_id == seen["sdss_id"])
    columns = measurements.astra_slam(seen, snr, rng)
    place = {int(name): row for row, name in enumerate(before["sdss_id"])}
    old = np.array([place.get(int(name), -1) for name in sdss_id])
    for label in LABELS:
        true = seen[label_of(label)]
        moved = before[label][old] + SHIFT_SCATTER * (columns[label] - true)
        columns[label] = np.where(old >= 0, moved, columns[label]) + SHIFT.get(
            label, 0.0
        )
        for name in (label, f"e_{label}", f"initial_{label}"):
            columns[name] = np.where(chosen, columns[name], np.nan)
    unselected = NOT_IN_MAGNITUDE_CUT | NO_CARTON_MATCH
    columns["result_flags"] = np.where(chosen, columns["result_flags"], unselected)
    columns["flag_bad"] = np.where(chosen, columns["flag_bad"], False)
    columns["status"] = np.where(chosen, columns["status"], -1)
    columns |= slam_columns(seen, snr, "v6_2_1") | {"sdss_id": sdss_id}
    other = columns["gaia_dr3_source_id"] + (11 << 7)
    columns["gaia_dr3_source_id"] = np.where(
        again, other, columns["gaia_dr3_source_id"]
    )
    return columns


def label_of(column: str) -> str:
    """Our name of a label of Astra's."""
    return next(name for name, theirs in RELEASED.items() if theirs == column)


def gaia(stars: Table, entries: Table, names: Table) -> Table:
    """The result of the query by the DR3 identifiers of the M-type stars.

    Parameters
    ----------
    stars, entries
        See `mdwarfs.simulation.sdss_rows.spall`.
    names
        From `named`; of a star with two sources neither is asked for.

    Returns
    -------
    table
        One row per source.
    """
    asked = m_type(entries)
    known = names["sdss_id"][~names["several"]]
    star = np.unique(entries["star"][asked & np.isin(entries["sdss_id"], known)])
    star = star[stars["source_id"][star] > 0]
    result = Table({"dr2_source_id": stars["source_id"][star]})
    result["angular_distance"] = result["magnitude_difference"] = np.zeros(len(star))
    for name in FROM_GAIA:
        result[name] = stars[name][star]
    return result[np.argsort(result["source_id"], kind="stable")]


def contin(
    stars: Table, entries: Table, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Columns of mdwarf-contin-standardization: a row per spectrum of an M dwarf.

    Parameters
    ----------
    stars, entries, rng
        See `mdwarfs.simulation.sdss_rows.spall`.

    Returns
    -------
    columns
        By the file's column names.
    """
    dwarf = np.isin(stars["kind"], CANDIDATE_KINDS)
    xp = {}
    for column, (offset, scatter) in XP.items():
        true = np.asarray(stars[label_of(column.removeprefix("zgr_"))], float)
        xp[column] = true + rng.normal(offset, scatter, len(stars))
    null = rng.random(len(stars)) < XP_NULL
    flags = np.where(rng.random(len(stars)) < XP_UNRELIABLE, 8, 0)
    spectra = entries[dwarf[entries["star"]]]
    star = spectra["star"]
    columns = {
        "sdss_id": spectra["sdss_id"],
        "gaia_dr3_source_id": stars["source_id"][star],
        "gaia_dr2_source_id": stars["gaia_dr2_source_id"][star],
        "catalogid": spectra["catalogid"],
        "ra": stars["ra"][star], "dec": stars["dec"][star],
        "snr": spectra["snr"], "zgr_quality_flags": flags[star],
        "zwarning_flags": np.where(spectra["snr"] < 2.5, 4, 0),
        "xcsao_v_rad": stars["v_rad"][star],
    }  # fmt: skip
    for column, values in xp.items():
        columns[column] = np.where(null, np.nan, values)[star]
    for column, value in XP_ERRORS.items():
        columns[column] = np.where(null[star], np.nan, value)
    return columns


def active(stars: Table, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Columns of mdwarf_active_params: a row for many of the M dwarfs.

    Parameters
    ----------
    stars
        The simulated stars as observed.

    Returns
    -------
    entries
        By the file's column names; -9999 where nothing is known.
    """
    dwarf = np.isin(stars["kind"], CANDIDATE_KINDS)
    seen = stars[dwarf & (rng.random(len(stars)) < ACTIVE)]
    n = len(seen)
    ha_ew = seen["halpha_ew"] + rng.normal(0, 0.3, n)
    ha_ew = np.where(rng.random(n) < ACTIVE_NULL, VAC_NULL, ha_ew)
    columns = {name: np.full(n, VAC_NULL) for name in ("U", "V", "Vmix", "W", "mc")}
    return columns | {
        "sdssid": np.asarray(seen["sdss_id"], "i4"),
        "gaiadr3_source": seen["source_id"],
        "st": np.clip(np.round((3900 - np.asarray(seen["teff"])) / 150), 0, 9),
        "ha_ew": ha_ew,
    }  # fmt: skip

"""Write the raw tables of the simulated survey, and the truth beside them."""

import logging
from collections.abc import Callable

import numpy as np
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.catalogues.releases import RELEASES
from mdwarfs.labels import LABELS
from mdwarfs.simulation import (
    dr20,
    dust,
    identifiers,
    other_rows,
    paper_rows,
    parsec_rows,
    population,
    sdss_rows,
)
from mdwarfs.simulation.catalogues import OF_PAPER
from mdwarfs.simulation.files import (
    astra,
    bayestar,
    boss,
    gaia,
    lamost,
    literature,
    paper_pairs,
    parsec,
    wide_binaries,
)
from mdwarfs.simulation.streams import stream
from mdwarfs.tables.tabulate import annotate
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

TRUE = ("feh_niu", *(label for label in LABELS if label != "feh_niu"))
"""The labels, and first that on whose scale the truth is; `feh` follows from it."""
TRUTH = {
    "kind": ("", "What the star is"),
    "pair_id": ("", "Number of the wide pair, 0 for a single star"),
    "component": ("", "1 for the brighter star of a pair, 2 for the fainter one"),
    "injected": ("", "What is wrong with the star or its pair; empty if nothing"),
    "population": ("", "Component of the Galaxy: thin, thick or halo"),
    "companion_teff": ("K", "Teff of an unresolved cooler companion; 0: none"),
    "halpha_ew": ("Angstrom", "Equivalent width of the H alpha emission"),
    "distance": ("pc", "Distance"),
    "ebv": ("mag", "Reddening E(B-V) from the dust map at the star's distance"),
    "m_g": ("mag", "Absolute Gaia G magnitude"),
    "m_bp": ("mag", "Absolute Gaia BP magnitude"),
    "m_rp": ("mag", "Absolute Gaia RP magnitude"),
    "v_rad": ("km / s", "Radial velocity"),
    "has_spectrum": ("", "There is a file with the coadded BOSS spectrum"),
}


def write_tables(
    simulation: dict,
    isochrones: dict,
    seed: int,
    paths: dict[str, PathLike],
    stamp: dict,
    catalogues: dict[str, Callable] = OF_PAPER,
) -> Table:
    """Simulate the survey and write its raw files but for the spectra.

    Parameters
    ----------
    simulation, isochrones
        Sections of the configuration.
    seed
        Seed of the run; the same seed gives the same bytes.
    paths
        Where to write: `spall`, `apogee_net`, `aspcap`, `slam`, `gaia`,
        `wide_binaries`, `lamost_stellar`, `paper_table`, `bayestar`, `parsec`,
        `truth`, `truth_paper_table` (what is different in the published table), the
        keys of `catalogues`; in DR20's form (`release`: 20) also `slam_dr19`,
        `mdwarf_contin` and `mdwarf_active`.
    stamp
        `run`, `simulated`; for the tables of the truth.
    catalogues
        The catalogues to compare with: the function that writes each, see
        `mdwarfs.simulation.catalogues`. Default: those of the paper.

    Returns
    -------
    truth
        The truth, of which `mdwarfs.simulation.spectrum_files` makes the spectra.
    """
    stars = observed_stars(simulation, seed)
    differences = _write_catalogues(
        stars, simulation, isochrones, seed, paths, catalogues
    )
    tables.write(differences, paths["truth_paper_table"], stamp)
    truth = truth_table(stars)
    tables.write(truth, paths["truth"], stamp)
    there = int(np.sum(stars["has_spectrum"]))
    logger.info("%d stars simulated, of which %d have a spectrum", len(stars), there)
    return truth


def observed_stars(simulation: dict, seed: int) -> Table:
    """The simulated stars with their names and what Gaia and 2MASS measure.

    Parameters
    ----------
    simulation
        Section of the configuration.

    Returns
    -------
    stars
        The columns of `population.draw`, identifiers, `has_spectrum`.
    """
    stars = population.draw(simulation, seed)
    identifiers.assign(stars, stream(seed, "identifiers"))
    stars["has_spectrum"] = sdss_rows.has_spectrum(stars)
    return stars


def truth_table(stars: Table) -> Table:
    """The truth of every star: labels, place, what is wrong with it.

    Parameters
    ----------
    stars
        From `observed_stars`.

    Returns
    -------
    table
        One row per star.
    """
    truth = stars[[
        "source_id", "gaia_dr2_source_id", "sdss_id", "kind", "pair_id", "component",
        "injected", "population", *TRUE, "mass", "radius", "companion_teff",
        "halpha_ew", "ra", "dec", "distance", "ebv", "m_g", "m_bp", "m_rp", "m_ks",
        "v_rad", "snr", "has_spectrum",
    ]]  # fmt: skip
    return annotate(truth, TRUTH)


def _write_catalogues(stars, simulation, isochrones, seed, paths, catalogues):
    """Write every raw file but the spectra; what differs in the published table."""
    rng = stream(seed, "boss")
    entries = sdss_rows.boss_entries(stars, simulation["repeat_fraction"], rng)
    listed = sdss_rows.spall(stars, entries, rng)
    found = other_rows.gaia(stars, entries, rng)
    apogee_net, aspcap = sdss_rows.apogee(stars, stream(seed, "apogee"))
    astra.write_summary(paths["apogee_net"], "ApogeeNet", apogee_net)
    astra.write_summary(paths["aspcap"], "ASPCAP", aspcap)
    slam = sdss_rows.released_slam(stars, stream(seed, "slam"))
    if simulation.get("release", 19) == 20:
        found, slam = _as_in_dr20(stars, entries, listed, slam, seed, paths)
    version = RELEASES[simulation.get("release", 19)]["astra_boss"]
    boss.write_spall(paths["spall"], listed)
    gaia.write_result(paths["gaia"], found)
    astra.write_summary(paths["slam"], "Slam", slam, version)
    pairs = other_rows.wide_binaries(stars, stream(seed, "pairs"))
    wide_binaries.write_catalogue(paths["wide_binaries"], pairs)
    rng = stream(seed, "lamost")
    lamost_stellar = other_rows.lamost_stellar(stars, rng)
    lamost.write_stellar(paths["lamost_stellar"], lamost_stellar)
    literature_rng = stream(seed, "literature")
    streams = {
        "lamost_mstellar": rng,
        "birky": literature_rng,
        "behmard": literature_rng,
    }
    for key, write in catalogues.items():
        own = stream(seed, "catalogue", *key.encode())
        write(paths[key], stars, apogee_net, streams.get(key, own))
    rng = stream(seed, "paper_pairs")
    pairs, differences = paper_rows.paper_pairs(
        stars, lamost_stellar, apogee_net, aspcap, rng
    )
    paper_pairs.write_paper_pairs(paths["paper_table"], pairs)
    bayestar.write_map(paths["bayestar"], dust.ebv)
    curves = parsec_rows.isochrones(isochrones["log_age"], isochrones["mh"])
    parsec.write_isochrones(paths["parsec"], curves)
    return differences


def _as_in_dr20(stars, entries, listed, before, seed, paths):
    """Give the SDSS tables the form of DR20, and write those that it alone has.

    Parameters
    ----------
    stars, entries : astropy.table.Table
    listed : dict of ndarray
        Columns of the BOSS list, changed in place.
    before : dict of ndarray
        Columns of DR19's SLAM table.
    seed : int
    paths : dict of str to path-like

    Returns
    -------
    gaia : astropy.table.Table
        The answer of the Gaia archive.
    slam : dict of ndarray
        Columns of DR20's SLAM table.
    """
    rng = stream(seed, "dr20")
    names = dr20.named(stars, entries, rng)
    listed["GAIA_ID"] = dr20.listed(stars, entries, rng)
    listed["RUN2D"] = np.full(len(entries), RELEASES[20]["run2d"])
    astra.write_summary(paths["slam_dr19"], "Slam", before)
    slam = dr20.slam(stars, names, before, rng)
    literature.write_contin(paths["mdwarf_contin"], dr20.contin(stars, entries, rng))
    literature.write_active(paths["mdwarf_active"], dr20.active(stars, rng))
    return dr20.gaia(stars, entries, names), slam

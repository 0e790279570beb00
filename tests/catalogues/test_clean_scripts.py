"""The clean_* scripts: a raw file in, a catalogue of the agreed columns out."""

import numpy as np
import pytest
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.catalogues.registry import CATALOGUES
from mdwarfs.labels import LABELS, OF_PAPER
from mdwarfs.simulation.files import (
    astra,
    boss,
    gaia,
    lamost,
    literature,
    paper_pairs,
    parsec,
    wide_binaries,
)
from tests.conftest import STAMP

FURTHER = {f"{x}{name}" for name in LABELS.keys() - OF_PAPER for x in ("", "e_")}
ENTRIES = {entry.name: entry for entry in CATALOGUES}
IDS = np.array([3122834441337513729, 5])
SPALL = {"SDSS_ID": [1, 2], "CLASS": ["STAR"] * 2, "SUBCLASS": ["M1", "K5"]}
GAIA = {n: np.ones(2, d) if d[0] != "S" else ["a", ""] for n, d, _ in gaia.COLUMNS}
LAMOST = {"obsid": [1, 2], "gaia_source_id": ["1", "2"]}
ISOCHRONE = {name: [1.0] for name in "mini mass log_l log_te logg m_bol".split()}
ISOCHRONE |= {"m_h": [0.0], "log_age": [9.5], "label": [1]}
ISOCHRONE |= {name: [8.0] for name in ("m_g", "m_bp", "m_rp")}

CASES = {
    "boss": (
        lambda path: boss.write_spall(path, SPALL),
        "sdss_id gaia_dr2_source_id catalogid field mjd spec_file obs class subclass "
        "snr zwarning ra dec n_spectra",
    ),
    "gaia": (
        lambda path: gaia.write_result(path, {**GAIA, "dr2_source_id": IDS}),
        "gaia_dr2_source_id source_id ra dec parallax parallax_error pmra pmdec ruwe "
        "phot_g_mean_mag phot_bp_mean_mag phot_rp_mean_mag phot_bp_rp_excess_factor "
        "tmass_designation j_m j_msigcom h_m h_msigcom ks_m ks_msigcom ph_qual",
    ),
    "wide_binaries": (
        lambda path: wide_binaries.write_catalogue(
            path, dict.fromkeys(("source_id1", "source_id2"), IDS)
        ),
        "source_id1 source_id2 ra1 ra2 dec1 dec2 parallax1 parallax2 parallax_error1 "
        "parallax_error2 ruwe1 ruwe2 phot_g_mean_mag1 phot_g_mean_mag2 "
        "phot_bp_mean_mag1 phot_bp_mean_mag2 phot_rp_mean_mag1 phot_rp_mean_mag2 "
        "sep_au binary_type R_chance_align",
    ),
    "lamost_fgk": (
        lambda path: lamost.write_stellar(path, LAMOST),
        "source_id obsid snrg teff e_teff logg e_logg feh e_feh subclass n_spectra",
    ),
    "lamost_m": (
        lambda path: lamost.write_mstellar(path, LAMOST),
        "source_id obsid snrg teff e_teff logg e_logg m_h e_m_h subclass n_spectra",
    ),
    "apogee_net": (
        lambda path: astra.write_summary(path, "ApogeeNet", {"sdss_id": IDS}),
        "sdss_id source_id teff e_teff logg e_logg snr_apogee result_flags n_spectra",
    ),
    "aspcap": (
        lambda path: astra.write_summary(path, "ASPCAP", {"sdss_id": IDS}),
        "sdss_id source_id teff e_teff logg e_logg raw_teff raw_logg feh e_feh m_h "
        "alpha_m e_alpha_m snr_apogee release calibrated_flags n_spectra",
    ),
    "astra_slam": (
        lambda path: astra.write_summary(path, "Slam", {"sdss_id": IDS}),
        "sdss_id source_id snr teff e_teff logg e_logg feh e_feh feh_niu e_feh_niu "
        "alpha_m e_alpha_m result_flags n_spectra",
    ),
    "birky": (
        lambda path: literature.write_birky(path, {"APOGEE_ID": ["2M1"], "SNR": [9]}),
        "tmass_designation teff feh parallax snr_apogee n_spectra",
    ),
    "behmard": (
        lambda path: literature.write_behmard(path, {"name": IDS}),
        "source_id sdss_id teff e_teff feh e_feh n_spectra",
    ),
    "paper_pairs": (
        lambda path: paper_pairs.write_paper_pairs(
            path, {"source_id1": IDS, "source_id2": IDS}
        ),
        "row source_id1 source_id2 ra1 ra2 dec1 dec2 feh feh_niu teff logg alpha_m "
        "e_feh e_teff e_logg e_alpha_m snr role",
    ),
    "astra_slam_dr19": (
        lambda path: astra.write_summary(path, "Slam", {"sdss_id": IDS}),
        "sdss_id source_id snr teff e_teff logg e_logg feh e_feh feh_niu e_feh_niu "
        "alpha_m e_alpha_m result_flags n_spectra",
    ),
    "mdwarf_contin": (
        lambda path: literature.write_contin(path, {"sdss_id": IDS}),
        "sdss_id source_id snr teff e_teff logg e_logg feh e_feh zwarning_flags "
        "xp_quality_flags n_spectra",
    ),
    "mdwarf_active": (
        lambda path: literature.write_active(path, {"sdssid": np.array([1, 2], "i4")}),
        "sdss_id source_id ha_ew spectral_type mc n_spectra",
    ),
    "parsec": (
        lambda path: parsec.write_isochrones(path, Table(ISOCHRONE)),
        "m_h log_age mini mass log_te logg label m_g m_bp m_rp",
    ),
}


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """A file of pairs, some of whose stars a script may ask for."""
    path = tmp_path_factory.mktemp("pairs") / "pairs.fits"
    ids = Table({"source_id1": [1, 3], "source_id2": [2, 4]})
    tables.write(ids, path, STAMP)
    return path


@pytest.mark.parametrize("name", CASES)
def test_script(run_script, tmp_path, pairs, name):
    write, columns = CASES[name]
    raw = tmp_path / "raw"
    catalogue = tmp_path / f"{name}.{'ecsv' if name == 'parsec' else 'fits'}"
    write(raw)
    script, params = f"clean_{name}", {}
    if name in ENTRIES:
        script, found = "clean_catalogue", ENTRIES[name]
        params = {x: getattr(found, x) for x in ("reader", "arguments", "order")}
    params |= {
        "release": 2,
        "boss": {"class": "STAR", "subclass": "M"},
        "isochrones": {"log_age": 9.5, "mh": [0.0]},
    }
    inputs = {"raw": raw, "wide_binaries": pairs, "names": []}
    run_script(script, inputs, {"catalogue": catalogue}, params)
    table = tables.read(catalogue)
    assert [x for x in table.colnames if x not in FURTHER] == columns.split()
    assert len(table) == {"boss": 1, "birky": 1, "parsec": 1}.get(name, 2)
    assert table.meta["RUN"] == "test" and table.meta["SIMULATD"] is True


def test_every_entry_that_can_be_simulated_has_a_case():
    optional = {x for x, entry in ENTRIES.items() if entry.comparison}
    simulated = {x for x in optional if ENTRIES[x].raw.simulated}
    assert ENTRIES.keys() - optional | simulated <= CASES.keys()

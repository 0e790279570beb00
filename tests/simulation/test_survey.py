"""The raw files of a small survey, read back by the workflow's own readers."""

import copy
import shutil

import numpy as np
import pytest
from astropy.io import fits

from mdwarfs import tables
from mdwarfs.catalogues import (
    astra,
    birky,
    boss,
    gaia,
    lamost,
    registry,
    wide_binaries,
)
from mdwarfs.config import read_config
from mdwarfs.run import shares
from mdwarfs.samples import candidates, labels, niu, pairs
from mdwarfs.samples.extinction import absolute_magnitude
from mdwarfs.simulation import population
from mdwarfs.spectra.manifest import folder_of
from mdwarfs.spectra.readers import mwm_star
from mdwarfs.tables.matching import match
from tests.archives.servers.fixtures import SCALE

FILES = {
    "spall": "boss/spAll-lite-v6_1_3.fits.gz",
    "spectra": "astra/spectra.ecsv",
    "apogee_net": "astra/astraAllStarApogeeNet-0.6.0.fits.gz",
    "aspcap": "astra/astraAllStarASPCAP-0.6.0.fits.gz",
    "slam": "astra/astraAllStarSlam-0.6.0.fits.gz",
    "gaia": "gaia/gaia_dr3_2mass.vot.gz",
    "wide_binaries": "wide_binaries/all_columns_catalog.fits.gz",
    "lamost_stellar": "lamost/dr11_v2.0_LRS_stellar.fits.gz",
    "lamost_mstellar": "lamost/dr11_v2.0_LRS_mstellar.fits.gz",
    "birky": "birky/Table6_full_sample.csv.gz",
    "behmard": "behmard/mdwarf_abundances-1.0.2.fits",
    "paper_table": "nadc/LAMOST_FGK_BOSS_M_dwarfs.fits",
    "bayestar": "bayestar/bayestar2019.h5",
    "parsec": "parsec/parsec_gaiaEDR3.dat",
    "truth": "truth.fits",
    "truth_paper_table": "truth_paper_table.fits",
}


@pytest.fixture(scope="module")
def config(root):
    config = read_config([root / "config" / "config.yaml"])
    config = copy.deepcopy(config)
    config["simulation"]["scale"] = SCALE
    return config


def write(run_script, config, folder, threads, parts=1):
    """Run the scripts as the rules do, with so many jobs that share the stars."""
    params = {name: config[name] for name in ("simulation", "isochrones", "seed")}
    params["stamp"] = {"run": "simulated-test", "simulated": True}
    params["catalogues"] = {
        entry.raw.key: entry.raw.simulated
        for entry in registry.CATALOGUES
        if entry.comparison and entry.raw.key in FILES
    }
    files = {name: folder / file for name, file in FILES.items()}
    listed = files.pop("spectra")
    run_script("simulate_survey", output=files, params=params)
    items = [f"{number}-of-{parts}" for number in range(1, parts + 1)]
    params |= {"folder": str(folder_of(listed)), "release": 19}
    for item in items:
        run_script(
            "simulate_part",
            input={"truth": files["truth"]},
            output={"manifest": folder / "shares" / f"{item}.ecsv"},
            params=params,
            threads=threads,
            wildcards={"scatteritem": item},
        )
    run_script(
        "simulate_spectra",
        input={"parts": [folder / "shares" / f"{item}.ecsv" for item in items]},
        output={"manifest": listed},
        params=params,
    )
    shutil.rmtree(folder / "shares")  # temporary, in the workflow


@pytest.fixture(scope="module")
def raw(simulated_raw):
    """The survey, with the spectra written by one process."""
    return simulated_raw


@pytest.fixture(scope="module")
def truth(raw):
    return tables.read(raw / "truth.fits")


@pytest.fixture(scope="module")
def number(config):
    return population.counts(config["simulation"])


@pytest.fixture(scope="module")
def m_type(raw, config):
    placed = candidates.place_in_diagram(
        boss.read_boss(raw / FILES["spall"], config["boss"]),
        gaia.read_gaia(raw / FILES["gaia"]),
        raw / FILES["bayestar"],
        config["extinction"],
    )
    return candidates.apply_criteria(placed, config["candidates"])


@pytest.fixture(scope="module")
def chosen(m_type):
    return m_type[m_type["candidate"]]


@pytest.fixture(scope="module")
def catalogues(raw):
    binaries = wide_binaries.read_wide_binaries(raw / FILES["wide_binaries"])
    return binaries, lamost.read_lamost(raw / FILES["lamost_stellar"], "fgk")


@pytest.fixture(scope="module")
def fgk_m(catalogues, chosen, config, raw):
    return pairs.fgk_m(
        *catalogues, chosen, config["pairs"], raw / FILES["bayestar"],
        config["extinction"],
    )  # fmt: skip


def removed(counts):
    return dict(zip(counts["cut"].tolist(), counts["n_removed"].tolist()))


@pytest.mark.dag
def test_bytes_depend_on_the_seed_alone(run_script, config, raw, tmp_path, monkeypatch):
    """Not on the number of processes or jobs; and every file is there, and no other."""
    older = folder_of(tmp_path / FILES["spectra"]) / "star" / "00" / "00" / "older.fits"
    older.parent.mkdir(parents=True)
    older.write_bytes(b"of another survey")
    monkeypatch.setattr(shares, "GROUP", 20)  # so few stars would be one job's
    write(run_script, config, tmp_path, 2, parts=3)
    files = sorted(p.relative_to(raw) for p in raw.rglob("*") if p.is_file())
    again = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*") if p.is_file())
    assert files == again and len(files) > 60
    for name in files:
        assert (raw / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_each_criterion_removes_what_was_put_in_for_it(m_type, truth, number):
    expected = number["contaminants"]
    taken = removed(candidates.count_candidates(m_type))
    assert taken["gaia_source"] == expected["no_gaia"]
    assert taken["parallax"] == expected["no_parallax"]
    assert taken["colour"] == expected["no_colour"]
    assert taken["dust"] == expected["no_dust"]
    assert taken["criterion_1"] == expected["giant"] + expected["hot_star"]
    assert taken["criterion_2"] == expected["white_dwarf"]
    binary = np.isin(m_type["sdss_id"], truth["sdss_id"][truth["kind"] == "binary"])
    lost = np.sum(
        binary & ~m_type["candidate"]
    )  # binaries, which may be on either side
    sound = np.sum(truth["kind"] == "lost")
    assert sound > 0
    assert taken["criterion_3"] == expected["overluminous"] + lost + sound
    assert taken["criterion_4"] == expected["bad_ruwe"]


def test_candidates_are_the_m_dwarfs(chosen, truth, number):
    kind = truth["kind"][match(chosen["source_id"], truth["source_id"])]
    assert np.sum(kind == "m_secondary") == number["fgk_m"]
    assert np.sum(kind == "m_m") == 2 * (number["m_m"] + number["m_m_rejected"])
    assert np.sum(kind == "field") == number["field"]
    assert np.sum(kind == "binary") <= number["contaminants"]["binary"]
    assert np.all(np.isin(kind, ["m_secondary", "m_m", "field", "binary"]))


def test_reddening_of_the_map_is_the_true_one(m_type, truth):
    star = truth[match(m_type["source_id"], truth["source_id"])]
    error = (m_type["ebv"] - star["ebv"])[np.isfinite(m_type["ebv"])]
    assert np.median(np.abs(error)) < 0.002
    assert np.max(np.abs(error)) < 0.02


def test_best_spectrum_has_the_true_signal_to_noise(chosen, truth):
    star = truth[match(chosen["source_id"], truth["source_id"])]
    assert np.array_equal(chosen["sdss_id"], star["sdss_id"])
    assert np.allclose(chosen["snr"], star["snr"], rtol=1e-5)


def test_each_quality_cut_removes_what_was_put_in_for_it(fgk_m, truth, number):
    found, counts = fgk_m
    taken = removed(counts)
    assert len(found) == number["fgk_m"]
    for cut, expected in number["fgk_m_rejected"].items():
        assert taken[cut] == expected
    assert taken["ruwe2"] == 0  # criterion 4 has removed them
    star = truth[match(found["source_id2"], truth["source_id"])]
    lost = np.isin(star["injected"], list(number["fgk_m_rejected"]))
    assert np.array_equal(np.asarray(found["selected"]), ~lost)
    assert np.array_equal(
        truth["pair_id"][match(found["source_id1"], truth["source_id"])],
        star["pair_id"],
    )


def test_m_m_and_fgk_fgk_pairs_are_found(catalogues, chosen, config, number):
    binaries, fgk = catalogues
    found, counts = pairs.m_m(binaries, chosen, config["pairs"])
    assert np.sum(found["selected"]) == number["m_m"]
    assert removed(counts)["r_chance_align"] == number["m_m_rejected"]
    found, counts = pairs.fgk_fgk(binaries, fgk, config["pairs"])
    assert np.sum(found["selected"]) == number["fgk_fgk"]
    assert removed(counts)["r_chance_align"] == number["fgk_fgk_rejected"] > 0


def test_labels_are_complete_but_for_those_left_out(
    raw, catalogues, fgk_m, config, truth, number
):
    sign = niu.settle_sign(pairs.fgk_fgk(*catalogues, config["pairs"])[0])
    assert niu.chosen_sign(sign) == "subtract"
    found = labels.assemble_labels(
        fgk_m[0],
        sign,
        astra.read_astra(raw / FILES["apogee_net"], "apogee_net"),
        astra.read_astra(raw / FILES["aspcap"], "aspcap"),
    )
    star = truth[match(found["source_id"], truth["source_id"])]
    lacks = np.isin(star["injected"], ["no_apogee_net", "no_aspcap"])
    assert np.sum(lacks) == number["fgk_m_unlabelled"]
    assert np.array_equal(np.asarray(found["labelled"]), ~lacks)
    for name in ("feh_niu", "teff", "logg", "alpha_m"):
        good = found["labelled"]
        pull = ((found[name] - star[name]) / found[f"e_{name}"])[good]
        assert np.abs(pull).max() < 5
        assert abs(np.mean(pull)) < 4 / np.sqrt(len(pull))


def test_spectra_are_there_but_for_the_missing_ones(raw, truth, number):
    folder = folder_of(raw / FILES["spectra"])
    there = [
        (folder / mwm_star.path(int(i), "0.6.0")).exists() for i in truth["sdss_id"]
    ]
    assert np.array_equal(there, truth["has_spectrum"])
    dwarf = np.isin(truth["kind"], ["m_secondary", "m_m", "field", "binary"])
    missing = truth["injected"] == "missing_spectrum"
    assert np.array_equal(dwarf & ~missing, np.asarray(truth["has_spectrum"]))
    assert np.sum(missing) == number["missing_spectra"]
    assert len(list(folder.rglob("*.fits"))) == np.sum(there)


def test_a_spectrum_is_as_noisy_as_the_list_says(raw, truth):
    for star in truth[truth["has_spectrum"]][:10]:
        path = folder_of(raw / FILES["spectra"]) / mwm_star.path(
            int(star["sdss_id"]), "0.6.0"
        )
        with fits.open(path) as file:
            row = file[1].data[0]
        flux, ivar = row["flux"].astype(float), row["ivar"].astype(float)
        assert row["sdss_id"] == star["sdss_id"]
        assert row["snr"] == pytest.approx(star["snr"], rel=1e-4)
        mean = np.nanmean(np.where(ivar > 0, flux * np.sqrt(ivar), np.nan))
        assert mean == pytest.approx(star["snr"], rel=0.15)


def test_birky_is_found_by_2mass_name_alone(raw, m_type):
    stars = birky.read_birky(raw / FILES["birky"])
    known = np.isin(stars["tmass_designation"], m_type["tmass_designation"])
    assert known.all() and len(known) > 5


def test_lamost_has_several_spectra_of_a_star_and_nulls(raw):
    with fits.open(raw / FILES["lamost_mstellar"]) as file:
        rows = file[1].data
        identifiers = np.char.strip(rows["gaia_source_id"])
        assert len(np.unique(identifiers)) < len(identifiers)
    stars = lamost.read_lamost(raw / FILES["lamost_mstellar"], "m")
    assert np.all(stars["source_id"] > 0)
    assert not np.any(stars["teff"] < 0)


def test_the_traps_of_the_archives_are_there(raw, config, truth):
    """DR2 names that differ, double neighbours, two names of one source, swaps."""
    answer = gaia.read_votable(raw / FILES["gaia"], gaia.COLUMNS)
    dr2, dr3 = np.asarray(answer["dr2_source_id"]), np.asarray(answer["source_id"])
    assert len(np.unique(dr2)) < len(dr2)
    star = match(dr3, truth["source_id"])
    assert 0.005 < np.mean(dr2[star >= 0] != dr3[star >= 0]) < 0.12
    assert len(np.unique(dr3)) < len(dr3)
    summary = astra.read_astra(raw / FILES["aspcap"], "aspcap")
    assert summary["n_spectra"].max() == 2
    assert set(summary["release"]) == {"dr17", "sdss5"}


def test_pairs_of_the_catalogue_have_gaia_photometry_of_both(catalogues, truth):
    binaries, _ = catalogues
    for k in (1, 2):
        star = truth[match(binaries[f"source_id{k}"], truth["source_id"])]
        modulus = 5 * np.log10(star["distance"] / 10)
        expected = star["m_g"] + modulus
        difference = binaries[f"phot_g_mean_mag{k}"] - expected
        assert np.all((difference > -0.02) & (difference < 1.0))  # extinction
        absolute = absolute_magnitude(
            binaries[f"phot_g_mean_mag{k}"], binaries[f"parallax{k}"]
        )
        assert np.median(np.abs(absolute - expected + modulus)) < 0.2


def test_truth_describes_itself(raw):
    with fits.open(raw / "truth.fits") as file:
        assert file[0].header.get("SIMULATD", file[1].header.get("SIMULATD")) is True
    stars = tables.read(raw / "truth.fits", ["kind", "injected", "feh_niu", "feh"])
    assert stars["feh_niu"].info.description

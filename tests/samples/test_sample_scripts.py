"""The scripts of the samples' stages, run one after the other on a small survey."""

import numpy as np
import pytest
from astropy.table import Table, vstack

from mdwarfs import tables
from mdwarfs.catalogues import wide_binaries
from mdwarfs.labels import LABELS
from mdwarfs.literature.niu import niu_offset
from mdwarfs.tables.tabulate import annotate
from tests.conftest import STAMP
from tests.made_up import described, of_a_dwarf

pytestmark = [
    pytest.mark.filterwarnings("error"),
    # dustmaps 1.0.14 with NumPy 2.5
    pytest.mark.filterwarnings("ignore:Setting the shape:DeprecationWarning"),
]

N = 60  # FGK+M pairs
OF_APOGEE = {"teff": 3500.0, "logg": 4.8, "alpha_m": 0.0}
FGK, DWARF, SECOND = 1000, 5000, 9000  # first source_id of each kind of star


def stars(n, first):
    rng = np.random.default_rng(first)
    return {
        "source_id": np.arange(n) + first,
        "ra": rng.uniform(0, 360, n),
        "dec": rng.uniform(-20, 80, n),
        "parallax": np.full(n, 10.0),
        "ruwe": np.full(n, 1.0),
        "phot_g_mean_mag": np.full(n, 14.0),
        "phot_bp_mean_mag": np.full(n, 15.3),
        "phot_rp_mean_mag": np.full(n, 13.0),
    }


def part(columns, rows):
    return {name: values[rows] for name, values in columns.items()}


def binaries(first, second):
    table = Table({f"{name}1": values for name, values in first.items()})
    for name, values in second.items():
        table[f"{name}2"] = values
    table["sep_au"], table["R_chance_align"] = 1000.0, 0.01
    known = wide_binaries.DESCRIBED
    return annotate(table, {name: known[name] for name in ("ruwe", "R_chance_align")})


def survey():
    """The clean catalogues: FGK+M pairs, FGK+FGK pairs, M+M pairs, all good."""
    rng = np.random.default_rng(1)
    fgk, dwarf, second = stars(N, FGK), stars(N, DWARF), stars(N, SECOND)
    boss = Table({"gaia_dr2_source_id": dwarf["source_id"] + 1})
    boss["sdss_id"] = np.arange(N) + 1
    boss["snr"], boss["n_spectra"] = 10.0, 1
    boss["ra"], boss["dec"] = dwarf["ra"], dwarf["dec"]
    boss.meta = {"N_ROWS": 500, "N_CLASS": 400, "N_MTYPE": N, "N_STARS": N}
    gaia = Table({"gaia_dr2_source_id": boss["gaia_dr2_source_id"], **dwarf})
    lamost = Table({"source_id": np.append(fgk["source_id"], second["source_id"])})
    lamost["teff"] = np.append(rng.uniform(5500, 6500, N), rng.uniform(4100, 5400, N))
    lamost["feh"] = np.tile(rng.normal(-0.1, 0.2, N), 2) + niu_offset(lamost["teff"])
    lamost["e_teff"], lamost["e_feh"] = 50.0, 0.05
    lamost["snrg"], lamost["obsid"] = 30.0, np.arange(2 * N)
    apogee = Table({"source_id": dwarf["source_id"], "sdss_id": boss["sdss_id"]})
    apogee["snr_apogee"] = 80.0
    for name in (x for x in LABELS if LABELS[x].source in ("apogee_net", "aspcap")):
        apogee[name], apogee[f"e_{name}"] = OF_APOGEE.get(name, of_a_dwarf(name)), 0.01
    apogee["alpha_m"][0] = np.nan
    even, odd = slice(0, N, 2), slice(1, N, 2)
    fgk_m = [binaries(part(fgk, even), part(dwarf, even))]
    fgk_m.append(binaries(part(dwarf, odd), part(fgk, odd)))
    return {
        "boss": boss,
        "gaia": gaia,
        "lamost_fgk": lamost,
        "apogee_net": apogee,
        "aspcap": apogee.copy(),
        "fgk_m": vstack(fgk_m),
        "m_m": binaries(part(dwarf, even), part(dwarf, odd)),
        "fgk_fgk": binaries(fgk, second),
    }


@pytest.fixture(scope="module")
def folder(run_script, tmp_path_factory, dust_map, config):
    """A folder in which every script has run."""
    here = tmp_path_factory.mktemp("samples")
    for name, table in survey().items():
        tables.write(described(table), here / f"{name}.fits", STAMP)

    def run(name, inputs, outputs, **params):
        paths = [
            {key: here / file for key, file in files.items()}
            for files in (inputs, outputs)
        ]
        run_script(name, *paths, params)

    dust = {"bayestar": dust_map}
    sections = {name: config[name] for name in ("extinction", "candidates", "pairs")}
    run(
        "deredden_m_type",
        {"boss": "boss.fits", "gaia": "gaia.fits", **dust},
        {"placed": "placed.fits"},
        extinction=sections["extinction"],
    )
    run(
        "select_candidates",
        {"placed": "placed.fits"},
        {
            "m_type": "m_type.fits",
            "candidates": "candidates.fits",
            "counts": "candidate_counts.ecsv",
        },
        candidates=sections["candidates"],
    )
    lamost, candidates = (
        {name: f"{name}.fits"} for name in ("lamost_fgk", "candidates")
    )
    for kind, inputs in (
        ("fgk_m", {**lamost, **candidates, **dust}),
        ("m_m", candidates),
        ("fgk_fgk", lamost),
    ):
        run(
            f"pair_{kind}",
            {"wide_binaries": f"{kind}.fits", **inputs},
            {"pairs": f"pairs_{kind}.fits", "counts": f"pairs_{kind}_counts.ecsv"},
            pairs=sections["pairs"],
            extinction=sections["extinction"],
        )
    run("settle_niu_sign", {"pairs": "pairs_fgk_fgk.fits"}, {"sign": "niu_sign.ecsv"})
    run(
        "assemble_labels",
        {
            "pairs": "pairs_fgk_m.fits",
            "sign": "niu_sign.ecsv",
            "apogee_net": "apogee_net.fits",
            "aspcap": "aspcap.fits",
        },
        {"labels": "labels.fits"},
        labels=list(LABELS),
    )
    run(
        "split_sample",
        {"labels": "labels.fits"},
        {"split": "split.fits"},
        split=config["split"],
        seed=1,
    )
    return here


PRODUCTS = [
    "m_type.fits", "candidates.fits", "candidate_counts.ecsv", "pairs_fgk_m.fits",
    "pairs_fgk_m_counts.ecsv", "pairs_m_m.fits", "pairs_m_m_counts.ecsv",
    "pairs_fgk_fgk.fits", "pairs_fgk_fgk_counts.ecsv", "niu_sign.ecsv", "labels.fits",
    "split.fits",
]  # fmt: skip


@pytest.mark.parametrize("name", PRODUCTS)
def test_every_product_says_what_it_is(folder, name):
    table = tables.read(folder / name)
    assert len(table)
    assert table.meta["SIMULATD"] and table.meta["RUN"] == "test"
    assert all(table[column].info.description for column in table.colnames)


def test_every_star_goes_through_to_the_split(folder):
    assert len(tables.read(folder / "candidates.fits")) == N
    assert len(tables.read(folder / "pairs_m_m.fits")) == N // 2
    assert tables.read(folder / "pairs_fgk_m.fits")["swapped"].sum() == N // 2
    labels = tables.read(folder / "labels.fits")
    assert (len(labels), labels["labelled"].sum()) == (N, N - 1)
    assert len(tables.read(folder / "split.fits")) == N - 1


def test_the_counts_of_the_boss_list_reach_the_table(folder):
    counts = tables.read(folder / "candidate_counts.ecsv")
    assert counts["n_left"][:4].tolist() == [500, 400, N, N]
    assert counts["n_left"][-1] == N


def test_the_true_metallicity_is_recovered_by_the_settled_sign(folder):
    labels = tables.read(folder / "labels.fits")
    truth = np.random.default_rng(1)
    truth.uniform(5500, 6500, N), truth.uniform(4100, 5400, N)
    assert labels["feh_niu"] == pytest.approx(truth.normal(-0.1, 0.2, N), abs=1e-6)


def test_the_column_of_a_component_says_which(folder):
    table = tables.read(folder / "pairs_fgk_m.fits")
    words = wide_binaries.DESCRIBED["ruwe"][1]
    assert table["ruwe1"].description == f"{words}; component 1"
    assert table["mg02"].description.endswith("component 2")
    assert table["mg02"].unit == table["mg01"].unit == "mag"
    assert table["cut_ruwe2"].description == "Passes: ruwe2 < 1.4"
    labels = tables.read(folder / "labels.fits")
    assert labels["ra"].description == "Right ascension (ICRS)"

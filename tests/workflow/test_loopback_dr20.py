"""A run on DR20, from archives on loopback that serve the survey in DR20's form.

The stars are those of the survey in DR19's form: the run has to find the same sample,
though the BOSS list does not say whose Gaia identifiers it has, but for the stars that
Astra does not name.
"""

import json

import numpy as np
import pytest
import yaml
from astropy.io import fits

from mdwarfs import tables
from mdwarfs.audit.products import audit
from mdwarfs.config import merge_config, read_config
from mdwarfs.simulation.dr20 import SHIFT, XP, label_of
from mdwarfs.slam.infer.released import RELEASED
from mdwarfs.tables.matching import match
from tests.archives.servers.archives import Archives
from tests.archives.servers.loopback import served
from tests.workflow.conftest import copy_of

pytestmark = pytest.mark.dag

RUN = "simulated-dr20"
SLICED = ("spall", "apogee_net", "aspcap", "slam", "slam_dr19", "mdwarf_contin")
CHANGES = {
    "run": RUN,
    "simulation": {"release": 20},
    "archives": {
        "candidates": "released",
        "inputs": {
            key: {"query": {"slices": 1}} for key in SLICED
        },  # it takes its time
    },
    "slam": {"folds": 2, "grid": {"C": [1.0], "epsilon": [0.1], "gamma": [0.03]}},
    "spectra": {"wave_min": 7800.0},
    "uncertainty": {"parts": 2},
}
REAL = ["config/dr19.yaml", "config/dr20.yaml", "config/ci.yaml"]
TARGETS = [
    "samples",
    f"results/{RUN}/catalogue/slam_labels.fits",
    f"results/{RUN}/comparisons/behmard.fits",
    f"figures/{RUN}/diagnostic_releases.png",
    f"figures/{RUN}/diagnostic_value_added.png",
]


@pytest.fixture(scope="module")
def raw(root, tmp_path_factory):
    """Raw files of the survey of config/ci.yaml, in DR20's form."""
    checkout = copy_of(root, tmp_path_factory.mktemp("twenty") / "copy")
    changes = checkout.path / "changes.yaml"
    changes.write_text(
        yaml.safe_dump({key: CHANGES[key] for key in ("run", "simulation")})
    )
    checkout.snakemake(
        "--cores", "2", "--configfile", "config/ci.yaml", changes.name, "--",
        f"results/{RUN}/raw/astra/spectra.ecsv", configfile=None,
    )  # fmt: skip
    return checkout.path / "results" / RUN / "raw"


@pytest.fixture(scope="module")
def server(raw, tap):
    """The archives; what TAP services have are the same stars, whatever the release."""
    with Archives(raw, tap.url) as archives:
        yield archives


@pytest.fixture(scope="module")
def twenty(root, server, tmp_path_factory):
    """A copy in which dr20.yaml has run, by its routes, up to the comparisons.

    Without the hybrid labels, which are made of tables that DR19 gives as well.
    """
    checkout = copy_of(root, tmp_path_factory.mktemp("dr20") / "copy")
    archives = read_config(root / name for name in REAL[:2])["archives"]
    changes = merge_config(served(archives, server), CHANGES)
    (checkout.path / "served.yaml").write_text(yaml.safe_dump(changes))
    truth = checkout.path / "results" / RUN / "raw" / "truth.fits"
    truth.parent.mkdir(parents=True)
    truth.write_bytes((server.raw / "truth.fits").read_bytes())
    checkout.snakemake(
        "--cores", "2", "--configfile", *REAL, "config/loopback.yaml", "served.yaml",
        "--", *TARGETS, configfile=None,
    )  # fmt: skip
    return checkout


def product(checkout, name, run=RUN):
    return tables.read(checkout.path / "results" / run / name)


def test_the_sample_is_that_of_dr19_but_for_what_astra_does_not_name(finished, twenty):
    every = product(twenty, "samples/m_type.fits")
    nameless = every[np.isin(every["reason"], ["no Astra entry", "two Gaia sources"])]
    assert len(nameless) > 5
    for name in ("candidates", "pairs_fgk_m", "pairs_m_m", "labels", "split"):
        new = product(twenty, f"samples/{name}.fits")
        old = product(finished, f"samples/{name}.fits", "simulated-ci")
        key = "source_id" if "source_id" in old.colnames else "source_id2"
        gone = np.setdiff1d(old[key], new[key])
        assert len(np.setdiff1d(new[key], old[key])) == 0, name
        assert len(gone) <= len(nameless) * (name == "candidates"), name
        if name == "candidates":
            lost = old["sdss_id"][np.isin(old[key], gone)]
            assert len(lost) and np.isin(lost, nameless["sdss_id"]).all()


def test_what_the_boss_list_calls_a_star_decides_nothing(raw, twenty):
    boss = product(twenty, "catalogues/boss.fits")
    truth = tables.read(raw / "truth.fits")
    place = match(boss["sdss_id"], truth["sdss_id"])
    known = (place >= 0) & (boss["gaia_reason"] == "")
    right = truth["source_id"][place[known]]
    assert (boss["gaia_dr3_source_id"][known] == right).all()
    listed = fits.getdata(raw / "boss/spAll-lite-v6_2_1.fits.gz")
    index = match(truth["sdss_id"], np.unique(listed["SDSS_ID"]))
    there = truth[(index >= 0) & (truth["source_id"] > 0)]
    first = np.unique(listed["SDSS_ID"], return_index=True)[1]
    found = listed["GAIA_ID"][first][match(there["sdss_id"], listed["SDSS_ID"][first])]
    other = found != there["source_id"]
    assert other.sum() > 10  # of DR2, of which some are
    assert np.isin(found[other], truth["source_id"]).any()  # another star's in DR3


def test_stars_without_a_gaia_source_are_counted_with_the_reason(twenty):
    counts = product(twenty, "samples/candidate_counts.ecsv")
    removed = dict(zip(counts["cut"], counts["n_removed"]))
    meta = product(twenty, "catalogues/boss.fits").meta
    assert removed["astra_entry"] == meta["N_NOASTR"] > 0
    assert removed["two_gaia_sources"] == meta["N_2GAIA"] > 0
    assert removed["gaia_source"] == meta["N_NOGAIA"] > 0


def test_unselected_stars_have_no_released_labels(raw, twenty):
    released = product(twenty, "catalogues/astra_slam.fits")
    rows = fits.getdata(raw / "astra/astraAllStarSlam-0.8.1.fits.gz", 1)
    flagged = rows["sdss_id"][rows["result_flags"] == 48]
    assert released.meta["N_BIT4"] == released.meta["N_BIT5"] > 100
    assert not np.isin(released["sdss_id"], flagged).any()
    assert np.isfinite(released["teff"]).all()
    labels = product(twenty, "catalogue/slam_labels.fits")
    assert np.sum(labels["status"] == RELEASED) > 100


def test_the_releases_are_compared_on_their_common_stars(twenty):
    found = product(twenty, "diagnostics/releases.ecsv")
    every = found[(found["bin"] == 0) & (found["sample"] == "unflagged")]
    for column, shift in SHIFT.items():
        row = every[every["label"] == label_of(column)][0]
        assert abs(row["robust_bias"] - shift) < 4 * row["e_robust_bias"]
        assert row["n"] > 100
    counts = product(twenty, "diagnostics/releases_counts.ecsv")
    numbers = dict(zip(counts["what"], counts["n"]))
    assert numbers["labels in both"] == (
        numbers["in both, left out as flagged"] + numbers["compared"]
    )
    assert numbers["compared"] == every["n"].max()


def test_labels_from_gaia_xp_are_compared_where_they_are_reliable(twenty):
    found = product(twenty, "diagnostics/value_added.ecsv")
    every = found[(found["bin"] == 0) & (found["sample"] == "used")]
    for column, (offset, _) in XP.items():
        row = every[every["label"] == label_of(column.removeprefix("zgr_"))][0]
        # SLAM has an error of its own, with few stars and one set of hyperparameters.
        assert np.sign(row["robust_bias"]) == -np.sign(offset) and row["n"] > 100
    comparison = product(twenty, "comparisons/value_added.fits")
    assert 0 < np.isfinite(comparison["ha_ew"]).sum() < len(comparison)
    assert not comparison["used"][comparison["xp_quality_flags"] >= 8].any()


def test_files_of_two_versions_of_astra_come_from_the_right_release(twenty, server):
    asked = "\n".join(server.asked)
    for part in (
        "GET /sas/dr20/spectro/astra/0.8.1/spectra/star/",
        "GET /sas/dr20/vac/mwm/m-dwarf/elemental_abundances/",
        "GET /sas/dr20/vac/mwm/m-dwarf/boss_spectral_activity/",
        "/dr20/", "/dr19/", "mdwarf_contin_summary",
    ):  # fmt: skip
        assert part in asked, part
    raw = twenty.path / "results" / RUN / "raw"
    records = {p.name: json.loads(p.read_text()) for p in raw.rglob("*.json")}
    assert len(records) >= 12
    for name, release in (("Slam-0.8.1", 20), ("Slam-0.6.0", 19), ("ASPCAP-0.6.0", 20)):
        record = records[f"astraAllStar{name}.fits.gz.json"]
        assert record["request"]["release"] == release, name
    (spectrum, *_) = (raw / "astra" / "spectra").rglob("mwmStar-0.8.1-*.fits")
    assert fits.getheader(spectrum)["V_ASTRA"] == "0.8.1"


def test_no_product_breaks_what_the_audit_holds(twenty):
    folder = twenty.path / "results" / RUN
    products = [*folder.rglob("*.fits"), *folder.rglob("*.ecsv")]
    products = [path for path in products if "raw" not in path.parts]
    audited = audit(
        [path for path in products if "parts" not in path.parts],
        {},
        {"run": RUN, "simulated": True},
    )
    problems = {row["path"]: row["problems"] for row in audited if row["problems"]}
    assert len(audited) > 25 and problems == {}

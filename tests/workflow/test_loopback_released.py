"""The real run, from archives on loopback, by the routes of config/dr19.yaml.

As far as the audit: a query for the wide binaries, and released labels where no
spectrum is needed.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml

from mdwarfs import tables
from mdwarfs.catalogues.nulls import from_cards
from mdwarfs.labelling.released import RELEASED
from mdwarfs.tables import absent
from mdwarfs.tables.matching import match
from tests.archives.servers import faults
from tests.workflow.conftest import product_bytes
from tests.workflow.loopback import LOOPBACK, RUN, copy_to_run_in

pytestmark = pytest.mark.dag


@pytest.fixture(scope="module")
def published(root, server, tmp_path_factory):
    """A copy in which it has run by the routes of dr19.yaml, with one set of
    hyperparameters, up to the catalogue and the audit."""
    path = tmp_path_factory.mktemp("published") / "copy"
    checkout = copy_to_run_in(root, path, server)
    changes = {
        "archives": {
            "candidates": "released",
            "inputs": {"wide_binaries": {"route": "query"}},
        },
        "slam": {"folds": 2, "grid": {"C": [1.0], "epsilon": [0.1], "gamma": [0.03]}},
        "spectra": {"wave_min": 7800.0},
        "uncertainty": {"parts": 2},
    }
    (checkout.path / "published.yaml").write_text(yaml.safe_dump(changes))
    server.behave()
    server.misbehave("/res/r101717/", faults.gone, 2)  # NADC has moved
    checkout.snakemake(
        "--cores", "2", *LOOPBACK, "published.yaml", "--", "samples", "predict",
        "audit", configfile=None,
    )  # fmt: skip
    checkout.asked = list(server.asked)
    return checkout


def catalogue(checkout, name):
    """One of a run's clean catalogues."""
    return tables.read(checkout.path / "results" / RUN / "catalogues" / f"{name}.fits")


def test_fill_values_of_skyserver_are_null_and_listed(published):
    aspcap = catalogue(published, "aspcap")
    assert any(
        "fill value -9999" in nulled.reason for nulled in from_cards(aspcap.meta)
    )
    claims = published.path / "results" / RUN / "audit" / "claims.md"
    text = claims.read_text().partition("## Values made null")[2]
    assert "| `catalogues/aspcap.fits` | alpha_m | fill value -9999 |" in text


def test_queries_for_the_needed_rows_give_the_same_samples(finished, published):
    for name in ("candidates", "pairs_fgk_m", "pairs_m_m", "labels", "split"):
        file = Path("results", RUN, "samples", f"{name}.fits")
        direct = product_bytes(finished.path / file)
        assert product_bytes(published.path / file) == direct, name
    assert len(catalogue(published, "wide_binaries")) < len(
        catalogue(finished, "wide_binaries")
    )


def test_the_claims_count_the_whole_catalogues(finished, published):
    for checkout in (finished, published):
        claims = tables.read(checkout.path / "results" / RUN / "audit" / "claims.ecsv")
        found = dict(zip(claims["id"], claims["found"]))
        raw = catalogue(finished, "wide_binaries").meta["N_ROWS"]
        assert found["N2"] == raw == len(catalogue(finished, "wide_binaries"))
        assert found["N3"] == catalogue(finished, "lamost_fgk").meta["N_ROWS"]


def test_without_the_paper_s_table_the_run_goes_on_and_says_so(published):
    results = published.path / "results" / RUN
    record = json.loads(
        (results / "raw/nadc/LAMOST_FGK_BOSS_M_dwarfs.fits.json").read_text()
    )
    assert "NADC did not give" in record["absent"] and "url" not in record
    for name in (
        "catalogues/paper_pairs.fits", "comparisons/paper_sample.fits",
        "diagnostics/paper_sample.ecsv", "diagnostics/paper_sample_counts.ecsv",
    ):  # fmt: skip
        table = tables.read(results / name)
        assert len(table) == 0 and absent.why(table) == record["absent"], name
    claims = tables.read(results / "audit" / "claims.ecsv")
    own = claims[np.char.startswith(np.asarray(claims["id"], str), "S")]
    assert set(own["status"]) == {"not testable here"}
    assert all("not compared: NADC did not give" in note for note in own["note"])
    listed = tables.read(results / "audit" / "products.ecsv")
    assert [row["path"] for row in listed if row["problems"]] == []
    assert "**Not compared**" in (results / "audit" / "claims.md").read_text()


def test_only_the_needed_spectra_are_fetched(published):
    results = published.path / "results" / RUN
    listed = tables.read(results / "raw" / "astra" / "spectra.ecsv")
    chosen = tables.read(results / "samples" / "chosen.fits")
    candidates = tables.read(results / "samples" / "candidates.fits")
    assert sorted(listed["sdss_id"]) == sorted(chosen["sdss_id"])
    assert len(chosen) < 0.5 * len(candidates)
    asked = {line for line in published.asked if "/spectra/star/" in line}
    assert len(asked) == len(chosen)


def test_the_other_candidates_have_the_released_labels(published):
    results = published.path / "results" / RUN
    released = catalogue(published, "astra_slam")
    chosen = tables.read(results / "samples" / "chosen.fits")
    labels = tables.read(results / "catalogue" / "slam_labels.fits")
    other = (labels["status"] == RELEASED) & ~np.isin(
        labels["source_id"], chosen["source_id"]
    )
    assert np.sum(other) > 100 and not np.any((labels["status"] == RELEASED) & ~other)
    place = match(labels["sdss_id"][other], released["sdss_id"])
    assert (place >= 0).all()
    np.testing.assert_array_equal(labels["teff"][other], released["teff"][place])

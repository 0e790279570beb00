"""The versions of the data, and where a run mixes them."""

import pytest

from mdwarfs.audit import data
from mdwarfs.config import check_config, merge_config, read_config, schema_path


def record(file, asked, **more):
    return {"file": file, "url": "https://x", "request": {"version": asked}} | more


def test_no_records_no_section():
    assert data.section([]) == []


def test_every_raw_file_is_listed_with_its_version():
    records = [record("a.fits", "Gaia DR3"), record("b.fits", "SDSS DR19, Astra 0.6.0")]
    title, table = data.section(records)
    assert title == "## Data"
    assert "| `b.fits` | SDSS DR19, Astra 0.6.0 | https://x |" in table


def test_what_was_not_as_expected_is_named_with_its_file():
    said = "the table has 21 rows, 10 to 20 were expected"
    records = [record("a", "1", warnings=[said]), record("b", "1", warnings=[])]
    assert data.section(records)[2:] == [f"`a`: {said}."]


def test_files_of_one_release_are_not_mixed_whatever_their_pipelines():
    versions = "SDSS DR19, Astra 0.6.0", "SDSS DR19, idlspec2d v6_1_3", "Gaia DR3"
    assert data.mixed([record(v, v) for v in versions]) == {}


def test_two_versions_of_a_survey_are_named_with_the_value_that_makes_them_one():
    records = [
        record("stellar", "LAMOST DR11 v1.0, VizieR V/162"),
        record("mstellar", "LAMOST DR11 v2.0"),
    ]
    *_, said = data.section(records)
    assert "mixes versions of LAMOST" in said
    assert "LAMOST DR11 v1.0: stellar; LAMOST DR11 v2.0: mstellar" in said
    assert "archives.inputs.lamost_stellar.route: download" in said


def test_what_is_there_counts_and_not_what_was_asked_for():
    """A file of v2.0 may have been put there by hand."""
    lean = "LAMOST DR11 v1.0, VizieR V/162"
    records = [
        record("stellar", lean, version="LAMOST DR11 v2.0", url="by hand"),
        record("mstellar", "LAMOST DR11 v2.0"),
    ]
    assert data.mixed(records) == {}


@pytest.mark.parametrize(("route", "mixes"), [("query", True), ("download", False)])
def test_one_value_chooses_one_version_for_both(root, route, mixes):
    """And it is a value of the configuration as it is."""
    from mdwarfs.archives.settings import source_of

    files = [root / "config" / name for name in ("config.yaml", "dr19.yaml")]
    change = {"archives": {"inputs": {"lamost_stellar": {"route": route}}}}
    config = merge_config(read_config(files), change)
    check_config(config, schema_path(root))
    keys = ("lamost_stellar", "lamost_mstellar")
    found = {key: source_of(config["archives"], key)["version"] for key in keys}
    assert bool(data.mixed([record(k, v) for k, v in found.items()])) == mixes
    assert found["lamost_mstellar"] == "LAMOST DR11 v2.0"

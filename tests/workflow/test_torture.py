"""A little of each torture; `make torture` does more, docs/torture.md has what came."""

import shutil

import pytest

from tests.torture import configurations, kills, raw_tables, spectra

SAMPLES = "results/simulated-ci/samples"


def wrong(found):
    return [words for _, outcome, words in found if outcome == "wrong"]


def test_absurd_configurations_are_refused_with_words(root):
    found = configurations.torture(root, 60, seed=3)
    assert wrong(found) == []
    assert sum(outcome == "refused" for _, outcome, _ in found) > 40


@pytest.mark.dag
def test_damaged_raw_files_are_refused_with_words(finished, tmp_path):
    raw = finished.path / "results" / "simulated-ci" / "raw"
    found = raw_tables.torture(raw, tmp_path, 60, seed=3)
    assert wrong(found) == []
    assert all(out == "refused" for kind, out, _ in found if kind in ("cut", "page"))


@pytest.mark.dag
def test_damaged_spectra_get_no_wrong_label_without_a_word(finished, tmp_path):
    run = finished.path / "results" / "simulated-ci"
    files = sorted(run.glob("raw/astra/**/mwmStar*"))[::30][:6]
    found = spectra.torture(run, files, tmp_path, 51, seed=3)
    assert wrong(found) == []
    assert {out for kind, out, _ in found if kind in ("cut", "page")} == {"refused"}


@pytest.mark.dag
def test_a_run_that_is_killed_and_gone_on_with_makes_the_same(finished, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(finished.path, copy, symlinks=True)
    products = [copy / SAMPLES / x for x in ("pairs_m_m.fits", "split.fits")]
    command = ["--configfile", "config/ci.yaml", "--rerun-triggers", "mtime", "--"]
    command += [f"{SAMPLES}/{x.name}" for x in products]
    assert wrong(kills.torture(copy, products, command, 1, seed=1)) == []

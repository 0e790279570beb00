"""The list of requests, before anything is fetched."""

import itertools
import shutil
import subprocess
import sys

import pytest
import yaml

from mdwarfs.archives import pace
from mdwarfs.archives.plan import (
    plan,
    text_of,
)
from mdwarfs.archives.settings import source_of
from mdwarfs.catalogues.hosts import HOSTS
from mdwarfs.cli import main
from mdwarfs.config import check_config, merge_config, read_config, schema_path


@pytest.fixture(scope="module")
def config(root):
    return read_config([root / "config" / "config.yaml", root / "config" / "dr19.yaml"])


def test_the_default_of_the_real_run_is_lean(config):
    entries = plan(config)
    tables = sum(e["megabytes"] for e in entries if e["key"] != "spectra")
    assert tables <= 1500
    (spectra,) = [e for e in entries if e["key"] == "spectra"]
    assert spectra["rows"] == "about 1,632 files" and spectra["megabytes"] < 500


def test_all_spectra_are_planned_where_all_are_to_be_predicted(config):
    changed = merge_config(config, {"archives": {"candidates": "predicted"}})
    (spectra,) = [e for e in plan(changed) if e["key"] == "spectra"]
    assert 13_000 < spectra["megabytes"] < 34_000


@pytest.mark.parametrize("route", ["download", "query"])
def test_every_request_names_its_archives_address(config, route):
    archives = config["archives"]
    for key, entry in archives["inputs"].items():
        if route in entry:
            changed = {"archives": {"inputs": {key: {"route": route}}}}
            found = {e["key"]: e for e in plan(merge_config(config, changed))}[key]
            address = source_of(archives, key, route)["address"]
            assert found["requests"][0].startswith(address), key
            assert found["route"] == route


def test_every_part_has_a_time_by_stated_rates(config):
    entries = {entry["key"]: entry for entry in plan(config)}
    text = text_of(config)
    for entry in entries.values():
        assumed = HOSTS[entry["slot"]].pace
        assert entry["seconds"] >= entry["megabytes"] / assumed.rate
        assert f"about {pace.minutes_text(entry['seconds'])}" in text
        assert f"{entry['archive']} {pace.rate_text(assumed)}" in " ".join(text.split())
    slices = config["archives"]["inputs"]["spall"]["query"]["slices"]
    counts = 2  # of rows, and of those of class STAR
    assert entries["spall"]["seconds"] == 40 / 1 + (slices + counts) * 300
    assert entries["gaia"]["seconds"] == 80 / 1 + 4 * 600
    assert entries["spectra"]["seconds"] == pytest.approx(1632 * (0.27 / 5 + 2 / 4))
    assert "Nobody has measured" in text


def test_a_query_in_slices_is_said_once_and_the_sums_first(config):
    text = text_of(config)
    assert text.startswith("tables 1,") and text.count("FROM slam_boss_star WHERE") == 1
    slices = config["archives"]["inputs"]["slam"]["query"]["slices"]
    said = [line.strip() for line in text_of_input(text, "slam")]
    assert f"and {slices - 1} more slices" in said
    assert sum("% 5 = 0" in line for line in said) == 1


def text_of_input(text, key):
    """The lines of one input."""
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"{key} "))
    return itertools.takewhile(lambda line: line.startswith("    "), lines[start + 1 :])


def test_more_slices_spectra_and_bytes_take_longer(config):
    before = {entry["key"]: entry["seconds"] for entry in plan(config)}
    changes = {
        "candidates": "predicted",
        "inputs": {
            "slam": {"query": {"slices": 7}},
            "lamost_stellar": {"query": {"chunk": 1000}},
            "bayestar": {"download": {"megabytes": 1000}},
        },
    }
    after = {
        e["key"]: e["seconds"]
        for e in plan(merge_config(config, {"archives": changes}))
    }
    longer = {key for key in before if after[key] > before[key]}
    assert longer == {"spectra", *changes["inputs"]}


def test_times_are_written_to_the_minute():
    times = {
        2: "1 min",
        89: "1 min",
        91: "2 min",
        3600: "1 h 00 min",
        6000: "1 h 40 min",
    }
    assert {seconds: pace.minutes_text(seconds) for seconds in times} == times


def test_the_plan_says_what_shows_released_labels(config):
    text = " ".join(text_of(config).split())
    assert "about 88,368 of 90,000" in text and "Figures 9 and 11, and Table 4" in text
    predicted = merge_config(config, {"archives": {"candidates": "predicted"}})
    assert "released labels" not in text_of(predicted).replace("_", " ")


LATER = {"slam_dr19", "mdwarf_contin", "mdwarf_active"}


@pytest.fixture(scope="module")
def twenty(config, root):
    return merge_config(config, read_config([root / "config" / "dr20.yaml"]))


def by_key(config, route):
    """The plan's entries, with every input by a route if it has it."""
    for entry in config["archives"]["inputs"].values():
        if route in entry:
            entry["route"] = route
    return {entry["key"]: "\n".join(entry["requests"]) for entry in plan(config)}


def test_dr20_is_the_same_inputs_of_another_release_and_three_more(
    config, twenty, root
):
    check_config(twenty, schema_path(root))
    assert twenty["archives"]["inputs"].keys() == (
        config["archives"]["inputs"].keys() | LATER
    )
    assert "experimental" not in (root / "config" / "dr20.yaml").read_text().lower()


def test_each_instrument_has_its_version_of_astra(twenty):
    full, lean = by_key(twenty, "download"), by_key(twenty, "query")
    for key in ("apogee_net", "aspcap"):
        first, second = full[key].splitlines()
        assert "/dr20/spectro/astra/0.6.0/summary/" in first
        assert "/dr19/spectro/astra/0.6.0/summary/" in second  # the same file
    assert (
        "0.6.0" not in full["slam"]
        and "/0.8.1/summary/astraAllStarSlam-0.8.1" in (full["slam"])
    )
    assert "/dr20/spectro/astra/0.8.1/spectra/star/" in full["spectra"]
    assert "mwmStar-0.8.1-" in full["spectra"]
    assert "summary/daily/spAll-lite-v6_2_1.fits.gz" in full["spall"]
    assert "v6_1_3" not in "".join([*full.values(), *lean.values()])
    assert "astraAllStarSlam-0.6.0" in full["slam_dr19"]
    assert "/dr19/SkyServerWS/" in lean["slam_dr19"]
    assert all("/dr20/" in full[key] for key in ("mdwarf_contin", "mdwarf_active"))


def test_gaia_is_asked_for_sources_of_dr3_by_name(twenty):
    asked = by_key(twenty, "query")["gaia"]
    assert "JOIN gaiadr3.gaia_source AS g ON g.source_id = t.dr2_source_id" in asked
    assert "dr2_neighbourhood" not in asked and "identifiers of DR3" in asked


def test_dr20_says_what_else_shows_released_labels(config, twenty):
    assert "diagnostic_value_added" in text_of(twenty)
    assert "diagnostic_value_added" not in text_of(config)


def test_slam_of_dr20_is_asked_for_the_m_type_stars_alone(config, twenty):
    of_m_type = "sdss_id IN (SELECT sdss_id FROM spAll WHERE class = 'STAR'"
    assert of_m_type in by_key(twenty, "query")["slam"]
    assert of_m_type in by_key(twenty, "query")["mdwarf_contin"]
    assert of_m_type not in by_key(twenty, "query")["slam_dr19"]
    (slam,) = [entry for entry in plan(config) if entry["key"] == "slam"]
    assert of_m_type not in "".join(slam["requests"])


def test_the_release_is_one_value(config):
    text = text_of(merge_config(config, {"archives": {"release": 20}}))
    assert "dr19" not in text.lower() and "/dr20/" in text and "SDSS DR20" in text


def test_every_address_can_be_put_elsewhere(config):
    there = dict.fromkeys(config["archives"]["addresses"], "http://127.0.0.1:8000")
    everywhere = merge_config(config, {"archives": {"addresses": there}})
    for route in ("download", "query"):
        for entry in everywhere["archives"]["inputs"].values():
            if route in entry:
                entry["route"] = route
        assert "https://" not in text_of(everywhere)


def test_the_command_prints_the_plan(root, capsys):
    assert main(["archives", "plan"]) == 0
    out = capsys.readouterr().out
    named = ["--configfile", str(root / "config" / "dr19.yaml")]
    assert main(["archives", "plan", *named]) == 0
    assert capsys.readouterr().out == out
    assert "dr2_neighbourhood" in out and "tables 1," in out
    assert "FROM slam_boss_star" in out and "mwmStar-0.6.0-" in out


@pytest.mark.dag
def test_the_command_works_from_an_installed_package(root, tmp_path):
    """Which has neither the default configuration nor the schema."""
    ignore = shutil.ignore_patterns("*.pyc.*")  # which is just being written
    shutil.copytree(root / "workflow" / "mdwarfs", tmp_path / "mdwarfs", ignore=ignore)
    plan = ["archives", "plan"]
    named = [*plan, "--configfile", str(root / "config" / "dr19.yaml")]
    twice = f"from mdwarfs.cli import main; print(main({named}), main({plan}))"
    command = [sys.executable, "-c", twice]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.endswith("0 2\n"), done.stderr
    assert "tables 1," in done.stdout and "--configfile" in done.stderr


def test_a_run_without_archives_has_no_plan(root, capsys):
    assert main(["archives", "plan", "--configfile", f"{root}/config/ci.yaml"]) == 2
    assert "no section archives" in capsys.readouterr().err


def test_a_configuration_that_cannot_be_run_has_no_plan(root, tmp_path, capsys):
    wrong = tmp_path / "wrong.yaml"
    inputs = {"inputs": {"parsec": {"route": "download"}}}
    wrong.write_text(yaml.safe_dump({"archives": inputs}))
    arguments = [str(root / "config" / "dr19.yaml"), str(wrong)]
    assert main(["archives", "plan", "--configfile", *arguments]) == 2
    assert "archives.inputs.parsec: 'download' is a required" in capsys.readouterr().err

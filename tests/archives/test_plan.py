"""The list of requests, before anything is fetched."""

import shutil
import subprocess
import sys

import pytest
import yaml

from mdwarfs.archives.plan import plan, text_of
from mdwarfs.archives.settings import source
from mdwarfs.cli import main
from mdwarfs.config import check, merged, read_config, schema_path


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
    changed = merged(config, {"archives": {"candidates": "predicted"}})
    (spectra,) = [e for e in plan(changed) if e["key"] == "spectra"]
    assert 13_000 < spectra["megabytes"] < 34_000


@pytest.mark.parametrize("route", ["full", "lean"])
def test_every_request_names_its_archives_address(config, route):
    archives = config["archives"]
    for key, entry in archives["inputs"].items():
        if route in entry:
            changed = {"archives": {"inputs": {key: {"route": route}}}}
            found = {e["key"]: e for e in plan(merged(config, changed))}[key]
            address = source(archives, key, route)["address"]
            assert found["requests"][0].startswith(address), key
            assert found["route"] == route


def test_dr20_is_the_same_inputs_of_another_release(config, root):
    twenty = read_config([root / "config" / "dr20.yaml"])
    changed = merged(config, twenty)
    check(changed, schema_path(root))
    assert changed["archives"]["inputs"].keys() == config["archives"]["inputs"].keys()
    for route in ("full", "lean"):
        for entry in changed["archives"]["inputs"].values():
            if route in entry:
                entry["route"] = route
        text = text_of(changed)
        assert "/dr20/" in text and "mwmStar-0.8.1-" in text
        assert "v6_1_3" not in text and "0.6.0" not in text
        assert text.count("dr19") == 1  # the catalogue of Behmard+2025
        assert "JOIN gaiadr3.gaia_source AS g ON g.source_id = t.dr2_source_id" in text
        assert "neighbourhood" not in text
    assert (
        "summary/daily/spAll-lite-v6_2_1.fits.gz"
        in source(changed["archives"], "spall", "full")["urls"][0]
    )


def test_the_release_is_one_value(config):
    text = text_of(merged(config, {"archives": {"release": 20}}))
    assert "dr19" not in text.lower() and "/dr20/" in text and "release 20" in text


def test_every_address_can_be_put_elsewhere(config):
    there = dict.fromkeys(config["archives"]["addresses"], "http://127.0.0.1:8000")
    everywhere = merged(config, {"archives": {"addresses": there}})
    for route in ("full", "lean"):
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


def test_the_command_works_from_an_installed_package(root, tmp_path):
    """Which has neither the default configuration nor the schema."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "workflow" / "mdwarfs", tmp_path / "mdwarfs", ignore=ignore)
    command = [sys.executable, "-m", "mdwarfs.cli", "archives", "plan"]
    options = {"cwd": tmp_path, "capture_output": True, "text": True}
    named = ["--configfile", str(root / "config" / "dr19.yaml")]
    done = subprocess.run([*command, *named], **options)
    assert done.returncode == 0 and "tables 1," in done.stdout, done.stderr
    done = subprocess.run(command, **options)
    assert done.returncode == 2 and "--configfile" in done.stderr


def test_a_run_without_archives_has_no_plan(root, capsys):
    assert main(["archives", "plan", "--configfile", f"{root}/config/ci.yaml"]) == 2
    assert "no section archives" in capsys.readouterr().err


def test_a_configuration_that_cannot_be_run_has_no_plan(root, tmp_path, capsys):
    wrong = tmp_path / "wrong.yaml"
    inputs = {"inputs": {"parsec": {"route": "full"}}}
    wrong.write_text(yaml.safe_dump({"archives": inputs}))
    arguments = [str(root / "config" / "dr19.yaml"), str(wrong)]
    assert main(["archives", "plan", "--configfile", *arguments]) == 2
    assert "archives.inputs.parsec: 'full' is a required" in capsys.readouterr().err

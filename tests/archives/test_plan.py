"""The list of requests, before anything is fetched."""

import pytest
import yaml

from mdwarfs.archives.plan import merged, plan, read_config, text_of
from mdwarfs.archives.settings import source
from mdwarfs.cli import main
from mdwarfs.errors import InputError


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
    assert main(["archives", "plan", str(root / "config" / "dr19.yaml")]) == 0
    out = capsys.readouterr().out
    assert "dr2_neighbourhood" in out and "tables 1," in out
    assert "FROM slam_boss_star" in out and "mwmStar-0.6.0-" in out


def test_a_run_without_archives_has_no_plan(root, capsys):
    assert main(["archives", "plan", str(root / "config" / "ci.yaml")]) == 2
    assert "no section archives" in capsys.readouterr().err


def test_a_configuration_that_cannot_be_run_has_no_plan(root, tmp_path, capsys):
    wrong = tmp_path / "wrong.yaml"
    inputs = {"inputs": {"parsec": {"route": "full"}}}
    wrong.write_text(yaml.safe_dump({"archives": inputs}))
    arguments = [str(root / "config" / "dr19.yaml"), str(wrong)]
    assert main(["archives", "plan", *arguments]) == 2
    assert "archives.inputs.parsec: 'full' is a required" in capsys.readouterr().err


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="none.yaml cannot be read"):
        read_config([tmp_path / "none.yaml"])

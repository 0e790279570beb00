"""The registry: every entry can be used, and no two are in each other's way."""

from dataclasses import replace
from pkgutil import resolve_name

import pytest

from mdwarfs.audit import ledger
from mdwarfs.catalogues import registry
from mdwarfs.catalogues.excerpt import Excerpt
from mdwarfs.run.digest import script_digest

COMPARED = [entry for entry in registry.CATALOGUES if entry.comparison]
OF_PAPER = [entry for entry in COMPARED if entry.comparison.line]
NOT_SIMULATED = {entry.raw.key for entry in COMPARED if not entry.raw.simulated}
LATER = {key for key, raw in registry.INPUTS.items() if raw.since > 19}


def test_names_and_keys_are_each_of_one_entry():
    raw = [*registry.RAW_FILES, *(entry.raw for entry in registry.CATALOGUES)]
    assert len({file.key for file in raw}) == len(raw)
    names = [entry.name for entry in registry.CATALOGUES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("entry", registry.CATALOGUES, ids=lambda entry: entry.name)
def test_what_an_entry_names_is_there(entry):
    assert callable(resolve_name(entry.reader))
    if entry.raw.excerpt:
        assert isinstance(resolve_name(entry.raw.excerpt), Excerpt)
    if entry.raw.header:
        assert resolve_name(entry.raw.header)
    if entry.comparison:
        assert callable(resolve_name(entry.comparison.function))
        assert set(entry.comparison.expected) <= set(entry.comparison.labels)
    if entry.raw.simulated:
        assert callable(resolve_name(entry.raw.simulated))


@pytest.mark.parametrize("entry", OF_PAPER, ids=lambda entry: entry.name)
def test_a_line_of_the_paper_expects_what_the_ledger_claims(entry):
    found = entry.comparison
    assert set(found.expected) == set(found.labels)
    (claim,) = [claim for claim in ledger.load().numbers if claim.id == found.line]
    values = {quantity.name: quantity.value for quantity in claim.quantities}
    for label, offset in found.expected.items():
        assert values[f"{label}, median"] == offset.median
        assert values[f"{label}, std"] == offset.std


def test_a_run_has_the_files_of_its_release_and_of_its_configuration():
    assert LATER >= {"slam_dr19", "mdwarf_contin", "mdwarf_active"}
    simulated = {"source": "simulated"}
    every = registry.INPUTS.keys() - NOT_SIMULATED
    assert registry.inputs_of(simulated, 20).keys() == every
    assert registry.inputs_of(simulated, 19).keys() == every - LATER
    real = {"source": "archives", "archives": {"inputs": {"gaia": {}, "birky": {}}}}
    assert registry.inputs_of(real, 19).keys() == {"gaia", "birky"}


def test_a_simulated_run_goes_without_a_catalogue_that_nothing_simulates(monkeypatch):
    entries = [
        replace(entry, raw=replace(entry.raw, simulated=""))
        if entry.name == "birky"
        else entry
        for entry in registry.CATALOGUES
    ]
    monkeypatch.setattr(registry, "CATALOGUES", entries)
    found = registry.inputs_of({"source": "simulated"}, 20)
    assert registry.INPUTS.keys() - found.keys() == {"birky"} | NOT_SIMULATED


def test_the_digest_of_a_job_holds_its_own_reader_alone(root, monkeypatch):
    """Editing one reader changes the digest of the catalogues that it reads."""
    script = root / "scripts" / "clean_catalogue.py"

    def digests():
        return {
            entry.name: script_digest(script, *registry.modules(entry.reader))
            for entry in registry.CATALOGUES
        }

    before = digests()
    read = type(root).read_bytes
    edited = root / "workflow" / "mdwarfs" / "catalogues" / "value_added.py"
    monkeypatch.setattr(
        type(root),
        "read_bytes",
        lambda path: read(path) + (b"# edited" if path == edited else b""),
    )
    after = digests()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"mdwarf_contin", "mdwarf_active"}
    assert registry.modules("mdwarfs.a.b.c", "", "mdwarfs.a.b.d") == ["a/b.py"]

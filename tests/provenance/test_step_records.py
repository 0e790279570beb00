import ast
import hashlib
import json
import re
from pathlib import Path

import pytest

from mdwarfs.run import environment
from mdwarfs.run.record import CRATE, recorded, relative
from tests.provenance.small_run import CONFIG, step
from tests.test_imports import imported


def record(folder, name):
    return json.loads((folder / "provenance" / f"{name}.json").read_text())


def test_a_record_has_what_was_read_and_made_with_which_parameters(made):
    found = record(made, "clean_boss")
    assert found["rule"] == "clean_boss" and found["started"] < found["ended"]
    (raw,), (catalogue,) = found["inputs"]["raw"], found["outputs"]["catalogue"]
    content = (made / raw["path"]).read_bytes()
    assert raw["path"] == "raw/boss/spAll.fits.gz"
    assert raw["sha256"] == hashlib.sha256(content).hexdigest()
    assert raw["bytes"] == len(content)
    assert catalogue["path"] == "catalogues/boss.ecsv"
    assert found["parameters"] == {"boss": CONFIG["boss"]}
    assert found["code"]["digest"] == "0123456789abcdef"
    assert "mdwarfs/labels.py" in found["code"]["modules"]


def test_configuration_and_environment_are_kept_once(made):
    steps = [json.loads(x.read_text()) for x in (made / "provenance").glob("*.json")]
    for key, folder in (
        ("configuration", "configurations"), ("environment", "environments"),
    ):  # fmt: skip
        (kept,) = (made / "provenance" / folder).iterdir()
        assert {found[key] for found in steps} == {kept.stem}
    assert "astropy" in json.loads(kept.read_text())["packages"]
    (kept,) = (made / "provenance" / "configurations").iterdir()
    assert json.loads(kept.read_text()) == CONFIG


def test_a_step_that_fails_leaves_the_record_of_what_was_there_and_no_crate(results):
    (results / CRATE).write_text("{}")
    before = record(results, "clean_boss")

    def fails(path):
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        step(results, "clean_boss", {}, {"catalogue": "catalogues/boss.ecsv"},
             make={"catalogue": fails})  # fmt: skip
    assert record(results, "clean_boss") == before
    assert not (results / CRATE).exists()


def test_a_folder_is_known_by_what_lies_in_it(results):
    (results / "given").mkdir()
    (results / "given" / "one.fits").write_text("one")
    step(results, "read_files", {"folder": "given"}, {"labels": "samples/labels.fits"})
    (first,) = record(results, "read_files")["inputs"]["folder"]
    assert first["files"] == 1 and "sha256" not in first
    (results / "given" / "two.fits").write_text("two")
    step(results, "read_files", {"folder": "given"}, {"labels": "samples/labels.fits"})
    (second,) = record(results, "read_files")["inputs"]["folder"]
    assert second["files"] == 2 and second["listing"] != first["listing"]


def asks_for_records(code):
    """Whether a module imports what writes or reads the records."""
    if not re.search(rb"\b(provenance|record)\b", code):
        return False  # nine of ten modules, which need not be parsed
    names = {".".join(name) for name in imported(ast.parse(code))}
    pattern = r"mdwarfs\.(provenance|run\.record)(\.|$)"
    return any(re.match(pattern, name) for name in names)


@pytest.mark.parametrize(
    "code",
    [
        "from mdwarfs.run import digest, record",
        "from mdwarfs.run.record import recorded",
        "def f():\n    from mdwarfs import provenance",
        "import mdwarfs.provenance.environment as e",
    ],
)
def test_however_records_are_imported_it_is_seen(code):
    assert asks_for_records(code.encode())
    other = code.replace("record", "job").replace("prov", "x")
    assert not asks_for_records(other.encode())


def test_records_are_written_by_the_job_alone():
    """So that no result can depend on them."""
    from tests.conftest import ROOT

    package = ROOT / "workflow" / "mdwarfs"
    code = [*package.rglob("*.py"), *(ROOT / "scripts").glob("*.py")]
    importing = {
        str(path.relative_to(ROOT))
        for path in code
        if asks_for_records(path.read_bytes()) and path.parent.name != "provenance"
    }
    assert importing <= {
        "workflow/mdwarfs/run/job.py",
        "workflow/mdwarfs/commands/trace.py",
        "workflow/mdwarfs/comparing/lineage.py",
    }
    assert not any(name.startswith("scripts/") for name in importing)
    assert recorded.__module__ == "mdwarfs.run.record"


def test_what_was_hashed_once_is_not_hashed_again(results, monkeypatch):
    """Unless it is another since: by its size or time."""
    hashed = []

    def counted(path):
        hashed.append(relative(path, results))
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()

    monkeypatch.setattr(environment, "sha256", counted)
    reading = {"model": "slam/model.fits", "stars": "catalogues/boss.ecsv"}
    making = {"summary": "comparisons/summary.ecsv"}
    before = record(results, "assemble_catalogue")["inputs"]
    step(results, "summarise_comparisons", reading, making)
    assert "comparisons/summary.ecsv" in hashed
    assert not {*reading.values()} & set(hashed)
    assert record(results, "summarise_comparisons")["inputs"] == before
    (results / "slam" / "model.fits").write_text("another")
    step(results, "summarise_comparisons", reading, making)
    assert hashed.count("slam/model.fits") == 1
    after = record(results, "summarise_comparisons")["inputs"]
    assert after["stars"] == before["stars"] and after["model"] != before["model"]

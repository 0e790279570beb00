import json
import re
import shutil

import pytest

from mdwarfs import tables
from mdwarfs.provenance.around import AGREEMENT, begin, conclude, readme
from mdwarfs.provenance.crate import crate_of
from mdwarfs.provenance.crate_entities import WORKFLOW
from mdwarfs.provenance.history import History
from mdwarfs.run.folder import CONFIGURATION as CONFIGURED
from mdwarfs.run.record import CRATE
from tests.conftest import STAMP
from tests.provenance.small_run import ARCHIVE, CONFIG, step

LABELS = "catalogue/slam_labels.fits"


@pytest.fixture(scope="module")
def ended(made, root, tmp_path_factory):
    """The run with all that is written when it has ended, which nobody changes."""
    copy = tmp_path_factory.mktemp("ended") / "copy"
    shutil.copytree(made.parents[1], copy)
    results = copy / "results" / "test"
    assert conclude(results, root, STAMP) == []
    return results


@pytest.fixture
def concluded(ended, tmp_path):
    """A copy of it, which a test may change."""
    shutil.copytree(ended.parents[1], tmp_path / "copy")
    return tmp_path / "copy" / "results" / "test"


def entities(folder):
    graph = json.loads((folder / CRATE).read_text())["@graph"]
    found = {entity["@id"]: entity for entity in graph}
    assert len(found) == len(graph)
    return found


def ids(value):
    return [x["@id"] for x in (value if isinstance(value, list) else [value])]


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph:DeprecationWarning")  # rdflib's
@pytest.mark.dag
def test_the_validator_has_nothing_against_the_crate_but_a_planted_fault(
    concluded, tmp_path
):
    """One run of it, which takes two seconds: a fault shows that it is awake."""
    from tests.provenance import validator  # here, or all processes import rdflib

    path = concluded / CRATE
    crate = json.loads(path.read_text())
    (step,) = (x for x in crate["@graph"] if x["@id"] == "#clean_boss")
    del step["instrument"]
    path.write_text(json.dumps(crate))
    found = validator.issues(concluded, tmp_path / "cache")
    assert {message for _, _, message in found} == {
        "The Action MUST have an instrument property that references the executed tool",
        "A tool must be referred to from an action via instrument",
    }
    assert all("#clean_boss" in entity for _, entity, _ in found)


def test_the_readme_tells_of_the_folders_that_there_are(ended, tmp_path):
    text = (ended / "README.md").read_text()
    assert "- `catalogue/`: the labels" in text and "`claims.md`" not in text
    assert "each file with its record (`.json`)" in text  # as its raw file has
    (tmp_path / "raw").mkdir()
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / "config.yaml").write_text("run: a\n")
    stopped = readme(tmp_path, "a", True)  # at the samples
    assert "catalogue/" not in stopped and "claims.md" not in stopped
    assert "- `audit/`: `config.yaml` the configuration." in stopped
    assert "archives" in stopped and ".json`)" not in stopped
    assert "what the simulation wrote" in stopped


def test_every_step_has_its_files_parameters_code_and_times(ended):
    found, history = entities(ended), History(ended)
    for name, record in history.steps.items():
        action = found[f"#{name}"]
        assert action["startTime"] == record["started"]
        assert action["endTime"] == record["ended"]
        tool = found[action["instrument"]["@id"]]
        assert tool["version"] == record["code"]["digest"]
    action = found["#assemble_catalogue"]
    assert ids(action["result"]) == [LABELS]
    assert ids(action["object"]) == [
        "slam/model.fits", "catalogues/boss.ecsv", "#parameter-prediction-value",
    ]  # fmt: skip
    value = found["#parameter-prediction-value"]
    assert json.loads(value["value"]) == CONFIG["prediction"]
    made = found[LABELS]
    assert made["sha256"] == history.checksum(ended / LABELS)
    assert int(made["contentSize"]) == (ended / LABELS).stat().st_size


def test_the_crate_says_what_is_reproduced_and_where_files_came_from(ended):
    found = entities(ended)
    (paper,) = ids(found["./"]["isBasedOn"])
    assert found[paper]["@type"] == "ScholarlyArticle"
    assert found[paper]["identifier"] == "arXiv:2511.20005"
    raw = found["raw/boss/spAll.fits.gz"]
    assert ids(raw["isBasedOn"]) == [ARCHIVE]
    assert raw["sdDatePublished"] == "2026-11-28T12:01:56+00:00"
    assert "simulated" in found["./"]["description"]
    (environment,) = ids(found[ids(found["#train_slam"]["instrument"])[0]]
                         ["softwareRequirements"])  # fmt: skip
    packages = ids(found[environment]["softwareRequirements"])
    assert any(x.startswith("https://pypi.org/project/numpy/") for x in packages)


def test_nobody_is_named_by_default_but_those_who_wrote_the_workflow(ended):
    found = entities(ended)
    (author,) = ids(found[f"{WORKFLOW}/Snakefile"]["author"])
    assert found[author]["name"] == "the mdwarfs maintainers"
    assert not any(x["@type"] == "Person" or "agent" in x for x in found.values())
    assert "author" not in found["./"]


def test_who_ran_it_and_where_the_code_is_are_said_if_they_are_known(
    results, root, tmp_path
):
    orcid = "https://orcid.org/0000-0002-1825-0097"
    person = {"name": "Ada L", "orcid": orcid, "affiliation": "An observatory"}
    config = CONFIG | {"agent": person}
    begin(results, config, STAMP)
    step(results, "figure_04", {"labels": LABELS},
         {"pdf": "../../figures/test/figure_04.pdf"}, config=config)  # fmt: skip
    checkout = tmp_path / "checkout"
    (checkout / "rules").mkdir(parents=True)
    shutil.copy(root / "Snakefile", checkout)
    citation = (root / "CITATION.cff").read_text()
    code = "https://code.example.org/mdwarfs"
    (checkout / "CITATION.cff").write_text(f"{citation}repository-code: {code}\n")
    conclude(results, checkout, STAMP)
    found = entities(results)
    for name in ("#run", "#figure_04"):
        assert ids(found[name]["agent"]) == [orcid]
    assert "agent" not in found["#train_slam"]  # which ran before it was said
    assert ids(found["./"]["author"]) == [orcid]
    (affiliation,) = ids(found[orcid]["affiliation"])
    assert found[affiliation]["name"] == "An observatory"
    (tool,) = ids(found["#train_slam"]["instrument"])
    assert tool.startswith(f"{code}#train_slam-") and found[tool]["url"] == code


def test_what_is_not_kept_and_what_lies_outside_is_described_and_no_part(ended):
    found = entities(ended)
    parts = set(ids(found["./"]["hasPart"]))
    assert {"raw/astra/spectra/", "README.md", "provenance/workflow/Snakefile"} <= parts
    assert all((ended / part).exists() for part in parts)
    (part,) = ids(found["#train_slam"]["object"])
    assert found[part]["@type"] == "CreativeWork"
    assert (part.startswith("#slam/parts/"), found[part]["description"]) == (
        True, "Not kept.",
    )  # fmt: skip
    (figure,) = ids(found["#figure_04"]["result"])
    assert found[figure]["name"] == "figures/test/figure_04.pdf"
    assert figure not in parts


def test_the_same_folder_gives_the_same_crate_wherever_it_lies(ended, tmp_path):
    shutil.copytree(ended.parents[1], tmp_path / "moved")
    moved = tmp_path / "moved" / "results" / "test"
    for path in moved.rglob("*"):
        path.touch()
    assert crate_of(History(moved)) == json.loads((ended / CRATE).read_text())
    assert str(ended.parents[1]) not in (ended / CRATE).read_text()


def test_a_part_made_anew_leaves_a_crate_that_is_true(concluded, root):
    """The old content that the summary was made of is told apart from the new."""
    other = CONFIG | {"prediction": {"method": "emulated", "usable": {}}}
    begin(concluded, other, STAMP)
    assert not (concluded / AGREEMENT).exists()
    step(concluded, "assemble_catalogue", {"model": "slam/model.fits"},
         {"catalogue": LABELS}, {"prediction": other["prediction"]}, other)  # fmt: skip
    assert not (concluded / CRATE).exists()
    said = conclude(concluded, root, STAMP)
    assert len(said) > 1 and "comparisons/summary.ecsv" in "".join(said)
    found = entities(concluded)
    assert ids(found["#assemble_catalogue"]["result"]) == [LABELS]
    read, _ = ids(found["#summarise_comparisons"]["object"])
    assert read.startswith(f"#{LABELS}@") and found[read]["sha256"] not in (
        found[LABELS]["sha256"], None,
    )  # fmt: skip
    values = [x for x in found if x.startswith("#parameter-prediction-value")]
    assert len(values) == 1  # of the steps that are left, one reads it
    told = tables.read(concluded / AGREEMENT)
    assert told["agrees"][told["product"] == LABELS].all()


def test_the_configuration_is_that_of_the_last_run_whatever_its_target(concluded, root):
    other = CONFIG | {"boss": {"class": "STAR", "subclass": "K"}}
    begin(concluded, other, STAMP)
    history = History(concluded)
    assert history.config == other
    said = conclude(concluded, root, STAMP)
    assert any("catalogues/boss.ecsv (clean_boss): boss had" in x for x in said)
    begin(concluded, CONFIG, STAMP)
    assert conclude(concluded, root, STAMP) == []
    before = (concluded / CONFIGURED).stat().st_mtime_ns
    begin(concluded, CONFIG, STAMP)
    assert (concluded / CONFIGURED).stat().st_mtime_ns == before


def test_a_run_of_which_no_step_has_ended_is_left_alone(tmp_path, root):
    assert conclude(tmp_path, root, STAMP) == []
    assert list(tmp_path.iterdir()) == []


def test_the_crate_and_the_page_say_of_what_commits_the_steps_are(results, root):
    (results / "report").mkdir()
    (results / "report" / "index.html").write_text("the page")
    conclude(results, root, STAMP)
    said = entities(results)["./"]["description"]
    assert re.search(r"\d+ steps of one commit: ", said)
    made = (results / "report" / "data" / "made.js").read_text()
    assert re.match(r'mdwarfs.made\(\["Made from 20\d\d-.* UTC."', made)
    assert "steps of one commit" in made

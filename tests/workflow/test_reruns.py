"""Which rules an edit of the code repeats, and that it repeats no others.

By the digests that Snakemake gives its rules as `params.code`: those that an edit
changes run again. What follows from their files runs again after them.
"""

import json
import re

import pytest

from mdwarfs import digest
from tests.workflow.conftest import copy_of

pytestmark = pytest.mark.dag

# Added to a copy of the Snakefile: which script and which digest every rule has.
TELL = """
import json

with open("rules.json", "w") as file:
    json.dump(
        {
            step.name: [
                Path(str(step.script)).name,
                dict(step.params.items()).get("module"),
                dict(step.params.items())["code"],
            ]
            for step in workflow.rules
            if step.script
        },
        file,
    )
"""

SIMULATED, REAL = "config/ci.yaml", "config/dr19.yaml"

DRAWN = {f"figure_{number:02d}" for number in range(1, 13)}
DRAWN |= {
    f"diagnostic_{name}"
    for name in (
        "sensitivity", "information", "pixels", "windows", "released_labels",
        "paper_sample",
    )
}  # fmt: skip
DRAWN |= {f"experiment_{name}" for name in ("label_errors", "weighting", "emulation")}
DRAWN_OF_TRUTH = {"diagnostic_pulls"}

OF_PRIOR = {
    "predict_labels", "label_training_stars", "leave_out_windows",
    "propagate_label_errors", "emulate_released",
}  # fmt: skip

# An edit, the file, and the rules that it repeats: in every run, and where stars are
# simulated. Texts of columns are here those that stand at the stage that makes them.
EDITS = {
    "a prior": ("workflow/mdwarfs/slam/infer/prior.py", OF_PRIOR, set()),
    "a figure style": ("workflow/mdwarfs/figures/style.py", DRAWN, DRAWN_OF_TRUTH),
    "the text of a column": (
        "workflow/mdwarfs/interpretation/pixels.py",
        {"describe_pixels"},
        set(),
    ),
    "a check of the configuration": (
        "workflow/mdwarfs/config.py",
        {"record_config"},  # which writes it down, with a function of that module
        set(),
    ),
    "the simulator": (
        "workflow/mdwarfs/simulation/stellar_spectrum.py",
        set(),
        {"simulate_survey", "recover_sensitivity"},
    ),
    "one figure": ("workflow/mdwarfs/figures/figure_06.py", {"figure_06"}, set()),
    "how work is reported": ("workflow/mdwarfs/progress.py", set(), set()),
}


@pytest.fixture(scope="module")
def copy(root, tmp_path_factory):
    """A copy of the checkout that tells its digests; no templates lie beside it."""
    checkout = copy_of(root, tmp_path_factory.mktemp("reruns") / "copy")
    snakefile = checkout.path / "Snakefile"
    snakefile.write_text(snakefile.read_text() + TELL)
    return checkout


@pytest.fixture(scope="module")
def planned(copy):
    """Of each configuration, the jobs' rules: script, module and digest of each."""
    found = {}
    for name in (SIMULATED, REAL):
        asked = ("-n", "--forceall", "all", "experiments")
        text = copy.snakemake(*asked, configfile=name).stdout
        jobs = set(re.findall(r"^(?:local)?rule (\w+):$", text, flags=re.M))
        rules = json.loads((copy.path / "rules.json").read_text())
        found[name] = {rule: rules[rule] for rule in jobs & set(rules)}
    return found


@pytest.fixture
def digests(copy, planned, monkeypatch):
    """Digests of the rules of a configuration, of the copy as it now stands."""
    monkeypatch.setattr(digest, "PACKAGE", copy.path / "workflow" / "mdwarfs")

    def digests(configuration):
        digest.imported.cache_clear()
        digest.data_files.cache_clear()
        return {
            rule: digest.script_digest(
                copy.path / "scripts" / script,
                *([f"figures/{module}.py"] if module else []),
            )
            for rule, (script, module, _) in planned[configuration].items()
        }

    yield digests
    digest.imported.cache_clear()
    digest.data_files.cache_clear()


@pytest.mark.parametrize("configuration", [SIMULATED, REAL])
def test_digests_are_those_that_snakemake_sees(digests, planned, configuration):
    seen = {rule: code for rule, (*_, code) in planned[configuration].items()}
    assert len(seen) > 70
    assert digests(configuration) == seen


@pytest.mark.parametrize("configuration", [SIMULATED, REAL])
@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_repeats_what_depends_on_it_and_nothing_else(
    copy, digests, configuration, edit
):
    name, always, simulated = EDITS[edit]
    path = copy.path / name
    text = path.read_text()
    before = digests(configuration)
    try:
        path.write_text(text + "\nEDITED = True\n")
        after = digests(configuration)
    finally:
        path.write_text(text)
    repeated = {rule for rule in before if before[rule] != after[rule]}
    assert repeated == always | (simulated if configuration == SIMULATED else set())
    assert "train_part" not in repeated

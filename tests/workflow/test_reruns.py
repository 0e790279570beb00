"""Which rules an edit of the code repeats, and that it repeats no others.

By the digests that Snakemake gives its rules as `params.code`: those that an edit
changes run again. What follows from their files runs again after them.
"""

import json
import re

import pytest

from mdwarfs.figures.registry import FIGURES
from mdwarfs.run import digest
from tests.workflow.conftest import copy_of

pytestmark = pytest.mark.dag

# Added to a copy of the Snakefile, after what all rules share and at its end: of what
# every rule's digest is made; where a rule makes several catalogues, of each.
REMEMBER = """
CALLS, digest_of = {}, code


def code(*names):
    digest = digest_of(*names)
    CALLS[digest] = names
    return digest


"""
TELL = """
import json
from types import SimpleNamespace


def digests(step):
    code = dict(step.params.items())["code"]
    if not callable(code):
        return {step.name: code}
    names = {"clean_catalogue": CATALOGUES, "compare_catalogue": COMPARED}[step.name]
    return {f"{step.name} {x}": code(SimpleNamespace(catalogue=x)) for x in names}


with open("rules.json", "w") as file:
    json.dump(
        {
            name: [digest, *CALLS[digest]]
            for step in workflow.rules
            if step.script
            for name, digest in digests(step).items()
        },
        file,
    )
"""

SIMULATED, REAL = "config/ci.yaml", "config/dr19.yaml"

OF_BOTH = {"", "survey", "test_set", "second_model", "emulation"}  # runs below
DRAWN = {figure.name for figure in FIGURES if figure.needs in OF_BOTH}
DRAWN_OF_TRUTH = {figure.name for figure in FIGURES if figure.needs == "truth"}

OF_PRIOR = {
    "predict_part", "label_training_stars", "leave_out_windows",
    "propagate_label_errors", "emulate_released", "draw_part",
    "write_report",  # which shows every star's best model
}  # fmt: skip

# An edit, the file, and the rules that it repeats: in every run, and beside these where
# stars are simulated and where they are real. The text of a column is here one that the
# stage says which makes the column.
EDITS = {
    "a prior": ("slam/infer/prior.py", OF_PRIOR, set(), set()),
    "a figure style": (
        "figures/style.py",
        DRAWN | {"write_report"},  # whose spectra have the colours of the figures
        DRAWN_OF_TRUTH,
        set(),
    ),
    "the text of a column": (
        "interpretation/pixels.py",
        {"describe_pixels"},
        set(),
        set(),
    ),
    "a check of the configuration": (
        "config.py",
        {"record_config"},  # which writes it down, with a function of that module
        set(),
        set(),
    ),
    "the simulator": (
        "simulation/stellar_spectrum.py",
        set(),
        {"simulate_part", "simulate_spectra", "recover_sensitivity", "recover_limit"},
        set(),
    ),
    "the reader of a catalogue": (
        "catalogues/behmard.py",
        {"clean_catalogue behmard"},
        set(),
        {"retrieve_behmard"},  # whose columns it names
    ),
    "one figure": ("figures/figure_06.py", {"figure_06"}, set(), set()),
    "how work is reported": ("run/progress.py", set(), set(), set()),
}


@pytest.fixture(scope="module")
def copy(root, tmp_path_factory):
    """A copy of the checkout that tells its digests."""
    checkout = copy_of(root, tmp_path_factory.mktemp("reruns") / "copy")
    snakefile = checkout.path / "Snakefile"
    common, include, rest = snakefile.read_text().partition('include: "rules/raw_s')
    assert include
    snakefile.write_text(common + REMEMBER + include + rest + TELL)
    return checkout


@pytest.fixture(scope="module")
def planned(copy):
    """Of each configuration, the jobs' rules: digest of each, script and modules."""
    found = {}
    for name in (SIMULATED, REAL):
        asked = ("-n", "--forceall", "all", "experiments")
        text = copy.snakemake(*asked, configfile=name).stdout
        jobs = set(re.findall(r"^(?:local)?rule (\w+):$", text, flags=re.M))
        rules = json.loads((copy.path / "rules.json").read_text())
        found[name] = {k: v for k, v in rules.items() if k.split()[0] in jobs}
    return found


@pytest.fixture
def digests(copy, planned, monkeypatch):
    """Digests of the rules of a configuration, of the copy as it now stands."""
    monkeypatch.setattr(digest, "PACKAGE", copy.path / "workflow" / "mdwarfs")

    def digests(configuration):
        digest.imported.cache_clear()
        digest.data_files.cache_clear()
        return {
            rule: digest.script_digest(copy.path / "scripts" / f"{script}.py", *modules)
            for rule, (_, script, *modules) in planned[configuration].items()
        }

    yield digests
    digest.imported.cache_clear()
    digest.data_files.cache_clear()


@pytest.mark.parametrize("configuration", [SIMULATED, REAL])
def test_digests_are_those_that_snakemake_sees(digests, planned, configuration):
    seen = {rule: code for rule, (code, *_) in planned[configuration].items()}
    assert len(seen) > 70
    assert digests(configuration) == seen


@pytest.mark.parametrize("configuration", [SIMULATED, REAL])
@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_repeats_what_depends_on_it_and_nothing_else(
    copy, digests, planned, configuration, edit
):
    name, always, simulated, real = EDITS[edit]
    path = copy.path / "workflow" / "mdwarfs" / name
    text = path.read_text()
    before = {rule: code for rule, (code, *_) in planned[configuration].items()}
    try:
        path.write_text(text + "\nEDITED = True\n")
        after = digests(configuration)
    finally:
        path.write_text(text)
    repeated = {rule for rule in before if before[rule] != after[rule]}
    assert repeated == always | (simulated if configuration == SIMULATED else real)
    assert "train_part" not in repeated

"""What Snakemake says of the workflow before anything runs."""

import re
import subprocess
import sys

import pytest

from mdwarfs.archives.plan import RELEASED, RELEASED_FIGURES, RELEASED_TABLES
from mdwarfs.run.needs import LEAST

pytestmark = pytest.mark.dag

TARGETS = [
    "all",
    "figures",
    "tables",
    "samples",
    "train",
    "predict",
    "validate",
    "audit",
]
EVERY = ["all", "experiments"]
SIMULATE = {"simulate_survey", "simulate_part", "simulate_spectra"}


def blocks(text):
    """The rules of a dry run, each with the text that describes it."""
    parts = re.split(r"^(?:rule|localrule|checkpoint) (\w+):$", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def files(what, text):
    """The inputs or outputs in the description of a rule."""
    (found,) = re.findall(rf"^    {what}: (.*)$", text, flags=re.M) or [""]
    return [path for path in found.split(", ") if path]


def test_without_arguments_the_default_run_is_planned(checkout):
    planned = checkout.planned(configfile=None)
    assert {"simulate_survey", "train_slam", "figure_12", "audit_claims"} <= planned
    done = checkout.snakemake("-n", configfile=None)
    assert "figures/simulated/figure_04.pdf" in done.stdout


@pytest.mark.parametrize("target", TARGETS)
def test_each_target_can_be_asked_for_by_name(checkout, target):
    """All at once: planning takes seconds."""
    assert target in checkout.planned(*TARGETS) | {"all"}


def test_each_figure_and_table_can_be_asked_for_by_its_file_name(checkout):
    rules = {
        "figures/simulated-ci/figure_04.pdf": "figure_04",
        "figures/simulated-ci/figure_11.png": "figure_11",
        "results/simulated-ci/tables/table_2.tex": "table_2",
    }
    planned = checkout.planned(*rules)
    assert set(rules.values()) <= planned
    assert not {"figure_01", "audit_claims"} & planned


def test_the_real_archives_make_a_dag_of_the_same_stages(checkout):
    planned = checkout.planned(configfile="config/dr19.yaml")
    raw = {name for name in planned if name.startswith("retrieve_")}
    only_simulated = SIMULATE | {"recover_truth", "recover_pulls"}
    only_simulated |= {"recover_paper_sample", "recover_expected"}
    only_simulated |= {"recover_sensitivity", "diagnostic_pulls"}
    only_simulated |= {"recover_selection", "recover_metal_poor"}
    only_simulated |= {"recover_limit", "diagnostic_limit"}
    simulated = checkout.planned() - only_simulated
    published = {"choose_spectra", "add_released_labels"}  # candidates: published
    assert "retrieve_gaia" in raw
    assert planned - raw == simulated | published


def test_dr20_makes_the_same_dag_and_more_from_files_of_its_own(checkout):
    files = ["--configfile", "config/dr19.yaml", "config/dr20.yaml"]
    done = checkout.snakemake("-n", *files, configfile=None)
    assert "results/dr20/raw/boss/spAll-lite-v6_2_1.fits.gz" in done.stdout
    assert "v6_1_3" not in done.stdout
    versions = set(re.findall(r"astraAllStar(\w+-[\d.]+\d)", done.stdout))
    assert versions == {"ApogeeNet-0.6.0", "ASPCAP-0.6.0", "Slam-0.6.0", "Slam-0.8.1"}
    dr19 = checkout.planned(configfile="config/dr19.yaml")
    later = {"slam_dr19", "mdwarf_contin", "mdwarf_active"}
    rules = {f"retrieve_{key}" for key in later}
    rules |= {"compare_releases", "compare_value_added"}
    rules |= {"diagnostic_releases", "diagnostic_value_added"}
    assert checkout.planned(*files, configfile=None) == dr19 | rules


def test_a_survey_in_the_form_of_dr20_makes_a_dag(checkout):
    changes = checkout.path / "twenty.yaml"
    changes.write_text("simulation: {release: 20}\n")
    planned = checkout.planned("--configfile", "config/ci.yaml", "twenty.yaml")
    more = {"compare_releases", "compare_value_added"}
    more |= {"diagnostic_releases", "diagnostic_value_added"}
    assert planned == checkout.planned() | more


def test_the_real_lamost_spectra_make_a_dag(checkout):
    planned = checkout.planned(configfile="config/lamost54.yaml")
    assert {"retrieve_listed", "read_files", "train_slam", "cross_validate"} <= planned
    assert {
        "compare_test",
        "assemble_given",
        "audit_products",
        "files_labels",
    } <= planned


@pytest.mark.parametrize("what", ["--dag", "--rulegraph"])
def test_the_dag_can_be_drawn(checkout, what):
    drawing = checkout.snakemake(what).stdout
    assert drawing.count("->") > 60 and "train_slam" in drawing


def test_the_linter_is_content(checkout):
    done = checkout.snakemake("--lint", check=False)
    assert "in a good condition" in done.stdout + done.stderr


def test_every_rule_has_a_docstring_a_log_a_benchmark_memory_and_time(checkout, root):
    listed = checkout.snakemake("--list-rules").stdout.splitlines()
    assert len(listed) > 50
    assert [line for line in listed if not re.fullmatch(r"\w+ \(.+\)", line)] == []
    planned = checkout.snakemake("-n", "--forceall", *EVERY).stdout
    for name, text in blocks(planned).items():
        if name not in [*TARGETS, *EVERY]:
            assert "log: results/" in text and "benchmark: results/" in text, name
            assert re.search(r"resources: .*\bmem_mb=\d+", text), name
            assert re.search(r"resources: .*\bruntime=\d+", text), name


def test_memory_and_time_are_those_of_a_share_or_what_a_user_asks_for(checkout):
    options = ["--set-scatter", "slam=4", "--set-resources", "train_slam:mem_mb=77"]
    model = ["results/simulated-ci/slam/model.fits"]
    whole, shared = (
        blocks(checkout.snakemake("-n", "--forceall", *arguments).stdout)
        for arguments in (EVERY, [*model, *options])
    )
    minutes = [
        int(re.search(r"runtime=(\d+)", text["train_part"])[1])
        for text in (whole, shared)
    ]
    assert minutes[0] > minutes[1] >= LEAST
    assert "mem_mb=77," in shared["train_slam"]
    assert "mem_mb=77," not in whole["train_slam"]


def test_the_rules_are_formatted(root):
    done = subprocess.run(
        [sys.executable, "-m", "snakefmt", "--check", "Snakefile", "rules", "workflow"],
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_every_rule_has_the_script_of_its_name_and_no_script_is_left_over(root):
    used = set()
    for file in (root / "rules").glob("*.smk"):
        parts = re.split(r"^ *rule (\w+):$", file.read_text(), flags=re.M)[1:]
        for name, rule in zip(parts[::2], parts[1::2]):
            scripts = re.findall(r'"\.\./scripts/(\w+)\.py"', rule)
            used.update(scripts)
            assert scripts in ([], [name])
    assert used == {path.stem for path in (root / "scripts").glob("*.py")}


def test_the_catalogue_finds_the_same_workflow_behind_its_door(checkout):
    front = checkout.planned()
    door = checkout.planned("--snakefile", "workflow/Snakefile")
    assert front == door


def test_a_configuration_that_cannot_be_run_starts_no_job(checkout):
    done = checkout.snakemake("--cores", "1", "--config", "sede=1", check=False)
    assert done.returncode != 0
    assert "sede" in done.stdout + done.stderr
    assert not (checkout.path / "results").exists()


def test_the_recovery_and_what_is_held_against_the_truth_read_it(checkout):
    planned = checkout.snakemake("-n", "--forceall", *EVERY)
    readers = {
        name
        for name, text in blocks(planned.stdout).items()
        if any("truth" in path for path in files("input", text))
    }
    readers_named = ("truth", "pulls", "paper_sample", "selection", "metal_poor")
    recover = {f"recover_{name}" for name in (*readers_named, "limit")}
    # Three experiments have it for a reference, and so has what the hybrid labels gain;
    # the page shows it of each star.
    against = {"compare_emulation", "compare_methods_by_snr", "compare_gain"}
    against |= {"switch_off_ingredients", "write_report"}
    assert readers == recover | against | {"simulate_part"}


@pytest.mark.parametrize(
    "configuration",
    [
        ["config/config.yaml"],
        ["config/ci.yaml", "paper.yaml"],
        ["config/dr19.yaml"],
        ["config/dr19.yaml", "config/dr20.yaml"],
    ],
    ids=["default", "labels of the paper", "dr19", "dr20"],
)
def test_the_audit_is_told_of_every_table_that_a_run_makes(checkout, configuration):
    """Each under the rule that makes it, and of none that the run does not make."""
    (checkout.path / "paper.yaml").write_text("labels: {source: published}\n")
    arguments = ["-n", "--forceall", "--configfile", *configuration]
    planned = checkout.snakemake(*arguments, configfile=None).stdout
    outputs = re.findall(r"^    output: (.*)$", planned, flags=re.M)
    made = {
        path
        for path in ", ".join(outputs).split(", ")
        if path.endswith((".fits", ".ecsv"))
        and not re.search(r"/raw/|/\d+-of-\d+\.|/audit/(claims|products)\.ecsv$", path)
    }
    assert made == set(files("input", blocks(planned)["audit_products"]))


def test_every_run_has_the_same_rules_and_the_targets_choose(checkout, root):
    """Nothing is included under a condition; sources alone differ."""
    assert not re.search(r"^ +include:", (root / "Snakefile").read_text(), flags=re.M)
    rules = {}
    for name in ("ci", "dr19", "lamost54"):
        listed = checkout.snakemake("--list-rules", configfile=f"config/{name}.yaml")
        rules[name] = set(re.findall(r"^(\w+) \(", listed.stdout, flags=re.M))
    common = set.intersection(*rules.values())
    assert {"recover_truth", "compare_releases", "take_paper_labels"} <= common
    assert rules["ci"] - common == SIMULATE
    assert all("retrieve" in name for name in rules["dr19"] - common)
    assert "read_files" in rules["lamost54"] - common


def test_what_shows_released_labels_is_what_comes_of_the_catalogue(checkout):
    """By the jobs: the catalogue, and all that is made from it."""
    planned = checkout.snakemake("-n", "--forceall", configfile="config/dr19.yaml")
    jobs = re.findall(r"^ +input: (.*)\n +output: (.*)$", planned.stdout, flags=re.M)
    made_from = {
        made: set(inputs.split(", "))
        for inputs, outputs in jobs
        for made in outputs.split(", ")
    }
    shown, todo = set(), ["results/dr19/catalogue/slam_labels.fits"]
    while todo:
        path = todo.pop()
        new = {made for made, inputs in made_from.items() if path in inputs} - shown
        shown |= new
        todo += new
    found = re.findall(r"/(figure|table)_(\d+)\.", " ".join(shown))
    numbers = {kind: {int(n) for k, n in found if k == kind} for kind in dict(found)}
    assert numbers == {"figure": set(RELEASED_FIGURES), "table": set(RELEASED_TABLES)}
    for number in (*RELEASED_FIGURES, *RELEASED_TABLES):
        assert re.search(rf"\b{number}\b", RELEASED.partition("own labels are")[0])

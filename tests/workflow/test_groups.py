"""The rules that are one job on a cluster, in every kind of run."""

import re

import pytest
import yaml

from tests.workflow.conftest import rules_of

pytestmark = pytest.mark.dag


def asked(root):
    profile = root / "workflow" / "profiles" / "slurm" / "config.yaml"
    return yaml.safe_load(profile.read_text())["group-components"]


LABELLED = {"labels", "interpretation", "results", "closing"}
SHARED = LABELLED - {"labels"} | {"catalogues", "samples"}


@pytest.mark.parametrize(
    ("arguments", "groups"),
    [
        (("--configfile", "config/ci.yaml"), LABELLED | {"survey"}),
        (("--configfile", "config/dr19.yaml"), SHARED | {"labels"}),
        (("--configfile", "config/dr19.yaml", "--set-scatter", "stars=3"), SHARED),
        (("--configfile", "config/gaiaxp.yaml"), LABELLED),
    ],
    ids=["simulated", "archives", "shared out", "given"],
)
def test_no_group_waits_for_what_waits_for_it(root, checkout, arguments, groups):
    components = [f"{group}={n}" for group, n in asked(root).items()]
    said = checkout.snakemake(
        "-n", *arguments, "--group-components", *components
    ).stdout
    assert set(re.findall(r"Group job (\w+) ", said)) == groups
    last = "summarise_files" if "config/gaiaxp.yaml" in arguments else "audit_products"
    assert last in rules_of(said)


def test_there_are_no_groups_where_no_profile_asks_for_them(checkout):
    assert "Group job" not in checkout.snakemake("-n", "--cores", "2").stdout

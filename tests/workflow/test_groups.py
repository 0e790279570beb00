"""The rules that are one job on a cluster, in every kind of run."""

import pytest
import yaml

pytestmark = pytest.mark.dag


@pytest.mark.parametrize("config", ["ci", "dr19", "gaiaxp"])
def test_no_group_waits_for_what_waits_for_it(root, checkout, config):
    profile = root / "workflow" / "profiles" / "slurm" / "config.yaml"
    asked = yaml.safe_load(profile.read_text())["group-components"]
    components = [f"{group}={n}" for group, n in asked.items()]
    planned = checkout.planned(
        "--configfile", f"config/{config}.yaml", "--group-components", *components
    )
    assert {"summarise_files" if config == "gaiaxp" else "audit_products"} <= planned

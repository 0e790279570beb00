"""Another workflow that uses this one as a module, as docs/other_workflows.md says."""

import re

import pytest

from tests.workflow.conftest import Checkout, copy_of, rules_of

pytestmark = pytest.mark.dag


@pytest.fixture(scope="module")
def other(root, tmp_path_factory):
    """A workflow that lies beside a checkout of this one."""
    folder = tmp_path_factory.mktemp("other")
    copy_of(root, folder / "mdwarfs")
    text = (root / "docs" / "other_workflows.md").read_text()
    (snakefile,) = re.findall(r"```python\n(module mdwarfs:.*?)```", text, re.DOTALL)
    (folder / "Snakefile").write_text(snakefile)
    return Checkout(folder)


def test_all_of_it_is_planned_with_the_default_for_what_is_not_given(other):
    planned = rules_of(other.snakemake("-n", configfile=None).stdout)
    assert len(planned) > 80
    assert {"brightest", "mdwarfs_simulate_survey", "mdwarfs_figure_12"} <= planned


def test_its_rules_run_there(other):
    made = "results/simulated-mine/audit/config.yaml"
    other.snakemake(made, "--cores", "1", configfile=None)
    config = (other.path / made).read_text()
    assert "run: simulated-mine" in config and "  folds: 5" in config
    assert "fgk_fgk:" in config  # of the default
    assert (other.path / "results/simulated-mine/logs/record_config.log").exists()

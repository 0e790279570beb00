"""The samples of the small run on a real Slurm: the same bytes as without it.

Asked for by `pytest -m slurm`, after `make slurm`, as root. It takes some minutes.
"""

import os
import subprocess
import sys
from importlib.util import find_spec

import pytest

from tests.cluster.slurm import Slurm, Unavailable
from tests.workflow.conftest import copy_of

pytestmark = [pytest.mark.dag, pytest.mark.slurm]
SAMPLES = "results/simulated-ci/samples"
ON_SLURM = ["--workflow-profile", "workflow/profiles/slurm"]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    if not find_spec("snakemake_executor_plugin_slurm"):
        pytest.skip("snakemake-executor-plugin-slurm is not installed: make slurm")
    try:
        running = Slurm(tmp_path_factory.mktemp("slurm") / "files")
    except Unavailable as error:
        pytest.skip(str(error))
    with running:
        yield running


def samples(root, path, *arguments):
    """Bytes of the samples that a copy of the checkout makes."""
    path = copy_of(root, path).path
    command = [sys.executable, "-m", "snakemake", "samples", *arguments]
    done = subprocess.run(
        [*command, "--configfile", "config/ci.yaml"], cwd=path,
        env=os.environ | {"PYTHONPATH": "workflow"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    return {x.name: x.read_bytes() for x in (path / SAMPLES).iterdir()}


def test_samples_are_the_same_as_without_it(root, slurm, tmp_path):
    on_slurm = samples(root, tmp_path / "slurm", *ON_SLURM)
    ended = slurm.command("squeue", "--states=CD", "--noheader").splitlines()
    assert len(ended) > 8  # jobs of Slurm did the work
    assert on_slurm == samples(root, tmp_path / "local", "--cores", "2")


def test_a_job_that_fails_is_noticed(root, slurm, tmp_path):
    path = copy_of(root, tmp_path / "failing").path
    script = path / "scripts" / "simulate_survey.py"
    script.write_text("raise SystemExit(3)\n")
    command = [sys.executable, "-m", "snakemake", "samples", *ON_SLURM]
    done = subprocess.run(
        [*command, "--configfile", "config/ci.yaml"], cwd=path,
        env=os.environ | {"PYTHONPATH": "workflow"}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Error in rule simulate_survey" in done.stderr

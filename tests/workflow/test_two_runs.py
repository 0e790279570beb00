"""Two runs at once in one checkout."""

import json
import os
from socket import gethostname

import pytest

from mdwarfs.run.interrupted import NOTES, began
from tests.workflow.conftest import copy_of

pytestmark = pytest.mark.dag


def test_the_second_is_told_by_whom_and_what_to_do(root, tmp_path):
    copy, pid = copy_of(root, tmp_path / "copy"), os.getpid()
    made, locks = "results/simulated-ci/audit/config.yaml", tmp_path / "copy/.snakemake"
    note = {"run": "simulated-ci", "host": gethostname(), "pid": pid}
    for file, text in (
        ("locks/0.output.lock", made),  # as Snakemake's run of that process has it
        (f"{NOTES}/first.json", json.dumps(note | {"began": began(pid)})),
    ):
        (locks / file).parent.mkdir(parents=True, exist_ok=True)
        (locks / file).write_text(text)
    second = copy.snakemake(made, "--cores", "1", check=False)
    assert second.returncode == 1 and not (copy.path / made).exists()
    last = second.stderr.strip().splitlines()[-1]
    assert last.startswith(f"process {pid} is making run simulated-ci in this folder")
    assert "--config run=simulated-ci-2" in last
    # Which is so: it has files of its own.
    named = "results/simulated-ci-2/audit/config.yaml"
    copy.snakemake(named, "--cores", "1", "--config", "run=simulated-ci-2")
    assert (copy.path / named).exists()

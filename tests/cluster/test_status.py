"""What the profile for Slurm tells Snakemake of a job, by made-up Slurm commands."""

import os
import subprocess

import pytest

from tests.cluster.slurm import STATUS

FORGOTTEN = "slurm_load_jobs error: Invalid job id specified"
SILENT = "slurm_load_jobs error: Unable to contact slurm controller (connect failure)"


@pytest.fixture
def told(tmp_path):
    """What is told of job 7, by what the two commands say: of those that there are."""

    def run(**says):
        for name, text in says.items():
            program = tmp_path / name
            program.write_text(f'#!/bin/sh\necho "$@" >> {program}.asked\n{text}\n')
            program.chmod(0o755)
        done = subprocess.run(
            [STATUS, "7"], capture_output=True, text=True, start_new_session=True,
            env=os.environ | {"PATH": f"{tmp_path}:/usr/bin:/bin"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done

    run.folder = tmp_path
    return run


def error(words):
    return f'echo "{words}" >&2; exit 1'


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("PENDING", "running"),
        ("CONFIGURING", "running"),
        ("RUNNING", "running"),
        ("SUSPENDED", "running"),
        ("COMPLETING", "running"),
        ("COMPLETED", "success"),
        ("FAILED", "failed"),
        ("CANCELLED", "failed"),
        ("TIMEOUT", "failed"),
        ("OUT_OF_MEMORY", "failed"),
        ("NODE_FAIL", "failed"),
        ("PREEMPTED", "failed"),
        ("BOOT_FAIL", "failed"),
        ("DEADLINE", "failed"),
    ],
)
def test_squeue_is_believed(told, state, word):
    said = told(squeue=f"echo {state}", sacct="echo COMPLETED")
    assert said.stdout == f"{word}\n"
    assert not (told.folder / "sacct.asked").exists()
    assert "--jobs=7" in (told.folder / "squeue.asked").read_text().split()


@pytest.mark.parametrize("squeue", [error(FORGOTTEN), "true"])
@pytest.mark.parametrize(
    ("sacct", "word"),
    [
        ("echo COMPLETED", "success"),
        ("echo CANCELLED by 0", "failed"),
        ("echo OUT_OF_MEMORY", "failed"),
        ("echo RUNNING", "failed"),  # of a job that nobody runs any more
        ("true", "failed"),
        (error("Slurm accounting storage is disabled"), "failed"),
    ],
)
def test_what_squeue_has_forgotten_accounting_may_know(told, squeue, sacct, word):
    assert told(squeue=squeue, sacct=sacct).stdout == f"{word}\n"
    assert "--jobs=7" in (told.folder / "sacct.asked").read_text().split()


def test_a_controller_that_does_not_answer_ends_no_job(told):
    said = told(squeue=error(SILENT), sacct="echo FAILED")
    assert said.stdout == "running\n"
    assert SILENT in said.stderr


def test_ctrl_c_does_not_reach_the_question(told):
    assert told(squeue="kill -INT 0; echo COMPLETED").stdout == "success\n"

"""The samples of the small run on a real Slurm, with accounting and without.

Asked for by `pytest -m slurm`, after `make slurm`, as root. It takes some minutes.
"""

import os
import re
import signal
import subprocess
import sys
import time
from functools import partial

import pytest

from mdwarfs.run.interrupted import left_locked
from tests.cluster.slurm import PROFILE, STATUS, Slurm, Unavailable, plugin
from tests.workflow.conftest import copy_of

pytestmark = [pytest.mark.dag, pytest.mark.slurm]
SAMPLES = "results/simulated-ci/samples"
WAIT = 300  # for what takes seconds on an idle machine [s]


@pytest.fixture(scope="module", params=[False, True], ids=["squeue", "accounting"])
def slurm(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("slurm")
    try:
        plugin()
        running = Slurm(folder / "files", accounting=request.param)
    except Unavailable as error:
        pytest.skip(str(error))
    with running:
        yield running


@pytest.fixture(scope="module")
def start():
    """Snakemake, as the leader of a group of processes, which makes the samples.

    It listens to Ctrl-C, even if the tests are in the background of a shell.
    """
    started = []

    def begin(path, *arguments):
        with (path / "said.txt").open("a") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "snakemake", "samples", *arguments]
                + ["--configfile", "config/ci.yaml"],
                cwd=path, env=os.environ | {"PYTHONPATH": "workflow"},
                stdout=file, stderr=file, start_new_session=True,
                preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
            )  # fmt: skip
        started.append(process)
        return process

    begin.started = started
    return begin


@pytest.fixture(autouse=True)
def nothing_is_left(slurm, start):
    """A test that fails leaves no job before those of the next."""
    yield
    for process in start.started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    slurm.clear()


@pytest.fixture(scope="module")
def local(root, start, tmp_path_factory):
    """Bytes of the samples, made without Slurm."""
    path = copy_of(root, tmp_path_factory.mktemp("local")).path
    assert start(path, "--cores", "2").wait() == 0, said(path)
    return samples(path)


def said(path):
    return (path / "said.txt").read_text()


def samples(path):
    return {x.name: x.read_bytes() for x in (path / SAMPLES).iterdir()}


def until(found, words):
    """What `found` returns, as soon as that is something."""
    end = time.monotonic() + WAIT
    while not (what := found()):
        assert time.monotonic() < end, words
        time.sleep(0.3)
    return what


def submitted(path, n=1):
    """Slurm's number of the n-th job of a run, once it has one."""
    numbers = numbers_of_jobs(path)
    return numbers[n - 1] if len(numbers) >= n else None


def numbers_of_jobs(path):
    return re.findall(r"with external jobid '(\d+)'", said(path))


def test_samples_have_the_same_bytes_and_few_jobs(root, slurm, start, local, tmp_path):
    """How long the small run takes on Slurm: `make same-bytes`, on an idle machine."""
    path = copy_of(root, tmp_path / "on_slurm").path
    assert start(path, *PROFILE).wait() == 0, said(path)
    assert samples(path) == local
    (number,) = numbers_of_jobs(path)  # one, of 17 steps
    assert (path / ".snakemake" / "slurm_logs" / f"{number}.log").exists()


def test_a_job_that_fails_is_noticed(root, slurm, start, tmp_path):
    path = copy_of(root, tmp_path / "failing").path
    (path / "scripts" / "simulate_survey.py").write_text("raise SystemExit(3)\n")
    assert start(path, *PROFILE, "--retries", "0").wait() == 1
    assert "Error in rule simulate_survey" in said(path)


def test_a_job_that_is_cancelled_is_noticed_and_tried_again(
    root, slurm, start, tmp_path
):
    path = copy_of(root, tmp_path / "cancelled").path
    (path / "scripts" / "simulate_survey.py").write_text("import time; time.sleep(600)")
    run = start(path, *PROFILE, "--retries", "1")
    for n in (1, 2):
        number = until(lambda n=n: submitted(path, n), said(path))
        until(lambda n=number: slurm.state(n) == "RUNNING", "it does not start")
        slurm.command("scancel", number)
    assert run.wait(WAIT) == 1
    assert said(path).count("message: Error in group survey") == 2
    assert said(path).count("Trying to restart job") == 1


def test_ctrl_c_cancels_the_jobs(root, slurm, start, tmp_path):
    """While their state is asked for, the plugin would forget them: so it seldom is."""
    path = copy_of(root, tmp_path / "stopped").path
    (path / "scripts" / "simulate_survey.py").write_text("import time; time.sleep(600)")
    run = start(path, *PROFILE, "--seconds-between-status-checks", "20")
    number = until(lambda: submitted(path), said(path))
    until(lambda: slurm.state(number) == "RUNNING", "it does not start")
    os.kill(run.pid, signal.SIGINT)
    assert run.wait(WAIT) == 1
    until(lambda: slurm.state(number) == "CANCELLED", "it goes on")


def test_a_run_whose_snakemake_is_killed_is_gone_on_with(
    root, slurm, start, local, tmp_path
):
    path = copy_of(root, tmp_path / "killed").path
    run = start(path, *PROFILE)
    until(lambda: submitted(path), said(path))
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    until(slurm.is_empty, "jobs that were submitted go on")
    assert left_locked("simulated-ci", path / ".snakemake")
    assert start(path, "--unlock").wait() == 0
    assert start(path, *PROFILE).wait() == 0, said(path)
    assert samples(path) == local


def test_how_a_job_ended_that_squeue_has_forgotten(slurm, tmp_path):
    """Only accounting knows; without it, the job counts as failed and is made again."""
    squeue = tmp_path / "squeue"
    squeue.write_text("#!/bin/sh\necho Invalid job id specified >&2; exit 1\n")
    squeue.chmod(0o755)
    forgetful = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}

    def told(number):
        return subprocess.check_output([STATUS, number], env=forgetful, text=True)

    ended = {}
    for command in "true", "false":
        submit = "sbatch", "--parsable", "--output=/dev/null", "--wrap", command
        ended[command] = slurm.command(*submit).strip()
    until(slurm.is_empty, "they do not end")
    assert slurm.state(ended["true"]) == "COMPLETED"
    assert slurm.state(ended["false"]) == "FAILED"
    if slurm.accounting:
        until(lambda: told(ended["true"]) == "success\n", "sacct does not know")
    else:
        assert told(ended["true"]) == "failed\n"
    assert told(ended["false"]) == "failed\n"

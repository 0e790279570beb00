"""Runs that are killed at any moment, and continued."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from mdwarfs.run.interrupted import left_locked

VARYING = {"logs", "benchmarks", "provenance", "ro-crate-metadata.json", "made.js"}


def torture(
    checkout: Path, products: list[Path], command: list[str], n: int, seed: int
) -> list[tuple[str, str, str]]:
    """Delete products, have them made again, kill that at a random moment, go on.

    Parameters
    ----------
    checkout
        A copy in which a run has ended.
    products
        What is deleted, below the copy.
    command
        Arguments of Snakemake that make them.

    Returns
    -------
    entries
        Of each: "kill", "the same" or "wrong", and of the latter what differs.
    """
    rng = np.random.default_rng(seed)
    begun = time.monotonic()
    for product in products:
        product.unlink()
    assert snakemake(checkout, command).wait() == 0, "the run itself fails"
    whole = time.monotonic() - begun
    before, found = digests(checkout), []
    for _ in range(n):
        for product in products:
            product.unlink(missing_ok=True)
        process = snakemake(checkout, command)
        time.sleep(rng.uniform(0.1, 1.0) * whole)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if left_locked("simulated-ci", checkout / ".snakemake"):
            assert snakemake(checkout, ["--unlock"]).wait() == 0
        status = snakemake(checkout, ["--rerun-incomplete", *command]).wait()
        left = [*checkout.rglob(".part-*")]
        after = digests(checkout)
        differ = sorted(k for k in before | after if before.get(k) != after.get(k))
        if status or differ or left:
            words = f"status {status}, differ: {differ}, left: {left}"
            found.append(("kill", "wrong", words))
        else:
            found.append(("kill", "the same", ""))
    return found


def snakemake(checkout: Path, arguments: list[str]) -> subprocess.Popen:
    """Snakemake as the leader of a group of processes, which can be killed together."""
    return subprocess.Popen(
        [sys.executable, "-m", "snakemake", "--cores", "1", *arguments],
        cwd=checkout, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def digests(checkout: Path) -> dict[str, str]:
    """SHA-256 of every product of every run of a copy."""
    found = {}
    for folder in ("results", "figures"):
        for path in sorted(checkout.glob(f"{folder}/*/**/*")):
            place = path.relative_to(checkout)
            if path.is_file() and not VARYING & set(place.parts):
                found[str(place)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found

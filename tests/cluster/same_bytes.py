"""The small run made in several ways: do all products have the same bytes?

    python -m tests.cluster.same_bytes FOLDER [--ways "one core" ...] [docs/scale.md]

Each way is a copy of the checkout below the folder, which is continued if it is
there; the last ones take Slurm (`make slurm`). A way that cannot be tried is said so.
The table takes the place of what follows the mark in the document.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from tests.cluster.slurm import PROFILE, Slurm, Unavailable, plugin
from tests.torture.kills import VARYING
from tests.workflow.conftest import copy_of, product_bytes

ROOT = Path(__file__).parents[2]
MARK = "<!-- below: make same-bytes -->"
PARTS = "slam: {parts: 3}\nstars: {parts: 3}\n"
THREE = "three parts, of the configuration"
WAYS = {
    "one core": ["--cores", "1"],
    "two cores": ["--cores", "2"],
    THREE: ["--cores", "2"],
    "ten blocks of stars": ["--cores", "2", "--set-scatter", "stars=10"],
    "Slurm without accounting": PROFILE,
    "Slurm with accounting": PROFILE,
}
"""Arguments of Snakemake; products are held against those of the first."""
MOST = 6  # products that are named


def main() -> None:
    """Make the runs, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("document", type=Path, nargs="?")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--target", default="all")
    given = parser.parse_args()
    for ended in (signal.SIGTERM, signal.SIGHUP):  # its Slurm and its runs end, too
        signal.signal(ended, lambda *_: sys.exit(1))
    rows, first = [], None
    for way in given.ways:  # of one code, even if it is edited meanwhile
        if not place(given.folder, way).exists():
            given.folder.mkdir(parents=True, exist_ok=True)
            copy_of(ROOT, place(given.folder, way))
    for way in given.ways:
        try:
            seconds, found = made(given.folder, way, given.target)
        except Unavailable as error:
            rows.append(f"| {way} | | | not tried: {str(error).splitlines()[0]} |")
            continue
        first = first or found
        rows.append(f"| {way} | {seconds:.0f} | {len(found)} | {other(first, found)} |")
    text = "\n".join(
        [
            f"`snakemake {given.target} --configfile config/ci.yaml`, in several ways. "
            "The card CONFHASH, which names the configuration, is left out.",
            "",
            "| way | seconds | products | other bytes than the first |",
            "|---|---|---|---|",
            *rows,
        ]
    )
    print(text)
    if given.document:
        before = given.document.read_text(encoding="utf-8").partition(MARK)[0]
        given.document.write_text(f"{before}{MARK}\n\n{text}\n", encoding="utf-8")


def place(folder: Path, way: str) -> Path:
    """The copy in which a way is tried."""
    return folder / way.replace(" ", "-").replace(",", "")


def made(folder: Path, way: str, target: str) -> tuple[float, dict[str, str]]:
    """Make the small run in one way: the time [s], and the digests of its products."""
    path = place(folder, way)
    command = [sys.executable, "-m", "snakemake", target, "--rerun-incomplete"]
    command += [*WAYS[way], "--configfile", "config/ci.yaml"]
    if way == THREE:  # values of --config would be texts
        (path / "config" / "parts.yaml").write_text(PARTS, encoding="utf-8")
        command.append("config/parts.yaml")
    with ExitStack() as stack:
        if WAYS[way] is PROFILE:
            plugin()
            stack.enter_context(
                Slurm(path.with_suffix(".slurm"), accounting="with acc" in way)
            )
        begun = time.monotonic()
        with path.with_suffix(".txt").open("w") as said:
            run(command, path, said)
    return time.monotonic() - begun, digests(path)


def run(command: list[str], path: Path, said: IO[str]) -> None:
    """Run a command, and end what it has started if it is left; raises if it fails."""
    process = subprocess.Popen(
        command, cwd=path, stdout=said, stderr=said, start_new_session=True,
        env=os.environ | {"PYTHONPATH": "workflow"},
    )  # fmt: skip
    try:
        status = process.wait()
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if status:
        raise subprocess.CalledProcessError(status, command)


def digests(path: Path) -> dict[str, str]:
    """SHA-256 of every product and figure of a copy, without the card CONFHASH."""
    return {
        str(file.relative_to(path)): hashlib.sha256(product_bytes(file)).hexdigest()
        for folder in ("results", "figures")
        for file in sorted((path / folder).rglob("*"))
        if file.is_file() and not VARYING & set(file.relative_to(path).parts)
    }


def other(first: dict[str, str], found: dict[str, str]) -> str:
    """Products that two ways make otherwise, in words."""
    names = sorted(x for x in first | found if first.get(x) != found.get(x))
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    return ", ".join(names[:MOST]) + more or "none"


if __name__ == "__main__":
    main()

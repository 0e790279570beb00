"""The memory and time that each rule needs, by the size of its input.

`rules/needs.tsv` has for each rule what was measured: peak memory and CPU time of
small inputs, and how much of each comes with a megabyte more. `tests/run/measured.tsv`
has the measurements, which a test holds the table against.
"""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import yaml

from mdwarfs.types import PathLike

ROOM = 1.4
"""How many times what was measured is asked for: other stars, machines, libraries."""
SNAKEMAKE = 160
"""Memory of the Snakemake that starts a script on a node [MB]."""
LEAST = 5
"""Shortest time that is asked for [minutes]: jobs wait for file systems."""
LEAST_IN_GROUP = 2
"""Shortest time that is asked for a job within a group [minutes]. A group is one job of
the cluster, which asks for the sum of its jobs' times."""
FAMILIES = {"retrieve_": "retrieve", "figure_": "figure", "diagnostic_": "figure"}
FAMILIES |= {"experiment_": "figure", "files_": "figure", "table_": "table"}
"""Rules that have no row of their own, by how their names begin: their row."""


@dataclass(frozen=True)
class Need:
    """What a rule was measured to need.

    Attributes
    ----------
    memory, seconds
        Peak memory [MB] and CPU time [s] without input.
    memory_per_mb, seconds_per_mb
        What each megabyte of its input adds.
    memory_per_thread
        What each of its processes adds, where it has some; threads share their memory.
    """

    memory: float
    memory_per_thread: float
    memory_per_mb: float
    seconds: float
    seconds_per_mb: float

    def mem_mb(
        self, megabytes: float, threads: int = 1, share: float = 1, attempt: int = 1
    ) -> int:
        """Memory to ask for [MB].

        Parameters
        ----------
        megabytes
            Size of the input.
        share
            Of the work, that this job does.
        attempt
            From 1; each further one asks for as much again.
        """
        measured = self.memory + self.memory_per_thread * threads
        measured += self.memory_per_mb * megabytes * share
        return math.ceil((ROOM * measured + SNAKEMAKE) * attempt)

    def runtime(
        self,
        megabytes: float,
        threads: int = 1,
        share: float = 1,
        attempt: int = 1,
        least: int = LEAST,
    ) -> int:
        """Time to ask for [minutes], `least` or more; see `mem_mb`."""
        seconds = (self.seconds + self.seconds_per_mb * megabytes) * share / threads
        return max(math.ceil(ROOM * seconds / 60), least) * attempt


UNMEASURED = Need(1000, 0, 10, 1800, 10)
"""What a rule asks for that has no row yet."""


def read(path: PathLike) -> dict[str, Need]:
    """What rules need, by their names, from `rules/needs.tsv`."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {row.pop("rule"): Need(*map(float, row.values())) for row in rows}


def read_groups(path: PathLike, kinds: Iterable[str]) -> dict[str, str]:
    """Which group each rule, or family of rules, is in, from `rules/groups.yaml`.

    Parameters
    ----------
    kinds
        Sections of the file that concern a run, in their order: a later one may take
        whole groups of an earlier one, by their names, into its own.
    """
    with open(path, encoding="utf-8") as file:
        sections = yaml.safe_load(file)
    groups: dict[str, list[str]] = {}
    for kind in kinds:
        for group, names in sections[kind].items():
            rules = [groups.pop(name, [name]) for name in names]
            groups[group] = [rule for taken in rules for rule in taken]
    return {rule: group for group, rules in groups.items() for rule in rules}


def need_of(rule: str, known: dict[str, Need]) -> Need:
    """What a rule needs; of one that nobody has measured, `UNMEASURED`.

    Parameters
    ----------
    known
        From `read`.
    """
    return known.get(row_of(rule, known), UNMEASURED)


def row_of(rule: str, known: Collection[str]) -> str:
    """Name of the row that says what a rule needs; empty if there is none."""
    families = (row for start, row in FAMILIES.items() if rule.startswith(start))
    return next((name for name in (rule, *families) if name in known), "")


def size(
    files: Iterable[PathLike], stand_ins: Mapping[PathLike, float] | None = None
) -> float:
    """Size of files, and of those in folders [MB].

    Parameters
    ----------
    stand_ins
        Files by which the size of those is told that are not there yet, and how many
        times as large these are: before a group runs, memory is asked for jobs whose
        inputs other jobs of the group will make. If any file is not there, the largest
        of these counts, once.
    """
    sizes = [_bytes(file) for file in files]
    if None in sizes:
        likely = [times * (_bytes(x) or 0) for x, times in (stand_ins or {}).items()]
        sizes.append(max(likely, default=0))
    return sum(filter(None, sizes)) / 1e6


def _bytes(file):
    """Of one file, or of those in a folder; None if it is not there."""
    try:
        if os.path.isdir(file):
            with os.scandir(file) as inside:
                return sum(x.stat().st_size for x in inside if x.is_file())
        return os.path.getsize(file)
    except FileNotFoundError:
        return None

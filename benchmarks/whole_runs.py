"""How time and memory of whole runs grow with the number of stars, step by step.

It reads what finished runs of different sizes have noted in their folders: CPU time and
peak memory from the logs, time by the clock from the benchmarks of Snakemake. Jobs that
share the stars are added up; their memory is that of the largest.
"""

import re
from pathlib import Path

import command
import numpy as np
from astropy.table import Table

from mdwarfs import tables
from mdwarfs.figures import style

USED = re.compile(r"([\d.]+) s of CPU, at most (\d+) MB of memory")
SHARE = re.compile(r"_\d+-of-\d+$")
COLUMNS = {
    "step": ("", "Rule, with its wildcards; all: their sum, and the largest memory"),
    "stars": ("", "Candidates of the run"),
    "jobs": ("", "Jobs of the step"),
    "cpu_s": ("s", "CPU time"),
    "wall_s": ("s", "Time by the clock of its jobs, one after the other"),
    "peak_mb": ("Mbyte", "Peak memory of its largest process that reads the inputs"),
}
APART = ("simulate_part", "simulate_survey", "train_part")
"""Not counted in `all`: what makes the raw files, and what no star adds to."""
DRAWN = 6  # steps that take longest, or most memory, in the largest run


def jobs(run):
    """CPU time [s], time by the clock [s] and peak memory [MB] of each job of a run."""
    for log in sorted((run / "logs").glob("*.log")):
        found = USED.findall(log.read_text(encoding="utf-8"))
        timed = run / "benchmarks" / f"{log.stem}.tsv"
        if found and timed.exists():
            wall = timed.read_text(encoding="utf-8").splitlines()[-1].split("\t")[0]
            yield log.stem, float(found[-1][0]), float(wall), float(found[-1][1])


def measured(run):
    """Rows of the table of one run."""
    stars = len(tables.read(run / "catalogue" / "slam_labels.fits", ["source_id"]))
    steps = {}
    for job, *used in jobs(run):
        steps.setdefault(SHARE.sub("", job), []).append(used)
    rows = []
    for step, each in steps.items():
        cpu, wall, peak = np.array(each).T
        rows.append((step, stars, len(each), cpu.sum(), wall.sum(), peak.max()))
    counted = [row for row in rows if row[0] not in APART]
    _, _, *numbers = map(np.array, zip(*counted))
    number, cpu, wall, peak = numbers
    rows.append(("all", stars, number.sum(), cpu.sum(), wall.sum(), peak.max()))
    return rows


def largest(table, column):
    """The steps that need most in the largest run, and the whole."""
    last = table[table["stars"] == np.max(table["stars"])]
    last = last[~np.isin(last["step"], ["all", *APART])]
    order = np.argsort(-np.asarray(last[column]))[:DRAWN]
    return [str(step) for step in last["step"][order]]


@style.styled
def draw(table):
    """CPU time and peak memory against the number of stars."""
    figure = style.new(style.PAGE, 3.6)
    panels = figure.subplots(1, 2)
    for axes, column in zip(panels, ("cpu_s", "peak_mb")):
        for step in ["all"] * (column == "cpu_s") + largest(table, column):
            rows = table[table["step"] == step]
            named = "all, without training" if step == "all" else step
            look = {"color": "k", "lw": 1.4} if step == "all" else {"lw": 1}
            axes.plot(rows["stars"], rows[column], "o-", ms=3.5, label=named, **look)
    stars = np.unique(table["stars"])
    whole = table[(table["step"] == "all") & (table["stars"] == stars[-1])]["cpu_s"][0]
    panels[0].plot(
        stars, 1.6 * whole * stars / stars[-1], "k--", lw=0.7, label="in proportion"
    )
    panels[0].set(xscale="log", yscale="log", xlabel="Stars", ylabel="CPU time (s)")
    panels[1].set(xscale="log", xlabel="Stars", ylabel="Peak memory (MB)")
    panels[1].set_ylim(0, None)
    for axes in panels:
        axes.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2, frameon=False
        )
    return figure


def main(arguments=None):
    parser = command.parser(__doc__, run=False)
    parser.add_argument(
        "--runs",
        type=command.finished_run,
        nargs="+",
        required=True,
        metavar="FOLDER",
        help="the results of finished runs of different sizes",
    )
    options = parser.parse_args(arguments)
    rows = [row for run in options.runs for row in measured(Path(run))]
    table = Table(rows=rows, names=list(COLUMNS))
    table.sort(["step", "stars"])
    command.show(table)
    stamp = command.stamp_of(options.runs[-1]) | {"run": "benchmark"}
    command.write(options, "whole_runs", table, COLUMNS, stamp, draw)


if __name__ == "__main__":
    main()

"""Make a small run the baseline that later ones are held against: `make baseline`.

    python -m tests.workflow.renew_baseline results/simulated-ci

The rules of the run, and which takes what of which, are asked of Snakemake.
"""

import re
import subprocess
import sys
from pathlib import Path

from mdwarfs.comparing import baseline

FOLDER = Path(__file__).with_name("baseline")


def rule_graph(root):
    """By rule, those whose products it takes, as Snakemake plans the small run."""
    command = [sys.executable, "-m", "snakemake", "--rulegraph"]
    command += ["--configfile", "config/ci.yaml", "--forceall"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return graph_of(done.stdout)


def graph_of(dot):
    """The same from the language of Graphviz."""
    names = dict(re.findall(r'^\s*(\d+)\[label = "([^"\\]+)', dot, re.MULTILINE))
    graph = {name: set() for name in names.values()}
    for above, below in re.findall(r"^\s*(\d+) -> (\d+)", dot, re.MULTILINE):
        graph[names[below]].add(names[above])
    return graph


if __name__ == "__main__":
    (run,) = sys.argv[1:]
    baseline.store(run, rule_graph(Path(__file__).parents[2]), FOLDER)

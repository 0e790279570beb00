"""Make a small run the baseline that later ones are held against: `make baseline`.

python -m tests.workflow.renew_baseline results/simulated-ci
"""

import sys
from pathlib import Path

from mdwarfs.comparing import baseline

FOLDER = Path(__file__).with_name("baseline")


if __name__ == "__main__":
    (run,) = sys.argv[1:]
    baseline.store(run, FOLDER)

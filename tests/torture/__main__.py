"""Tortures in large: mutations of spectra, raw files and configurations, and kills.

    python -m tests.torture results/simulated --cases 2000 --kills 12 docs/torture.md

The run has to have ended. Below the line of the file everything is written anew.
"""

import argparse
import shutil
import tempfile
from collections import Counter
from pathlib import Path

from tests.torture import configurations, kills, raw_tables, spectra

ROOT = Path(__file__).parents[2]
OUTCOMES = "refused", "flagged", "harmless", "the same", "accepted", "changed", "wrong"
LINE = "<!-- below: make torture -->\n"
KILLED = "samples/pairs_fgk_m.fits", "samples/pairs_m_m.fits", "samples/split.fits"


def main() -> None:
    """Torture a run, and write the table of what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="results of a run, as results/simulated")
    parser.add_argument("page", type=Path, help="Markdown that gets the table")
    parser.add_argument(
        "--cases", type=int, default=2000, help="mutations of each kind"
    )
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        found = tortured(given, Path(name))
    head = given.page.read_text(encoding="utf-8").partition(LINE)[0]
    said = (
        f"{given.cases} mutations of each sort of input of the run "
        f"`{given.run.name}` (seed {given.seed}):"
    )
    text = f"{head}{LINE}\n{said}\n\n{report(found)}"
    given.page.write_text(text, encoding="utf-8")


def tortured(given: argparse.Namespace, folder: Path) -> dict[str, list]:
    """What came of each torture."""
    files = sorted(given.run.glob("raw/astra/**/mwmStar*"))[::97]
    found = {
        "configurations": configurations.torture(ROOT, given.cases, given.seed),
        "raw files": raw_tables.torture(
            given.run / "raw", folder, given.cases, given.seed
        ),
        "spectra": spectra.torture(given.run, files, folder, given.cases, given.seed),
    }
    copy = folder / "copy"
    shutil.copytree(
        ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", ".snakemake")
    )
    place = given.run.absolute().relative_to(ROOT)
    products = [copy / place / x for x in KILLED]
    command = ["--rerun-triggers", "mtime", "--", *(str(place / x) for x in KILLED)]
    found["runs"] = kills.torture(copy, products, command, given.kills, given.seed)
    return found


def report(found: dict[str, list[tuple[str, str, str]]]) -> str:
    """The outcomes as a table, and what is wrong in words."""
    head = ["what", "kind", "tried", *OUTCOMES]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for what, entries in found.items():
        tried = Counter(kind for kind, _, _ in entries)
        outcomes = Counter((kind, outcome) for kind, outcome, _ in entries)
        for kind, n in tried.items():
            cells = (outcomes[kind, x] or "" for x in OUTCOMES)
            lines.append(
                f"| {what} | {kind} | {n} | " + " | ".join(map(str, cells)) + " |"
            )
    wrong = [
        f"- {what}, {kind}: {words}"
        for what, entries in found.items()
        for kind, outcome, words in entries
        if outcome == "wrong"
    ]
    words = "\n".join(["Wrong:", "", *wrong]) if wrong else "Nothing was wrong."
    return "\n".join([*lines, "", words, ""])


if __name__ == "__main__":
    main()

"""What is written before the first step of a run and after its last."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from mdwarfs import tables
from mdwarfs.config import config_text
from mdwarfs.errors import InputError
from mdwarfs.provenance import agreement, commits
from mdwarfs.provenance.history import History
from mdwarfs.run.folder import CONFIGURATION
from mdwarfs.run.record import FOLDER
from mdwarfs.types import PathLike

AGREEMENT, README = f"{FOLDER}/agreement.ecsv", "README.md"
PAGE = "report/index.html"
MOST = 10  # products that are named
README_TEXT = """\
# Run {run} of mdwarfs

{stars}

{folders}

`mdwarfs trace WHAT --run FOLDER` follows a number, a file, a column or a star back to
the raw files. It takes this folder alone, wherever it lies.
"""


FOLDERS = {
    "catalogue": "the labels of all stars; `catalogue/README.md` says which to use.",
    "audit": "{audit}",
    "provenance": "the record of each step, the environments, configurations and rules;"
    "\n  `agreement.ecsv` says of each product with which keys it was made, and whether"
    " they\n  are those of `audit/config.yaml`.",
    "raw": "{raw}",
    "report": "the page of the run, `index.html`.",
    "logs": "of each step.",
    "benchmarks": "time and memory of each step.",
}
"""What a run's folders hold: those that it has are told. Others hold its products."""
AUDITED = {
    "claims.md": "has the paper's numbers beside the run's",
    "products.ecsv": "every product",
    "config.yaml": "the configuration",
}
CRATE = """\
- `ro-crate-metadata.json`: all of it as linked data (RO-Crate, profile Provenance Run
  Crate 0.5)."""
RECORDED = "what came from the archives, each file with its record (`.json`)."
FETCHED = "what was fetched."
INVENTED = "what the simulation wrote in the place of the archives' files."


def folders(results: Path, simulated: bool) -> str:
    """What the folders of a run hold, of those that are there, a point each."""
    audit = ", ".join(
        f"`{name}` {words}"
        for name, words in AUDITED.items()
        if (results / "audit" / name).is_file()
    )
    recorded = any((results / "raw").rglob("*.json"))
    raw = RECORDED if recorded else INVENTED if simulated else FETCHED
    lines = [
        f"- `{name}/`: {words.format(audit=audit + '.', raw=raw)}"
        for name, words in FOLDERS.items()
        if (results / name).is_dir()
    ]
    return "\n".join([*lines, CRATE])


def begin(folder: PathLike, config: Mapping, stamp: Mapping) -> None:
    """Write down the configuration, whatever target is to be made with it.

    The rule `record_config` does so too, for the targets that have names. What says of
    each product whether it is of that configuration is taken away until the run ends.

    Parameters
    ----------
    folder
        Results of the run.
    config
        The whole configuration.
    stamp
        `run` and `simulated`.
    """
    (Path(folder) / AGREEMENT).unlink(missing_ok=True)
    path = Path(folder) / CONFIGURATION
    text = config_text(config, **stamp)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        tables.write_text(path, text)


def conclude(folder: PathLike, root: PathLike, stamp: Mapping) -> list[str]:
    """Write what follows from the records of all steps: the crate, and what agrees.

    Parameters
    ----------
    folder
        Results of the run.
    root
        Checkout of the workflow, whose rules go into the crate.
    stamp
        `run` and `simulated`.

    Returns
    -------
    entries
        The products that are of another configuration than the one that lies beside
        them, or of inputs that are others now; nothing if there are none.
    """
    from mdwarfs.provenance import crate  # takes a third of a second to import

    try:
        history = History(folder)
    except InputError:
        return []  # no step has ended
    keep_rules(Path(folder), Path(root))
    tables.write_text(Path(folder) / README, readme(Path(folder), **stamp))
    tables.write(agreement.table(history), Path(folder) / AGREEMENT, dict(stamp))
    if (Path(folder) / PAGE).is_file():
        from mdwarfs.report.packing import MADE, made

        tables.write_text(Path(folder) / "report" / MADE, made(making(history)))
    if history.live():
        crate.write(history)
    return words(agreement.differences(history))


def making(history: History) -> list[str]:
    """When a run was made, and of which code, in sentences."""
    steps = [history.steps[name] for name in history.live()]
    if not steps:
        return []
    began = min(step["started"] for step in steps)
    ended = max(step["ended"] for step in steps)
    first, last = (x[:19].replace("T", " ") for x in (began, ended))
    return [
        f"Made from {first} to {last} UTC.",
        f"{commits.words(step['code'] for step in steps)}.",
    ]


def readme(results: Path, run: str, simulated: bool) -> str:
    """What lies in the folder of a run, in Markdown."""
    stars = "Its stars are simulated: it shows nothing of the sky." if simulated else ""
    return README_TEXT.format(
        run=run, stars=stars, folders=folders(results, simulated)
    ).replace("\n\n\n", "\n\n")


def keep_rules(folder: Path, root: Path) -> None:
    """Keep the rules of the workflow with the run, in the place of those there."""
    from mdwarfs.provenance.crate_entities import CITATION, WORKFLOW

    kept = folder / WORKFLOW
    shutil.rmtree(kept, ignore_errors=True)
    (kept / "rules").mkdir(parents=True)
    shutil.copyfile(root / "Snakefile", kept / "Snakefile")
    for path in sorted((root / "rules").glob("*.smk")):
        shutil.copyfile(path, kept / "rules" / path.name)
    if (root / "CITATION.cff").is_file():
        shutil.copyfile(root / "CITATION.cff", folder / CITATION)


def words(differences: list[agreement.Difference]) -> list[str]:
    """Differences in a few lines."""
    if not differences:
        return []
    lines = [
        "Not all products are of one configuration and of the inputs beside them "
        f"({AGREEMENT} has the keys of each):",
        *(f"  {x.product} ({x.rule}): {x.why}" for x in differences[:MOST]),
    ]
    return lines + [f"  and {len(differences) - MOST} more"] * (len(differences) > MOST)

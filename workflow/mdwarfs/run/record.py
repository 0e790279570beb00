"""The record of a step: what a job read, what it made, with which code, and when.

It lies at `provenance/<log's name>.json` below the run's results. The job writes it
itself, when its files are whole: so it holds of these files, whatever target they were
made for and whichever steps ran before or after, and a copy of the run has it too.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mdwarfs import tables
from mdwarfs.run import environment
from mdwarfs.run.parameters import configuration_keys, other_settings
from mdwarfs.software import digest
from mdwarfs.types import PathLike

FOLDER = "provenance"
CONFIGURATIONS, ENVIRONMENTS = f"{FOLDER}/configurations", f"{FOLDER}/environments"
CRATE = "ro-crate-metadata.json"
OWN = (
    "mdwarfs/provenance/", "mdwarfs/run/environment.py", "mdwarfs/run/job.py",
    "mdwarfs/run/parameters.py", "mdwarfs/run/record.py",
)  # fmt: skip
"""Modules that are no part of what a step computes: they write this down."""
PACKAGE = Path(__file__).parents[1]


def recorded(main: Callable, snakemake: Any) -> None:
    """Call a script's `main`, and write the record of the step.

    The crate of the run is taken away first: the end of the run writes it anew, and one
    that is there has always seen all that was made.

    Parameters
    ----------
    main
        Takes the object that Snakemake gives to a script.
    snakemake
        With all that a record tells.
    """
    folder = Path(snakemake.log[0]).parents[1]
    (folder / CRATE).unlink(missing_ok=True)
    started = now()
    main(snakemake)
    script = Path(main.__globals__["__file__"])
    record = describe(snakemake, folder, script)
    write(folder, Path(snakemake.log[0]).stem, {"started": started, **record})


def describe(snakemake: Any, folder: Path, script: Path) -> dict:
    """What there is to say of a step that has just ended.

    Parameters
    ----------
    snakemake
        With rule, wildcards, input, output, params and config.
    folder
        Results of the run.
    script
        In the folder `scripts` of its checkout.

    Returns
    -------
    entries
        Paths are relative to `folder`, or, where they lie outside of it, to the working
        directory, as Snakemake has them.
    """
    params = dict(snakemake.params.items())
    if "stamp" in params:  # the configuration of a job's stamp stands below
        params["stamp"] = {k: v for k, v in params["stamp"].items() if k != "config"}
    return {
        "ended": now(),
        "rule": snakemake.rule,
        "wildcards": dict(snakemake.wildcards.items()),
        "run": {key: params["stamp"][key] for key in ("run", "simulated")},
        "inputs": files(snakemake.input, folder, on_record(folder)),
        "outputs": files(snakemake.output, folder),
        "parameters": configuration_keys(params, snakemake.config),
        "others": other_settings(params, snakemake.config),
        "code": {
            "digest": params.get("code"),
            "script": f"scripts/{script.name}",
            "modules": modules(),
            **environment.checkout(script.parents[1]),
        },
        "configuration": snakemake.config,
        "environment": environment.environment(),
    }


def write(folder: Path, name: str, record: Mapping) -> None:
    """Write a record; configuration and environment, which many share, beside it.

    The configuration is called as in the headers of products (`CONFHASH`).
    """
    record = dict(record)
    for key, place in (
        ("configuration", CONFIGURATIONS),
        ("environment", ENVIRONMENTS),
    ):
        content = record[key]
        record[key] = digest(content)
        path = folder / place / f"{record[key]}.json"
        if not path.exists():
            tables.write_text(path, json.dumps(content, indent=1) + "\n")
    text = json.dumps(record, indent=1, default=str)
    tables.write_text(folder / FOLDER / f"{name}.json", text + "\n")


def on_record(folder: Path) -> dict[tuple, str]:
    """Checksums that steps wrote down, by path, size and time of the file.

    What a step has made is read by many: its checksum is computed once. A file of the
    same size and time is the same, as it is for make.
    """
    found = {}
    for path in (folder / FOLDER).glob("*.json"):
        with contextlib.suppress(OSError, ValueError):  # being replaced, or damaged
            record = json.loads(path.read_text(encoding="utf-8"))
            for group in (*record["inputs"].values(), *record["outputs"].values()):
                found |= {identity(x): x["sha256"] for x in group if "sha256" in x}
    return found


def identity(entry: Mapping) -> tuple:
    """What a file is recognised by, of its entry in a record."""
    return entry["path"], entry["bytes"], entry["mtime_ns"]


def files(
    given: Any, folder: Path, known: Mapping[tuple, str] | None = None
) -> dict[str, list[dict]]:
    """The files of a step by their names in the rule, each with size and checksum.

    Parameters
    ----------
    known
        Checksums as `on_record` has them; what is not there is computed.
    """
    found = {}
    for name, value in given.items():
        paths = [value] if isinstance(value, str) else value
        found[name] = [state(Path(path), folder, known or {}) for path in paths]
    return found


def state(path: Path, folder: Path, known: Mapping[tuple, str]) -> dict:
    """Size, checksum and time of a file; of a folder, what is in it.

    The content of a folder is known by the names and sizes in it: whoever wants
    checksums of its files lists them in a manifest.
    """
    entry = {"path": relative(path, folder)}
    if path.is_dir():
        inside = sorted(
            f"{file.relative_to(path)} {file.stat().st_size}\n"
            for file in path.rglob("*")
            if file.is_file()
        )
        listing = hashlib.sha256("".join(inside).encode()).hexdigest()
        return entry | {"files": len(inside), "listing": listing}
    stat = path.stat()
    entry |= {"bytes": stat.st_size, "sha256": "", "mtime_ns": stat.st_mtime_ns}
    entry["sha256"] = known.get(identity(entry)) or environment.sha256(path)
    return entry


def relative(path: PathLike, folder: Path) -> str:
    """A path as records have it: below the run's folder, or the working directory's."""
    path = Path(os.path.normpath(path))
    for base in (folder, folder.parents[1]):
        if path.is_relative_to(base):
            return str(path.relative_to(base))
    return str(path)


def modules() -> dict[str, str]:
    """The modules of this package that the process has loaded, with their checksums."""
    own = {
        str(Path(module.__file__).relative_to(PACKAGE.parent)): module.__file__
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] == PACKAGE.name and getattr(module, "__file__", None)
    }
    return {
        name: environment.sha256(own[name])[:16]
        for name in sorted(own)
        if not name.startswith(OWN)
    }


def now() -> str:
    """The time, in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def names(entries: Mapping[str, Iterable[dict]]) -> list[str]:
    """Paths of the files of a record, in its order."""
    return [entry["path"] for group in entries.values() for entry in group]

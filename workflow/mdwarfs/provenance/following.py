"""All that a file of a run was made of, step by step back to the raw files."""

from __future__ import annotations

from collections.abc import Mapping

from mdwarfs.provenance.agreement import agrees
from mdwarfs.provenance.history import History
from mdwarfs.provenance.sources import archive_of


def follow(
    history: History,
    path: str,
    files: dict,
    steps: dict,
    through: Mapping[str, list[str]],
) -> None:
    """Note a file and all that it was made of, the nearest first; in place.

    Parameters
    ----------
    files, steps
        What was met so far, by path and by name.
    through
        See `mdwarfs.provenance.answer.Answer`.
    """
    queue = [(path, None)]
    while queue:
        path, entry = queue.pop(0)
        if path in files:
            continue
        made = history.output(path)
        step = history.makers.get(path)
        files[path] = {
            "state": history.state(path),
            "sha256": (entry or made or {}).get("sha256"),
            "step": step,
        }
        source = archive_of(history.place(path))
        if source:
            files[path]["archive"] = source._asdict()
        if step is None or step in steps:
            continue
        steps[step] = told(history, step, through.get(path))
        followed = steps[step]["inputs"]
        queue.extend(
            (x["path"], x) for x in history.inputs(step) if x["path"] in followed
        )


def told(history: History, name: str, only: list[str] | None = None) -> dict:
    """What there is to tell of a step.

    Parameters
    ----------
    only
        The inputs that matter; the others are named as passed over. Default: all.
    """
    record = history.steps[name]
    read = [entry["path"] for entry in history.inputs(name)]
    taken = [path for path in read if only is None or path in only]
    software = history.environment(name)
    return {
        key: record[key] for key in ("rule", "wildcards", "started", "ended", "code")
    } | {
        "python": software["python"],
        "environment": record["environment"],
        "configuration": record["configuration"],
        "parameters": record["parameters"],
        "others": record["others"],
        "disagrees": [
            key
            for key in record["parameters"]
            if history.config is not None and not agrees(history, name, key)
        ],
        "replaced": [path for path in history.replaced(name) if path in taken],
        "inputs": taken,
        "passed_over": [path for path in read if path not in taken],
    }


def ancestors(history: History, path: str) -> list[str]:
    """All files that a file was made of, the nearest first."""
    files, steps = {}, {}
    follow(history, path, files, steps, {})
    return [name for name in files if name != path]

"""Which rule is downstream of which, and where differences begin."""

from collections.abc import Iterable, Mapping

from mdwarfs.errors import InputError
from mdwarfs.provenance.history import History, entries
from mdwarfs.run import folder
from mdwarfs.run.record import names
from mdwarfs.types import PathLike

RAW = "raw"
"""Folder of a run whose files are not compared."""
Graph = Mapping[str, Iterable[str]]
"""By rule, the rules whose products it takes."""


def of_run(run: PathLike) -> tuple[dict[str, str], dict[str, set[str]]]:
    """The rule of each product of a run, and its graph, from the records of its steps.

    Where there are none (of an older version), the rules are those of the run's audit,
    and the graph is empty.
    """
    try:
        history = History(run)
    except InputError:
        return folder.rules(run), {}
    made_by = {
        path: history.steps[step]["rule"] for path, step in history.makers.items()
    }
    graph: dict[str, set[str]] = {}
    for step in history.steps.values():
        above = {made_by[x] for x in names(step["inputs"]) if x in made_by}
        graph.setdefault(step["rule"], set()).update(above - {step["rule"]})
    return made_by, graph


def raw_files(run: PathLike) -> dict[str, tuple[str, str]]:
    """SHA-256 and rule of each raw file of a run, by its path.

    Empty where the run has no records of its steps.
    """
    try:
        history = History(run)
    except InputError:
        return {}
    return {
        entry["path"]: (entry["sha256"], step["rule"])
        for step in history.steps.values()
        for entry in entries(step["outputs"])
        if entry["path"].startswith(f"{RAW}/")
    }


def others(
    first: Mapping[str, tuple[str, str]], second: Mapping[str, tuple[str, str]]
) -> list[str]:
    """The rules whose raw files are others in the second run, or there alone."""
    if not (first and second):
        return []
    return sorted(
        {
            rule
            for path, (digest, rule) in {**first, **second}.items()
            if first.get(path, ("",))[0] != second.get(path, ("",))[0]
        }
    )


def upstream(rule: str, graph: Graph) -> set[str]:
    """All rules that a rule hangs on, directly or not; not itself."""
    found: set[str] = set()
    queue = list(graph.get(rule, ()))
    while queue:
        one = queue.pop()
        if one not in found:
            found.add(one)
            queue += graph.get(one, ())
    return found - {rule}


def origins(rules: Iterable[str], graph: Graph) -> dict[str, list[str]]:
    """Of rules whose products differ, those at which it can have begun.

    Parameters
    ----------
    rules
        That make products that differ.

    Returns
    -------
    entries
        By rule, the differing rules that it is downstream of and that are downstream of
        no other; empty if it is such a one itself.
    """
    rules = set(rules) - {""}
    above = {rule: upstream(rule, graph) & rules for rule in rules}
    first = {rule for rule in rules if not above[rule]}
    return {rule: sorted(above[rule] & first) for rule in sorted(rules)}

"""Which rule is downstream of which, and where differences begin."""

from collections.abc import Iterable, Mapping

Graph = Mapping[str, Iterable[str]]
"""By rule, the rules whose products it takes."""


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

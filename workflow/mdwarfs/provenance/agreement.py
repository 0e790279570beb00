"""Whether the products of a run are of the configuration that lies beside them.

Any target can be made with any configuration, and leaves the products of earlier
configurations in place. So the run records for each product with which keys it was
made, and whether they are those of `audit/config.yaml`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from astropy.table import Table

from mdwarfs.provenance.history import WHOLE, History
from mdwarfs.run.folder import CONFIGURATION
from mdwarfs.run.parameters import WHOLE as ALL
from mdwarfs.run.parameters import value_of
from mdwarfs.tables.tabulate import from_rows

COLUMNS = {
    "product": ("", "The product, below the run's results"),
    "rule": ("", "The rule that had the key: that of the product or of its parts"),
    "key": ("", "Key of the configuration that the rule was given"),
    "value": ("", "Its value then, as JSON; empty for (all): the whole configuration"),
    "configuration": (
        "",
        "Digest of the whole configuration: its file in provenance/configurations",
    ),
    "agrees": ("", "Whether audit/config.yaml has the same value"),
}


class Difference(NamedTuple):
    """Why a product is not what the run would make now."""

    product: str
    rule: str
    why: str


def table(history: History) -> Table:
    """The configuration of each product: `COLUMNS`, a row per product and key."""
    rows = []
    for path, made_by in products(history):
        for step in history.behind(made_by):
            record = history.steps[step]
            for key, value in record["parameters"].items():
                text = "" if key == ALL else json.dumps(value, sort_keys=True)
                rows.append(
                    (path, record["rule"], key, text, record["configuration"])
                    + (agrees(history, step, key),)
                )
    return from_rows(rows, COLUMNS)


def products(history: History) -> Iterator[tuple[str, str]]:
    """Every file that is as its step left it, with the name of that step, by path."""
    for path in sorted(history.makers):
        if history.state(path) == WHOLE:
            yield path, history.makers[path]


def agrees(history: History, step: str, key: str) -> bool:
    """Whether a key of a step has the value that `audit/config.yaml` gives it."""
    if history.config is None:
        return False
    if key == ALL:
        return history.configuration(step) == history.config
    return history.steps[step]["parameters"][key] == value_of(key, history.config)


def differences(history: History) -> list[Difference]:
    """The products that are not of `audit/config.yaml`, or not of their inputs.

    Products that follow from such are not listed: they are of what they read.
    """
    found = []
    for path, made_by in products(history):
        rule, steps = history.steps[made_by]["rule"], history.behind(made_by)
        other = {
            key
            for step in steps
            for key in history.steps[step]["parameters"]
            if not agrees(history, step, key)
        }
        if other:
            keys = ", ".join(sorted(other))
            why = f"{keys} had another value than in {CONFIGURATION}"
            found.append(Difference(path, rule, why))
        replaced = {name for step in steps for name in history.replaced(step)}
        if replaced:
            why = f"{', '.join(sorted(replaced))} has been made anew since"
            found.append(Difference(path, rule, why))
    return found

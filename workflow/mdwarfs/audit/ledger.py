"""The ledger of the paper's claims: loading it, and checking that it is whole."""

from dataclasses import dataclass, field
from pathlib import Path

import yaml

from mdwarfs.catalogues.registry import CATALOGUES
from mdwarfs.errors import InputError
from mdwarfs.labels import LABELS
from mdwarfs.types import PathLike

PATH = Path(__file__).with_name("ledger.yaml")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, if there

IDENTIFIERS = {
    # S: not printed in the paper, but in the table that it publishes with its sample.
    "numbers": [f"N{k}" for k in range(1, 13)]
    + [f"R{k}" for k in range(1, 14)]
    + ["S1", "S2", "S3"],
    "figures": [f"F{k}" for k in range(1, 13)],
    "tables": [f"T{k}" for k in range(1, 5)],
    "equations": [f"EQ{k}" for k in range(1, 15)],
    "contradictions": [f"E{k}" for k in range(1, 12)],
}
KEYS = {
    "numbers": {"id", "where", "claim", "product", "quantities"},
    "figures": {"id", "shows", "numbers"},
    "tables": {"id", "shows", "numbers"},
    "equations": {"id", "form", "module"},
    "contradictions": {"id", "where", "printed", "corrected", "decision", "reason"},
}
PRINTED, DERIVED, EXPECTED = KINDS = "printed", "derived", "expected"
"""Whose number it is that a run's is held against: the paper prints it; it follows from
numbers that the paper prints; or the paper gives words or nothing, and it is ours."""
RULES = {"within", "at_least", "at_most", "between"}


@dataclass(frozen=True)
class Quantity:
    """One number of the ledger, and how a run's number is held against it.

    Attributes
    ----------
    value
        What the paper says, or (see `kind`) what is expected; the lower end where the
        rule is "between".
    rule
        One of `RULES`.
    why
        The reason for the rule and its tolerance.
    answer
        `function`, a name in `mdwarfs.audit.answers`, and its arguments.
    tolerance
        In the unit of the value.
    upper
        Upper end of "between".
    injected
        `function`, a name in `mdwarfs.recovery.expected`, and its arguments; empty if
        the simulation sets no such number.
    kind
        One of `KINDS`.
    cause
        What is known to set a simulated run's number apart from the injected one.
    """

    name: str
    unit: str
    value: float
    rule: str
    why: str
    answer: dict
    tolerance: float = 0.0
    upper: float | None = None
    injected: dict = field(default_factory=dict)
    kind: str = PRINTED
    cause: str = ""


@dataclass(frozen=True)
class Claim:
    """One entry of the ledger that states numbers.

    Attributes
    ----------
    id, where, claim, product
        `product` is the file below the run's results that holds the answer.
    """

    id: str
    where: str
    claim: str
    product: str
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True)
class Ledger:
    """All that the paper claims.

    Attributes
    ----------
    figures, tables, equations, contradictions
        With the keys of `KEYS`.
    """

    numbers: tuple[Claim, ...]
    figures: tuple[dict, ...]
    tables: tuple[dict, ...]
    equations: tuple[dict, ...]
    contradictions: tuple[dict, ...]

    def injected(self) -> list:
        """The numbers that the simulation sets: entry, quantity, how it sets them."""
        return [
            (claim.id, quantity.name, quantity.injected)
            for claim in self.numbers
            for quantity in claim.quantities
            if quantity.injected
        ]


def load(path: PathLike = PATH) -> Ledger:
    """Load and check the ledger.

    Parameters
    ----------
    path
        The ledger that belongs to the package, if not given.

    Raises
    ------
    InputError
        If an entry is missing, stands twice, or lacks or has too many keys.
    """
    with open(path, encoding="utf-8") as file:
        content = yaml.load(file, LOADER)
    like = content.pop("of_catalogues", {})
    _same("sections", content, IDENTIFIERS, path)
    for section, entries in content.items():
        for entry in entries:
            _same(f"keys of {entry.get('id', section)}", entry, KEYS[section], path)
        ids = [entry["id"] for entry in entries]
        if ids != IDENTIFIERS[section]:
            wrong = sorted(set(ids) ^ set(IDENTIFIERS[section])) or "their order"
            raise InputError(f"{path}: {section} are not as they must be: {wrong}")
    numbers = [*content.pop("numbers"), *_beyond_paper()]
    claims = tuple(_claim(with_expected(entry, like), path) for entry in numbers)
    return Ledger(claims, **{name: tuple(rows) for name, rows in content.items()})


def with_expected(entry: dict, like: dict[str, dict]) -> dict:
    """A claim that names a catalogue, with what the registry expects of it.

    Parameters
    ----------
    entry
        Of the ledger; one whose `quantities` are the name of a catalogue gets a median
        and a standard deviation of each label.
    like
        What these quantities have in common, of `median` and `std`.
    """
    name = entry["quantities"]
    if not isinstance(name, str):
        return entry
    (compared,) = (c.comparison for c in CATALOGUES if c.name == name)
    quantities = []
    for label, offset in compared.expected.items():
        for column, within in zip(("median", "std"), offset.within):
            answer = {"function": "comparison", "id": entry["id"]}
            quantity = like[column] | {
                "name": f"{label}, {column}",
                "unit": LABELS[label].unit,
                "value": getattr(offset, column),
                "tolerance": within,
                "answer": answer | {"label": label, "column": column},
                "injected": {},
                "kind": PRINTED if compared.line else EXPECTED,
            }
            if compared.line and column == "median":
                quantity["injected"] = {"function": "offset", "catalogue": name}
                quantity["injected"] |= {"label": label}
            quantities.append(quantity)
    return entry | {"quantities": quantities}


def _beyond_paper():
    """Claims of catalogues with which the paper does not compare."""
    return [
        {
            "id": found.name,
            "where": "not in the paper",
            "claim": f"SLAM minus {found.comparison.name}",
            "product": "comparisons/summary.ecsv",
            "quantities": found.name,
        }
        for found in CATALOGUES
        if found.comparison and found.comparison.expected and not found.comparison.line
    ]


def _claim(entry, path):
    """A claim with its quantities, each checked."""
    quantities = []
    for keys in entry["quantities"]:
        name = f"{entry['id']}, {keys.get('name')}"
        try:
            quantity = Quantity(**keys)
        except TypeError as error:
            raise InputError(f"{path}: {name}: {error}") from None
        if quantity.rule not in RULES:
            raise InputError(f"{path}: {name}: no such rule as {quantity.rule!r}")
        if quantity.kind not in KINDS:
            raise InputError(f"{path}: {name}: no such kind as {quantity.kind!r}")
        if (quantity.rule == "between") != (quantity.upper is not None):
            raise InputError(f"{path}: {name}: `upper` goes with the rule between")
        quantities.append(quantity)
    return Claim(**{**entry, "quantities": tuple(quantities)})


def _same(what, found, wanted, path):
    """Refuse a mapping whose keys are not those wanted."""
    wrong = sorted(set(found) ^ set(wanted))
    if wrong:
        raise InputError(f"{path}: {what}: missing or unknown: {', '.join(wrong)}")

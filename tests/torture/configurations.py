"""Absurd configurations: refused with their key, accepted, or an error of Python's?"""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np

from mdwarfs.config import check_config, merge_config, read_config, schema_path
from mdwarfs.errors import ConfigError

ABSURD = [
    None, True, -1, 0, 1e-300, 1e300, float("nan"), float("inf"), 1.0, 2**70, "", "1,5",
    "1e-4", "null", "a\nb", "\u00e9", [], [[]], {}, {1: 2}, {None: 3}, [1, "a", None],
]  # fmt: skip
FILES = (["config.yaml"], ["config.yaml", "gaiaxp.yaml"], ["config.yaml", "dr19.yaml"])


def torture(root: Path, n: int, seed: int) -> list[tuple[str, str, str]]:
    """Check n mutations of the shipped configurations.

    Returns
    -------
    entries
        Of each: kind of mutation, outcome and, if it is wrong, what is.
    """
    rng = np.random.default_rng(seed)
    shipped = [read_config([root / "config" / x for x in files]) for files in FILES]
    found = []
    for _ in range(n):
        config = copy.deepcopy(shipped[rng.integers(len(shipped))])
        kind, said = mutate(config, rng)
        try:
            check_config(merge_config(config, {}), schema_path(root))
        except ConfigError:
            found.append((kind, "refused", ""))
        except Exception as error:
            found.append((kind, "wrong", f"{said}: {type(error).__name__}: {error}"))
        else:
            found.append((kind, "accepted", ""))
    return found


def mutate(config: dict, rng: np.random.Generator) -> tuple[str, str]:
    """Change one place of a configuration; what was done, and where."""
    node, path = config, []
    while True:
        key = list(node)[rng.integers(len(node))] if isinstance(node, dict) else None
        path.append(str(key))
        if not (isinstance(node[key], dict) and node[key]) or rng.random() < 0.15:
            break
        node = node[key]
    match rng.integers(4):
        case 0:
            del node[key]
            return "key missing", ".".join(path)
        case 1:
            new = [str(key) + "s", 7, None, ""][rng.integers(4)]
            node[new] = node.pop(key)
            return "key misspelt", ".".join(path)
        case _:
            value = ABSURD[rng.integers(len(ABSURD))]
            node[key] = copy.deepcopy(value)
            return "value absurd", f"{'.'.join(path)} = {value!r}"

"""Read the configuration of a run, check it before any job starts, and write it."""

from __future__ import annotations

import copy
import json
import math
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from fnmatch import fnmatch, translate
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from mdwarfs.catalogues import registry
from mdwarfs.catalogues.hosts import HOSTS
from mdwarfs.contradictions import contradictions
from mdwarfs.errors import ConfigError, InputError
from mdwarfs.labels import LABELS, Label
from mdwarfs.method_names import MAP
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


RENAMED_KEYS = {
    "prediction.behaviour": "prediction.method",
    "archives.inputs.*.full": "download",
    "archives.inputs.*.lean": "query",
    "archives.inputs.published_table": "archives.inputs.paper_table",
    "files.columns.*.None": "missing",  # YAML reads the key null as none
    "lamost54": "files, with keys of its own: config/lamost54.yaml is an example;"
    " lamost54.folder is files.folder, with files.fetch: null",
}
RENAMED_VALUES = {
    "prediction.behaviour": {"maximum_posterior": MAP},
    "prediction.method": {"maximum_posterior": MAP},
    "archives.candidates": {"published": "released"},
    "source": {"lamost54": "files (config/lamost54.yaml says which)"},
    "archives.inputs.*.route": {"full": "download", "lean": "query"},
}
"""Names of earlier versions, by dotted key: what they are called now."""
EARLIER = re.compile("|".join(map(translate, [*RENAMED_KEYS, *RENAMED_VALUES])))
"""Of most keys it is seen at once that they are none of these."""
REGISTRIES = {
    ("archives", "inputs"): "mdwarfs/catalogues/registry.py",
    ("archives", "addresses"): "mdwarfs/catalogues/hosts.py",
}
"""Where the keys of a section have their entries."""
SECTIONS = ("slam", "prediction", "archives")  # where the schema asks registries
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, if there
Validator = extend(  # to JSON Schema 870.0 is an integer; it counts no stars
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: type(value) is int
    ),
)
LACKS_RELEASE = re.compile(
    r"archives(\.addresses|\.inputs)?: .*is a required property$"
)
COMMA = re.compile(r"[+-]?\d+,\d+")
NUMBER = re.compile(r"[+-]?\d+(\.\d*)?(e[+-]?\d+)?", re.IGNORECASE)
NO_POINT = re.compile(r"[+-]?\d+e[+-]?\d+", re.IGNORECASE)


def read_config(paths: Sequence[PathLike]) -> dict:
    """Merge configuration files as Snakemake does: the later ones change the earlier.

    Raises
    ------
    InputError
        If one cannot be read, or is no configuration.
    """
    config = {}
    for path in paths:
        try:
            changes = yaml.load(Path(path).read_text(encoding="utf-8"), LOADER)
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise InputError(f"{path} cannot be read: {error}") from error
        if not isinstance(changes, dict | None):
            raise InputError(f"{path} is no configuration: it has no keys")
        config = merge_config(config, changes or {})
    return config


def read_run_config(path: PathLike) -> dict:
    """The configuration that a run has noted in its folder.

    Raises
    ------
    InputError
        If it cannot be read, or lacks what every run has.
    """
    config = read_config([path])
    for key in ("run", "source"):
        if key not in config:
            raise InputError(
                f"{path} is not the configuration of a run: it lacks {key!r}. The rule "
                "record_config of the workflow makes it"
            )
    return config


def merge_config(config: dict, changes: dict) -> dict:
    """A configuration with some keys changed, at any depth."""
    merged = copy.deepcopy(config)
    _change(merged, changes)
    return merged


def _change(config, changes):
    """Change some keys of a configuration, at any depth, in place."""
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(config.get(key), dict):
            _change(config[key], value)
        else:
            config[key] = value


def config_text(config: dict, run: str, simulated: bool) -> str:
    """A configuration as the text of a file that `read_config` reads.

    Parameters
    ----------
    simulated
        Whether the data of the run are simulated.
    """
    data = " Its data are simulated." if simulated else ""
    head = f"# The whole configuration of run {run}.{data}\n"
    return head + yaml.safe_dump(config, sort_keys=False)


def check_config(config: dict, schema: PathLike) -> None:
    """Refuse a configuration that cannot be run.

    Parameters
    ----------
    config
        The merged configuration.
    schema
        The JSON schema, as YAML.

    Raises
    ------
    ConfigError
        Naming every key that is unknown, missing, of the wrong type, or has an
        impossible value.
    """
    problems = [*renamed(config)] or [*no_words(config)]
    if problems:
        raise ConfigError("the configuration is refused:\n  " + "\n  ".join(problems))
    validator = Validator(read_schema(schema))
    errors = sorted(validator.iter_errors(config), key=lambda e: list(map(str, e.path)))
    problems = [line for error in errors for line in describe(error)]
    problems += [f"{key}: not a finite number" for key in not_finite(config)]
    if not problems:
        problems = list(contradictions(config))
    if any(LACKS_RELEASE.match(problem) for problem in problems):
        problems.append(
            "archives: config/dr20.yaml and config/loopback.yaml only change what "
            "config/dr19.yaml says; give that before them"
        )
    if problems:
        raise ConfigError("the configuration is refused:\n  " + "\n  ".join(problems))


def no_words(node: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Keys that are no words: YAML reads 1, null and yes as something else."""
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        here = (*path, str(key))
        if not isinstance(key, str):
            yield f"{'.'.join(here)}: a key is a word, and YAML reads this as {key!r}"
        yield from no_words(value, here)


def renamed(node: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Keys and values under the names that they had once, as "key: what it is now"."""
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        here = (*path, str(key))
        name = ".".join(here)
        if EARLIER.match(name):
            yield from _now(name, value)
        yield from renamed(value, here)


def _now(name, value):
    """What a key that fits one of earlier versions is called now, or its value."""
    for pattern, new in RENAMED_KEYS.items():
        if fnmatch(name, pattern):
            yield f"{name}: is called {new} now"
    for pattern, values in RENAMED_VALUES.items():
        if fnmatch(name, pattern) and isinstance(value, str) and value in values:
            yield f"{name}: {value} is called {values[value]} now"


def describe(error: ValidationError) -> Iterator[str]:
    """What one schema error says, as lines "key: what is wrong"."""
    path = [str(part) for part in error.absolute_path]
    if path[:2] == ["slam", "labels"] and error.validator == "enum":
        yield unknown_label(error.instance)
        return
    if path[:2] == ["archives", "inputs"] and path[-1] == "archive":
        yield (
            f"{'.'.join(path)}: {error.instance!r} is none of {', '.join(HOSTS)}; "
            "another is an entry of mdwarfs/catalogues/hosts.py"
        )
        return
    if error.validator != "additionalProperties":
        hint = of_numbers(error) if error.validator == "type" else ""
        yield f"{'.'.join(path) or 'the file'}: {error.message}{hint}"
        return
    known = list(error.schema["properties"])
    for key in sorted(set(error.instance) - set(known)):
        close = get_close_matches(key, known, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        if tuple(path) in REGISTRIES and not close:
            hint = f"; {REGISTRIES[tuple(path)]} has no entry of that name"
        if path == ["prediction", "usable"] and key in LABELS:
            hint = (
                "; a label with a usable range has a bit of the flags: give it "
                "`outside` in mdwarfs/labels.py"
            )
        yield f"{'.'.join([*path, key])}: unknown key{hint}"


def of_numbers(error: ValidationError) -> str:
    """How a number is written, if the value was to be one; otherwise nothing."""
    value, kinds = error.instance, error.validator_value
    kinds = {kinds} if isinstance(kinds, str) else set(kinds)
    if not kinds & {"number", "integer"}:
        return ""
    if isinstance(value, float) and value.is_integer():
        return f"; write {value:.0f}"
    if isinstance(value, str) and COMMA.fullmatch(value):
        return f"; write {value.replace(',', '.')}"
    if isinstance(value, str) and NO_POINT.fullmatch(value):
        return f"; YAML takes it for a text, write {value.lower().replace('e', '.0e')}"
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return (
            "; write it without quotes, and in a file for --configfile: what stands "
            "within braces after --config is text to Snakemake"
        )
    return ""


def unknown_label(name: object) -> str:
    """That there is no such label, and how there can be."""
    close = get_close_matches(str(name), LABELS, n=1)
    hint = f", did you mean {close[0]}?" if close else "."
    return (
        f"slam.labels: there is no label {name}{hint} A run knows {', '.join(LABELS)}. "
        "Another is an entry of workflow/mdwarfs/labels.py, whose head says what else "
        "it takes; from Python, mdwarfs.Slam.fit takes labels of any name"
    )


def not_finite(node: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Dotted names of the numbers that are infinite or not a number."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from not_finite(value, (*path, str(key)))
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from not_finite(value, (*path, str(number)))
    elif isinstance(node, float) and not math.isfinite(node):
        yield ".".join(path)


def schema_path(root: PathLike) -> Path:
    """Where the schema lies in a checkout."""
    return Path(root) / "workflow" / "schemas" / "config.schema.yaml"


def read_schema(path: PathLike) -> dict:
    """The schema, with labels, archives and their inputs from the registries.

    Parameters
    ----------
    path
        The JSON schema, as YAML. A key "<label>" stands for one of each label; words
        and unit of the label stand for <words> and <unit> in what is said of it.
    """
    tree = json.loads(_as_json(Path(path).read_text(encoding="utf-8")))
    slam, prediction, archives = (tree["properties"][x]["properties"] for x in SECTIONS)
    slam["labels"]["items"]["enum"] = list(LABELS)
    ranged = [name for name, label in LABELS.items() if label.outside is not None]
    for key, names in (("prior", LABELS), ("usable", ranged)):
        like = prediction[key]["properties"].pop("<label>")
        prediction[key]["properties"] |= {x: of_label(like, LABELS[x]) for x in names}
    tree["$defs"]["archive"] = {"enum": list(HOSTS)}
    archives["addresses"]["properties"] = {
        slot: {"$ref": "#/$defs/address", "description": host.words, "unit": "none"}
        for slot, host in HOSTS.items()
    }
    archives["inputs"]["properties"] = {
        key: {"$ref": "#/$defs/input", "description": raw.words, "unit": "none"}
        for key, raw in registry.INPUTS.items()
    }
    archives["inputs"]["required"] = [
        key for key, raw in registry.INPUTS.items() if not raw.optional
    ]
    return tree


@cache
def _as_json(text):
    """YAML as JSON, which is read ten times faster: a schema is asked for again.

    The text is kept, not the tree, because `read_schema` changes its tree.
    """
    return json.dumps(yaml.load(text, LOADER))


def of_label(node: dict, label: Label) -> dict:
    """What the schema says of each label, of one of them."""
    words = {"<words>": label.words, "<unit>": label.unit}
    node = dict(node)
    for key, text in node.items():
        for mark, word in words.items():
            text = text.replace(mark, word)
        node[key] = text
    return node


def manual(schema: PathLike) -> str:
    """Every key of a configuration as a Markdown table, from the schema.

    Parameters
    ----------
    schema
        The JSON schema, as YAML.

    Returns
    -------
    text
        One line per key: dotted name, meaning, unit.
    """
    tree = read_schema(schema)
    lines = ["| key | meaning | unit |", "|---|---|---|"]
    for key, node, same in keys(tree, tree["$defs"], {}):
        words = node["description"].strip().replace("\n", " ").replace("|", r"\|")
        choice = (
            " (" + ", ".join(map(str, node["enum"])) + ")" if "enum" in node else ""
        )
        below = f"; its keys are those of `{same}`" if same else ""
        unit = "" if node["unit"] == "none" else node["unit"]
        lines.append(f"| `{key}` | {words}{choice}{below} | {unit} |")
    return "\n".join(lines) + "\n"


def keys(
    node: dict, definitions: dict[str, dict], named: dict[str, str], prefix: str = ""
) -> Iterator[tuple[str, dict, str]]:
    """Every key below a node of the schema, with what the schema says of it.

    The keys of a definition that several nodes share are given once: `named` notes
    where, and the later nodes refer to it.
    """
    name = node.get("$ref", "").rpartition("/")[2]
    for key, value in definitions.get(name, node).get("properties", {}).items():
        shared = value.get("$ref", "").rpartition("/")[2]
        has_keys = "properties" in definitions.get(shared, {})
        same = named.setdefault(shared, prefix + key) if has_keys else prefix + key
        if same != prefix + key:
            yield prefix + key, value, same
            continue
        yield prefix + key, value, ""
        yield from keys(value, definitions, named, f"{prefix}{key}.")

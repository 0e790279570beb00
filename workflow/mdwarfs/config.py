"""Checking a configuration before any job starts."""

from pathlib import Path

import yaml
from jsonschema import Draft202012Validator

from mdwarfs.errors import ConfigError


def check(config, schema):
    """Refuse a configuration that cannot be run.

    Parameters
    ----------
    config : dict
        The merged configuration.
    schema : path-like
        The JSON schema, as YAML.

    Raises
    ------
    ConfigError
        Naming every key that is unknown, missing, of the wrong type, or has an
        impossible value.
    """
    with open(schema, encoding="utf-8") as file:
        validator = Draft202012Validator(yaml.safe_load(file))
    problems = [
        f"{key_of(error)}: {error.message}"
        for error in sorted(validator.iter_errors(config), key=lambda e: list(e.path))
    ]
    if not problems:
        problems = list(contradictions(config))
    if problems:
        raise ConfigError("the configuration is refused:\n  " + "\n  ".join(problems))


def key_of(error):
    """Dotted name of the key that a schema error is about."""
    return ".".join(str(part) for part in error.absolute_path) or "top level"


def contradictions(config):
    """Values that are well-formed each, but impossible together.

    Parameters
    ----------
    config : dict
        A configuration that satisfies the schema.

    Yields
    ------
    str
        "key: what is wrong".
    """
    spectra = config["spectra"]
    if spectra["wave_min"] >= spectra["wave_max"]:
        yield (
            f"spectra.wave_max: the range ends at {spectra['wave_max']}, "
            f"before it begins at {spectra['wave_min']}"
        )
    ranges = {"pairs.fgk_teff": config["pairs"]["fgk_teff"]}
    for label, limits in config["prediction"]["usable"].items():
        ranges[f"prediction.usable.{label}"] = limits
    for key, (low, high) in ranges.items():
        if low >= high:
            yield f"{key}: the range ends at {high}, before it begins at {low}"
    simulated = config["source"] == "simulated"
    if simulated != ("simulated" in config["run"]):
        yield (
            f"run: a run with source {config['source']!r} cannot be named "
            f"{config['run']!r}; simulated runs, and they alone, say so in their name"
        )
    if simulated and "simulation" in config:
        yield from impossible_simulation(config)
    section = {"simulated": "simulation"}.get(config["source"], config["source"])
    if section not in config:
        yield f"{section}: this section is needed for source: {config['source']}"


def impossible_simulation(config):
    """Contradictions between the simulated survey and what is asked of it."""
    simulation, split = config["simulation"], config["split"]
    rejected = sum(simulation["fgk_m_rejected"].values())
    labelled = simulation["fgk_m"] - rejected - simulation["fgk_m_unlabelled"]
    if labelled < 2:
        yield (
            f"simulation.fgk_m: {simulation['fgk_m']} pairs, of which {rejected} are "
            f"rejected and {simulation['fgk_m_unlabelled']} have no labels"
        )
    elif split["test"] >= labelled or split["train"] + split["test"] > labelled:
        yield (
            f"split.test: {split['train']} + {split['test']} stars are asked for, "
            f"but the sample has {labelled}"
        )
    if labelled * simulation["scale"] < config["slam"]["folds"]:
        yield (
            f"simulation.scale: {simulation['scale']} leaves fewer labelled stars "
            f"than the {config['slam']['folds']} folds of slam.folds"
        )


def schema_path(root):
    """Where the schema lies in a checkout."""
    return Path(root) / "workflow" / "schemas" / "config.schema.yaml"


def manual(schema):
    """Every key of a configuration as a Markdown table, from the schema.

    Parameters
    ----------
    schema : path-like
        The JSON schema, as YAML.

    Returns
    -------
    str
        One line per key: dotted name, meaning, unit.
    """
    with open(schema, encoding="utf-8") as file:
        tree = yaml.safe_load(file)
    lines = ["| key | meaning | unit |", "|---|---|---|"]
    for key, node in keys(tree, tree["$defs"]):
        words = node["description"].strip().replace("\n", " ").replace("|", r"\|")
        choice = (
            " (" + ", ".join(map(str, node["enum"])) + ")" if "enum" in node else ""
        )
        unit = "" if node["unit"] == "none" else node["unit"]
        lines.append(f"| `{key}` | {words}{choice} | {unit} |")
    return "\n".join(lines) + "\n"


def keys(node, definitions, prefix=""):
    """Every key below a node of the schema, with what the schema says of it."""
    name = node.get("$ref", "").rpartition("/")[2]
    properties = definitions.get(name, node).get("properties", {})
    for key, value in properties.items():
        yield prefix + key, value
        yield from keys(value, definitions, f"{prefix}{key}.")

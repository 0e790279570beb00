"""The configuration of a run: read, checked before any job starts, written down."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.validators import extend

from mdwarfs.catalogues import registry
from mdwarfs.errors import ConfigError, InputError
from mdwarfs.given.check import contradictions_of_files
from mdwarfs.given.settings import cross_validated
from mdwarfs.labels import LABELS, OF_PAPER, Label
from mdwarfs.slam import regressors
from mdwarfs.tables.physical import DWARF, OF_LABELS
from mdwarfs.types import PathLike

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


MAP = "map"  # how this workflow itself finds labels

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
SECTIONS = ("slam", "prediction", "archives")  # where the schema asks registries
OF_BOSS = 3550, 10400  # wavelengths of its spectra [Angstrom]
WIDEST = 10  # of a range of wavelengths, last over first: 620 nm is 6200 Angstrom
NARROWEST = 1e-5  # of priors, in units of the range of M dwarfs
FEWEST_PIXELS = 100  # of a spectrum from which labels are to be learnt
WIDEST_TUBE = 3  # half-width, in standard deviations of a pixel: it holds all stars
FEWEST_PAIRS = 20  # FGK+FGK pairs from which the sign of the correction is found
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster, if there
Validator = extend(  # to JSON Schema 870.0 is an integer; it counts no stars
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: type(value) is int
    ),
)
WORD = re.compile(r"(^|[_-])simulated([_0-9-]|$)")
COMMA = re.compile(r"[+-]?\d+,\d+")
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
        config = merged(config, changes or {})
    return config


def merged(config: dict, changes: dict) -> dict:
    """A configuration with some keys changed, at any depth."""
    config = copy.deepcopy(config)
    for key, value in changes.items():
        nested = isinstance(value, dict) and isinstance(config.get(key), dict)
        config[key] = merged(config[key], value) if nested else value
    return config


def written(config: dict, run: str, simulated: bool) -> str:
    """A configuration as the text of a file that `read_config` reads.

    Parameters
    ----------
    simulated
        Whether the data of the run are simulated.
    """
    data = " Its data are simulated." if simulated else ""
    head = f"# The whole configuration of run {run}.{data}\n"
    return head + yaml.safe_dump(config, sort_keys=False)


def check(config: dict, schema: PathLike) -> None:
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
    if any("archives" in p and "is a required property" in p for p in problems):
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
        for pattern, new in RENAMED_KEYS.items():
            if fnmatch(name, pattern):
                yield f"{name}: is called {new} now"
        for pattern, values in RENAMED_VALUES.items():
            if fnmatch(name, pattern) and isinstance(value, str) and value in values:
                yield f"{name}: {value} is called {values[value]} now"
        yield from renamed(value, here)


def describe(error: ValidationError) -> Iterator[str]:
    """What one schema error says, as lines "key: what is wrong"."""
    path = [str(part) for part in error.absolute_path]
    if path[:2] == ["slam", "labels"] and error.validator == "enum":
        yield unknown_label(error.instance)
        return
    if error.validator != "additionalProperties":
        hint = of_numbers(error) if error.validator == "type" else ""
        yield f"{'.'.join(path) or 'the file'}: {error.message}{hint}"
        return
    known = list(error.schema["properties"])
    for key in sorted(set(error.instance) - set(known)):
        close = get_close_matches(key, known, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        if path == ["archives", "inputs"] and not close:
            hint = "; mdwarfs/catalogues/registry.py has no entry of that name"
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


def of_another_release(archives: dict | None) -> Iterator[str]:
    """The table of an earlier release, to compare with, in a run of that release."""
    if not archives:
        return
    for key, raw in registry.INPUTS.items():
        if key in archives["inputs"] and raw.release == archives["release"]:
            yield (
                f"archives.inputs.{key}: a run of DR{raw.release} compares with no "
                "other release: give config/dr20.yaml after config/dr19.yaml, not "
                "before it"
            )


def contradictions(config: dict) -> Iterator[str]:
    """Values that are well-formed each, but impossible together.

    Parameters
    ----------
    config
        A configuration that satisfies the schema.

    Yields
    ------
    text
        "key: what is wrong".
    """
    yield from impossible_wavelengths(config)
    needed = set(config["prediction"]["prior"])
    if config["source"] != "files":  # whose labels may be fewer than the default ranges
        needed |= set(config["prediction"]["usable"]) | set(OF_PAPER)
    lacking = sorted(needed - set(config["slam"]["labels"]))
    if lacking:
        yield f"slam.labels: this run needs also {', '.join(lacking)}"
    if config["labels"]["source"] == "published":
        beyond = [x for x in config["slam"]["labels"] if x not in OF_PAPER]
        if beyond:
            yield (
                f"labels.source: the paper's own table has no {', '.join(beyond)}; "
                "take it from slam.labels, or set labels.source: own"
            )
    prediction = config["prediction"]
    if prediction["method"] != MAP and prediction["prior"]:
        yield "prediction.prior: the released labels had none; leave it empty"
    if config["source"] == "files" and "files" in config:
        yield from contradictions_of_files(config)
        if cross_validated(config["files"]):
            for key, value in (("method", MAP), ("weighting", "ivar")):
                if prediction[key] != value:
                    yield f"prediction.{key}: files.validation knows {value} alone"
        if config["labels"]["source"] != "own":
            yield "labels.source: a run on given spectra knows own alone"
    yield from of_another_release(config.get("archives"))
    if config["source"] == "archives" and config["split"]["train"] < (
        folds := config["slam"]["folds"]
    ):
        yield f"slam.folds: {folds} folds of {config['split']['train']} training stars"
    edges = config["comparisons"]["snr_edges"]
    if edges != sorted(edges):
        yield f"comparisons.snr_edges: the bounds {edges} do not rise"
    ranges = {"pairs.fgk_teff": config["pairs"]["fgk_teff"]}
    for label, limits in config["prediction"]["usable"].items():
        ranges[f"prediction.usable.{label}"] = limits
    for key, (low, high) in ranges.items():
        if low >= high:
            yield f"{key}: the range ends at {high}, before it begins at {low}"
    for key, bounds in config["diagnostics"]["selection"].items():
        if bounds != sorted(bounds):
            yield f"diagnostics.selection.{key}: the bounds {bounds} do not rise"
    yield from impossible_labels(config)
    yield from impossible_training(config)
    try:
        regressors.named(config["slam"]["regressor"])
    except InputError as error:
        yield str(error)
    named = "simulated" in config["run"]
    if is_simulated(config) != named or (named and not WORD.search(config["run"])):
        yield (
            f"run: a run with source {config['source']!r} cannot be named "
            f"{config['run']!r}; simulated runs, and they alone, say so in their name, "
            "by the word simulated (as simulated, or simulated-2)"
        )
    if config["source"] == "simulated" and "simulation" in config:
        yield from impossible_simulation(config)
    inputs = config.get("archives", {}).get("inputs", {})
    yield from reversed_rows(inputs)
    yield from unasked(inputs)
    section = {"simulated": "simulation"}.get(config["source"], config["source"])
    if section not in config:
        yield f"{section}: this section is needed for source: {config['source']}"


def impossible_training(config: dict) -> Iterator[str]:
    """Tubes in which nothing is left to learn, and more jobs than pixels."""
    slam = config["slam"]
    for epsilon in slam["grid"]["epsilon"]:
        if epsilon > WIDEST_TUBE:
            yield (
                f"slam.grid.epsilon: within {epsilon:g} standard deviations of a "
                "pixel's flux lie all stars, and nothing is learnt; at most "
                f"{WIDEST_TUBE} can be meant"
            )
    if slam["parts"] > (pixels := pixels_of(config["spectra"])):
        yield f"slam.parts: {slam['parts']} jobs share {pixels:.0f} pixels"


def pixels_of(spectra: dict) -> float:
    """Number of pixels of the grid; infinite where the section names none."""
    low, high = spectra["wave_min"], spectra["wave_max"]
    if step := spectra.get("step"):
        return (high - low) / step
    step = spectra["step_dex"]
    return math.log10(high / low) / step if step else math.inf


def impossible_labels(config: dict) -> Iterator[str]:
    """Ranges and priors where no M dwarf is: in another unit, or of another label."""
    prediction = config["prediction"]
    ranges = {f"prediction.usable.{x}": (x, r) for x, r in prediction["usable"].items()}
    ranges["pairs.fgk_teff"] = "teff", config["pairs"]["fgk_teff"]
    ranges |= {
        f"diagnostics.selection.{x}": (x, (min(bounds), max(bounds)))
        for x, bounds in config["diagnostics"]["selection"].items()
    }
    for name, prior in prediction["prior"].items():
        ranges[f"prediction.prior.{name}.mean"] = name, (prior["mean"], prior["mean"])
        width = DWARF[name].high - DWARF[name].low
        if prior["sigma"] < NARROWEST * width:
            yield (
                f"prediction.prior.{name}.sigma: {prior['sigma']:g} lets no spectrum "
                f"say anything; at least {NARROWEST * width:g} is wanted"
            )
    for key, (name, (low, high)) in ranges.items():
        right, unit = DWARF[name], LABELS[name].unit
        if high < right.low or low > right.high:
            yield (
                f"{key}: no dwarf has a {LABELS[name].short} of {low:g}"
                + (f" to {high:g}" if high != low else "")
                + f" ({right} {unit}); is it in another unit?"
            )
        elif low < OF_LABELS[name].low or high > OF_LABELS[name].high:
            yield f"{key}: {low:g} to {high:g}, and stars have {OF_LABELS[name]} {unit}"


def impossible_wavelengths(config: dict) -> Iterator[str]:
    """A wavelength range that is reversed, or too short to learn from."""
    spectra = config["spectra"]
    low, high = spectra["wave_min"], spectra["wave_max"]
    step, step_dex = spectra.get("step"), spectra["step_dex"]
    if low >= high:
        yield f"spectra.wave_max: the range ends at {high}, before it begins at {low}"
        return
    if high / low > WIDEST:
        yield (
            f"spectra.wave_min: {low} to {high} Angstrom: no spectrum reaches so far; "
            "are both in Angstrom?"
        )
    if (step is None) == (step_dex is None):
        yield (
            "spectra.step: the grid has either step_dex (logarithmic) or step (linear, "
            "Angstrom); set the other one to null"
        )
        return
    pixels = pixels_of(spectra)
    if pixels < FEWEST_PIXELS:
        yield (
            f"spectra.wave_max: {low} to {high} Angstrom are {pixels:.0f} pixels; "
            f"at least {FEWEST_PIXELS} are needed"
        )
    if config["source"] == "files":
        return
    first, last = OF_BOSS
    if low < first or high > last:
        yield f"spectra: BOSS spectra reach from {first} to {last} Angstrom"
    if step:
        yield "spectra.step: spectra of the survey have step_dex"
    if spectra["continuum"] is None:
        yield "spectra.continuum: spectra of the survey have to be normalised"


def reversed_rows(inputs: dict[str, dict]) -> Iterator[str]:
    """Least and greatest numbers of rows of an archive's answer that are exchanged."""
    for key, entry in inputs.items():
        for route in {"download", "query"} & entry.keys():
            for name in {"rows", "rows_expected"} & entry[route].keys():
                low, high = entry[route][name]
                if low > high:
                    yield (
                        f"archives.inputs.{key}.{route}.{name}: the range ends at "
                        f"{high}, before it begins at {low}"
                    )


def unasked(inputs: dict) -> Iterator[str]:
    """Queries that no rule makes."""
    for key, entry in inputs.items():
        archive = entry.get("query", {}).get("archive")
        known = registry.INPUTS[key].queried or archive == "skyserver"
        if entry["route"] == "query" and not known:
            yield (
                f"archives.inputs.{key}.route: no rule asks {archive} for it; "
                "choose download (of a table of VizieR's: see CONTRIBUTING.md)"
            )


def is_simulated(config: dict) -> bool:
    """Whether the raw files of a run are simulated, wherever they come from."""
    if config["source"] in ("archives", "files"):
        return config.get(config["source"], {}).get("simulated", False)
    return config["source"] == "simulated"


def impossible_simulation(config: dict) -> Iterator[str]:
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
        return
    scale = simulation["scale"]
    train, test = (
        int(labelled * scale * split[role] / (split["train"] + split["test"]))
        for role in ("train", "test")
    )
    folds, per_bin = config["slam"]["folds"], config["uncertainty"]["min_per_bin"]
    at = f" at simulation.scale {scale:g}" if scale != 1 else ""
    if train < folds:
        yield f"slam.folds: {folds} folds of {train} training stars{at}"
    if test < 2 * per_bin:
        yield (
            f"uncertainty.min_per_bin: {test} test stars{at} do not make two bins "
            f"of {per_bin}"
        )
    if simulation["fgk_fgk"] * scale < FEWEST_PAIRS:
        yield (
            f"simulation.fgk_fgk: {simulation['fgk_fgk']} pairs{at}; the sign of the "
            f"[Fe/H] correction takes {FEWEST_PAIRS}"
        )
    if simulation["m_m"] * scale < 1:
        yield f"simulation.m_m: {simulation['m_m']} pairs{at}; one at least is needed"


def schema_path(root: PathLike) -> Path:
    """Where the schema lies in a checkout."""
    return Path(root) / "workflow" / "schemas" / "config.schema.yaml"


def read_schema(path: PathLike) -> dict:
    """The schema, with the labels and the inputs of the archives from their registries.

    Parameters
    ----------
    path
        The JSON schema, as YAML. A key "<label>" stands for one of each label; words
        and unit of the label stand for <words> and <unit> in what is said of it.
    """
    with open(path, encoding="utf-8") as file:
        tree = yaml.load(file, LOADER)
    slam, prediction, archives = (tree["properties"][x]["properties"] for x in SECTIONS)
    slam["labels"]["items"]["enum"] = list(LABELS)
    ranged = [name for name, label in LABELS.items() if label.outside is not None]
    for key, names in (("prior", LABELS), ("usable", ranged)):
        like = prediction[key]["properties"].pop("<label>")
        prediction[key]["properties"] |= {x: of_label(like, LABELS[x]) for x in names}
    archives["inputs"]["properties"] = {
        key: {"$ref": "#/$defs/input", "description": raw.words, "unit": "none"}
        for key, raw in registry.INPUTS.items()
    }
    archives["inputs"]["required"] = [
        key for key, raw in registry.INPUTS.items() if not raw.optional
    ]
    return tree


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
    node: dict, definitions: dict[str, dict], written: dict[str, str], prefix: str = ""
) -> Iterator[tuple[str, dict, str]]:
    """Every key below a node of the schema, with what the schema says of it.

    The keys of a definition that several nodes share are given once: `written` notes
    where, and the later nodes refer to it.
    """
    name = node.get("$ref", "").rpartition("/")[2]
    for key, value in definitions.get(name, node).get("properties", {}).items():
        shared = value.get("$ref", "").rpartition("/")[2]
        has_keys = "properties" in definitions.get(shared, {})
        same = written.setdefault(shared, prefix + key) if has_keys else prefix + key
        if same != prefix + key:
            yield prefix + key, value, same
            continue
        yield prefix + key, value, ""
        yield from keys(value, definitions, written, f"{prefix}{key}.")

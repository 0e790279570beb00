"""Find values of a configuration that are valid one by one, but impossible together."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from mdwarfs.catalogues import registry
from mdwarfs.errors import InputError
from mdwarfs.given.check import contradictions_of_files
from mdwarfs.given.settings import cross_validated
from mdwarfs.labels import LABELS, OF_PAPER
from mdwarfs.method_names import MAP
from mdwarfs.slam import regressors
from mdwarfs.spectra.weighting import IVAR
from mdwarfs.tables.physical import DWARF, OF_LABELS

OF_BOSS = 3550, 10400  # wavelengths of its spectra [Angstrom]
WIDEST = 10  # of a range of wavelengths, last over first: 620 nm is 6200 Angstrom
NARROWEST = 1e-5  # of priors, in units of the range of M dwarfs
FEWEST_PIXELS = 100  # of a spectrum from which labels are to be learnt
WIDEST_TUBE = 3  # half-width, in standard deviations of a pixel: it holds all stars
FEWEST_PAIRS = 20  # FGK+FGK pairs from which the sign of the correction is found
WORD = re.compile(r"(^|[_-])simulated([_0-9-]|$)")


def contradictions(config: dict) -> Iterator[str]:
    """All that is impossible in a configuration.

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
    yield from lacking_labels(config)
    yield from impossible_labels(config)
    yield from impossible_training(config)
    yield from disordered(config)
    yield from misnamed(config)
    yield from lacking_settings(config["slam"])
    if config["prediction"]["method"] != MAP and config["prediction"]["prior"]:
        yield "prediction.prior: the released labels had none; leave it empty"
    if "archives" in config:
        yield from impossible_archives(config["archives"])
    source, folds, stars = config["source"], config["slam"]["folds"], config["split"]
    section = {"simulated": "simulation"}.get(source, source)
    if section not in config:
        yield f"{section}: this section is needed for source: {source}"
    elif source == "simulated":
        yield from impossible_simulation(config)
    elif source == "files":
        yield from contradictions_of_files(config)
        yield from unknown_to_files(config)
    elif stars["train"] < folds:
        yield f"slam.folds: {folds} folds of {stars['train']} training stars"


def lacking_settings(slam: dict) -> Iterator[str]:
    """A regressor that there is not, or settings of its own that it lacks."""
    try:
        regressor = regressors.named(slam["regressor"])
    except InputError as error:
        yield str(error)
        return
    for key in regressor.settings:
        if key not in slam:
            yield f"slam.{key}: missing; slam.regressor: {regressor.regressor} needs it"


def lacking_labels(config: dict) -> Iterator[str]:
    """Labels that are asked for and not trained on, or not in the paper's table."""
    labels = config["slam"]["labels"]
    needed = set(config["prediction"]["prior"])
    if config["source"] != "files":  # whose labels may be fewer than the default ranges
        needed |= set(config["prediction"]["usable"]) | set(OF_PAPER)
    lacking = sorted(needed - set(labels))
    if lacking:
        yield f"slam.labels: this run needs also {', '.join(lacking)}"
    beyond = [name for name in labels if name not in OF_PAPER]
    if beyond and config["labels"]["source"] == "published":
        yield (
            f"labels.source: the paper's own table has no {', '.join(beyond)}; "
            "take it from slam.labels, or set labels.source: own"
        )


def unknown_to_files(config: dict) -> Iterator[str]:
    """What a run on given spectra cannot do."""
    if cross_validated(config["files"]):
        for key, value in (("method", MAP), ("weighting", IVAR)):
            if config["prediction"][key] != value:
                yield f"prediction.{key}: files.validation knows {value} alone"
    if config["labels"]["source"] != "own":
        yield "labels.source: a run on given spectra knows own alone"


def impossible_archives(archives: dict) -> Iterator[str]:
    """What archives cannot be asked for."""
    inputs = archives["inputs"]
    for key, raw in registry.INPUTS.items():
        if key in inputs and raw.release == archives["release"]:
            yield (
                f"archives.inputs.{key}: a run of DR{raw.release} compares with no "
                "other release: give config/dr20.yaml after config/dr19.yaml, not "
                "before it"
            )
    yield from reversed_rows(inputs)
    yield from unasked(inputs)
    yield from without_address(archives)


def without_address(archives: dict) -> Iterator[str]:
    """Inputs from an archive whose address is not given."""
    for key, entry in archives["inputs"].items():
        for route in ("download", "query"):
            slot = entry.get(route, {}).get("archive")
            if slot and slot not in archives["addresses"]:
                yield (
                    f"archives.addresses.{slot}: missing; "
                    f"archives.inputs.{key}.{route} is there"
                )


def disordered(config: dict) -> Iterator[str]:
    """Bounds that do not rise, and ranges that end before they begin."""
    bounds = {"comparisons.snr_edges": config["comparisons"]["snr_edges"]}
    for label, edges in config["diagnostics"]["selection"].items():
        bounds[f"diagnostics.selection.{label}"] = edges
    for key, edges in bounds.items():
        if edges != sorted(edges):
            yield f"{key}: the bounds {edges} do not rise"
    ranges = {"pairs.fgk_teff": config["pairs"]["fgk_teff"]}
    for label, limits in config["prediction"]["usable"].items():
        ranges[f"prediction.usable.{label}"] = limits
    for key, (low, high) in ranges.items():
        if low >= high:
            yield f"{key}: the range ends at {high}, before it begins at {low}"


def is_simulated(config: dict) -> bool:
    """Whether the raw files of a run are simulated, wherever they come from."""
    if config["source"] in ("archives", "files"):
        return config.get(config["source"], {}).get("simulated", False)
    return config["source"] == "simulated"


def misnamed(config: dict) -> Iterator[str]:
    """A name that does not say whether the run is simulated."""
    named = "simulated" in config["run"]
    if is_simulated(config) != named or (named and not WORD.search(config["run"])):
        yield (
            f"run: a run with source {config['source']!r} cannot be named "
            f"{config['run']!r}; simulated runs, and they alone, say so in their name, "
            "by the word simulated (as simulated, or simulated-2)"
        )


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
    """Number of pixels of the grid; infinite where the section names none.

    That is also where the range ends before it begins, which is a fault of its own.
    """
    low, high = spectra["wave_min"], spectra["wave_max"]
    if low >= high:
        return math.inf
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

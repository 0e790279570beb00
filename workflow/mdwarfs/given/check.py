"""Find impossible settings for a given sample in a configuration."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import astropy.units as u

from mdwarfs.errors import ConfigError, InputError
from mdwarfs.given.cuts import CONDITIONS
from mdwarfs.given.settings import (
    AVAILABLE,
    FILE,
    KNOWN,
    MADE,
    NUMBERS,
    RAW,
    Column,
    paths,
    with_defaults,
)
from mdwarfs.given.table import known
from mdwarfs.given.units import conversion
from mdwarfs.labels import LABELS
from mdwarfs.types import PathLike

SPREADSHEETS = {".xlsx", ".xls", ".ods", ".numbers", ".parquet", ".docx", ".pdf"}
MOST_FOLDS = 1000
FRACTIONS = {"correlation", "good_fraction"}
"""What spectra tell that is at most 1."""


def contradictions_of_files(config: dict) -> Iterator[str]:
    """Values of the section `files` that are impossible together, or with others.

    Parameters
    ----------
    config
        A configuration that satisfies the schema.

    Yields
    ------
    text
        "key: what is wrong".
    """
    files = with_defaults(config["files"])
    columns = {name: Column.of(said) for name, said in files["columns"].items()}
    for name, column in columns.items():
        yield from wrong_column(name, column, columns)
    for name in config["slam"]["labels"]:
        if name not in columns:
            close = get_close_matches(name, set(columns) - set(KNOWN), n=1)
            hint = f"; is it {close[0]}?" if close else ""
            yield (
                f"files.columns: the label {name} of slam.labels has no column{hint}; "
                "say which column of the table has it, or leave it out of slam.labels"
            )
    yield from wrong_spectra(files, columns)
    yield from too_many_folds(config)
    yield from wrong_table(files["table"])
    yield from named_twice(columns)
    for key in ("select", "cuts"):
        yield from nothing_left(f"files.{key}", files[key])
    for key in ("select", "cuts"):
        for number, cut in enumerate(files[key]):
            there = [*columns, *(AVAILABLE if key == "cuts" else ())]
            there += [f"e_{name}" for name, column in columns.items() if column.error]
            yield from wrong_cut(f"files.{key}.{number}", cut, there)
    for name, other in files["compared"].items():
        yield from wrong_comparison(f"files.compared.{name}", other, columns)
    if files["fetch"] is None:
        for key in ("table", "folder"):
            if RAW in str(files[key]):
                yield f"files.{key}: {RAW} is what files.fetch brings; it is null"


def too_many_folds(config: dict) -> Iterator[str]:
    """More folds than anybody means, each of which is a training of its own."""
    folds = {
        "files.validation": config["files"].get("validation"),
        "slam.folds": config["slam"]["folds"],
    }
    for key, number in folds.items():
        if isinstance(number, int) and number > MOST_FOLDS:
            yield (
                f"{key}: {number} folds, of {MOST_FOLDS} at most: with as many as "
                "there are stars each is left out alone, which takes a training each"
            )


def require_there(config: dict, raw: PathLike, root: PathLike) -> None:
    """Refuse a configuration that names a table or a folder that is not there.

    Parameters
    ----------
    config
        One that has been checked.
    raw, root
        See `mdwarfs.given.settings.located`.

    Raises
    ------
    ConfigError
        With the key, and where it was looked for.
    """
    if config["source"] != "files":
        return
    files = with_defaults(config["files"])
    place = paths(files, raw, root)
    wanted = {"files.table": (files["table"], place["table"], Path.is_file)}
    if files["folder"] is not None:
        wanted["files.folder"] = files["folder"], place["folder"], Path.is_dir
    if place["array"]:
        wanted["files.array.file"] = files["array"]["file"], place["array"], Path.exists
    problems = [
        f"{key}: there is no {said}, neither in {Path.cwd()} nor in {root}"
        for key, (said, path, is_there) in wanted.items()
        if files["fetch"] is None and not is_there(Path(path))
    ]
    if problems:
        raise ConfigError("the configuration is refused:\n  " + "\n  ".join(problems))


def wrong_column(
    name: str, column: Column, columns: dict[str, Column]
) -> Iterator[str]:
    """What is wrong with one of our names of columns, or with its unit."""
    key = f"files.columns.{name}"
    if name in MADE or name.startswith(("e_", "formal_", "sigma_")):
        is_error = name.startswith("e_")
        hint = "give it as `error` of its label" if is_error else "choose another"
        yield f"{key}: a column of this name is made by the run; {hint}"
    if column.unit is not None:
        means = known(name)
        try:
            conversion(column.unit, means[0] if means else "", name)
            if not means:
                u.Unit(column.unit)
        except InputError as error:
            yield f"{key}.unit: {error}"
        except ValueError:
            yield f"{key}.unit: {column.unit!r} is no unit that astropy knows"
    if name == "row" and "file" not in columns:
        yield f"{key}: a row of which file? There is no column `file`"


def wrong_table(path: str) -> Iterator[str]:
    """A table that cannot be one, as far as its name says, or what is there."""
    suffix = Path(path).suffix.lower()
    if suffix in SPREADSHEETS:
        yield (
            f"files.table: {path} is a spreadsheet or the like ({suffix}); save it as "
            "CSV (in UTF-8), FITS or VOTable"
        )
    elif Path(path).exists() and not Path(path).is_file():
        yield f"files.table: {path} is no file"


def named_twice(columns: dict[str, Column]) -> Iterator[str]:
    """Columns of the table that are said to be two quantities."""
    seen: dict[str, str] = {}
    for name, column in columns.items():
        if name not in (*NUMBERS, "role", "row", "file"):
            continue  # what a star is called may be its file, say
        for key, said in ((name, column.name), (f"{name}.error", column.error)):
            before = key if said is None else seen.setdefault(said, key)
            if before != key:
                yield (
                    f"files.columns.{key}: column {said} is files.columns.{before} "
                    "already; it cannot be both"
                )


def nothing_left(key: str, several: list[dict]) -> Iterator[str]:
    """Cuts that no row can pass: they contradict one another, or what can be."""
    low: dict[str, float] = {}
    high: dict[str, float] = {}
    for cut in several:
        name = cut["column"]
        for word in {"above", "at_least"} & cut.keys():
            low[name] = max(cut[word], low.get(name, cut[word]))
        for word in {"below", "at_most"} & cut.keys():
            high[name] = min(cut[word], high.get(name, cut[word]))
    for name in low.keys() & high.keys():
        if low[name] > high[name]:
            yield (
                f"{key}: {name} cannot be above {low[name]:g} and below "
                f"{high[name]:g}: no row is left"
            )
    for name in FRACTIONS & low.keys():
        if low[name] > 1:
            yield f"{key}: {name} is never above 1, and {low[name]:g} is asked for"


def wrong_spectra(files: dict, columns: dict[str, Column]) -> Iterator[str]:
    """Whether the spectra are files or one array, and what that takes."""
    array = files["array"]
    if array is None:
        if "file" not in columns:
            yield (
                "files.columns: no column `file` says where the spectra are; if they "
                "are one array, say so in files.array"
            )
        return
    if "file" in columns:
        yield "files.array: spectra are one array, or files (columns.file), not both"
    if ("error" in array) == ("ivar" in array):
        yield "files.array: give either error or ivar, an array of one of them"
    if files["velocity"] == FILE and "v_rad" not in columns:
        yield (
            "files.velocity: an array has no velocities: map the column v_rad, or "
            "choose rest or others"
        )


def wrong_comparison(
    key: str, other: dict, columns: dict[str, Column]
) -> Iterator[str]:
    """What is wrong with what is said of the labels of others."""
    there = ["table", "key", *LABELS]
    for name in set(other) - set(there):
        close = get_close_matches(name, there, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        yield f"{key}.{name}: is neither table, key nor a label{hint}"
    if not set(other) & set(LABELS):
        yield f"{key}: names no label; it has {', '.join(LABELS)}"
    if "table" in other:
        return
    known = [*columns, "source_id", "id"]
    for name, column in other.items():
        if column not in known:
            yield (
                f"{key}.{name}: without a table of its own it is a column of "
                f"files.columns, which has no {column}"
            )


def wrong_cut(key: str, cut: dict, there: list[str]) -> Iterator[str]:
    """A cut of an unknown column, or without exactly one condition."""
    if cut["column"] not in there:
        close = get_close_matches(cut["column"], there, n=1)
        hint = f"; did you mean {close[0]}?" if close else ", by whose names cuts go"
        yield (
            f"{key}.column: files.columns has no {cut['column']}{hint} (there are "
            f"{', '.join(dict.fromkeys(there))})"
        )
    said = [name for name in CONDITIONS if name in cut]
    if len(said) != 1:
        yield (
            f"{key}: has {' and '.join(said) or 'no condition'}; a cut has one of "
            f"{', '.join(CONDITIONS)}"
        )

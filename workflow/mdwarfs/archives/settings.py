"""The section `archives` of the configuration, with its addresses filled in."""

from collections.abc import Mapping, Sequence
from typing import Literal

from mdwarfs.catalogues.hosts import HOSTS
from mdwarfs.catalogues.releases import RELEASES
from mdwarfs.errors import InputError


def release_of(config: dict) -> int:
    """The data release of SDSS that a run takes, or in whose form it is simulated.

    Parameters
    ----------
    config
        The merged configuration.

    Returns
    -------
    number
        One of `mdwarfs.catalogues.releases.RELEASES`.
    """
    if config["source"] == "archives":
        return config["archives"]["release"]
    return config.get("simulation", {}).get("release", 19)


def source_of(
    archives: dict, key: str, route: Literal["download", "query"] | None = None
) -> dict:
    """How one input is fetched.

    Parameters
    ----------
    archives
        The section of the configuration.
    key
        Name of the input.
    route
        Default: the one that the configuration chooses.

    Returns
    -------
    entries
        That route's entry, with `slot` (the archive's key), `archive` (its name),
        `address` (where it is), `version` (of the input), the entries of `RELEASES`
        of the input's data release (its own `release`, or that of all) and, of a
        download, `urls` filled in. Empty if the input has no such route.

    Raises
    ------
    InputError
        If a URL or the version has something else in braces.
    """
    entry = archives["inputs"][key]
    route = route or entry["route"]
    chosen = entry.get(route)
    if chosen is None:
        return {}
    slot = chosen["archive"]
    number = entry.get("release", archives["release"])
    release = {"release": number} | RELEASES[number]
    place = f"archives.inputs.{key}"
    at = f"{place}.{route}" if "version" in chosen else place
    version = chosen.get("version", entry["version"])
    filled = release | {
        "slot": slot,
        "archive": HOSTS[slot].name,
        "address": archives["addresses"][slot].rstrip("/"),
        "version": in_braces(version, release, f"{at}.version"),
    }
    if "urls" in chosen:
        names, at = archives["addresses"] | release, f"{place}.{route}.urls"
        filled["urls"] = [in_braces(url, names, at) for url in chosen["urls"]]
    return chosen | filled


def in_braces(text: str, names: Mapping, place: str) -> str:
    """A text of the configuration with its names in braces filled in.

    Parameters
    ----------
    names
        What they stand for.
    place
        Key of the text, for messages.

    Raises
    ------
    InputError
        If it has another name, or braces that are not two around a name.
    """
    try:
        return text.format(**names)
    except KeyError as error:
        raise InputError(
            f"{place}: {error} in braces is none of {', '.join(names)}"
        ) from error
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise InputError(
            f"{place}: {text!r} has to have a name between each two braces, and a "
            "brace that is none of such has to be doubled"
        ) from error


def by_route(archives: dict, route: str, keys: Sequence[str] | None = None) -> dict:
    """The inputs that are fetched by a route: their sources, by name."""
    return {
        key: source_of(archives, key)
        for key, entry in archives["inputs"].items()
        if entry["route"] == route and (keys is None or key in keys)
    }

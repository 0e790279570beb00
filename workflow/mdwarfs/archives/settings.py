"""The section `archives` of the configuration, with its addresses filled in."""

from collections.abc import Sequence
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
        If a URL has something else in braces.
    """
    entry = archives["inputs"][key]
    chosen = entry.get(route or entry["route"])
    if chosen is None:
        return {}
    slot = chosen["archive"]
    number = entry.get("release", archives["release"])
    release = {"release": number} | RELEASES[number]
    names = archives["addresses"] | release
    filled = release | {
        "slot": slot,
        "archive": HOSTS[slot].name,
        "address": archives["addresses"][slot].rstrip("/"),
        "version": chosen.get("version", entry["version"]).format(**release),
    }
    if "urls" in chosen:
        try:
            filled["urls"] = [url.format(**names) for url in chosen["urls"]]
        except (KeyError, IndexError, ValueError) as error:
            raise InputError(
                f"archives.inputs.{key}.download.urls: {error} in braces is no archive "
                "of archives.addresses, and nothing of a data release"
            ) from error
    return chosen | filled


def by_route(archives: dict, route: str, keys: Sequence[str] | None = None) -> dict:
    """The inputs that are fetched by a route: their sources, by name."""
    return {
        key: source_of(archives, key)
        for key, entry in archives["inputs"].items()
        if entry["route"] == route and (keys is None or key in keys)
    }

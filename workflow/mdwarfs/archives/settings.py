"""The section `archives` of the configuration, with its addresses filled in."""

from collections.abc import Sequence
from typing import Literal

from mdwarfs.archives.hosts import HOSTS

RELEASES = {
    19: {
        "run2d": "v6_1_3",
        "astra_boss": "0.6.0",
        "astra_apogee": "0.6.0",
        "gaia_release": 2,
    },
    20: {
        "run2d": "v6_2_1",
        "astra_boss": "0.8.1",
        "astra_apogee": "0.6.0",
        "gaia_release": 3,
    },
}
"""Of each data release of SDSS the versions of idlspec2d and, for each instrument, of
Astra, which are parts of addresses and names (sdss/tree, dr19.cfg and dr20.cfg;
sdss/datamodel; DR20 has no new spectra of APOGEE, and repeats the products of DR19);
and the Gaia release of the identifiers by which sources are asked for. The BOSS list of
DR19 gives those of DR2. That of DR20 gives some of either, unmarked, and none is
believed: Astra's own tables give the DR3 source of each `sdss_id`
(`mdwarfs.catalogues.gaia_names`)."""


def release_of(config: dict) -> int:
    """The data release of SDSS that a run takes, or in whose form it is simulated.

    Parameters
    ----------
    config
        The merged configuration.

    Returns
    -------
    number
        One of `RELEASES`.
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
        filled["urls"] = [url.format(**names) for url in chosen["urls"]]
    return chosen | filled


def by_route(archives: dict, route: str, keys: Sequence[str] | None = None) -> dict:
    """The inputs that are fetched by a route: their sources, by name."""
    return {
        key: source_of(archives, key)
        for key, entry in archives["inputs"].items()
        if entry["route"] == route and (keys is None or key in keys)
    }

"""The section `archives` of the configuration, with its addresses filled in."""

NAMES = {
    "sas": "SDSS SAS",
    "skyserver": "SDSS SkyServer",
    "gaia": "the Gaia archive",
    "vizier": "VizieR",
    "zenodo": "Zenodo",
    "lamost": "LAMOST",
    "dataverse": "Harvard Dataverse",
    "github": "GitHub",
    "cmd": "the CMD server",
    "nadc": "NADC",
}
"""How messages call the archives; each has a slot, and an address in the
configuration."""

ROUTES = ("full", "lean")


def source(archives, key, route=None):
    """How one input is fetched.

    Parameters
    ----------
    archives : dict
        The section of the configuration.
    key : str
        Name of the input.
    route : {"full", "lean"}, optional
        Default: the one that the configuration chooses.

    Returns
    -------
    dict
        That route's entry, with `slot` (the archive's key), `archive` (its name),
        `address` (where it is) and, of a full route, `urls` filled in. Empty if the
        input has no such route.
    """
    entry = archives["inputs"][key]
    chosen = entry.get(route or entry["route"])
    if chosen is None:
        return {}
    slot = chosen["archive"]
    names = archives["addresses"] | {"release": archives["release"]}
    filled = {
        "slot": slot,
        "archive": NAMES[slot],
        "address": archives["addresses"][slot].rstrip("/"),
        "release": archives["release"],
    }
    if "urls" in chosen:
        filled["urls"] = [url.format(**names) for url in chosen["urls"]]
    return chosen | filled


def by_route(archives, route, keys=None):
    """The inputs that are fetched by a route: their sources, by name."""
    return {
        key: source(archives, key)
        for key, entry in archives["inputs"].items()
        if entry["route"] == route and (keys is None or key in keys)
    }

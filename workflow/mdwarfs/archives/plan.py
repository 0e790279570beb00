"""What a run would ask of the archives, before anything is fetched."""

from mdwarfs.archives import gaia, skyserver, wanted
from mdwarfs.archives.settings import source
from mdwarfs.config import check, read_config
from mdwarfs.errors import InputError

# Paper, sections 2.2 and 2.3: the candidates, and the stars of 256 M+M pairs.
CANDIDATES, M_M_STARS = 90_000, 512
BOSS_STARS = 200_000  # stars of class M in DR19, about


def plan(config):
    """Every request of a run, with the rows and bytes that are expected.

    Parameters
    ----------
    config : dict
        The merged configuration of a run with source: archives.

    Returns
    -------
    list of dict
        Per input: `key`, `route`, `archive`, `rows`, `megabytes` (expected), and
        `requests`, a list of texts.

    Raises
    ------
    InputError
        If the configuration has no archives.
    """
    if "archives" not in config:
        raise InputError("this configuration has no section archives: nothing to fetch")
    archives, entries = config["archives"], []
    for key, entry in archives["inputs"].items():
        chosen = source(archives, key)
        n_files = n_spectra(config) if key == "spectra" else 1
        entries.append(
            {
                "key": key,
                "route": entry["route"],
                "archive": chosen["archive"],
                "rows": rows_of(chosen, n_files if key == "spectra" else None),
                "megabytes": n_files * chosen["megabytes"],
                "requests": requests_of(key, entry["route"], chosen, config),
            }
        )
    return entries


def n_spectra(config):
    """How many spectra a run fetches, about."""
    if config["archives"]["candidates"] == "predicted":
        return CANDIDATES
    return config["split"]["train"] + config["split"]["test"] + M_M_STARS


def rows_of(chosen, n_files):
    """Expected number of rows or files, in words."""
    if n_files is not None:
        return f"about {n_files:,} files"
    low, high = chosen.get("rows", (None, None))
    if low is None:
        return ""
    return f"{low:,} rows" if low == high else f"{low:,} to {high:,} rows"


def requests_of(key, route, chosen, config):
    """The requests for an input: addresses, or queries and how often they are asked."""
    if key == "spectra":
        name = f"mwmStar-{chosen['astra']}-<sdss_id>.fits"
        return [f"{chosen['urls'][0]}/star/##/##/{name}"]
    if route == "full":
        first, *others = chosen["urls"]
        return [first, *(f"or {url}" for url in others)]
    if key == "parsec":
        return [f"{chosen['address']}/cgi-bin/cmd, its form, and the table it makes"]
    if key == "gaia":
        jobs = -(-BOSS_STARS // chosen["chunk"])
        return [
            f"{chosen['address']}, about {jobs} jobs of {chosen['chunk']:,} "
            f"identifiers of DR{chosen['gaia_release']} each:",
            " ".join(gaia.QUERIES[chosen["gaia_release"]].split()),
        ]
    if chosen["slot"] == "skyserver":
        queries = skyserver.table_queries(
            key, chosen, wanted.excerpt(key, config["boss"]), config["boss"]
        )
        queries += skyserver.count_queries(key, config["boss"]).values()
        return [f"{chosen['address']}, data release {chosen['release']}:", *queries]
    return [f"{chosen['address']}, jobs:", *vizier_requests(key, chosen, config)]


def vizier_requests(key, chosen, config):
    """Queries of a table of VizieR, whose own names of columns are asked for first."""
    if key == "birky":
        return [f"columns of {chosen['catalogue']} in TAP_SCHEMA, then all its rows"]
    table, chunk = chosen["table"], f"{chosen['chunk']:,}"
    schema = f"columns of {table} in TAP_SCHEMA"
    if key == "lamost_stellar":
        return [
            schema,
            f'SELECT 10 columns FROM "{table}" for the Gaia identifiers of all stars '
            f"in wide binaries, {chunk} at a time",
        ]
    r_max = config["pairs"]["r_chance_align_max"]
    return [
        schema,
        f'SELECT 21 columns FROM "{table}" WHERE R < {r_max}, {chosen["slices"]} '
        "queries by the remainder of Source1",
        "the same for the M-type stars of BOSS as Source1, and as Source2, whatever R: "
        f"{chunk} identifiers at a time",
    ]


def text_of(config):
    """The plan as a text for people; the sum counts the spectra apart.

    Parameters
    ----------
    config : dict

    Returns
    -------
    str
    """
    lines, tables, spectra = [], 0.0, 0.0
    for entry in plan(config):
        lines.append(
            f"{entry['key']:<16}{entry['route']:<6}{entry['archive']:<20}"
            f"{entry['rows']:>28}{entry['megabytes']:>10,.0f} MB"
        )
        lines.extend(f"    {request}" for request in entry["requests"])
        if entry["key"] == "spectra":
            spectra += entry["megabytes"]
        else:
            tables += entry["megabytes"]
    lines.append(f"tables {tables:,.0f} MB, spectra {spectra:,.0f} MB")
    return "\n".join(lines)


def print_plan(paths, schema):
    """Check a configuration and print its plan.

    Parameters
    ----------
    paths : sequence of path-like
        Configuration files, the default first.
    schema : path-like
    """
    config = read_config(paths)
    check(config, schema)
    print(text_of(config))

"""What a run would ask of the archives, before anything is fetched."""

import textwrap
from collections.abc import Sequence

from mdwarfs.archives import gaia, pace, sdss_queries, skyserver, wanted
from mdwarfs.archives.settings import source_of
from mdwarfs.catalogues.hosts import HOSTS
from mdwarfs.catalogues.registry import INPUTS
from mdwarfs.config import check_config, read_config
from mdwarfs.errors import InputError
from mdwarfs.spectra.readers import mwm_star
from mdwarfs.types import PathLike

# Paper, sections 2.2 and 2.3: the candidates, and the stars of 256 M+M pairs.
CANDIDATES, M_M_STARS = 90_000, 512
BOSS_STARS = 200_000  # stars of class M in DR19, about; in DR20 there are more
PAIRED_STARS = 2_600_000  # in the wide binaries below R_chance_align = 0.1, about

# Where candidates have released labels: what is made from the catalogue of labels.
RELEASED_FIGURES, RELEASED_TABLES = (6, 7, 8, 9, 10, 11), (2, 4)
RELEASED = """\
candidates: released. Spectra of about {own:,} stars are fetched: the training, test
and M+M stars. The other candidates, about {others:,} of {all:,}, keep the labels that
SDSS released. These are what is shown, but for the stars with spectra, by
  - Figures 9 and 11, and Table 4
  - the comparisons with Birky+2020, Behmard+2025, LAMOST and the relations of Mann
    (R3 to R7): Figures 7 and 8, Figure 6 but for its M+M pairs, Table 2 but for R1, R2
  - the correction of ASPCAP's metallicities (equation 10): Figure 10
This run's own labels are those of the test stars (R1; Figures 4 and 5), of the M+M
pairs (R2), and of diagnostic_released_labels. Figures 1, 2, 3 and 12 and Tables 1 and 3
show no labels of SLAM's. `archives.candidates: predicted` fetches all spectra."""
VALUE_ADDED = """\
The numbers of stars are the paper's, of DR19. diagnostic_value_added shows the labels
of the catalogue, which are released ones but for the stars with spectra."""


def plan(config: dict) -> list:
    """Every request of a run, with the rows and bytes that are expected.

    Parameters
    ----------
    config
        The merged configuration of a run with source: archives.

    Returns
    -------
    entries
        Per input: `key`, `route`, `archive`, `slot` (the archive's key), `version`,
        `rows`, `megabytes` (expected), `seconds` (by `mdwarfs.catalogues.hosts`), and
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
        chosen = source_of(archives, key)
        n_files = n_spectra(config) if key == "spectra" else 1
        megabytes = n_files * chosen["megabytes"]
        number = n_requests(key, entry["route"], chosen, config)
        streams = archives["streams"] if key == "spectra" else 1
        entries.append(
            {
                "key": key,
                "route": entry["route"],
                "archive": chosen["archive"],
                "slot": chosen["slot"],
                "version": chosen["version"],
                "rows": rows_of(chosen, n_files if key == "spectra" else None),
                "megabytes": megabytes,
                "seconds": HOSTS[chosen["slot"]].pace.seconds(
                    megabytes, number, streams
                ),
                "requests": requests_of(key, entry["route"], chosen, config),
            }
        )
    return entries


def n_spectra(config: dict) -> int:
    """How many spectra a run fetches, about."""
    if config["archives"]["candidates"] == "predicted":
        return CANDIDATES
    return config["split"]["train"] + config["split"]["test"] + M_M_STARS


def rows_of(chosen: dict, n_files: int | None) -> str:
    """Expected number of rows or files, in words."""
    if n_files is not None:
        return f"about {n_files:,} files"
    low, high = chosen.get("rows", chosen.get("rows_expected", (None, None)))
    if low is None:
        return ""
    return f"{low:,} rows" if low == high else f"{low:,} to {high:,} rows"


def n_requests(key: str, route: str, chosen: dict, config: dict) -> int:
    """How many requests for an input take their time, about."""
    if key == "spectra":
        return n_spectra(config)
    if chosen["slot"] == "skyserver":
        return sum(map(len, skyserver_queries(key, chosen, config)))
    if key == "gaia":
        return in_chunks(BOSS_STARS, chosen)
    if chosen["slot"] == "vizier":
        columns_and_count = 2
        if key == "wide_binaries":  # MOD is tried, the slices are counted
            sliced = chosen["slices"] + 2
            return columns_and_count + sliced + 2 * in_chunks(BOSS_STARS, chosen)
        if key == "lamost_stellar":
            return columns_and_count + in_chunks(PAIRED_STARS, chosen)
        return columns_and_count
    return 2 if key == "parsec" else 1  # its form, and the table


def in_chunks(n_stars: int, chosen: dict) -> int:
    """How many uploads so many identifiers are."""
    return -(-n_stars // chosen["chunk"])


def skyserver_queries(key: str, chosen: dict, config: dict) -> tuple[list, list]:
    """The queries of SkyServer for an input: one for each slice, and the counts."""
    excerpt = wanted.excerpt(INPUTS[key].excerpt, config["boss"])
    queries = sdss_queries.table_queries(key, chosen, excerpt, config["boss"])
    counts = sdss_queries.count_queries(key, chosen, config["boss"])
    return queries, list(counts.values())


def told_once(slices: list) -> list:
    """The query for the first of several slices, and how many more there are."""
    first, *others = slices
    return [first, f"and {len(others)} more slices"] if others else [first]


def requests_of(key: str, route: str, chosen: dict, config: dict) -> list:
    """The requests for an input: addresses, or queries and how often they are asked."""
    if key == "spectra":
        name = mwm_star.file_name("<sdss_id>", chosen["astra_boss"])
        return [f"{chosen['urls'][0]}/star/##/##/{name}"]
    if route == "download":
        first, *others = chosen["urls"]
        return [first, *(f"or {url}" for url in others)]
    if key == "parsec":
        return [f"{chosen['address']}/cgi-bin/cmd, its form, and the table it makes"]
    if key == "gaia":
        jobs = in_chunks(BOSS_STARS, chosen)
        return [
            f"{chosen['address']}, about {jobs} jobs of {chosen['chunk']:,} "
            f"identifiers of DR{chosen['gaia_release']} each:",
            " ".join(gaia.QUERIES[chosen["gaia_release"]].split()),
        ]
    if chosen["slot"] == "skyserver":
        first, *others = (
            skyserver.address(chosen["address"], chosen["release"], service)
            for service in skyserver.SERVICES
        )
        slices, counts = skyserver_queries(key, chosen, config)
        addresses = [first, *(f"or {url}" for url in others)]
        return [*addresses, *told_once(slices), *counts]
    return [f"{chosen['address']}, jobs:", *vizier_requests(key, chosen, config)]


def vizier_requests(key: str, chosen: dict, config: dict) -> list:
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
        "queries by the remainder of Source1, or, where MOD is not understood, by "
        "ranges of it",
        "the same for the M-type stars of BOSS as Source1, and as Source2, whatever R: "
        f"{chunk} identifiers at a time",
    ]


def text_of(config: dict) -> str:
    """The plan as a text for people: the sums, of the spectra apart, and each input."""
    lines, tables, spectra, entries = [], 0.0, 0.0, plan(config)
    for entry in entries:
        lines.append(
            f"{entry['key']:<16}{entry['route']:<9}{entry['archive']:<20}"
            f"{entry['rows']:>28}{entry['megabytes']:>10,.0f} MB"
            f"{'about ' + pace.minutes_text(entry['seconds']):>18}"
        )
        lines.append(f"    {entry['version']}")
        lines.extend(f"    {request}" for request in entry["requests"])
        if entry["key"] == "spectra":
            spectra += entry["megabytes"]
        else:
            tables += entry["megabytes"]
    sums = f"tables {tables:,.0f} MB, spectra {spectra:,.0f} MB"
    lines = [sums, "", times(entries), "", *lines]
    if config["archives"]["candidates"] == "released":
        own = n_spectra(config)
        others = {"others": CANDIDATES - own, "all": CANDIDATES}
        lines += ["", RELEASED.format(own=own, **others)]
        if "mdwarf_contin" in config["archives"]["inputs"]:
            lines.append(VALUE_ADDED)
    return "\n".join(lines)


def times(entries: Sequence[dict]) -> str:
    """The expected times together, and what they assume, as a text."""
    by_archive = {}
    for entry in entries:
        before = by_archive.get(entry["slot"], 0.0)
        by_archive[entry["slot"]] = before + entry["seconds"]
    longest = max(by_archive, key=by_archive.get)
    assumed = "; ".join(
        f"{HOSTS[s].name} {pace.rate_text(HOSTS[s].pace)}" for s in by_archive
    )
    together, least = sum(by_archive.values()), by_archive[longest]
    text = (
        f"Times are estimates: {pace.minutes_text(together)} for all, one after the "
        f"other; at least {pace.minutes_text(least)}, for {HOSTS[longest].name}, with "
        f"a job for each archive at a time. They assume {assumed}. Nobody has measured "
        "these rates. A query of SkyServer that times out costs ten minutes more; it "
        "is then asked in parts."
    )
    return textwrap.fill(text, 88)


def print_plan(paths: Sequence[PathLike], schema: PathLike) -> None:
    """Check a configuration and print its plan.

    Parameters
    ----------
    paths
        Configuration files, the default first.
    """
    config = read_config(paths)
    check_config(config, schema)
    print(text_of(config))

"""The tables of SkyServer for each input, and the queries for their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mdwarfs.archives.excerpt import N_ROWS
from mdwarfs.errors import InputError

if TYPE_CHECKING:
    from mdwarfs.catalogues.excerpt import Excerpt


M_TYPE = "class = '{class}' AND subclass LIKE '{subclass}%'"
OF_M_TYPE = f"sdss_id IN (SELECT sdss_id FROM spAll WHERE {M_TYPE})"
TABLES = {
    "spall": ("spAll", M_TYPE, "mjd"),
    "slam": ("slam_boss_star", "sdss_id > 0", "sdss_id"),
    "apogee_net": ("apogee_net_apogee_star", OF_M_TYPE, "sdss_id"),
    "aspcap": ("aspcap_apogee_star", OF_M_TYPE, "sdss_id"),
    "slam_dr19": ("slam_boss_star", "sdss_id > 0", "sdss_id"),
}
"""For each input its table, the rows that are wanted of it, and the integer by whose
remainder they are divided among queries. (Not all entries of spAll have an sdss_id.)
Of others, the configuration names the table, and the stars of M type are wanted."""

SINCE = {20: {"slam": OF_M_TYPE}}
"""Rows that are wanted of a table since a release: the SLAM table of DR20 has a row for
every star of BOSS, of whatever type. Those of M type are enough, for their names in
Gaia too, whether they have labels or not."""


def table_of(key: str, source: dict) -> tuple[str, ...]:
    """Table, condition and divider of an input; see `TABLES` and `SINCE`.

    Parameters
    ----------
    key
        Name of the input.
    source
        Its route `query`: `release`, and `table` where `TABLES` does not have it.

    Raises
    ------
    InputError
        If nobody says what its table is.
    """
    if key not in TABLES and "table" not in source:
        raise InputError(
            f"archives.inputs.{key}.query.table: the table's name is needed"
        )
    table, condition, divider = TABLES.get(
        key, (source.get("table"), OF_M_TYPE, "sdss_id")
    )
    return table, SINCE.get(source.get("release"), {}).get(key, condition), divider


def table_queries(
    key: str, source: dict, excerpt: Excerpt | None, boss: dict
) -> list[str]:
    """The queries for a table: its rows divided by the remainder of an integer column.

    The labels of SLAM are asked for of all stars, or as `SINCE` says; those of the
    APOGEE pipelines of the stars that BOSS has classified as M type.

    Parameters
    ----------
    key
        "spall", or a pipeline of Astra's.
    source, excerpt, boss
        See `deliver_table`.

    Returns
    -------
    entries
        SQL.
    """
    slices = source["slices"]
    return [table_query(key, source, excerpt, boss, k, slices) for k in range(slices)]


def table_query(
    key: str, source: dict, excerpt: Excerpt | None, boss: dict, k: int, n: int
) -> str:
    """The query for slice k of n; see `table_queries`."""
    table, condition, divider = table_of(key, source)
    names = ", ".join(name.lower() for name in excerpt.columns)
    return (
        f"SELECT {names} FROM {table} "
        f"WHERE {condition.format(**boss)} AND {divider} % {n} = {k}"
    )


def sample_query(
    key: str, source: dict, excerpt: Excerpt, boss: dict[str, str], rows: int = 3
) -> str:
    """A query for a few rows, of M type in spAll, of any star elsewhere.

    A condition that joins two tables is left out: it may take minutes.
    """
    table, condition, _ = table_of(key, source)
    names = ", ".join(name.lower() for name in excerpt.columns)
    where = "sdss_id > 0" if "SELECT" in condition else condition.format(**boss)
    return f"SELECT TOP {rows} {names} FROM {table} WHERE {where}"


def count_queries(key: str, source: dict, boss: dict) -> dict:
    """The queries for numbers of rows in the whole table, by header keyword."""
    queries = {N_ROWS: f"SELECT COUNT(*) AS n FROM {table_of(key, source)[0]}"}
    if key == "spall":
        queries["N_CLASS"] = f"{queries[N_ROWS]} WHERE class = '{boss['class']}'"
    return queries


def part_of_count(query: str, divider: str, k: int, n: int) -> str:
    """The query for slice k of n of what `count_queries` counts."""
    joint = "AND" if " WHERE " in query else "WHERE"
    return f"{query} {joint} ABS({divider}) % {n} = {k}"

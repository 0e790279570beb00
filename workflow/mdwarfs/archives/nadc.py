"""The paper's own table, from the National Astronomical Data Center of China.

The address that the paper prints leads to a page or nowhere; NADC serves files by
numbers, which only the page of the resource gives.
"""

import logging
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin

from astropy.io import fits

from mdwarfs import tables
from mdwarfs.archives.checks import check_rows
from mdwarfs.archives.fetch import Download, fetch, verify_file
from mdwarfs.archives.patience import Deadline, Limits, from_the_beginning
from mdwarfs.archives.record import BY_HAND, deliver, read_record, write_record
from mdwarfs.archives.transfer import Transfer
from mdwarfs.catalogues.excerpt import Excerpt
from mdwarfs.catalogues.paper_pairs import header_of, read_paper_pairs
from mdwarfs.errors import InputError
from mdwarfs.tables import absent
from mdwarfs.types import PathLike

logger = logging.getLogger(__name__)

PATIENCE = 900.0
"""Longest time that a run waits for a table without which it can go on [s]."""

IDENTIFIERS = ["source_id1", "source_id2"]
REALS = [
    "ra1",
    "dec1",
    "ra2",
    "dec2",
    "FeH",
    "FeH_niu",
    "Teff",
    "alphaM",
    "logg",
    "SNR",
]
TABLE_3 = Excerpt(1, dict.fromkeys(IDENTIFIERS, "id") | dict.fromkeys(REALS, "real"))
"""The columns of Table 3 as the paper lists them; other spellings are taken too."""

LINK = re.compile(r'href="([^"]*file_upload/download\?id=\d+)"')


def table_or_reason(path: PathLike, source: dict, limits: Limits) -> dict:
    """Give the raw file of the paper's Table 3, or one without rows that says why not.

    A run compares its sample with the table and needs it for nothing else, so an
    archive that does not give it stops no run. It is asked again when the rule is run
    again; a file that somebody put there by hand has to be right.

    Parameters
    ----------
    path, source, limits
        See `paper_table`; no more than `PATIENCE` is spent.

    Returns
    -------
    entries
        The record; of a file without rows it has the reason, as `absent`.

    Raises
    ------
    InputError
        If a file that was put there by hand is not the right one.
    """
    path = Path(path)
    if stands_in(path):
        path.unlink()
    by_hand = path.exists() and read_record(path).get("url", BY_HAND) == BY_HAND
    limits = replace(limits, total=min(limits.total, PATIENCE))
    try:
        return paper_table(path, source, limits)
    except InputError as error:
        if by_hand:
            raise
        reason = absent.header_text(error)
    logger.warning(
        "the paper's own table is not at hand, and the run goes on without it: %s. To "
        "have it compared, put the file at %s, delete %s.json, and run again",
        reason, path, path,
    )  # fmt: skip
    write_stand_in(path, reason)
    return write_record(path, {"request": asked(source), "absent": reason})


def stands_in(path: Path) -> bool:
    """Whether a file is the table without rows that says why there is no other."""
    try:
        return Path(path).exists() and absent.KEYWORD in header_of(path)
    except InputError:
        return False


def write_stand_in(path: PathLike, reason: str) -> None:
    """Write a table without rows that says why there is no other."""
    formats = {"id": "K", "real": "D"}
    columns = [
        fits.Column(name, formats[kind]) for name, kind in TABLE_3.columns.items()
    ]
    table = fits.BinTableHDU.from_columns(columns, nrows=0)
    table.header[absent.KEYWORD] = reason
    with tables.atomic(path) as part:
        fits.HDUList([fits.PrimaryHDU(), table]).writeto(part)


def paper_table(path: PathLike, source: dict, limits: Limits) -> dict:
    """Give the raw file of the paper's Table 3.

    Parameters
    ----------
    source
        `archive`, `kind`, `rows` or `rows_expected`, and two `urls`: the address that
        the paper prints, and the page that lists the files.

    Returns
    -------
    entries
        The record.

    Raises
    ------
    InputError
        Naming archive, file and remedy, if neither gives the file.
    """
    path = Path(path)
    printed, page = source["urls"]
    download = Download(path, source, limits, Deadline(limits.total))

    def attempt(url):
        found = fetch(url, download)
        try:
            return {"url": url} | found | columns_and_rows(path, source)
        except InputError:
            path.unlink()
            raise

    def obtain():
        failures = []
        ways = {
            printed: lambda: printed,
            page: lambda: find_link(page, path.name, limits),
        }
        for address, link in ways.items():
            try:
                return attempt(link())
            except InputError as error:
                failures.append(f"{address}: {error}")
        raise InputError(
            f"{source['archive']} did not give {path.name}:\n  " + "\n  ".join(failures)
            + f"\n  Fetch the file by hand and put it at {path}; it is then verified "
            "and used."
        )  # fmt: skip

    def verify():
        return verify_file(path, source) | columns_and_rows(path, source)

    return deliver(path, asked(source), verify, obtain)


def asked(source: dict) -> dict:
    """What the record says was asked for."""
    return {"version": source["version"], "urls": source["urls"]}


def columns_and_rows(path: Path, source: dict) -> dict:
    """Rows of a file and formats of its columns; raises InputError if it is wrong."""
    header = header_of(path)
    warnings = check_rows(header["NAXIS2"], source)
    pairs = read_paper_pairs(path)
    if not ((pairs["source_id1"] > 0) & (pairs["source_id2"] > 0)).any():
        raise InputError("none of its rows has the identifiers of a pair")
    numbers = range(1, header["TFIELDS"] + 1)
    formats = {header[f"TTYPE{i}"].strip(): header[f"TFORM{i}"] for i in numbers}
    return {"rows": header["NAXIS2"], "columns": formats, "warnings": warnings}


def find_link(page: str, name: str, limits: Limits) -> str:
    """Address under which a resource's page offers a file.

    Parameters
    ----------
    page
        Address of the page.
    name
        Of the file.

    Raises
    ------
    InputError
        If there is no page, or no link after the name.
    """
    deadline = Deadline(limits.total)
    content = from_the_beginning(
        lambda: b"".join(Transfer(page, limits, deadline, text=True)), page, limits
    )
    _, found, after = content.decode("utf-8", "replace").partition(name)
    link = LINK.search(after)
    if not found or link is None:
        raise InputError(f"the page offers no {name}")
    return urljoin(page, link[1])

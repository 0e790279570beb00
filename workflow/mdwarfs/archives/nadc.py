"""The paper's own table, from the National Astronomical Data Center of China.

The address that the paper prints leads to a page or nowhere; NADC serves files by
numbers, which only the page of the resource gives.
"""

import re
from pathlib import Path
from urllib.parse import urljoin

from mdwarfs.archives.excerpt import Excerpt
from mdwarfs.archives.fetch import accept, from_any
from mdwarfs.archives.record import deliver
from mdwarfs.archives.transfer import Deadline, Transfer, from_the_beginning
from mdwarfs.errors import InputError

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
"""The columns of Table 3 as the paper lists them."""

LINK = re.compile(r'href="([^"]*file_upload/download\?id=\d+)"')


def published_table(path, source, limits):
    """Give the raw file of the paper's Table 3.

    Parameters
    ----------
    path : path-like
    source : dict
        `archive`, `kind`, `rows`, and two `urls`: the address that the paper prints,
        and the page that lists the files.
    limits : mdwarfs.archives.transfer.Limits

    Returns
    -------
    dict
        The record.

    Raises
    ------
    InputError
        Naming archive, file and remedy, if neither gives the file.
    """
    path = Path(path)
    printed, page = source["urls"]

    def obtain():
        urls, trouble = [printed], ""
        try:
            urls.append(find_link(page, path.name, limits))
        except InputError as error:
            trouble = f"\n  {page}: {error}"
        try:
            return from_any(path, source | {"urls": urls}, limits, TABLE_3)
        except InputError as error:
            raise InputError(f"{error}{trouble}") from error

    asked = {"version": source["version"], "urls": source["urls"]}
    return deliver(path, asked, lambda: accept(path, source, TABLE_3), obtain)


def find_link(page, name, limits):
    """Address under which a resource's page offers a file.

    Parameters
    ----------
    page : str
        Address of the page.
    name : str
        Of the file.
    limits : mdwarfs.archives.transfer.Limits

    Returns
    -------
    str

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

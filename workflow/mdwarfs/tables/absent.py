"""Tables without rows, because their input is not available.

The header of such a table says why, and tables made from it repeat the reason. A stage
that can continue without the rows does so, and nothing takes their absence for a
result.
"""

import unicodedata

from astropy.table import Table

KEYWORD = "ABSENT"
LONGEST = 600  # characters of a reason, which a header has to hold


def why(table: Table) -> str:
    """Why a table has no rows; empty if it was made as it should be."""
    return str(table.meta.get(KEYWORD, ""))


def note(table: Table, reason: str) -> Table:
    """Note in a table why it has no rows; in place.

    Parameters
    ----------
    reason
        Empty: nothing is noted.

    Returns
    -------
    table
        The same table.
    """
    if reason:
        table.meta[KEYWORD] = header_text(reason)
    return table


def header_text(reason: str) -> str:
    """A reason as a FITS header can hold it: one line of ASCII, not too long."""
    plain = unicodedata.normalize("NFKD", str(reason)).encode("ascii", "ignore")
    lines = (" ".join(line.split()) for line in plain.decode("ascii").splitlines())
    line = " | ".join(filter(None, lines)).replace(": | ", ": ")
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."

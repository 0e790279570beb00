"""Tables without rows because what they would be made from is not at hand.

Such a table says why in its header, and what is made from it hands that on: a stage
that can go on without the rows does, and nothing takes their absence for a finding.
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
        table.meta[KEYWORD] = words(reason)
    return table


def words(reason: str) -> str:
    """A reason as a FITS header can hold it: one line of ASCII, not too long."""
    plain = unicodedata.normalize("NFKD", str(reason)).encode("ascii", "ignore")
    lines = (" ".join(line.split()) for line in plain.decode("ascii").splitlines())
    line = " | ".join(filter(None, lines)).replace(": | ", ": ")
    return line if len(line) <= LONGEST else line[: LONGEST - 3] + "..."

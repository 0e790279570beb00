"""Tables of all stages: files, columns that say what they are, matching rows.

`from mdwarfs import tables` reads and writes them (`tables.read`, `tables.write`).
"""

from mdwarfs.tables.files import (
    atomic,
    filled,
    from_hdu,
    header,
    primary_hdu,
    read,
    require_writable,
    to_hdu,
    write,
    write_text,
)

__all__ = [
    "atomic",
    "filled",
    "from_hdu",
    "header",
    "primary_hdu",
    "read",
    "require_writable",
    "to_hdu",
    "write",
    "write_text",
]

"""Tables of all stages: files, columns that say what they are, matching rows.

`from mdwarfs import tables` reads and writes them (`tables.read`, `tables.write`).
"""

from mdwarfs.tables.files import (
    COMMENTS,
    atomic,
    commented,
    extension_name,
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
    "COMMENTS",
    "atomic",
    "commented",
    "extension_name",
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

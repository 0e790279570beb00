"""Tables of all stages: files, columns that say what they are, matching rows.

`from mdwarfs import tables` reads and writes them (`tables.read`, `tables.write`).
"""

from mdwarfs.tables.files import (
    COMMENTS,
    DAMAGED,
    MEANINGS,
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
from mdwarfs.tables.images import from_images, tables_and_images, to_images

__all__ = [
    "COMMENTS",
    "DAMAGED",
    "MEANINGS",
    "atomic",
    "commented",
    "extension_name",
    "filled",
    "from_hdu",
    "from_images",
    "header",
    "primary_hdu",
    "read",
    "require_writable",
    "tables_and_images",
    "to_hdu",
    "to_images",
    "write",
    "write_text",
]

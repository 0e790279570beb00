"""What the readers need from an archive's table, so that no more is fetched."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Excerpt:
    """What is wanted of a table, and what has to be true of it.

    Attributes
    ----------
    hdu
        Number of the table, 1 for the first extension.
    columns
        Kind of each column by its archive's name: "int", "real", "text" or "id". An
        "id" is an integer or a text of digits, never a real.
    units
        Unit of a column, for those archives that state one.
    positive
        Identifier that most rows must have; "" for none.
    unique
        Column that identifies a row; "" for none.
    keep
        Of a Table of `keep_columns`, which rows to keep (mask). Default: all.
    keep_columns
        The columns that `keep` and `counts` look at.
    words
        What `keep` does, for the record.
    counts
        Further masks, whose rows are counted in the header by keyword (N_...).
    """

    hdu: int
    columns: dict[str, str]
    units: dict[str, str] = field(default_factory=dict)
    positive: str = ""
    unique: str = ""
    keep: Callable | None = None
    keep_columns: tuple[str, ...] = ()
    words: str = "all rows"
    counts: dict[str, Callable] = field(default_factory=dict)

"""What is read of an archive's table, so that no more of it need be fetched."""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Excerpt:
    """What is wanted of a table, and what has to be true of it.

    Attributes
    ----------
    hdu : int
        Number of the table, 1 for the first extension.
    columns : dict of str to str
        Kind of each column by its archive's name: "int", "real", "text" or "id". An
        "id" is an integer or a text of digits, never a real.
    units : dict of str to str
        Unit of a column, for those archives that state one.
    positive : str
        Identifier that most rows must have; "" for none.
    unique : str
        Column that identifies a row; "" for none.
    keep : callable, optional
        Of a Table of `keep_columns`, which rows to keep (mask). Default: all.
    keep_columns : tuple of str
        The columns that `keep` and `counts` look at.
    words : str
        What `keep` does, for the record.
    counts : dict of str to callable
        Further masks, whose rows are counted in the header by keyword (N_...).
    """

    hdu: int
    columns: dict
    units: dict = field(default_factory=dict)
    positive: str = ""
    unique: str = ""
    keep: Callable | None = None
    keep_columns: tuple = ()
    words: str = "all rows"
    counts: dict = field(default_factory=dict)

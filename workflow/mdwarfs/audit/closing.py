"""The last words of a run: whether its audit found problems."""

from pathlib import Path

import numpy as np

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

MOST = 10  # products that are named


def closing_words(folder: PathLike) -> list[str]:
    """The problems that the audit of a run lists, in a few lines.

    Parameters
    ----------
    folder
        `results/<run>`.

    Returns
    -------
    entries
        Nothing if there is no audit, or if it found nothing.
    """
    try:
        products = tables.read(f"{folder}/audit/products.ecsv", ["path", "problems"])
    except InputError:
        return []  # a part of the run was asked for, without the audit
    found = products[np.asarray(products["problems"], str) != ""]
    if not len(found):
        return []
    told = (
        "claims.md" if Path(folder, "audit", "claims.md").exists() else "products.ecsv"
    )
    lines = [
        f"The audit found problems in {len(found)} of {len(products)} products "
        f"({folder}/audit/{told} has all):",
        *(f"  {row['path']}: {row['problems']}" for row in found[:MOST]),
    ]
    return lines + [f"  and {len(found) - MOST} more"] * (len(found) > MOST)

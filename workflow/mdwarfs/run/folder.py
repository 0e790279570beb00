"""The products of a run, as they lie in its folder."""

from pathlib import Path

from mdwarfs import tables
from mdwarfs.errors import InputError
from mdwarfs.types import PathLike

TABLES = (".fits", ".ecsv")
ASIDE = {"raw", "logs", "benchmarks", "provenance", "report"}
"""Folders of a run that hold no products of the analysis."""
CONFIGURATION = "audit/config.yaml"
PRODUCTS = "audit/products.ecsv"


def products(run: PathLike, suffixes: tuple[str, ...] = TABLES) -> dict[str, Path]:
    """Files of a run by their paths below its folder, in order.

    Parameters
    ----------
    run
        Such as results/simulated.
    suffixes
        Of the files that are wanted.

    Raises
    ------
    InputError
        If there are none.
    """
    run = Path(run)
    found = {
        path.relative_to(run).as_posix(): path
        for path in sorted(run.rglob("*"))
        if path.suffix in suffixes
        and path.is_file()
        and path.relative_to(run).parts[0] not in ASIDE
        and not path.name.startswith(".")
    }
    if not found:
        raise InputError(
            f"{run} holds no results of a run. Give the folder below results/, as "
            "results/simulated"
        )
    return found


def rules(run: PathLike) -> dict[str, str]:
    """The rule that made each product, as the run's audit lists them; may be empty."""
    path = Path(run, PRODUCTS)
    if not path.is_file():
        return {}
    listed = tables.read(path, ["path", "rule"])
    found = dict(zip(listed["path"].tolist(), listed["rule"].tolist()))
    return found | {PRODUCTS: "audit_products", "audit/claims.ecsv": "audit_claims"}

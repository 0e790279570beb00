"""A clean catalogue of one raw file, by the reader that its entry names."""

from pkgutil import resolve_name

from mdwarfs import tables
from mdwarfs.run.job import run


def main(snakemake):
    """Read the raw file, write the clean catalogue."""
    params = snakemake.params
    table = resolve_name(params.reader)(snakemake.input.raw, **params.arguments)
    if params.order:
        table.sort(list(params.order))  # archives give their rows in any order
    tables.write(table, snakemake.output.catalogue, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821

"""Clean catalogue of the A, F, G and K stars of LAMOST that are in wide binaries."""

import numpy as np

from mdwarfs import tables
from mdwarfs.catalogues.lamost import read_lamost
from mdwarfs.run.job import run


def main(snakemake):
    """Read the raw file, write the clean catalogue."""
    columns = ["source_id1", "source_id2"]
    pairs = tables.read(snakemake.input.wide_binaries, columns)
    stars = np.unique([pairs[name] for name in columns])
    table = read_lamost(snakemake.input.raw, "fgk", stars)
    table.sort(["source_id"])  # archives give their rows in any order
    tables.write(table, snakemake.output.catalogue, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821

"""SLAM beside the hybrid labels and other methods, on the very same stars and parts."""

import numpy as np

from mdwarfs import tables
from mdwarfs.method_names import SLAM
from mdwarfs.run.job import run
from mdwarfs.tables.by_method import from_long
from mdwarfs.tables.tabulate import matrix
from mdwarfs.validation.methods import compare_methods


def main(snakemake):
    files, params, names = snakemake.input, snakemake.params, snakemake.params.names
    labels, chosen = tables.read(files.labels), tables.read(files.settings)
    found = {SLAM: matrix(tables.read(files.predictions), names)}
    found |= from_long(
        tables.read(files.methods), np.asarray(labels["source_id"]), names
    )
    settings = {str(row["method"]): str(row["settings"]) for row in chosen}
    table = compare_methods(names, matrix(labels, names), found, settings, params.seed)
    tables.write(table, snakemake.output.methods, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821

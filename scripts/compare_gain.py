"""SLAM and the hybrid labels against the same references, and against the truth."""

from mdwarfs import tables
from mdwarfs.run.job import run
from mdwarfs.validation.gained import gained


def main(snakemake):
    files, params = snakemake.input, snakemake.params
    table = gained(
        tables.read(files.slam),
        tables.read(files.hybrid),
        tables.read(files.labels),
        tables.read(files.split),
        tables.read(files.truth) if files.truth else None,
        names=params.labels,
        role=params.role,
        edges=params.snr_edges,
    )
    tables.write(table, snakemake.output.gained, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821

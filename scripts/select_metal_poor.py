"""List the candidates for metal-poor stars, with both measures and their labels."""

from mdwarfs import tables
from mdwarfs.job import run
from mdwarfs.metal_poor.candidates import select


def main(snakemake):
    files, params = snakemake.input, snakemake.params
    parts = files.kinematics, files.indices, files.slam, files.hybrid
    table = select(*map(tables.read, parts), usable=params.usable)
    tables.write(table, snakemake.output.candidates, params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821

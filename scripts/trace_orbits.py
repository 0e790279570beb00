"""Trace the orbits of the candidates for metal-poor stars."""

from mdwarfs import tables
from mdwarfs.metal_poor.orbits import orbits
from mdwarfs.run.job import run


def main(snakemake):
    files = snakemake.input
    table = orbits(tables.read(files.stars), tables.read(files.candidates))
    tables.write(table, snakemake.output.orbits, snakemake.params.stamp)


if "snakemake" in globals():
    run(main, snakemake)  # noqa: F821
